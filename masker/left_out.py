"""Decides which rows of SOURCE stay out of a copy: those that an agreement's conditions name, and what hangs on them.

A row hangs on another by a foreign key of the plan (declared or inferred, of one column or several); a NULL in the key
hangs on nothing. The tables that conditions can reach are read, parents first, until no more rows join: once each, and
again where keys form a circle. Values and keys compare as canonical text, so that 7, "7" and "007" are one. Blanks
around a value that is to stay out do not count.

In memory are one bit a row of these tables and, up to a bound, 8 bytes for each key value of a row that stays out:
keyed hashes, never a value (`closure.py`). Where two different keys should share one, the verifier, which decides anew
with hashes of its own, refuses the copy.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker.closure import Closure, Marks, Pick, Read
from masker.columns import Bools, as_text, flags, is_text, key_text, offsets_of, text_of
from masker.errors import GateError, InputError, Place
from masker.exclusion import Exclusion
from masker.findings import Findings
from masker.links import ends_of, links_of
from masker.plan import Plan, TablePlan
from masker.snapshot import Part, Rows, Snapshot, Source, Table


@dataclass(frozen=True, slots=True)
class Cut:
    """Rows of which some stay out; `first`: no row of the table stays before them."""

    rows: Rows
    left_out: Bools
    first: bool

    def made(self, source: Source) -> Part:
        """What stays, as if the other rows had never been in the file; pure."""
        return source.without(self.rows, self.left_out, first=self.first)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The rows that stay out by table; a table without any is not there."""

    marks: Mapping[str, Marks] = field(default_factory=dict)

    @property
    def counts(self) -> Counter[str]:
        """How many rows of each table stay out."""
        return Counter({name: each.count for name, each in self.marks.items()})

    def rows(self, table: str, start: int, count: int) -> Bools:
        """Which of `count` rows from row `start` (0-based) on stay out; `InputError` where there are no such rows."""
        if table not in self.marks:
            return np.zeros(count, dtype=np.bool_)
        if start + count > self.marks[table].rows:
            raise InputError("malformed", "SOURCE changed while it was read", "mask a copy that nobody writes to")
        return self.marks[table].part(start, count)

    def parts(self, source: Source, taken: Counter[str]) -> Iterator[Part | Cut]:
        """The parts of a file in order, as a `Cut` where rows stay out or where all rows before did.

        `taken` counts the rows of each table that were read: other files may have had some.
        """
        before = Counter(taken)
        stayed: Counter[str] = Counter()
        for part in source.parts():
            count = part.batch.num_rows if isinstance(part, Rows) else 0
            if not isinstance(part, Rows) or part.table not in self.marks or not count:
                yield part
                continue
            name = part.table
            left_out = self.rows(name, taken[name], count)
            first = not stayed[name]
            yield Cut(part, left_out, first) if left_out.any() or (first and taken[name] > before[name]) else part
            taken[name] += count
            stayed[name] += count - int(left_out.sum())


def check_conditions(exclude: Iterable[Exclusion], tables: Iterable[Table]) -> None:
    """Refuse conditions that say nothing of this snapshot: passed over, they would let rows through.

    Raises `GateError`: `drift` for a table or column that is not there, `does-not-fit` for a nested or binary column.
    """
    schemas = {table.name: table.schema for table in tables}
    for each in exclude:
        place = Place(table=each.table, column=each.column)
        if each.table not in schemas or each.column not in schemas[each.table].names:
            what = "column" if each.table in schemas else "table"
            message = f"the agreement keeps out rows by a {what} that SOURCE does not have"
            raise GateError("drift", message, "correct `exclude` in the agreement, or give all of its tables", place)
        type_ = schemas[each.table].field(each.column).type
        if pa.types.is_nested(type_) or pa.types.is_binary(type_) or pa.types.is_large_binary(type_):
            message = "the agreement keeps out rows by a column whose values are no plain text or number"
            raise GateError("does-not-fit", message, "name another column under `exclude`", place)


def with_keys(plan: Plan, findings: Findings) -> Plan:
    """The plan with the foreign keys that a scan found beside its own: without them rows would hang on nothing."""
    tables = []
    for table in plan.tables:
        found = next((each.foreign_keys for each in findings if each.name == table.name), ())
        more = tuple(key for key in found if key.columns not in {known.columns for known in table.foreign_keys})
        tables.append(replace(table, foreign_keys=(*table.foreign_keys, *more)))
    return replace(plan, tables=tuple(tables))


def leave_out(
    exclude: Sequence[Exclusion], tables: Sequence[TablePlan], read: Read, folder: Path | None = None
) -> LeftOut:
    """Decide which rows stay out; reads only tables with conditions and those that hang on them.

    Keys that do not fit into memory lie encrypted in `folder`.
    """
    found = Closure(links_of(tables), read, ends=ends_of(tables), folder=folder).below(
        {each.table: _pick(exclude, each.table) for each in exclude}
    )
    return LeftOut({name: each for name, each in found.items() if each.count})


def batches_of(snapshot: Snapshot, table: str) -> Iterator[pa.RecordBatch]:
    """The rows of one table of a snapshot."""
    for member in snapshot.members:
        if any(each.name == table for each in member.source.tables):
            for part in member.source.parts(table):
                if isinstance(part, Rows) and part.table == table:
                    yield part.batch


def _pick(exclude: Sequence[Exclusion], table: str) -> Pick:
    """The rows of a table that its conditions name."""
    conditions = [(each, _values(each)) for each in exclude if each.table == table]

    def pick(batch: pa.RecordBatch) -> Bools:
        named = np.zeros(batch.num_rows, dtype=np.bool_)
        for condition, values in conditions:
            column = batch.column(condition.column)
            # In doubt a row stays out: blanks around a value do not save it, and do not make it one that may stay.
            text = key_text(column) if condition.others else _bare(column)
            among = flags(pc.is_in(text, value_set=values))
            named |= ~among if condition.others else among
        return named

    return pick


def _bare(column: pa.Array) -> pa.Array:
    """The values of a column that a condition is about, without blanks around: fixed widths pad what they hold."""
    return key_text(pc.utf8_trim_whitespace(as_text(column)) if is_text(column.type) else column)


def _values(condition: Exclusion) -> pa.Array:
    encoded = [value.encode() for value in sorted(condition.values)]
    lengths = np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))
    return key_text(text_of(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets_of(lengths)))
