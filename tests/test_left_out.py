"""Which rows stay out: those that a condition names, and all that hang on them by any chain of foreign keys."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.errors import GateError, InputError
from masker.exclusion import Exclusion
from masker.left_out import LeftOut, check_conditions, leave_out
from masker.plan import TablePlan
from masker.snapshot import ForeignKey, Table

Frame = Mapping[str, Sequence[object]]


def condition(table: str, column: str, *values: str, others: bool = False) -> Exclusion:
    return Exclusion(table, column, frozenset(values), others=others)


def key(column: str, table: str, ref: str) -> ForeignKey:
    return ForeignKey((column,), table, (ref,))


def left(
    tables: Mapping[str, pa.Table],
    keys: Mapping[str, tuple[ForeignKey, ...]],
    *exclude: Exclusion,
    rows: int = 3,
) -> dict[str, list[int]]:
    """The numbers of the rows that stay, by table; tables come in batches of `rows` rows."""

    def read(name: str) -> Iterator[pa.RecordBatch]:
        return iter(tables[name].to_batches(max_chunksize=rows))

    plans = [TablePlan(name, "none", "", (), keys.get(name, ())) for name in tables]
    found = leave_out(exclude, plans, read)
    return {name: np.flatnonzero(~found.rows(name, 0, len(table))).tolist() for name, table in tables.items()}


CHAIN = {
    "items": pa.table({"order": ["71", "72", "73", None, "9"]}),
    "orders": pa.table({"id": [71, 72, 73], "customer": ["1", "02", None]}),
    "customers": pa.table({"id": [1, 2, 3], "tenant": ["north", None, "south"]}),
}
CHAIN_KEYS = {"items": (key("order", "orders", "id"),), "orders": (key("customer", "customers", "id"),)}


@pytest.mark.parametrize("rows", [1, 2, 100])
def test_rows_of_rows_of_a_row_go_with_it(rows: int) -> None:
    found = left(CHAIN, CHAIN_KEYS, condition("customers", "id", "2"), rows=rows)
    assert found == {"customers": [0, 2], "orders": [0, 2], "items": [0, 2, 3, 4]}


def test_what_a_row_hangs_on_stays() -> None:
    found = left(CHAIN, CHAIN_KEYS, condition("items", "order", "71"))
    assert found == {"customers": [0, 1, 2], "orders": [0, 1, 2], "items": [1, 2, 3, 4]}


def test_with_others_only_the_named_stay_and_null_goes() -> None:
    found = left(CHAIN, CHAIN_KEYS, condition("customers", "tenant", "south", others=True))
    assert found == {"customers": [2], "orders": [2], "items": [2, 3, 4]}


def test_without_others_null_stays() -> None:
    assert left(CHAIN, {}, condition("customers", "tenant", "north"))["customers"] == [1, 2]


def test_several_conditions_add_up() -> None:
    found = left(CHAIN, CHAIN_KEYS, condition("customers", "id", "3"), condition("orders", "id", "71"))
    assert found == {"customers": [0, 1], "orders": [1, 2], "items": [1, 2, 3, 4]}


def test_no_condition_reads_nothing() -> None:
    def read(name: str) -> Iterator[pa.RecordBatch]:
        raise AssertionError(name)

    assert leave_out((), [TablePlan("t", "none", "", ())], read) == LeftOut()


@pytest.mark.parametrize(
    ("column", "values", "stays"),
    [
        (pa.array([7, 8, None]), {"7"}, [1, 2]),
        (pa.array([7, 8, None]), {"007"}, [1, 2]),
        (pa.array(["007", "7", "7.", " 7 "]), {"7"}, [2]),
        (pa.array(["a ", "\u00a0a", "b", "\ta"]).dictionary_encode(), {"a"}, [2]),
        (pa.array([" a", "b "], pa.large_string()), {"a"}, [1]),
        (pa.array(["0", "00", ""]), {"0"}, [2]),
        (pa.array([7.0, 7.5, None]), {"7", "7.5"}, [2]),
        (pa.array([True, False, None]), {"true"}, [1, 2]),
        (pa.array(["a", "b", "a"]).dictionary_encode(), {"a"}, [1]),
        (pa.array(["a", "b", "a"], pa.large_string()), {"a"}, [1]),
        (pa.array([20_000, 1, None], pa.date32()), {"2024-10-04"}, [1, 2]),
        (pa.array(["a", "b", "c"]), set(), [0, 1, 2]),
    ],
)
def test_values_compare_as_canonical_text(column: pa.Array, values: set[str], stays: list[int]) -> None:
    assert left({"t": pa.table({"c": column})}, {}, Exclusion("t", "c", frozenset(values)))["t"] == stays


def test_blanks_do_not_make_a_value_one_that_may_stay() -> None:
    column = pa.array(["a", " a", "a "])
    assert left({"t": pa.table({"c": column})}, {}, condition("t", "c", "a", others=True))["t"] == [0]


@pytest.mark.parametrize("rows", [1, 2, 100])
@pytest.mark.parametrize("order", [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1], [3, 1, 5, 2, 4]])
def test_whoever_hangs_on_an_excluded_manager_goes(rows: int, order: list[int]) -> None:
    manager = {1: None, 2: 1, 3: 2, 4: 3, 5: 1}
    table = pa.table({"id": order, "manager": pa.array([manager[n] for n in order], pa.int64())})
    found = left(
        {"staff": table}, {"staff": (key("manager", "staff", "id"),)}, condition("staff", "id", "2"), rows=rows
    )
    assert {order[n] for n in found["staff"]} == {1, 5}


@pytest.mark.parametrize("rows", [1, 100])
def test_tables_that_refer_to_each_other_are_followed_round_and_round(rows: int) -> None:
    # team 1 ← lead of person 2 ← team 2 ← person 4 → team 3, whose lead nobody excluded
    teams = pa.table({"id": [1, 2, 3, 9], "lead": [None, 2, 4, 9]})
    people = pa.table({"id": [2, 4, 9, 5], "team": [1, 2, 9, 3]})
    keys = {"teams": (key("lead", "people", "id"),), "people": (key("team", "teams", "id"),)}
    found = left({"teams": teams, "people": people}, keys, condition("teams", "id", "1"), rows=rows)
    assert found == {"teams": [3], "people": [2]}


def test_a_key_of_several_columns_hangs_only_where_all_agree() -> None:
    keys = {"child": (ForeignKey(("a", "b"), "parent", ("x", "y")),)}
    parent = pa.table({"x": [1, 1, 2], "y": ["p", "q", "p"]})
    child = pa.table({"a": ["1", "1", "2", "1", None], "b": ["p", "q", "p", None, "p"]})
    found = left({"parent": parent, "child": child}, keys, condition("parent", "y", "q"))
    assert found == {"parent": [0, 2], "child": [0, 2, 3, 4]}
    swapped = pa.table({"a": ["p"], "b": ["1"]})
    assert left({"parent": parent, "child": swapped}, keys, condition("parent", "y", "p"))["child"] == [0]


@pytest.mark.parametrize(
    ("exclude", "code"),
    [
        (condition("nobody", "id", "canaryq7xw"), "drift"),
        (condition("t", "ID", "canaryq7xw"), "drift"),
        (condition("t", "list", "canaryq7xw"), "does-not-fit"),
        (condition("t", "bytes", "canaryq7xw"), "does-not-fit"),
    ],
)
def test_a_condition_that_says_nothing_of_the_snapshot_is_refused(exclude: Exclusion, code: str) -> None:
    table = Table("t", pa.schema([("id", pa.int64()), ("list", pa.list_(pa.int8())), ("bytes", pa.binary())]))
    with pytest.raises(GateError) as caught:
        check_conditions([exclude], [table])
    assert caught.value.code == code
    assert "canaryq7xw" not in f"{caught.value!r} {caught.value} {caught.value.hint}"


def test_values_are_in_no_repr() -> None:
    exclude = condition("customers", "id", "2")
    found = leave_out([exclude], [TablePlan("customers", "none", "", ())], lambda name: iter(CHAIN[name].to_batches()))
    assert "'2'" not in repr(exclude) + repr(found)


def test_rows_beyond_those_that_were_decided_are_refused() -> None:
    found = leave_out(
        [condition("customers", "id", "2")],
        [TablePlan("customers", "none", "", ())],
        lambda name: iter(CHAIN[name].to_batches()),
    )
    assert found.counts == {"customers": 1}
    with pytest.raises(InputError):
        found.rows("customers", 1, 3)


def _expected(
    tables: Mapping[str, list[tuple[int, int | None, int | None]]], named: Mapping[str, set[int]]
) -> dict[str, set[int]]:
    """Rows left out, by number; by the plainest loop that could be written."""
    gone = {name: {n for n, (id_, *_) in enumerate(rows) if id_ in named[name]} for name, rows in tables.items()}
    while True:
        ids = {name: {rows[n][0] for n in gone[name]} for name, rows in tables.items()}
        more = {
            name: {n for n, (_, up, over) in enumerate(rows) if up in ids[name] or over in ids["ab".replace(name, "")]}
            for name, rows in tables.items()
        }
        if all(more[name] <= gone[name] for name in tables):
            return gone
        gone = {name: gone[name] | more[name] for name in tables}


small = st.integers(0, 6)
records = st.lists(st.tuples(small, st.none() | small, st.none() | small), max_size=10)


@settings(max_examples=60)
@given(
    a=records,
    b=records,
    named=st.tuples(st.sets(small, max_size=2), st.sets(small, max_size=1)),
    rows=st.integers(1, 9),
)
def test_any_tables_are_followed_to_the_end(
    a: list[tuple[int, int | None, int | None]],
    b: list[tuple[int, int | None, int | None]],
    named: tuple[set[int], set[int]],
    rows: int,
) -> None:
    data = {"a": a, "b": b}
    schema = pa.schema([("id", pa.int64()), ("up", pa.int64()), ("over", pa.int64())])
    tables = {
        name: pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in each], schema)
        for name, each in data.items()
    }
    keys = {name: (key("up", name, "id"), key("over", other, "id")) for name, other in ("ab", "ba")}
    conditions = [condition(name, "id", *map(str, ids)) for name, ids in zip("ab", named, strict=True)]
    gone = _expected(data, dict(zip("ab", named, strict=True)))
    found = left(tables, keys, *conditions, rows=rows)
    assert found == {name: [n for n in range(len(data[name])) if n not in gone[name]] for name in data}
