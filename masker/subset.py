"""Decides which rows of SOURCE make a closed subset: roots, what belongs to them, and what all of these refer to.

Rows belong to a root that hang on it by any chain of foreign keys; what rows refer to is kept as well, by any chain, so
that no key that found its row in SOURCE finds none in the copy. A row that is only referred to brings along nothing
that hangs on it. Rows that the agreement keeps out are neither roots nor followed. Tables that no root leads to, that
hold nothing of a known kind of personal data (but what stays as it is) and that refer only to such tables are kept
whole: they are what other tables look up.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from masker.closure import Closure, Marks, Pick, Read
from masker.columns import Bools, key_text, validity
from masker.condition import columns_of, refuse
from masker.condition_columns import meeting
from masker.errors import Place, UsageError, did_you_mean, shown
from masker.findings import Findings, TableFindings
from masker.left_out import LeftOut
from masker.links import ends_of, links_of
from masker.plan import ColumnPlan, Plan, TablePlan
from masker.relations import hanging
from masker.scan.hashing import Hashes
from masker.selection import Root, Sample, Size, Where, parse_subset, parse_where
from masker.snapshot import Table

_RANKS = (("customer", "patient", "user"), ("partner", "supplier"), ("employee",))
Asked = tuple[Where | tuple[str, Size], ...]
"""Conditions, and sizes of samples with their tables ("": those of persons)."""


def read_asked(where: Sequence[str], subset: Sequence[str]) -> Asked:
    """Read what a user wrote behind `--where` and `--subset`; raises `UsageError`."""
    return (*map(parse_where, where), *map(parse_subset, subset))


def roots_of(
    asked: Asked, plan: Plan, tables: Sequence[Table], findings: Findings | None, seed: bytes
) -> tuple[Root, ...]:
    """What a user asked for, held against the snapshot; samples get their tables, key columns and `seed`.

    A size without a table is one for every table of those whom the data is about: customers, patients and users, else
    partners and suppliers, else employees; of which a row is a person, and none of another such table. Raises
    `UsageError`: `unknown-name`, or `usage` with the place in the condition.
    """
    known = {table.name: table for table in tables}
    roots: list[Root] = []
    for each in asked:
        if isinstance(each, Where):
            _check_where(each, _known(each.table, known))
            roots.append(each)
            continue
        table, size = each
        for name in (table,) if table else _persons(plan, known, findings):
            columns = _key(_known(name, known), _found(findings, name))
            roots.append(Sample(name, columns, size, seed))
    return tuple(roots)


@dataclass(frozen=True, slots=True)
class Subset:
    """The rows that are not in the copy, by the agreement or by the subset, and how many the subset leaves outside."""

    left_out: LeftOut
    outside: Counter[str]


def keep(
    roots: Sequence[Root], tables: Sequence[TablePlan], excluded: LeftOut, read: Read, folder: Path | None = None
) -> Subset:
    """Decide which rows stay; `excluded` are those that the agreement keeps out.

    Keys that do not fit into memory lie encrypted in `folder`.

    Raises `UsageError` where a condition picks no row, all samples none, or none may stay: an empty copy is rarely
    meant.
    """
    whole = whole_tables(tables, {root.table for root in roots})
    links = {
        name: [link for link in each if link.table not in whole]
        for name, each in links_of(tables).items()
        if name not in whole
    }
    closure = Closure(links, read, excluded.marks, ends_of(tables), folder=folder)
    picks = [_counted(root, excluded, read) for root in roots]
    belonging = closure.below({root.table: _any_of(picks, root.table) for root in roots})
    _refuse_nothing(picks)
    if not any(marks.count for marks in belonging.values()):
        raise UsageError("usage", "the agreement keeps out all rows of the subset", "choose other rows")
    kept = closure.above(belonging)
    left = dict(excluded.marks)
    for table in tables:
        if table.name not in whole:
            left[table.name] = (kept.get(table.name) or _none(read(table.name))).turned()
    left_out = LeftOut({name: marks for name, marks in left.items() if marks.count})
    return Subset(left_out, left_out.counts - excluded.counts)


def whole_tables(tables: Sequence[TablePlan], roots: set[str]) -> set[str]:
    """The tables that are kept whole, by the rule at the top."""
    links = links_of(tables)
    led_to = roots | hanging(roots, links)
    still = {table.name for table in tables if all(map(_is_nobodys, table.columns))}
    whole = still - led_to
    while True:
        leading_out = {name for name in whole for link in links[name] if link.table not in whole}
        if not leading_out:
            return whole
        whole -= leading_out


def _is_nobodys(column: ColumnPlan) -> bool:
    return column.fate == "kept" or column.infotype in ("none", "other")


def _check_where(where: Where, table: Table) -> None:
    for column, at in columns_of(where.condition):
        if column not in table.schema.names:
            hint = did_you_mean(column, table.schema.names, "`masker scan SOURCE --all` lists its columns")
            refuse(where.text, at, f"table `{shown(where.table)}` has no such column", hint)
        if not _is_flat(table.schema.field(column).type):
            refuse(where.text, at, "the column's values are no plain text or number", "name another column")


def _is_flat(type_: pa.DataType) -> bool:
    return not (pa.types.is_nested(type_) or pa.types.is_binary(type_) or pa.types.is_large_binary(type_))


def _known(name: str, tables: Mapping[str, Table]) -> Table:
    if name not in tables:
        hint = did_you_mean(name, tables, "`masker scan SOURCE` lists the tables")
        raise UsageError("unknown-name", "SOURCE has no table of that name", hint, Place(table=name))
    return tables[name]


def _persons(plan: Plan, tables: Mapping[str, Table], findings: Findings | None) -> list[str]:
    """The tables of those whom the data is about: a row a person, and of no other person."""
    links = links_of(plan.tables)
    for subjects in _RANKS:
        persons = [
            table.name
            for table in plan.tables
            if table.subject in subjects and _is_person(tables[table.name], table, _found(findings, table.name))
        ]
        reached = {name: hanging({name}, links) for name in persons}
        found = [name for name in persons if all(other in reached[name] for other in persons if name in reached[other])]
        if found:
            return found
    hint = "name one: `--subset TABLE:SIZE`"
    raise UsageError("usage", "no table of persons is known that a sample could begin with", hint)


def _is_person(table: Table, plan: TablePlan, found: TableFindings | None) -> bool:
    key = plan.key or (found.subject_key if found else "")
    return bool(key) and (key,) == _own_key(table, found)


def _own_key(table: Table, found: TableFindings | None) -> tuple[str, ...]:
    """What tells the rows of a table apart: its primary key, else what is unique; () where nothing does."""
    unique = [(column.column,) for column in (found.columns if found else ()) if column.unique and not column.nulls]
    primary = table.primary_key or (found.primary_key if found else ())
    for columns in (primary, *table.unique, *unique):
        if columns and all(_is_flat(table.schema.field(name).type) for name in columns):
            return columns
    return ()


def _key(table: Table, found: TableFindings | None) -> tuple[str, ...]:
    columns = _own_key(table, found)
    if not columns:
        hint = "use `--where`, or name the table's key in the profile"
        raise UsageError("usage", "the table has no key to draw a sample by", hint, Place(table=table.name))
    return columns


def _found(findings: Findings | None, table: str) -> TableFindings | None:
    return next((each for each in findings or () if each.name == table), None)


@dataclass
class _Counted:
    root: Root
    pick: Pick
    found: bool = False

    def __call__(self, batch: pa.RecordBatch) -> Bools:
        rows = self.pick(batch)
        self.found = self.found or bool(rows.any())
        return rows


def _refuse_nothing(picks: Sequence[_Counted]) -> None:
    for pick in picks:
        if isinstance(pick.root, Where) and not pick.found:
            raise UsageError("usage", "no row meets the condition", "look at it again", Place(table=pick.root.table))
    samples = [pick for pick in picks if isinstance(pick.root, Sample)]
    if samples and not any(pick.found for pick in samples):
        raise UsageError("usage", "the sample has no row", "ask for more", Place(table=samples[0].root.table))


def _counted(root: Root, excluded: LeftOut, read: Read) -> _Counted:
    if isinstance(root, Where):
        condition = root.condition
        return _Counted(root, lambda batch: meeting(condition, batch))
    below = _bound(root, excluded, read)

    def drawn(batch: pa.RecordBatch) -> Bools:
        hashes, valid = _drawn(root, batch)
        return valid & (hashes <= np.uint64(below)) if below >= 0 else np.zeros(len(hashes), dtype=np.bool_)

    return _Counted(root, drawn)


def _any_of(picks: Sequence[_Counted], table: str) -> Pick:
    own = [pick for pick in picks if pick.root.table == table]
    return lambda batch: np.logical_or.reduce([pick(batch) for pick in own])


def _bound(sample: Sample, excluded: LeftOut, read: Read) -> int:
    """The highest hash that is in the sample; -1 for none."""
    if sample.size.share is not None:
        return -(-sample.size.share.numerator * 2**64 // sample.size.share.denominator) - 1
    assert sample.size.count is not None
    lowest = np.zeros(0, dtype=np.uint64)
    start = 0
    for batch in read(sample.table):
        hashes, valid = _drawn(sample, batch)
        valid &= ~excluded.rows(sample.table, start, len(hashes))
        start += len(hashes)
        lowest = np.sort(np.concatenate([lowest, hashes[valid]]))[: sample.size.count]
    return int(lowest[-1]) if len(lowest) else -1


def _drawn(sample: Sample, batch: pa.RecordBatch) -> tuple[Hashes, Bools]:
    """The hash of each row as `Sample` says, and whether it has one; both of shape (n,)."""
    columns = [key_text(batch.column(name)) for name in sample.columns]
    valid = np.logical_and.reduce([validity(column) for column in columns])
    hashes = np.zeros(batch.num_rows, dtype=np.uint64)
    texts = [column.to_pylist() for column in columns]
    start = hashlib.blake2b(digest_size=8, key=sample.seed)
    for row in np.flatnonzero(valid).tolist():
        state = start.copy()
        for text in texts:
            encoded = text[row].encode()
            state.update(len(encoded).to_bytes(4, "big") + encoded)
        hashes[row] = int.from_bytes(state.digest(), "big")
    return hashes, valid


def _none(batches: Iterator[pa.RecordBatch]) -> Marks:
    rows = sum(batch.num_rows for batch in batches)
    return Marks(np.zeros((rows + 7) // 8, dtype=np.uint8), rows)
