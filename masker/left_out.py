"""Decides which rows of SOURCE stay out of a copy: those that an agreement's conditions name, and what hangs on them.

A row hangs on another by a foreign key of the plan (declared or inferred, of one column or several); a NULL in the key
hangs on nothing. The tables that conditions can reach are read, parents first, until no more rows join: once each, and
again where keys form a circle. Values and keys compare as canonical text, so that 7, "7" and "007" are one. Blanks
around a value that is to stay out do not count.

In memory are one bit a row of these tables and 8 bytes for each key value of a row that stays out: keyed hashes under a
random key, never a value. Two different keys share a hash with probability about 2^-64; the verifier, which decides
anew with hashes of its own, would then refuse the copy.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import Bools, Bytes, as_text, flags, is_text, key_text, offsets_of, text_of, validity
from masker.errors import GateError, InputError, Place
from masker.exclusion import Exclusion
from masker.findings import Findings
from masker.plan import Plan, TablePlan
from masker.relations import hanging
from masker.scan.hashing import Hasher, Hashes
from masker.snapshot import ForeignKey, Part, Rows, Snapshot, Source, Table

Read = Callable[[str], Iterator[pa.RecordBatch]]
"""Gives the rows of a table from the start, as often as asked."""

# 2^64 over the golden ratio, odd: spreads what it multiplies (Knuth, The Art of Computer Programming 3, section 6.4).
_ODD, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)


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
    """The rows that stay out, one bit a row, by table; a table without any is not there."""

    _bits: Mapping[str, Bytes] = field(default_factory=dict, repr=False)
    _rows: Mapping[str, int] = field(default_factory=dict)

    @property
    def counts(self) -> Counter[str]:
        """How many rows of each table stay out."""
        return Counter({name: int(np.bitwise_count(bits).sum(dtype=np.int64)) for name, bits in self._bits.items()})

    def rows(self, table: str, start: int, count: int) -> Bools:
        """Which of `count` rows from row `start` (0-based) on stay out; `InputError` where there are no such rows."""
        if table not in self._bits:
            return np.zeros(count, dtype=np.bool_)
        if start + count > self._rows[table]:
            raise InputError("malformed", "SOURCE changed while it was read", "mask a copy that nobody writes to")
        bits = self._bits[table][start // 8 : (start + count + 7) // 8]
        whole = np.unpackbits(bits, bitorder="little")[start % 8 : start % 8 + count]
        return whole.view(np.bool_)

    def parts(self, source: Source) -> Iterator[Part | Cut]:
        """The parts of a file in order, as a `Cut` where rows stay out or where all rows before did."""
        taken: Counter[str] = Counter()
        stayed: Counter[str] = Counter()
        for part in source.parts():
            count = part.batch.num_rows if isinstance(part, Rows) else 0
            if not isinstance(part, Rows) or part.table not in self._bits or not count:
                yield part
                continue
            name = part.table
            left_out = self.rows(name, taken[name], count)
            first = not stayed[name]
            yield Cut(part, left_out, first) if left_out.any() or (first and taken[name]) else part
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
            message = f"the agreement keeps out rows by a {what} that the snapshot does not have"
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


def leave_out(exclude: Sequence[Exclusion], tables: Sequence[TablePlan], read: Read) -> LeftOut:
    """Decide which rows stay out; reads only tables with conditions and those that hang on them."""
    keys = {table.name: table.foreign_keys for table in tables}
    gone = {(key.table, key.ref): _Gone() for each in keys.values() for key in each}
    below = {name: hanging({name}, keys) for name in keys}
    waiting = {each.table for each in exclude}
    bits: dict[str, Bytes] = {}
    rows: dict[str, int] = {}
    deciding = _Deciding(exclude, keys, gone, Hasher())
    while waiting:
        # The one that fewest others can still add rows to; within a circle of keys any will do.
        name = min(sorted(waiting), key=lambda table: sum(table in below[other] for other in waiting - {table}))
        waiting.discard(name)
        before = {ref: len(gone[name, ref]) for table, ref in gone if table == name}
        bits[name], rows[name] = deciding.table(name, read(name))
        grown = {ref for ref, count in before.items() if len(gone[name, ref]) > count}
        waiting |= {child for child, each in keys.items() for key in each if key.table == name and key.ref in grown}
    left = {name: each for name, each in bits.items() if each.any()}
    return LeftOut(left, {name: rows[name] for name in left})


def batches_of(snapshot: Snapshot, table: str) -> Iterator[pa.RecordBatch]:
    """The rows of one table of a snapshot."""
    for member in snapshot.members:
        if any(each.name == table for each in member.source.tables):
            for part in member.source.parts(table):
                if isinstance(part, Rows) and part.table == table:
                    yield part.batch


@dataclass(frozen=True)
class _Deciding:
    exclude: Sequence[Exclusion]
    keys: Mapping[str, tuple[ForeignKey, ...]]
    gone: Mapping[tuple[str, tuple[str, ...]], "_Gone"]
    hasher: Hasher

    def table(self, name: str, batches: Iterator[pa.RecordBatch]) -> tuple[Bytes, int]:
        """One pass over a table: its rows that stay out, packed, and how many rows it has; their keys are noted."""
        conditions = [(each, _values(each)) for each in self.exclude if each.table == name]
        found = np.zeros(0, dtype=np.bool_)
        packed: list[Bytes] = []
        rows = 0
        for batch in batches:
            left_out = np.zeros(batch.num_rows, dtype=np.bool_)
            for condition, values in conditions:
                column = batch.column(condition.column)
                # In doubt a row stays out: blanks around a value do not save it, and do not make it one that may stay.
                text = key_text(column) if condition.others else _bare(column)
                among = flags(pc.is_in(text, value_set=values))
                left_out |= ~among if condition.others else among
            found = np.concatenate([found, self._spread(name, batch, left_out)])
            rows += batch.num_rows
            whole = len(found) // 8 * 8
            packed.append(np.packbits(found[:whole], bitorder="little"))
            found = found[whole:]
        packed.append(np.packbits(found, bitorder="little"))
        return np.concatenate(packed), rows

    def _spread(self, name: str, batch: pa.RecordBatch, left_out: Bools) -> Bools:
        """The rows that stay out and those that hang on them, within the batch as far as it goes."""
        own = [key for key in self.keys[name] if key.table == name]
        refs = {ref: self._hashed(batch, ref) for table, ref in self.gone if table == name}
        for key in self.keys[name]:
            if len(self.gone[key.table, key.ref]):
                hashes, valid = self._hashed(batch, key.columns)
                left_out = left_out | (valid & self.gone[key.table, key.ref].has(hashes))
        children = [(key.ref, *self._hashed(batch, key.columns)) for key in own]
        news = left_out
        while news.any():
            more = left_out
            for ref, hashes, valid in children:
                new = _Gone()
                new.add(refs[ref][0][news & refs[ref][1]])
                more = more | (valid & new.has(hashes))
            left_out, news = more, more & ~left_out
        for ref, (hashes, valid) in refs.items():
            self.gone[name, ref].add(hashes[left_out & valid])
        return left_out

    def _hashed(self, batch: pa.RecordBatch, columns: tuple[str, ...]) -> tuple[Hashes, Bools]:
        """A hash a row over the columns together, and whether none of them is NULL; both of shape (n,)."""
        state = np.zeros(batch.num_rows, dtype=np.uint64)
        valid = np.ones(batch.num_rows, dtype=np.bool_)
        for column in columns:
            text = key_text(batch.column(column))
            filled = validity(text)
            hashes = np.zeros(batch.num_rows, dtype=np.uint64)
            hashes[filled] = self.hasher(text)
            state = (state ^ hashes) * _ODD
            state ^= state >> _HALF
            valid &= filled
        return state, valid


class _Gone:
    """A growing set of hashes: those of the keys of rows that stay out."""

    def __init__(self) -> None:
        self._known: Hashes = np.zeros(0, dtype=np.uint64)
        self._new: list[Hashes] = []

    def __len__(self) -> int:
        return len(self._settled())

    def add(self, hashes: Hashes) -> None:
        """Take hashes in, in any order."""
        if len(hashes):
            self._new.append(hashes)

    def has(self, hashes: Hashes) -> Bools:
        """Which hashes are in the set, shape (n,)."""
        known = self._settled()
        if not len(known):
            return np.zeros(len(hashes), dtype=np.bool_)
        at: npt.NDArray[np.intp] = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
        return np.asarray(known[at] == hashes, dtype=np.bool_)

    def _settled(self) -> Hashes:
        if self._new:
            whole = np.sort(np.concatenate([self._known, *self._new]))
            fresh = np.ones(len(whole), dtype=np.bool_)
            fresh[1:] = whole[1:] != whole[:-1]
            self._known, self._new = whole[fresh], []
        return self._known


def _bare(column: pa.Array) -> pa.Array:
    """The values of a column that a condition is about, without blanks around: fixed widths pad what they hold."""
    return key_text(pc.utf8_trim_whitespace(as_text(column)) if is_text(column.type) else column)


def _values(condition: Exclusion) -> pa.Array:
    encoded = [value.encode() for value in sorted(condition.values)]
    lengths = np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))
    return key_text(text_of(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets_of(lengths)))
