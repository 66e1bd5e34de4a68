"""Follows keys through tables of any size: down to what hangs on rows, up to what rows refer to.

Tables are read again until no more rows join: once each where keys form no circle (parents first on the way down,
children first on the way up), and within a batch as far as it goes. A NULL in a key hangs on nothing.

In memory is one bit a row of the tables that are reached. Key values that rows are found by take 8 bytes each, in
memory up to a bound and encrypted in a hidden file beyond. Once some lie there rows are looked at in larger groups, so
that the file is read seldom.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from masker.columns import Bools, Bytes
from masker.key_sets import LIMIT, KeySet, KeySets
from masker.links import Ends, Link, Links, Numbers
from masker.relations import hanging
from masker.scan.hashing import Hashes

Read = Callable[[str], Iterator[pa.RecordBatch]]
"""Gives the rows of a table from the start, as often as asked."""

Pick = Callable[[pa.RecordBatch], Bools]
"""The rows of a batch to begin with, shape (n,); depends on nothing but the row."""

_Ref = tuple[str, tuple[str, ...]]
_Known = dict[_Ref, KeySet]
_GROUP_ROWS, _GROUP_BYTES = 1 << 17, 8 << 20


@dataclass(frozen=True, slots=True)
class Marks:
    """Which rows of a table are marked, one bit each, and how many rows it has."""

    bits: Bytes = field(repr=False)
    rows: int

    @property
    def count(self) -> int:
        """How many are marked."""
        return int(np.bitwise_count(self.bits).sum(dtype=np.int64))

    def part(self, start: int, count: int) -> Bools:
        """Which of `count` rows from row `start` (0-based) on are marked, shape (count,)."""
        bits = self.bits[start // 8 : (start + count + 7) // 8]
        return np.unpackbits(bits, bitorder="little")[start % 8 : start % 8 + count].view(np.bool_)

    def turned(self) -> "Marks":
        """The other rows."""
        bits = ~self.bits
        if self.rows % 8:
            bits[-1] &= (1 << self.rows % 8) - 1
        return Marks(bits, self.rows)


class Closure:
    """The links between tables and how rows are read; rows of `spared` are never marked or followed.

    `limit` is what the keys of one way take in memory, in bytes; what is beyond lies in `folder`.
    """

    def __init__(
        self,
        links: Links,
        read: Read,
        spared: Mapping[str, Marks] | None = None,
        ends: Ends | None = None,
        *,
        folder: Path | None = None,
        limit: int = LIMIT,
    ) -> None:
        self._links = {name: [link for link in each if link.table in links] for name, each in links.items()}
        self._read, self._spared, self._ends = read, spared or {}, ends or Ends()
        self._folder, self._limit = folder, limit

    def below(self, picks: Mapping[str, Pick]) -> dict[str, Marks]:
        """The rows that are picked and all that hang on them by any chain of keys; reads no other tables."""
        with KeySets(self._folder, limit=self._limit) as sets:
            return self._below(picks, sets)

    def _below(self, picks: Mapping[str, Pick], sets: KeySets) -> dict[str, Marks]:
        below = {name: hanging({name}, self._links) for name in self._links}
        found: dict[str, Marks] = {}
        known = self._key_sets(sets)
        waiting = set(picks)
        while waiting:
            # The one that fewest others can still add rows to; within a circle of keys any will do.
            name = min(sorted(waiting), key=lambda table: sum(table in below[other] for other in waiting - {table}))
            waiting.discard(name)
            pick = picks.get(name) if name not in found else None
            down = _Down(self._links[name], self._sides(name, known))
            found[name], grown = self._pass(name, found.get(name), down, known, sets, pick)
            waiting |= {
                child for child, each in self._links.items() for link in each if (link.table, link.ref) in grown
            }
        return found

    def above(self, marks: Mapping[str, Marks]) -> dict[str, Marks]:
        """The marked rows and all that they refer to by any chain of keys."""
        with KeySets(self._folder, limit=self._limit) as sets:
            return self._above(marks, sets)

    def _above(self, marks: Mapping[str, Marks], sets: KeySets) -> dict[str, Marks]:
        above = {name: _leading(name, self._links) for name in self._links}
        found = dict(marks)
        known = self._key_sets(sets)
        waiting = {name for name, each in marks.items() if each.count and self._links[name]}
        while waiting:
            name = min(sorted(waiting), key=lambda table: sum(table in above[other] for other in waiting - {table}))
            waiting.discard(name)
            up = _Up(self._links[name], self._sides(name, known))
            found[name], grown = self._pass(name, found.get(name), up, known, sets)
            waiting |= {table for table, _ in grown}
        return found

    def _key_sets(self, sets: KeySets) -> _Known:
        ends = dict.fromkeys((link.table, link.ref) for each in self._links.values() for link in each)
        return {end: sets.make() for end in ends}

    def _sides(self, name: str, known: _Known) -> list[tuple[str, ...]]:
        return [ref for table, ref in known if table == name]

    def _pass(
        self,
        name: str,
        before: Marks | None,
        way: "_Down | _Up",
        known: _Known,
        sets: KeySets,
        pick: Pick | None = None,
    ) -> tuple[Marks, set[_Ref]]:
        """Read a table once: its marked rows, and the sets of keys that grew by them."""
        packed: list[Bytes] = []
        rest = np.zeros(0, dtype=np.bool_)
        grown: set[_Ref] = set()
        rows = 0
        columns = sorted({column for ref in way.refs for column in ref} | {c for li in way.links for c in li.reads})
        for batch, picked in _grouped(self._read(name), columns, pick, sets):
            count = batch.num_rows
            marked = picked | before.part(rows, count) if before else picked
            free = ~self._spared[name].part(rows, count) if name in self._spared else np.ones(count, dtype=np.bool_)
            marked = way.spread(name, batch, marked, free, known, self._ends, grown)
            rest = np.concatenate([rest, marked])
            rows += count
            whole = len(rest) // 8 * 8
            packed.append(np.packbits(rest[:whole], bitorder="little"))
            rest = rest[whole:]
        packed.append(np.packbits(rest, bitorder="little"))
        return Marks(np.concatenate(packed), rows), grown


def _grouped(
    batches: Iterator[pa.RecordBatch], columns: Sequence[str], pick: Pick | None, sets: KeySets
) -> Iterator[tuple[pa.RecordBatch, Bools]]:
    """What `columns` hold and which rows are picked, a batch at a time, or more once keys have to be read back."""
    waiting: list[pa.RecordBatch] = []
    picks: list[Bools] = []
    for batch in batches:
        picks.append(np.zeros(batch.num_rows, dtype=np.bool_) if pick is None else pick(batch))
        waiting.append(batch.select(columns))
        full = sum(map(len, picks)) >= _GROUP_ROWS or sum(each.nbytes for each in waiting) >= _GROUP_BYTES
        if full or not sets.spilled:
            yield (pa.concat_batches(waiting) if len(waiting) > 1 else waiting[0]), np.concatenate(picks)
            waiting, picks = [], []
    if waiting:
        yield pa.concat_batches(waiting), np.concatenate(picks)


@dataclass(frozen=True, slots=True)
class _Down:
    """One pass on the way down: `links` lead out of the table, `refs` are its columns that links lead to."""

    links: Sequence[Link]
    refs: Sequence[tuple[str, ...]]

    def spread(
        self,
        name: str,
        batch: pa.RecordBatch,
        marked: Bools,
        free: Bools,
        known: _Known,
        ends: Ends,
        grown: set[_Ref],
    ) -> Bools:
        own = []
        for link in self.links:
            if len(known[link.table, link.ref]) or link.table == name:
                rows, hashes = ends.here(name, batch, link)
                marked = _with(marked, rows[known[link.table, link.ref].has(hashes)])
                own += [(link.ref, rows, hashes)] if link.table == name else []
        marked = marked & free
        sides = {ref: ends.there(name, batch, ref) for ref in self.refs}
        fresh = marked
        while own and fresh.any():
            more = marked
            for ref, rows, hashes in own:
                keys, filled = sides[ref]
                more = _with(more, rows[_among(hashes, keys[fresh & filled])])
            more = more & free
            marked, fresh = more, more & ~marked
        for ref, (keys, filled) in sides.items():
            if known[name, ref].add(keys[marked & filled]):
                grown.add((name, ref))
        return marked


@dataclass(frozen=True, slots=True)
class _Up:
    """One pass on the way up: what marked rows refer to is noted, what is referred to is marked."""

    links: Sequence[Link]
    refs: Sequence[tuple[str, ...]]

    def spread(
        self,
        name: str,
        batch: pa.RecordBatch,
        marked: Bools,
        free: Bools,
        known: _Known,
        ends: Ends,
        grown: set[_Ref],
    ) -> Bools:
        sides = {ref: ends.there(name, batch, ref) for ref in self.refs}
        for ref, (keys, filled) in sides.items():
            if len(known[name, ref]):
                marked = marked | (filled & known[name, ref].has(keys))
        marked = marked & free
        leading = [(link, *ends.here(name, batch, link)) for link in self.links] if marked.any() else []
        own = [each for each in leading if each[0].table == name]
        fresh = marked
        while own and fresh.any():
            more = marked
            for link, rows, hashes in own:
                keys, filled = sides[link.ref]
                more = more | (filled & _among(keys, hashes[fresh[rows]]))
            more = more & free
            marked, fresh = more, more & ~marked
        for link, rows, hashes in leading:
            if known[link.table, link.ref].add(hashes[marked[rows]]):
                grown.add((link.table, link.ref))
        return marked


def _with(marked: Bools, rows: Numbers) -> Bools:
    found = marked.copy()
    found[rows] = True
    return found


def _among(hashes: Hashes, others: Hashes) -> Bools:
    found = KeySet()
    found.add(others)
    return found.has(hashes)


def _leading(name: str, links: Links) -> set[str]:
    """The tables that links lead to from `name`, directly or by others; itself only in a circle."""
    found: set[str] = set()
    edge = {name}
    while edge:
        edge = {link.table for child in edge for link in links[child]} - found
        found |= edge
    return found
