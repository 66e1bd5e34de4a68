"""Which rows of SOURCE a subset must have, worked out anew from what was asked and the keys that the copy promises.

Shares nothing with the code that chose the rows but what was asked. Rows belong to the subset that are asked for or
hang on a row that belongs; needed are these and what needed rows refer to; tables that no root leads to, of which no
column of a known infotype was changed, and that refer to no others, are there whole.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from masker.condition import columns_of
from masker.errors import GateError, Place, UsageError
from masker.manifest import Manifest
from masker.promises import TablePromise
from masker.selection import Root, Sample, Where, parse_size, parse_where
from masker.verify.bits import Marks
from masker.verify.condition_rows import Rows
from masker.verify.growing import Growing, Room
from masker.verify.leads import Lead, ignored, leads_of, origin, target
from masker.verify.row_keys import Flags, canonical

Read = Callable[[TablePromise], Iterator[pa.RecordBatch]]
Spared = Callable[[str, pa.RecordBatch], Flags]
_Ref = tuple[str, tuple[str, ...]]


def roots_of(manifest: Manifest, where: Sequence[str]) -> tuple[Root, ...]:
    """What a copy's subset was asked to begin with: samples as its manifest tells, conditions as they are given again.

    Raises `UsageError` where a condition is given too many or too few, or of another table.
    """
    given = [parse_where(text) for text in where]
    asked = sorted(root.table for root in manifest.subset if not root.size)
    if sorted(each.table for each in given) != asked:
        if not asked:
            raise UsageError("usage", "the copy is not of a subset by conditions", "leave `--where` out")
        message = "the copy is of a subset by conditions, and its manifest does not tell them"
        raise UsageError("usage", message, "give the same `--where` as `masker mask` got")
    samples = [
        Sample(root.table, root.columns, parse_size(root.size), bytes.fromhex(root.seed))
        for root in manifest.subset
        if root.size
    ]
    return (*given, *samples)


@dataclass
class Subset:
    """The rows to be there.

    `read` gives the rows of a table from the start, as often as asked; `spared` the rows of a batch that the agreement
    keeps out: they are never to be there. Raises `GateError` (`drift`) where a table or column that was asked for was
    not promised. In memory are a bit a row and, as far as `room` goes, 8 bytes for each key value of a row to be there.
    """

    roots: Sequence[Root]
    tables: Sequence[TablePromise]
    read: Read
    spared: Spared
    room: Room = field(default_factory=Room)
    _whole: set[str] = field(default_factory=set)
    _leads: dict[str, list[Lead]] = field(default_factory=dict)
    _marks: dict[str, Marks] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        promised = {table.name: {column.name for column in table.columns} for table in self.tables}
        for root in self.roots:
            asked = root.columns if isinstance(root, Sample) else [name for name, _ in columns_of(root.condition)]
            if not promised.get(root.table, set()).issuperset(asked) or root.table not in promised:
                message = "the subset is by a table or column that the copy's source does not have"
                raise GateError("drift", message, "give the conditions that it was made with", Place(table=root.table))
        self._find_whole()
        self._belonging()
        self._needed()
        self.room.clear()

    def outside(self, table: str) -> Callable[[int, int], Flags]:
        """What says which of so many rows of the table, from a row (0-based) on, are not to be there."""
        if table in self._whole:
            return lambda start, count: np.zeros(count, dtype=np.bool_)
        marks = self._marks.get(table, Marks())
        return lambda start, count: ~marks.get(start, count)

    def _find_whole(self) -> None:
        leads = leads_of(self.tables)
        led_to = {root.table for root in self.roots}
        for _ in self.tables:
            led_to |= {name for name, each in leads.items() for lead in each if lead.table in led_to}
        whole = {table.name for table in self.tables if table.name not in led_to and not _is_personal(table)}
        for _ in self.tables:
            whole -= {name for name, each in leads.items() for lead in each if lead.table not in whole}
        self._whole = whole
        self._leads = {
            name: [lead for lead in each if lead.table not in whole]
            for name, each in leads.items()
            if name not in whole
        }

    def _sets(self) -> dict[_Ref, Growing]:
        self.room.clear()
        ends = {(lead.table, lead.ref) for each in self._leads.values() for lead in each}
        return {end: self.room.growing() for end in sorted(ends)}

    def _belonging(self) -> None:
        """Mark what is asked for and all that hangs on it."""
        known = self._sets()
        tests = {root.table: [_test(r, self) for r in self.roots if r.table == root.table] for root in self.roots}
        waiting = [table for table in self.tables if table.name in tests]
        while waiting:
            table = waiting.pop(0)
            leads, ignores = self._leads[table.name], ignored(table)
            grown: set[_Ref] = set()
            for start, batch, marked in self._marked(table):
                for test in tests.get(table.name, ()):
                    marked |= test(batch)
                hanging = [(known[lead.table, lead.ref], *origin(batch, lead, ignores)) for lead in leads]
                own = {ref: target(batch, ref, ignores) for name, ref in known if name == table.name}
                while True:
                    for among, rows, prints in hanging:
                        marked[rows[among.has(prints)]] = True
                    marked &= ~self.spared(table.name, batch)
                    news = {ref for ref, (keys, ok) in own.items() if known[table.name, ref].take(keys[marked & ok])}
                    grown |= {(table.name, ref) for ref in news}
                    if not any(lead.table == table.name and lead.ref in news for lead in leads):
                        break
                self._mark(table, start, marked)
            tests.pop(table.name, None)
            for other in self.tables:
                touched = any((lead.table, lead.ref) in grown for lead in self._leads.get(other.name, ()))
                if touched and other not in waiting:
                    waiting.append(other)

    def _needed(self) -> None:
        """Mark what marked rows refer to."""
        known = self._sets()
        waiting = [table for table in self.tables if table.name in self._marks]
        while waiting:
            table = waiting.pop(0)
            ignores = ignored(table)
            grown: set[_Ref] = set()
            for start, batch, marked in self._marked(table):
                own = [(known[name, ref], *target(batch, ref, ignores)) for name, ref in known if name == table.name]
                leading = [(lead, *origin(batch, lead, ignores)) for lead in self._leads[table.name]]
                while True:
                    for wanted, prints, valid in own:
                        marked |= valid & wanted.has(prints)
                    marked &= ~self.spared(table.name, batch)
                    news = {
                        (lead.table, lead.ref)
                        for lead, rows, prints in leading
                        if known[lead.table, lead.ref].take(prints[marked[rows]])
                    }
                    grown |= news
                    if not any(name == table.name for name, _ in news):
                        break
                self._mark(table, start, marked)
            reached = {name for name, _ in grown}
            waiting += [other for other in self.tables if other.name in reached and other not in waiting]

    def _marked(self, table: TablePromise) -> Iterator[tuple[int, pa.RecordBatch, Flags]]:
        marks = self._marks.setdefault(table.name, Marks())
        start = 0
        for batch in self.room.groups(self.read(table)):
            yield start, batch, marks.get(start, batch.num_rows)
            start += batch.num_rows

    def _mark(self, table: TablePromise, start: int, marked: Flags) -> None:
        self._marks[table.name].put(start, marked)


def _is_personal(table: TablePromise) -> bool:
    return any(column.fate != "kept" and column.infotype not in {"none", "other"} for column in table.columns)


def _test(root: Root, subset: Subset) -> Callable[[pa.RecordBatch], Flags]:
    if isinstance(root, Where):
        rows = Rows(root.condition)
        return lambda batch: np.fromiter(rows(batch), dtype=np.bool_, count=batch.num_rows)
    highest = _highest(root, subset)
    return lambda batch: np.fromiter(
        (drawn is not None and drawn <= highest for drawn in _drawn(root, batch)), dtype=np.bool_, count=batch.num_rows
    )


def _highest(sample: Sample, subset: Subset) -> int:
    """The highest hash in the sample; -1: there is none."""
    if sample.size.share is not None:
        share = sample.size.share * 2**64
        return share.numerator // share.denominator - (share.denominator == 1)
    table = next(table for table in subset.tables if table.name == sample.table)
    lowest: list[int] = []
    for batch in subset.read(table):
        spared = subset.spared(table.name, batch)
        lowest += [
            drawn for drawn, out in zip(_drawn(sample, batch), spared, strict=True) if drawn is not None and not out
        ]
        lowest = sorted(lowest)[: sample.size.count]
    return lowest[-1] if lowest else -1


def _drawn(sample: Sample, batch: pa.RecordBatch) -> list[int | None]:
    """The number that each row draws by the sample's columns; None where one of them is NULL."""
    texts = [canonical(batch[name]).to_pylist() for name in sample.columns]
    return [_number(sample.seed, row) for row in zip(*texts, strict=True)]


def _number(seed: bytes, row: Sequence[str | None]) -> int | None:
    parts = []
    for text in row:
        if text is None:
            return None
        raw = text.encode()
        parts.append(len(raw).to_bytes(4, "big") + raw)
    return int.from_bytes(hashlib.blake2b(b"".join(parts), digest_size=8, key=seed).digest(), "big")
