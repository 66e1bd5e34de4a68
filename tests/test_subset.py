"""A subset is closed, has no row without a reason, and does not depend on the order of rows or how they are batched."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.closure import Closure, Marks
from masker.errors import UsageError
from masker.findings import Finding, Findings, TableFindings
from masker.left_out import LeftOut
from masker.links import links_of
from masker.methods import METHODS
from masker.plan import ColumnPlan, Plan, TablePlan
from masker.plan.promise import promises_of
from masker.selection import Root, Sample, Where, parse_size, parse_where
from masker.snapshot import ForeignKey, Table
from masker.subset import Subset, keep, read_asked, roots_of
from masker.verify.subset import Subset as Expected

Row = tuple[int | None, ...]
COLUMNS = ("id", "twin", "up", "over", "left", "right", "mark")
NOBODY = LeftOut()


@dataclass(frozen=True)
class World:
    """Tables by name, as rows of COLUMNS, and the keys that lead out of each."""

    tables: Mapping[str, Sequence[Row]]
    keys: Mapping[str, tuple[ForeignKey, ...]]
    kept: frozenset[str] = frozenset()

    def plans(self) -> list[TablePlan]:
        return [table_plan(name, COLUMNS, self.keys[name], kept=name in self.kept) for name in self.tables]

    def read(self, rows: int) -> Callable[[str], Iterator[pa.RecordBatch]]:
        schema = pa.schema([(name, pa.int64()) for name in COLUMNS])
        tables = {
            name: pa.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in each], schema)
            for name, each in self.tables.items()
        }
        return lambda name: iter(tables[name].to_batches(max_chunksize=rows))


def table_plan(
    name: str,
    columns: Sequence[str],
    keys: tuple[ForeignKey, ...] = (),
    *,
    kept: bool = False,
    subject: str = "none",
    key: str = "",
) -> TablePlan:
    keep_, fake = METHODS["keep"](), METHODS["permute"]()
    plans = tuple(ColumnPlan(column, "int64", "person_key", keep_ if kept else fake, "d", fake) for column in columns)
    return TablePlan(name, subject, key, plans, keys)


def subset_of(world: World, *roots: Root, excluded: LeftOut = NOBODY, rows: int = 3) -> Subset:
    return keep(roots, world.plans(), excluded, world.read(rows))


def stays(world: World, subset: Subset) -> dict[str, set[int]]:
    return {
        name: set(np.flatnonzero(~subset.left_out.rows(name, 0, len(each))).tolist())
        for name, each in world.tables.items()
    }


def expected_by_verifier(
    world: World, *roots: Root, excluded: Mapping[str, set[int]], rows: int
) -> dict[str, set[int]]:
    plan = Plan("p", "", "c", "p", "r", tuple(world.plans()))
    promises = promises_of(plan, dict.fromkeys(world.tables, ""))
    read = world.read(rows)

    def spared(name: str, batch: pa.RecordBatch) -> np.ndarray:
        gone = {world.tables[name][n] for n in excluded.get(name, ())}
        return np.array([row in gone for row in zip(*batch.to_pydict().values(), strict=True)], dtype=np.bool_)

    found = Expected(roots, promises.tables, lambda table: read(table.name), spared)
    return {
        name: set(np.flatnonzero(~found.outside(name)(0, len(each))).tolist()) for name, each in world.tables.items()
    }


def by_plain_loops(world: World, picked: Mapping[str, set[int]], spared: Mapping[str, set[int]]) -> dict[str, set[int]]:
    """The rows of a subset, by the plainest loops that could be written; tables kept whole are not its business."""

    def key(name: str, row: int, columns: tuple[str, ...]) -> tuple[int, ...] | None:
        cells = tuple(world.tables[name][row][COLUMNS.index(column)] for column in columns)
        return None if None in cells else cells  # type: ignore[return-value]

    links = [
        ((child, n), (foreign.table, m))
        for child, each in world.keys.items()
        for foreign in each
        for n in range(len(world.tables[child]))
        for m in range(len(world.tables[foreign.table]))
        if key(child, n, foreign.columns) is not None
        and key(child, n, foreign.columns) == key(foreign.table, m, foreign.ref)
        and n not in spared.get(child, ())
        and m not in spared.get(foreign.table, ())
    ]
    found = {(name, n) for name, each in picked.items() for n in each - spared.get(name, set())}
    for down in (True, False):
        while more := {a if down else b for a, b in links if (b if down else a) in found} - found:
            found |= more
    return {name: {n for table, n in found if table == name} for name in world.tables}


small = st.none() | st.integers(0, 5)
records = st.lists(st.tuples(st.integers(0, 7), small, small, small, small, small, st.integers(0, 9)), max_size=9)
ends = st.sampled_from([("up", "id"), ("over", "id"), ("left", "twin"), ("left right", "up over"), ("id", "right")])


@st.composite
def worlds(draw: st.DrawFn) -> World:
    names = draw(st.sampled_from(["a", "ab", "abc", "abcd"]))
    tables = {name: draw(records) for name in names}
    keys = {
        name: tuple(
            ForeignKey(tuple(columns.split()), target, tuple(ref.split()))
            for (columns, ref), target in draw(
                st.lists(st.tuples(ends, st.sampled_from(names)), max_size=3, unique_by=lambda each: each[0])
            )
        )
        for name in names
    }
    return World(tables, keys)


@settings(max_examples=150, deadline=None)
@given(world=worlds(), wanted=st.sets(st.integers(0, 9)), rows=st.integers(1, 10), data=st.data())
def test_any_subset_is_that_of_plain_loops(world: World, wanted: set[int], rows: int, data: st.DataObject) -> None:
    roots = [parse_where(f"{name}: mark in ({', '.join(map(str, wanted or {-1}))})") for name in list(world.tables)[:2]]
    picked = {root.table: {n for n, row in enumerate(world.tables[root.table]) if row[-1] in wanted} for root in roots}
    # Rows that hang on an excluded row are excluded as well, so what is spared is closed downwards.
    some = {name: data.draw(st.sets(st.sampled_from(range(len(each))), max_size=1)) if each else set()
            for name, each in world.tables.items()}  # fmt: skip
    spared = _below(world, some)
    excluded = LeftOut({name: _marks(each, len(world.tables[name])) for name, each in spared.items() if each})
    expected = by_plain_loops(world, picked, spared)
    assert expected_by_verifier(world, *roots, excluded=spared, rows=rows) == expected
    if not all(picked.values()) or not any(expected.values()):
        with pytest.raises(UsageError):
            subset_of(world, *roots, excluded=excluded, rows=rows)
        return
    subset = subset_of(world, *roots, excluded=excluded, rows=rows)
    assert stays(world, subset) == expected
    assert subset.outside == +_counts(world, expected, spared)


def _counts(world: World, stay: Mapping[str, set[int]], spared: Mapping[str, set[int]]) -> Counter[str]:
    return Counter({name: len(each) - len(stay[name]) - len(spared[name]) for name, each in world.tables.items()})


def _below(world: World, some: Mapping[str, set[int]]) -> dict[str, set[int]]:
    picks = {
        name: (lambda batch, gone={world.tables[name][n] for n in each}: np.array(
            [row in gone for row in zip(*batch.to_pydict().values(), strict=True)], dtype=np.bool_))
        for name, each in some.items() if each
    }  # fmt: skip
    found = Closure(links_of(world.plans()), world.read(4)).below(picks)
    return {
        name: set(np.flatnonzero(found[name].part(0, len(each))).tolist()) if name in found else set()
        for name, each in world.tables.items()
    }


def _marks(rows: set[int], count: int) -> Marks:
    flags = np.zeros(count, dtype=np.bool_)
    flags[list(rows)] = True
    return Marks(np.packbits(flags, bitorder="little"), count)


@settings(max_examples=60, deadline=None)
@given(world=worlds(), size=st.sampled_from(["10%", "50%", "100%", "1", "3"]), seed=st.binary(min_size=16, max_size=16),
       data=st.data(), rows=st.integers(1, 10))  # fmt: skip
def test_any_sample_is_the_same_in_any_order(
    world: World, size: str, seed: bytes, data: st.DataObject, rows: int
) -> None:
    name = next(iter(world.tables))
    root = Sample(name, ("id", "mark"), parse_size(size), seed)
    order = {each: data.draw(st.permutations(range(len(lines)))) for each, lines in world.tables.items()}
    other = World({each: [world.tables[each][n] for n in order[each]] for each in world.tables}, world.keys)
    try:
        found = stays(world, subset_of(world, root, rows=rows))
    except UsageError:
        with pytest.raises(UsageError):
            subset_of(other, root)
        return
    again = stays(other, subset_of(other, root))
    assert {each: {order[each][n] for n in lines} for each, lines in again.items()} == found
    assert expected_by_verifier(world, root, excluded={}, rows=rows) == found


def people(count: int, kind: pa.DataType) -> pa.Table:
    return pa.table({"id": pa.array(range(count)).cast(kind), "name": ["x"] * count})


def sampled(table: pa.Table, size: str, seed: bytes = bytes(16)) -> set[int]:
    plans = [table_plan("people", ["id", "name"])]
    root = Sample("people", ("id",), parse_size(size), seed)
    left = keep([root], plans, NOBODY, lambda _: iter(table.to_batches(max_chunksize=700))).left_out
    return set(np.flatnonzero(~left.rows("people", 0, table.num_rows)).tolist())


def test_a_sample_goes_by_key_and_seed_and_not_by_type() -> None:
    few = sampled(people(4000, pa.int64()), "5%")
    assert 140 < len(few) < 260
    assert few == sampled(people(4000, pa.string()), "5%")
    assert few != sampled(people(4000, pa.string()), "5%", b"another seed 123")
    assert few < sampled(people(4000, pa.int32()), "10%")
    assert few == {n for n in sampled(people(5000, pa.int32()), "5%") if n < 4000}


def test_a_count_is_met_exactly() -> None:
    assert len(sampled(people(4000, pa.int64()), "123")) == 123
    assert len(sampled(people(100, pa.int64()), "123")) == 100


def test_rows_without_key_are_in_no_sample() -> None:
    table = pa.table({"id": pa.array([1, None, 2]), "name": ["x"] * 3})
    assert sampled(table, "100%") == {0, 2}


SHOP = World(
    {
        "countries": [(n, *[None] * 6) for n in range(3)],
        "customers": [(n, None, n % 3, None, None, None, n % 2) for n in range(6)],
        "orders": [(n, None, n % 6, None, None, None, 0) for n in range(12)],
        "audit": [(n, None, None, None, None, None, 0) for n in range(4)],
    },
    {
        "countries": (),
        "customers": (ForeignKey(("up",), "countries", ("id",)),),
        "orders": (ForeignKey(("up",), "customers", ("id",)),),
        "audit": (),
    },
    frozenset({"countries"}),
)


def test_lookup_tables_stay_whole_and_tables_of_people_that_no_root_leads_to_go() -> None:
    found = stays(SHOP, subset_of(SHOP, parse_where("customers: id = 4")))
    assert found == {"countries": {0, 1, 2}, "customers": {4}, "orders": {4, 10}, "audit": set()}


def test_what_is_only_referred_to_brings_nothing_along() -> None:
    found = stays(SHOP, subset_of(SHOP, parse_where("orders: id = 4")))
    assert found == {"countries": {0, 1, 2}, "customers": {4}, "orders": {4}, "audit": set()}


def test_a_root_in_a_lookup_table_leads_down_from_it() -> None:
    found = stays(SHOP, subset_of(SHOP, parse_where("countries: id = 0")))
    assert found == {"countries": {0}, "customers": {0, 3}, "orders": {0, 3, 6, 9}, "audit": set()}


def test_several_conditions_add_up() -> None:
    found = stays(SHOP, subset_of(SHOP, parse_where("customers: id = 4"), parse_where("audit: true")))
    assert (found["customers"], found["audit"]) == ({4}, {0, 1, 2, 3})


def test_without_conditions_nothing_that_is_looked_up_is_read() -> None:
    def read(name: str) -> Iterator[pa.RecordBatch]:
        assert name != "countries"
        return SHOP.read(3)(name)

    assert keep([parse_where("customers: id = 4")], SHOP.plans(), NOBODY, read).outside["customers"] == 5


def test_a_condition_that_meets_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="no row meets"):
        subset_of(SHOP, parse_where("customers: id = 4"), parse_where("audit: id = 99"))


OWNERS = {"customers": "id", "orders": "up", "countries": "id"}


def roots(*asked: str, subset: tuple[str, ...] = (), subjects: Mapping[str, str] | None = None) -> tuple[Root, ...]:
    names = {
        "customers": "id",
        "orders": "id",
        "countries": "id",
    }
    plans = tuple(
        table_plan(name, COLUMNS, SHOP.keys[name], subject=(subjects or {}).get(name, "none"), key=OWNERS[name])
        for name in names
    )
    tables = [Table(name, pa.schema([(column, pa.int64()) for column in COLUMNS])) for name in names]
    found = Findings("s", tuple(
        TableFindings(name, 1, "none", 0.0, (Finding("id", "int64", "none", 0.0, "clean", "none", unique=True),))
        for name in names
    ))  # fmt: skip
    plan = Plan("p", "", "c", "p", "r", plans)
    return roots_of(read_asked(asked, subset), plan, tables, found, bytes(16))


def test_a_size_alone_begins_with_people_that_refer_to_no_other_ones() -> None:
    found = roots(subset=("5%",), subjects={"customers": "customer", "orders": "customer"})
    assert [(root.table, root.columns) for root in found if isinstance(root, Sample)] == [("customers", ("id",))]
    staffed = {"customers": "employee", "countries": "customer"}
    assert [root.table for root in roots(subset=("5%",), subjects=staffed)] == ["countries"]
    with pytest.raises(UsageError, match="no table of persons"):
        roots(subset=("5%",), subjects={"orders": "customer"})


def test_a_named_table_is_sampled_by_its_key() -> None:
    (root,) = roots(subset=("orders: 0.5%",))
    assert isinstance(root, Sample)
    assert (root.table, root.size.share) == ("orders", Fraction(1, 200))


@pytest.mark.parametrize(
    ("where", "word", "hint"),
    [
        ("customer: id = 1", "unknown-name", "customers"),
        ("customers: id = 1 and idd = 2", "usage", "did you mean `id`?\n  id = · and idd = ·\n             ^"),
        ("customers: id = 1 or", "usage", "  id = · or\n           ^"),
        ("customers id = 1", "usage", "TABLE: CONDITION"),
        (": id = 1", "usage", "TABLE: CONDITION"),
    ],
)
def test_a_wrong_condition_is_pointed_at(where: str, word: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        roots(where)
    assert caught.value.code == word
    assert hint in caught.value.hint


@pytest.mark.parametrize("size", ["0%", "100.1%", "-5%", "5 percent", "0", "", "five", "1e3", "orders:", "1000:orders"])
def test_a_wrong_size_is_refused(size: str) -> None:
    with pytest.raises(UsageError) as caught:
        roots(subset=(size,))
    assert caught.value.code == "usage"


def test_conditions_are_in_no_repr() -> None:
    where = parse_where("customers: id = 'canaryq7xw' or mark like 'canaryq7xw%'")
    assert isinstance(where, Where)
    assert "canaryq7xw" not in repr(where)
