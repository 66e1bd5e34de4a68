import pickle
from pathlib import Path

import pyarrow as pa
import pytest

from masker.errors import GateError, MaskerError, UsageError
from masker.findings import Finding, Findings, TableFindings
from masker.plan import Plan, collision_bound
from masker.plan.build import make_plan
from masker.plan.explain import explain
from masker.plan.promise import promises_of
from masker.profile.load import load_profile
from masker.requirement import Require
from masker.snapshot import Table

HEAD = "masker: 1\nname: t\nextends: test-env\n"
CUSTOMERS = Table(
    "customers",
    pa.schema([("customer_id", pa.int64()), *((name, pa.string()) for name in ("first_name", "email", "gender"))]),
    primary_key=("customer_id",),
)
ORDERS = Table("orders", pa.schema([("order_id", pa.int64()), ("customer_id", pa.int64()), ("ship_name", pa.string())]))
WHOLE = """tables:
  customers:
    subject: {is: customer, key: customer_id}
    columns: {customer_id: permute, first_name: fake, email: fake, gender: keep}
  orders:
    subject: {is: customer, key: customer_id}
    columns: {order_id: keep, customer_id: permute, ship_name: {method: fake, infotype: person_name}}
"""


def planned(folder: Path, body: str, tables: tuple[Table, ...] = (CUSTOMERS, ORDERS), **more: Findings) -> Plan:
    path = folder / "p.yaml"
    path.write_text(HEAD + body)
    loaded = load_profile(str(path))
    return make_plan(tables, loaded, more.get("findings"), customer="c", purpose="test-fix", recipient="staff")


def refused(folder: Path, body: str, **more: Findings) -> MaskerError:
    with pytest.raises(MaskerError) as caught:
        planned(folder, body, **more)
    return caught.value


def test_names_go_by_the_subject_and_emails_by_value(tmp_path: Path) -> None:
    table = planned(tmp_path, WHOLE).for_table("customers")
    assert (table.column("first_name").by, table.column("email").by) == ("customer_id", None)


def test_fakes_read_the_gender_that_is_kept(tmp_path: Path) -> None:
    assert planned(tmp_path, WHOLE).for_table("customers").column("first_name").given == (("gender", "gender"),)
    masked = planned(tmp_path, WHOLE.replace("gender: keep", "gender: redact"))
    assert masked.for_table("customers").column("first_name").given == ()


def test_a_column_that_nobody_decided_is_refused_and_listed(tmp_path: Path) -> None:
    error = refused(tmp_path, WHOLE.replace(", gender: keep", "").replace("order_id: keep, ", ""))
    assert (error.code, error.exit_code) == ("undecided-column", 1)
    assert "customers.gender, orders.order_id" in error.message


def test_a_table_that_nobody_decided_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, WHOLE.partition("  orders:")[0]).code == "undecided-column"


@pytest.mark.parametrize(("way", "fate"), [("drop", "dropped"), ("redact", "masked"), ("pseudonymize", "masked")])
def test_undecided_columns_may_go_another_way(tmp_path: Path, way: str, fate: str) -> None:
    body = f"undecided: {way}\n" + WHOLE.replace(", gender: keep", "")
    assert planned(tmp_path, body).for_table("customers").column("gender").fate == fate


@pytest.mark.parametrize(
    ("before", "after", "code", "place"),
    [
        ("gender: keep", "gender: keep, gone: keep", "drift", "p.yaml:7:82"),
        ("key: customer_id}\n    columns: {cus", "key: cust}\n    columns: {cus", "drift", "p.yaml:6"),
        ("  orders:", "  gone:", "drift", "p.yaml:8:3"),
        ("email: fake", "email: fakes", "unknown-name", "p.yaml:7:"),
        ("email: fake", "email: {method: fake, local: de_DE}", "unknown-name", "p.yaml:7:"),
        ("email: fake", "email: {method: fake, infotype: mail}", "unknown-name", "p.yaml:7:"),
        ("email: fake", "email: {method: partial, keep_first: -3}", "", "p.yaml:7:"),
        ("gender: keep", "gender: fpe, gender2: keep", "drift", "p.yaml:7"),
        ("email: fake", "email: {method: fpe, by: customer_id}", "profile", "p.yaml:7:"),
        ("email: fake", "email: {method: fake, by: gone}", "profile", "p.yaml:7:"),
    ],
)  # fmt: skip
def test_a_mistake_stops_the_plan_at_its_line(tmp_path: Path, before: str, after: str, code: str, place: str) -> None:
    error = refused(tmp_path, WHOLE.replace(before, after, 1))
    assert error.code == code or not code
    assert place in str(error)


@pytest.mark.parametrize("word", ["quasi", "sensitive"])
def test_a_requirement_of_a_column_that_no_table_has_is_refused(tmp_path: Path, word: str) -> None:
    """Where it were passed over, a typing mistake would switch the whole gate off."""
    error = refused(tmp_path, f"require: {{k: 5, {word}: [gendre]}}\n" + WHOLE)
    assert (error.code, error.place.line) == ("drift", 4)


def test_a_table_without_the_columns_named_for_all_goes_by_infotypes(tmp_path: Path) -> None:
    plan = planned(tmp_path, "require: {k: 5, quasi: [gender], sensitive: [gender]}\n" + WHOLE)
    assert plan.for_table("customers").require == Require(k=5, quasi=("gender",), sensitive=("gender",))
    assert plan.for_table("orders").require == Require(k=5)


@pytest.mark.parametrize(("way", "agree"), [("permute", True), ("{method: redact, infotype: person_key}", False)])
def test_numbers_and_text_share_pseudonyms_where_the_method_has_one_for_both(
    tmp_path: Path, way: str, agree: bool
) -> None:
    text = Table("customers", pa.schema([("customer_id", pa.string()), ("gender", pa.string())]))
    body = f"tables:\n  customers: {{columns: {{customer_id: {way}, gender: keep}}}}\n" + WHOLE.partition("keep}\n")[2]
    body = body.replace("customer_id: permute", f"customer_id: {way}")
    promises = promises_of(planned(tmp_path, body, (text, ORDERS)), {"customers": "c.csv", "orders": "o.json"})
    shares = [column.shares for table in promises.tables for column in table.columns if column.name == "customer_id"]
    assert (shares[0] == shares[1]) == agree


def test_none_named_means_none(tmp_path: Path) -> None:
    own = WHOLE.replace("  orders:\n", "  orders:\n    require: {quasi: []}\n")
    plan = planned(tmp_path, "require: {k: 5, quasi: [gender]}\n" + own)
    assert plan.for_table("orders").require == Require(k=5, quasi=())


def test_a_fake_needs_to_know_what_it_fakes(tmp_path: Path) -> None:
    body = WHOLE.replace("ship_name: {method: fake, infotype: person_name}", "ship_name: fake")
    assert isinstance(refused(tmp_path, body), UsageError)


def test_methods_that_need_text_refuse_nested_columns(tmp_path: Path) -> None:
    nested = Table("n", pa.schema([("tags", pa.list_(pa.string()))]))
    with pytest.raises(GateError) as caught:
        planned(tmp_path, "tables: {n: {columns: {tags: token}}}\n", (nested,))
    assert caught.value.code == "does-not-fit"


def findings(column: str, infotype: str, rows: int) -> Findings:
    finding = Finding(column, "string", infotype, 0.9, "personal", "customer", unique=True)
    return Findings("s", (TableFindings("t", rows, "customer", 0.9, (finding,)),))


@pytest.mark.parametrize(
    ("way", "infotype", "rows", "is_refused"),
    [
        ("fake", "email", 1_000_000, False),
        ("fake", "email", 100_000_000, True),
        ("redact", "email", 10, False),
        ("ip", "person_key", 1000, True),
        ("ip", "ip_address", 1000, False),
        ("fpe", "email", 100_000_000, False),
        ("fake", "first_name", 10, False),
    ],
)
def test_unique_identifiers_need_room_to_stay_unique(
    tmp_path: Path, way: str, infotype: str, rows: int, is_refused: bool
) -> None:
    table = Table("t", pa.schema([("c", pa.string())]))
    body = f"tables: {{t: {{columns: {{c: {{method: {way}, infotype: {infotype}}}}}}}}}\n"
    found = findings("c", infotype, rows)
    if is_refused:
        with pytest.raises(GateError, match="collision"):
            planned(tmp_path, body, (table,), findings=found)
    else:
        column = planned(tmp_path, body, (table,), findings=found).tables[0].columns[0]
        assert (collision_bound(column, rows) or 0) <= 1e-3


def test_the_bound_for_a_million_tokens_is_that_of_the_docs(tmp_path: Path) -> None:
    email = planned(tmp_path, WHOLE).for_table("customers").column("email")
    assert collision_bound(email, 1_000_000) == pytest.approx(4.3e-7, rel=0.02)


def test_without_a_scan_keys_are_found_by_name_and_domain(tmp_path: Path) -> None:
    keys = planned(tmp_path, WHOLE).for_table("orders").foreign_keys
    assert [(key.columns, key.table) for key in keys] == [(("customer_id",), "customers")]


def test_a_plan_pickles_and_its_digest_follows_the_rules(tmp_path: Path) -> None:
    plan = planned(tmp_path, WHOLE)
    assert pickle.loads(pickle.dumps(plan)) == plan
    assert pickle.loads(pickle.dumps(plan)).digest == plan.digest
    assert planned(tmp_path, WHOLE.replace("email: fake", "email: token")).digest != plan.digest


def test_what_is_explained_is_what_runs(tmp_path: Path) -> None:
    plan = planned(tmp_path, WHOLE)
    text = "\n".join(explain(plan))
    for table in plan.tables:
        for column in table.columns:
            assert any(column.name in line and column.method.name in line for line in text.splitlines())


def test_promises_say_what_the_plan_does(tmp_path: Path) -> None:
    promises = promises_of(planned(tmp_path, WHOLE), {"customers": "a.csv", "orders": "b.csv"})
    fates = {column.name: column.fate for column in promises.tables[0].columns}
    assert fates == {"customer_id": "masked", "first_name": "masked", "email": "masked", "gender": "kept"}
    assert promises.tables[0].columns[0].unique
