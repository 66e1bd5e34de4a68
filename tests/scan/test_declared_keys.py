"""What a source declares of keys, a scan tells first, and a draft keeps to it."""

import json

import pyarrow as pa

from masker.draft import draft
from masker.findings import Findings
from masker.profile.load import load_profile
from masker.scan import findings_json, scan
from masker.snapshot import ForeignKey, Table

CUSTOMERS = {"tenant": ["a", "a", "b"], "customer_id": ["1001", "1002", "1001"], "email": ["x@a.example"] * 3}
NOTES = {"t": ["a", "b"], "c": ["1001", "1001"], "login": ["x@a.example", "x@a.example"]}


def found() -> Findings:
    tables = (
        ("customers", CUSTOMERS, {"primary_key": ("tenant", "customer_id"), "unique": (("email", "tenant"),)}),
        (
            "notes",
            NOTES,
            {
                "foreign_keys": (
                    ForeignKey(("t", "c"), "customers", ("tenant", "customer_id")),
                    ForeignKey(("login",), "customers", ("email",)),
                ),
                "ignores": {"login": ("blanks",)},
            },
        ),
    )
    read = []
    for name, columns, more in tables:
        batch = pa.RecordBatch.from_pydict(columns)
        read.append((Table(name, batch.schema, **more), lambda batch=batch: iter([batch])))  # type: ignore[misc]
    return scan(read, source="s")


def test_declared_keys_stand_first_and_are_told_as_such() -> None:
    told = json.loads(json.dumps(findings_json(found())))["tables"][1]["foreign_keys"]
    assert [key["declared"] for key in told[:2]] == [True, True]
    assert told[0] == {"columns": ["t", "c"], "table": "customers", "ref": ["tenant", "customer_id"], "declared": True}


def test_what_a_key_stands_for_its_references_stand_for() -> None:
    findings = found()
    assert findings.table("customers").column("email").infotype == "email"
    login = findings.table("notes").column("login")
    assert (login.infotype, login.decision) == ("email", "personal")
    led, by = findings.table("customers").column("customer_id"), findings.table("notes").column("c")
    assert (by.infotype, by.subject) == (led.infotype, led.subject)


def test_a_draft_masks_both_ends_alike_and_ignores_what_the_source_does() -> None:
    tables = draft(found(), load_profile("test-env")).loaded.profile.tables
    customers, notes = tables["customers"].columns, tables["notes"].columns
    assert notes["login"] == customers["email"]
    assert notes["login"].ignore == ("blanks",)
    assert notes["c"] == customers["customer_id"]


def test_a_draft_keeps_what_is_unique_together_unique() -> None:
    columns = {"last_name": ["Muster", "Beispiel"], "city": ["Musterstadt", "Musterstadt"]}
    batch = pa.RecordBatch.from_pydict(columns)
    table = Table("customers", batch.schema, unique=(("last_name", "city"),))
    ways = draft(scan([(table, lambda: iter([batch]))], source="s"), load_profile("test-env")).loaded.profile.tables
    assert all(ways["customers"].columns[name].method in ("fpe", "keep") for name in columns)
