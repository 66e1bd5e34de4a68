"""Searches the whole copy for originals that carry 40 bits or more: as cells, words, numbers and in other writings.

Exact: every original and all that is looked up is a keyed 64-bit fingerprint in a `Log`, which spills encrypted.
Between n originals and m looked-up values two fall together with probability n·m/2^64.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from masker.errors import Place, shown
from masker.promises import ColumnPromise, Promises
from masker.verify.cells import Cells, text_bytes
from masker.verify.chance import most_by_chance
from masker.verify.embedded import decoded
from masker.verify.entropy import FEWEST_DIGITS, SHORTEST, Sought, is_number, is_searched, proves, weighty
from masker.verify.fingerprints import Prints, distinct, within
from masker.verify.marks import without_marks
from masker.verify.problems import Problem
from masker.verify.spill import Log, Spill, slices
from masker.verify.texts import text_column
from masker.verify.words import digit_prints, number_prints, word_prints

_NEVER = 1e-3
_SHARE, _FEWEST_SHARED = 0.1, 10
_LARGE_NUMBER = 10 ** (FEWEST_DIGITS - 1)
_AT_ONCE = 8 << 20
_FEW = 4096


@dataclass
class _Originals:
    """The originals of one column: their log, and how often they must be met by chance."""

    promise: ColumnPromise
    place: Place
    log: Log
    count: int = 0
    fewest_digits: int = 40
    fewest_bare: int = 40


@dataclass
class _Looked:
    """What one column of the copy holds."""

    promise: ColumnPromise
    place: Place
    log: Log
    count: int = 0
    seen: Prints | None = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))

    def fresh(self, cells: Cells) -> Cells:
        """The cells that were not there before, as long as the column has few different ones."""
        if self.seen is None:
            return cells
        different = Cells(cells.text.unique())
        fresh = ~within(different.prints, self.seen)
        if len(self.seen) + int(fresh.sum()) > _FEW:
            self.seen = None
            return cells
        self.seen = distinct(np.concatenate([self.seen, different.prints[fresh]]))
        rows = np.flatnonzero(fresh)
        return Cells(different.text.take(pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(rows)])))


@dataclass
class _Meeting:
    originals: _Originals
    looked: _Looked
    values: int = field(default=0)


class Search:
    """Fed with every column of both sides; `finish` says where originals stand in the copy.

    Searched for are the originals of every column that is masked, with the promise that its values change, NULL or
    dropped. Where one stands in a column that the owner keeps under the same infotype, that was decided knowingly.
    """

    def __init__(self, promises: Promises, spill: Spill) -> None:
        self.searched = self.by_chance = 0
        self._spill = spill
        self._originals: dict[tuple[str, str], _Originals] = {}
        self._looked: dict[tuple[str, str], _Looked] = {}
        for table in promises.tables:
            for column in table.columns:
                place = Place(table.file or None, table.name, column.name)
                gone = column.fate in ("nulled", "dropped")
                if is_searched(column.infotype) and (gone or (column.fate == "masked" and column.changes)):
                    self._originals[table.name, column.name] = _Originals(column, place, spill.log())
                if not gone:
                    self._looked[table.name, column.name] = _Looked(column, place, spill.log())

        self._sought = Sought({originals.promise.infotype for originals in self._originals.values()})

    def covers(self, table: str, column: str) -> bool:
        """Whether the originals of this column are searched for."""
        return (table, column) in self._originals

    def take(self, table: str, before: Mapping[str, Cells], after: Mapping[str, Cells]) -> None:
        """See n rows of both sides, by column name."""
        if not self._originals:
            return
        for name, cells in before.items():
            if (originals := self._originals.get((table, name))) is not None:
                _remember(originals, cells)
        for name, cells in after.items():
            if (looked := self._looked.get((table, name))) is not None:
                for text in _texts(cells):
                    self._look_up(looked, looked.fresh(text))

    def finish(self) -> Iterator[Problem]:
        """Where more originals stand than chance accounts for, by column of the copy."""
        for meeting in self._meetings():
            most = _most(meeting.originals, meeting.looked)
            if most is None:
                continue
            if meeting.values <= most:
                self.by_chance += meeting.values
                continue
            originals, looked = meeting.originals.place, meeting.looked.place
            if originals == looked:
                yield Problem("leak", "the copy holds originals of this column", looked, meeting.values)
                continue
            whose = f"`{shown(originals.table or '')}`.`{shown(originals.column or '')}`"
            hint = "mask this column as well, or keep it under the infotype of that one to say that it may stay"
            yield Problem("leak", f"originals of {whose} stand in this column", looked, meeting.values, hint)

    def _look_up(self, looked: _Looked, cells: Cells) -> None:
        if not (cells.lengths >= SHORTEST).any():
            return
        found = self._parts(cells)
        plain = without_marks(cells)
        if plain is not None:
            found += self._parts(Cells(plain))
        if texts := decoded(cells.text):
            found += self._parts(Cells(text_column(texts)))
        for prints in found:
            self.searched += len(prints)
            looked.log.add(prints)

    def _parts(self, cells: Cells) -> list[Prints]:
        wanted = self._sought.may_be(cells.lengths, cells.digits, None if cells.at_marks is None else cells.ats)
        if not wanted.any():  # then nothing inside of a cell may be one, which is less
            return []
        return [cells.folded_prints_of(wanted), word_prints(cells, self._sought), number_prints(cells)]

    def _meetings(self) -> Iterator[_Meeting]:
        meetings: dict[tuple[int, int], _Meeting] = {}
        originals, looked = [*self._originals.values()], [*self._looked.values()]
        logs = [*(one.log for one in originals), *(other.log for other in looked)]
        for first, last in slices(logs, _AT_ONCE) if originals else ():
            known = [side.log.read(first, last) for side in originals]
            seen = [side.log.read(first, last) for side in looked]
            for one, prints in zip(originals, known, strict=True):
                one.count += len(prints)
            for other, prints in zip(looked, seen, strict=True):
                other.count += len(prints)
            both = _common(known, seen)
            if not len(both):
                continue
            for i, prints in enumerate(known):
                mine = both[within(both, prints)]
                for j, others in enumerate(seen) if len(mine) else ():
                    if values := int(within(mine, others).sum()):
                        meeting = meetings.setdefault((i, j), _Meeting(originals[i], looked[j]))
                        meeting.values += values
        yield from (meetings[key] for key in sorted(meetings))


def _remember(originals: _Originals, cells: Cells) -> None:
    for text in _texts(cells):
        infotype = originals.promise.infotype
        wanted = weighty(text, infotype)
        if not wanted.any():
            continue
        originals.log.add(text.folded_prints_of(wanted))
        digits = text.digits
        if is_number(infotype):
            many = wanted & (digits >= FEWEST_DIGITS)
            set_apart = many & (digits < text.lengths)
            if set_apart.any():
                originals.log.add(digit_prints(text, set_apart))
            originals.fewest_bare = min(originals.fewest_bare, int(digits[many].min(initial=40)))
        originals.fewest_digits = min(originals.fewest_digits, int(digits[wanted].min()))


def _texts(cells: Cells) -> Iterator[Cells]:
    """What of a column can hold 40 bits as text: strings, integers of 12 digits, the parts of nested cells."""
    kind = cells.column.type
    if pa.types.is_string(kind):
        if int(np.diff(text_bytes(cells.text)[1]).max(initial=0)) >= SHORTEST:
            yield cells
    elif pa.types.is_integer(kind):
        # NULLs may hide anything; they are no values.
        numbers = np.frombuffer(cells.column.buffers()[1], dtype=kind.to_pandas_dtype())
        numbers = numbers[cells.column.offset : cells.column.offset + len(cells.column)]
        if ((numbers >= _LARGE_NUMBER) & cells.valid).any():
            yield cells
    elif pa.types.is_struct(kind):
        for part in cells.column.flatten():
            yield from _texts(Cells(part))
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        yield from _texts(Cells(cells.column.flatten()))
    elif pa.types.is_map(kind):
        yield from _texts(Cells(cells.column.keys))
        yield from _texts(Cells(cells.column.items))
    elif pa.types.is_dictionary(kind):
        yield from _texts(Cells(cells.column.dictionary_decode()))
    elif not (pa.types.is_floating(kind) or pa.types.is_temporal(kind) or pa.types.is_boolean(kind)):
        yield Cells(cells.text)


def _most(originals: _Originals, looked: _Looked) -> int | None:
    """How many originals chance may put into a column of the copy; None: what stands there decides nothing."""
    promise = looked.promise
    pairs = float(originals.count) * looked.count
    same = promise.infotype == originals.promise.infotype
    # Bare numbers meet in columns that have nothing to do with them; what is written in its own way does not.
    expected = pairs / 10.0**originals.fewest_bare if originals.fewest_bare < 40 else 0.0
    if promise.fate == "kept" or not promise.changes:
        if same:
            return None
        if not proves(originals.promise.infotype):
            # What is kept stood there in SOURCE: one shared phrase or placeholder is none, a column's worth of them is.
            expected = max(_FEWEST_SHARED - 1, _SHARE * min(originals.count, looked.count))
            return math.floor(expected)
    elif promise.space is not None and promise.space < 2:
        return None
    elif same:
        expected = max(expected, pairs / _space(originals, promise))
    return most_by_chance(expected) if expected >= _NEVER else 0


def _space(originals: _Originals, promise: ColumnPromise) -> float:
    # What keeps a format says the least that any value has; these have at least their digits' worth, less what stays.
    space = promise.space or 1.0
    if promise.method != "fpe":
        return space
    changing = originals.fewest_digits - promise.stays
    return max(space, 10.0 ** max(0, min(changing, promise.varies or changing)))


def _common(some: list[Prints], others: list[Prints]) -> Prints:
    """The values that any of `some` and any of `others` have, in order; all of them are in order themselves."""
    # A table of places by each value's own bits leaves few to be sorted; what is in order goes through it in order.
    size = 1 << max(8, sum(map(len, some)).bit_length() + 3)
    low = min((int(prints[0]) for prints in some if len(prints)), default=0)
    high = max((int(prints[-1]) for prints in some if len(prints)), default=0)
    shift = np.uint64(max(0, (high - low).bit_length() - size.bit_length() + 1))
    taken = np.zeros(size, dtype=np.bool_)
    for prints in some:
        taken[(prints - np.uint64(low)) >> shift] = True
    found = []
    for prints in others:
        inside = prints[
            np.searchsorted(prints, np.uint64(low)) : np.searchsorted(prints, np.uint64(high), side="right")
        ]
        found.append(inside[taken[(inside - np.uint64(low)) >> shift]])
    maybe = distinct(np.concatenate(found))
    known = np.zeros(len(maybe), dtype=np.bool_)
    for prints in some:
        known |= within(maybe, prints)
    return maybe[known]
