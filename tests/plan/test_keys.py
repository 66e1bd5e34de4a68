from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pytest

from masker.crypto.keys import Keyring
from masker.errors import GateError, MaskerError, UsageError
from masker.plan import Plan
from masker.plan.bind import Masking
from masker.plan.build import make_plan
from masker.plan.promise import promises_of
from masker.profile.load import load_profile
from masker.snapshot import ForeignKey, HeldKey, Limits, Table, TypedKey

HEAD = "masker: 1\nname: t\nextends: test-env\n"


def table(name: str, columns: str, **more: object) -> Table:
    return Table(name, pa.schema([(column, pa.string()) for column in columns.split()]), **more)  # type: ignore[arg-type]


def key(columns: str, to: str, ref: str) -> ForeignKey:
    return ForeignKey(tuple(columns.split()), to, tuple(ref.split()))


def planned(folder: Path, body: str, *tables: Table) -> Plan:
    path = folder / "p.yaml"
    path.write_text(HEAD + "tables:\n" + body)
    return make_plan(tables, load_profile(str(path)), None, customer="c", purpose="test-fix", recipient="staff")


def refused(folder: Path, body: str, *tables: Table) -> MaskerError:
    with pytest.raises(MaskerError) as caught:
        planned(folder, body, *tables)
    return caught.value


def masked(plan: Plan, name: str, **columns: list[str | None]) -> dict[str, list[str | None]]:
    masking = Masking(plan, Keyring(sha256(b"keys").digest(), customer="c", purpose="p"))
    arrays = [pa.array(values, pa.string()) for values in columns.values()]
    batch = pa.RecordBatch.from_arrays(arrays, names=list(columns))
    return masking.mask_batch(name, batch).to_pydict()  # type: ignore[no-any-return]


USERS = table("users", "email city", primary_key=("email",))
LOGINS = table("logins", "who", foreign_keys=(key("who", "users", "email"),))


def test_a_natural_key_and_what_refers_to_it_share_a_domain(tmp_path: Path) -> None:
    plan = planned(tmp_path, "  users: {columns: {email: token, city: keep}}\n  logins: {columns: {who: token}}\n",
                   USERS, LOGINS)  # fmt: skip
    parent, child = plan.for_table("users").column("email"), plan.for_table("logins").column("who")
    assert (child.domain, child.method, child.infotype) == ("email", parent.method, "email")
    assert masked(plan, "logins", who=["a@b.example"])["who"] == masked(plan, "users", email=["a@b.example"],
                                                                        city=["x"])["email"]  # fmt: skip


def test_a_column_without_a_method_goes_the_way_it_refers_to(tmp_path: Path) -> None:
    body = "  users: {columns: {email: {method: fake, domain: mail}, city: keep}}\n"
    body += "  logins: {columns: {who: {references: users.email}}}\n"
    child = planned(tmp_path, body, USERS, table("logins", "who")).for_table("logins").column("who")
    assert (child.domain, child.method.name, child.infotype) == ("mail", "fake", "email")


@pytest.mark.parametrize(
    ("parent", "child", "told"),
    [
        ("token", "fpe", "masked by `fpe`"),
        ("{method: fpe, keep_prefix: 1}", "fpe", "other parameters"),
        ("keep", "token", "kept"),
        ("token", "keep", "kept"),
        ("{method: token, domain: a}", "{method: token, domain: b}", "another domain"),
        ("{method: token, unreadable: redact}", "{method: token, unreadable: fpe}", "`unreadable`"),
        ('{method: "null"}', "token", "does not have"),
        ("drop", "keep", "does not have"),
    ],
)
def test_ends_that_were_decided_apart_are_refused_by_both_names(
    tmp_path: Path, parent: str, child: str, told: str
) -> None:
    body = f"  users: {{columns: {{email: {parent}, city: keep}}}}\n  logins: {{columns: {{who: {child}}}}}\n"
    error = refused(tmp_path, body, USERS, LOGINS)
    assert (error.code, error.exit_code) == ("orphans", 1)
    assert told in error.message
    assert "users.email" in error.message
    assert "logins.who" in error.message


def test_a_child_may_lose_its_key(tmp_path: Path) -> None:
    body = "  users: {columns: {email: token, city: keep}}\n  logins: {columns: {who: null}}\n"
    body = body.replace("null", '{method: "null"}')
    assert planned(tmp_path, body, USERS, LOGINS).for_table("logins").column("who").fate == "nulled"


def test_a_key_of_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "  logins: {columns: {who: token}}\n", LOGINS).code == "orphans"


def test_names_of_tables_may_hold_points(tmp_path: Path) -> None:
    parent = table("sales.users", "id", primary_key=("id",))
    body = "  sales.users: {columns: {id: fpe}}\n  logins: {columns: {who: {references: sales.users.id}}}\n"
    plan = planned(tmp_path, body, parent, table("logins", "who"))
    assert plan.for_table("logins").foreign_keys == (ForeignKey(("who",), "sales.users", ("id",), declared=True),)


def test_a_circle_of_keys_has_one_way(tmp_path: Path) -> None:
    one = table("a", "id b", primary_key=("id",), foreign_keys=(key("b", "b", "id"), key("id", "a", "b")))
    other = table("b", "id", primary_key=("id",), foreign_keys=(key("id", "a", "id"),))
    plan = planned(tmp_path, "  a: {columns: {id: fpe, b: {method: fpe, domain: d}}}\n  b: {columns: {id: fpe}}\n",
                   one, other)  # fmt: skip
    assert {column.domain for part in plan.tables for column in part.columns} == {"d"}


def test_a_column_in_two_keys_ties_both_tables(tmp_path: Path) -> None:
    tables = (
        table("a", "id", primary_key=("id",)),
        table("b", "email", primary_key=("email",)),
        table("c", "x", foreign_keys=(key("x", "a", "id"), key("x", "b", "email"))),
    )
    body = "  a: {columns: {id: token}}\n  b: {columns: {email: token}}\n  c: {columns: {x: token}}\n"
    plan = planned(tmp_path, body, *tables)
    assert len({part.columns[0].domain for part in plan.tables}) == 1


def test_dates_of_a_composite_key_may_move_with_their_person(tmp_path: Path) -> None:
    day = table("days", "customer_id day", primary_key=("customer_id", "day"))
    hours = table("hours", "customer_id day", foreign_keys=(key("customer_id day", "days", "customer_id day"),))
    rule = "subject: {is: customer, key: customer_id}, columns: {customer_id: permute, day: {method: shift_date}}"
    plan = planned(tmp_path, f"  days: {{{rule}}}\n  hours: {{{rule}}}\n", day, hours)
    assert plan.for_table("hours").column("day").by == "customer_id"
    cells = {"customer_id": ["7", "8"], "day": ["2024-01-01", "2024-01-01"]}
    assert masked(plan, "hours", **cells) == masked(plan, "days", **cells)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("a", "b", "is_refused"),
    [
        ("fpe", "keep", False),
        ("keep", "fpe", False),
        ("fpe", "token", False),
        ("{method: fake, infotype: first_name}", "keep", True),
        ("{method: fake, infotype: email}", "fpe", False),
        ("keep", "redact", True),
        ("keep", "{method: shift_date}", True),
        ("fpe", "{method: shift_date, by: a}", False),
        ("keep", "{method: shift_date, by: c}", True),
        ("drop", "redact", False),
        ("keep", '{method: "null"}', False),
    ],
)
def test_columns_that_are_unique_together_stay_so_or_are_refused(
    tmp_path: Path, a: str, b: str, is_refused: bool
) -> None:
    pair = table("t", "a b c", unique=(("a", "b"),))
    body = f"  t: {{columns: {{a: {a}, b: {b}, c: keep}}}}\n"
    if is_refused:
        error = refused(tmp_path, body, pair)
        assert error.code == "collision"
        assert "a, b are unique together" in error.message
    else:
        planned(tmp_path, body, pair)


def test_a_set_stays_unique_by_a_key_inside_it(tmp_path: Path) -> None:
    pair = table("t", "a b", primary_key=("a",), unique=(("a", "b"),))
    plan = planned(tmp_path, "  t: {columns: {a: fpe, b: redact}}\n", pair)
    assert promises_of(plan, {"t": ""}).tables[0].unique == (("a",), ("a", "b"))


def test_a_partition_key_is_kept_or_stays_in_its_month(tmp_path: Path) -> None:
    split = table("t", "a day", limits={"day": Limits(holds="timestamp", fixed=True)})
    assert refused(tmp_path, "  t: {columns: {a: fpe, day: shift_date}}\n", split).code == "does-not-fit"
    planned(tmp_path, "  t: {columns: {a: fpe, day: keep}}\n", split)
    plan = planned(tmp_path, "  t: {columns: {a: fpe, day: {method: shift_date, inside: month}}}\n", split)
    days = ["2024-02-01 10:00:00", "2024-02-29", "2023-12-31"]
    moved = masked(plan, "t", a=["x"] * 3, day=days)["day"]  # type: ignore[arg-type]
    assert all(after and after[:7] == before[:7] and after != before for before, after in zip(days, moved, strict=True))


def test_partitions_go_the_way_of_their_table(tmp_path: Path) -> None:
    tables = (
        table("p", "id", primary_key=("id",)),
        table("p1", "id", part_of="p"),
        table("c", "p_id", foreign_keys=(key("p_id", "p", "id"),)),
    )
    body = "  p: {columns: {id: fpe}}\n  p1: {columns: {id: fpe}}\n  c: {columns: {p_id: {method: fpe, domain: d}}}\n"
    plan = planned(tmp_path, body, *tables)
    assert {part.columns[0].domain for part in plan.tables} == {"d"}


def test_spellings_that_the_source_joins_must_be_ignored(tmp_path: Path) -> None:
    parent = table("a", "code", primary_key=("code",), ignores={"code": ("blanks", "case")})
    child = table("b", "code", foreign_keys=(key("code", "a", "code"),))
    error = refused(tmp_path, "  a: {columns: {code: token}}\n  b: {columns: {code: token}}\n", parent, child)
    assert (error.code, "blanks, case" in error.hint) == ("does-not-fit", True)
    rule = "columns: {code: {method: token, ignore: [case, blanks]}}"
    plan = planned(tmp_path, f"  a: {{{rule}}}\n  b: {{columns: {{code: token}}}}\n", parent, child)
    upper, lower = masked(plan, "a", code=["ABC "])["code"][0], masked(plan, "b", code=["abc"])["code"][0]
    assert upper is not None
    assert upper.rstrip().lower() == lower


POLYMORPHIC = """  users: {columns: {id: fpe}}
  firms: {columns: {id: {method: fpe, domain: firms}}}
  notes:
    columns: {kind: keep, owner: token}
    polymorphic: {type: kind, id: owner, tables: {User: users.id, Firm: firms.id}%s}
"""
OWNERS = (table("users", "id"), table("firms", "id"), table("notes", "kind owner"))


def test_a_polymorphic_key_goes_the_way_of_the_table_that_its_row_names(tmp_path: Path) -> None:
    plan = planned(tmp_path, POLYMORPHIC % ", other: own", *OWNERS)
    found = masked(plan, "notes", kind=["User", "Firm", "Pet", "User", None], owner=["77", "77", "77", None, "77"])
    user, firm, pet, nothing, nobody = found["owner"]
    assert user == masked(plan, "users", id=["77"])["id"][0]
    assert firm == masked(plan, "firms", id=["77"])["id"][0]
    assert nothing is None
    assert pet == nobody
    assert len({user, firm, pet}) == 3
    assert promises_of(plan, dict.fromkeys(("users", "firms", "notes"), "")).tables[2].typed == (
        TypedKey("kind", "owner", (("User", "users", "id"), ("Firm", "firms", "id"))),
    )


def test_a_type_that_maps_to_no_table_stops_the_run(tmp_path: Path) -> None:
    plan = planned(tmp_path, POLYMORPHIC % "", *OWNERS)
    assert masked(plan, "notes", kind=["Pet"], owner=[None])["owner"] == [None]
    with pytest.raises(GateError) as caught:
        masked(plan, "notes", kind=["Pet"], owner=["77"])
    assert caught.value.code == "does-not-fit"
    assert "Pet" not in str(caught.value)


def test_the_type_of_a_polymorphic_key_must_be_kept(tmp_path: Path) -> None:
    body = (POLYMORPHIC % "").replace("kind: keep", "kind: token")
    assert isinstance(refused(tmp_path, body, *OWNERS), UsageError)


def test_keys_inside_of_cells_go_the_way_they_refer_to(tmp_path: Path) -> None:
    body = "  users: {columns: {id: fpe}}\n  t: {columns: {ids: {method: keep, "
    body += 'references: {path: "$[*]", to: users.id}}}}\n'
    plan = planned(tmp_path, body, table("users", "id"), table("t", "ids"))
    one, other = masked(plan, "users", id=["4711", "12"])["id"]
    found = masked(plan, "t", ids=["{4711,NULL,12}", '[12, "4711"]', None, "", "{}"])["ids"]
    assert found == [f"{{{one},NULL,{other}}}", f'[{other}, "{one}"]', None, "", "{}"]
    assert promises_of(plan, {"users": "", "t": ""}).tables[1].held == (HeldKey("ids", "$[*]", "users", "id"),)


def test_a_cell_that_cannot_be_read_does_not_pass(tmp_path: Path) -> None:
    body = "  users: {columns: {id: fpe}}\n  t: {columns: {ids: {method: keep, unreadable: redact, "
    body += 'references: {path: "$[*]", to: users.id}}}}\n'
    plan = planned(tmp_path, body, table("users", "id"), table("t", "ids"))
    found = masked(plan, "t", ids=["4711, 12"])["ids"][0]
    assert found is not None
    assert "4711" not in found


@pytest.mark.parametrize(
    ("rule", "code", "line"),
    [
        ("{references: users.gone}", "profile", 5),
        ("{method: fpe, references: users.gone}", "drift", 5),
        ('{method: fpe, references: {path: "$[*]", to: users.id}}', "profile", 5),
        ('{method: keep, references: {path: "[*]", to: users.id}}', "profile", 5),
        ('{method: keep, references: {path: "$[", to: users.id}}', "profile", 5),
        ("{method: keep, references: {path: 3}}", "profile", 5),
        ("{references: t.x}", "profile", 5),
        ("{method: same}", "profile", 5),
        ("{method: fpe, ignore: [colour]}", "profile", 5),
    ],
)
def test_a_mistake_in_keys_is_told_with_its_line(tmp_path: Path, rule: str, code: str, line: int) -> None:
    body = f"  t: {{columns: {{x: {rule}}}}}\n  users: {{columns: {{id: fpe}}}}\n"
    error = refused(tmp_path, body, table("t", "x"), table("users", "id"))
    assert (error.code, error.place.line) == (code, line)


@pytest.mark.parametrize(
    "keys",
    [
        "references: {columns: [x, y], to: [users.id]}",
        "references: {columns: [x], to: [users.gone]}",
        "references: {columns: [z], to: [users.id]}",
        "polymorphic: {type: x, id: z, tables: {A: users.id}}",
        "polymorphic: {type: x, id: y, tables: {}}",
        "polymorphic: {type: x, id: y, tables: {A: users.id}, other: fpe}",
    ],
)
def test_a_mistake_in_keys_of_a_table_is_told_with_its_line(tmp_path: Path, keys: str) -> None:
    body = f"  t:\n    columns: {{x: keep, y: fpe}}\n    {keys}\n  users: {{columns: {{id: fpe}}}}\n"
    error = refused(tmp_path, body, table("t", "x y"), table("users", "id"))
    assert error.code in ("profile", "drift")
    assert error.place.line == 7
