"""Subsets and rows that stay out follow keys in cells, keys whose table another cell names, and partitions."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from masker.exclusion import Exclusion
from masker.left_out import LeftOut, leave_out
from masker.methods import METHODS
from masker.plan import ColumnPlan, Plan, TablePlan
from masker.plan.promise import promises_of
from masker.selection import parse_where
from masker.snapshot import ForeignKey, HeldKey, TypedKey
from masker.subset import keep
from masker.verify.excluded import Excluded
from masker.verify.spill import Spill

TABLES = {
    "people": pa.table({"id": ["1", "2", "3", "4"], "login": ["Ann", "bo", "CY", "dee"]}),
    "teams": pa.table({"id": ["1", "2"], "members": ["[1, 3]", '{"2",4}']}),
    "notes": pa.table({"kind": ["person", "team", "person", "plant"], "owner": ["1", "1", None, "1"]}),
    "logins": pa.table({"name": ["ANN ", "cy", "eve"]}),
    "paid_1": pa.table({"no": ["10", "11"], "person": ["1", "2"]}),
    "paid_2": pa.table({"no": ["12"], "person": ["3"]}),
    "paid": pa.table({"no": pa.array([], pa.string()), "person": pa.array([], pa.string())}),
    "refunds": pa.table({"of": ["10", "12", "99"]}),
}
BY_PERSON = (ForeignKey(("person",), "people", ("id",)),)
PLANS = [
    TablePlan("people", "customer", "id", ()),
    TablePlan("teams", "none", "", (), held=(HeldKey("members", "$[*]", "people", "id"),)),
    TablePlan("notes", "none", "", (),
              typed=(TypedKey("kind", "owner", (("person", "people", "id"), ("team", "teams", "id"))),)),
    TablePlan("logins", "none", "", (), (ForeignKey(("name",), "people", ("login",)),)),
    TablePlan("paid_1", "none", "", (), BY_PERSON, part_of="paid"),
    TablePlan("paid_2", "none", "", (), BY_PERSON, part_of="paid"),
    TablePlan("paid", "none", "", ()),
    TablePlan("refunds", "none", "", (), (ForeignKey(("of",), "paid", ("no",)),)),
]  # fmt: skip


def plans() -> list[TablePlan]:
    fake = METHODS["permute"]()
    spelled = {("people", "login"), ("logins", "name")}
    return [
        replace(plan, columns=tuple(
            ColumnPlan(name, "string", "person_key", fake, "d", fake,
                       ignores=("blanks", "case") if (plan.name, name) in spelled else ())
            for name in TABLES[plan.name].column_names
        ))
        for plan in PLANS
    ]  # fmt: skip


def read(name: str) -> Iterator[pa.RecordBatch]:
    return iter(TABLES[name].to_batches(max_chunksize=2))


def stays(left_out: LeftOut, **verified: object) -> dict[str, list[int]]:
    """The rows that stay, by number, where the verifier comes to the same."""
    promises = promises_of(Plan("p", "", "c", "p", "r", tuple(plans())), dict.fromkeys(TABLES, ""))
    with Spill() as spill:
        from masker.verify.closed import Closed

        closed = Closed(promises.tables, spill)
        seen = Excluded(
            verified.get("exclude", ()),  # type: ignore[arg-type]
            promises.tables,
            lambda table: read(table.name),
            left_out.rows,
            verified.get("roots", ()),  # type: ignore[arg-type]
            closed if verified.get("roots") else None,
        )
        found = {}
        for name, table in TABLES.items():
            left = pa.Table.from_batches(list(seen.left(name, read(name))), table.schema)
            rows = np.flatnonzero(~left_out.rows(name, 0, len(table))).tolist()
            assert left.num_rows == len(rows)
            found[name] = rows
        assert list(seen.finish()) == []
    return {name: rows for name, rows in found.items() if rows}


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        # down: team 1 holds person 1 (and so needs person 3), notes, the login, a payment in a partition, its refund
        (
            "people: id = 1",
            {"people": [0, 2], "teams": [0], "notes": [0, 1], "logins": [0], "paid_1": [0], "refunds": [0]},
        ),
        ("teams: id = 2", {"people": [1, 3], "teams": [1]}),
        ("notes: kind = 'team'", {"people": [0, 2], "teams": [0], "notes": [1]}),
        ("notes: kind = 'plant'", {"notes": [3]}),
        ("logins: name like 'cy%'", {"people": [2], "logins": [1]}),
        ("refunds: of = 12", {"people": [2], "paid_2": [0], "refunds": [1]}),
        ("refunds: of = 99", {"refunds": [2]}),
    ],
)
def test_a_subset_follows_every_kind_of_key(where: str, expected: dict[str, list[int]]) -> None:
    root = parse_where(where)
    found = keep([root], plans(), LeftOut(), read)
    assert stays(found.left_out, roots=(root,)) == expected


def test_what_stays_out_takes_along_what_hangs_on_it_by_every_kind_of_key() -> None:
    exclude = (Exclusion("people", "id", frozenset({"1"})),)
    found = leave_out(exclude, plans(), read)
    assert stays(found, exclude=exclude) == {
        "people": [1, 2, 3], "teams": [1], "notes": [2, 3], "logins": [1, 2], "paid_1": [1], "paid_2": [0],
        "refunds": [1, 2],
    }  # fmt: skip
