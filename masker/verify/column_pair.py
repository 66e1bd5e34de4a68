"""One column of SOURCE and of the copy, row by row: what was kept is equal, what was masked differs but by chance."""

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.errors import Place
from masker.promises import ColumnPromise
from masker.verify.belonging import Belonging
from masker.verify.bits import true
from masker.verify.cells import Cells
from masker.verify.chance import most_by_chance, own_forms
from masker.verify.fingerprints import distinct_rows, fingerprints, mixed
from masker.verify.originals import SMALLEST_SPACE, Originals
from masker.verify.problems import Problem
from masker.verify.texts import validity

_MOST_REMEMBERED = 1 << 20
_SHORT = 6
_KEPT = re.compile(r"(-\d+|0+)\Z", re.ASCII)


class ColumnPair:
    """Checks one column's promise over batches of equal length; `problems` holds the first of each kind.

    A masked cell may equal its original where that is '' or has neither letter nor digit (nothing there to mask), where
    it is a mark of redaction, and 0 and negative numbers under `permute`, which promises to keep them. Otherwise: never
    where the promise has no `space`, else no oftener than chance in 10^9 checks. Counted are distinct (original,
    pseudonym) pairs, since equal originals share their luck; the space is no larger than the number of texts of a short
    value's own shape.
    `searched` says that a `Search` looks for this column's originals in other rows.
    """

    def __init__(self, promise: ColumnPromise, place: Place, *, searched: bool = False) -> None:
        self.promise, self.place = promise, place
        self.unchanged = 0
        self.problems: dict[str, Problem] = {}
        self._expected = 0.0
        self._equal: set[int] = set()
        tells = promise.changes and promise.method != "permute" and (promise.space or 0) >= SMALLEST_SPACE
        self._belonging = Belonging(promise)
        self._originals = Originals(promise.space or 0, searched=searched) if tells else None

    def take(self, old: Cells, new: Cells, first_row: int) -> None:
        """Check n rows of both sides; `first_row` is the 1-based number of the first."""
        fate, before, after = self.promise.fate, old.column, new.column
        if fate == "nulled":
            self._report(validity(after), first_row, "leak", "a column that was to be NULL holds values")
            return
        if fate == "kept":
            self._report(~_same(before, after), first_row, "mismatch", "a cell that was to be kept has changed")
            return
        if self.promise.nulls_kept:
            self._report(validity(before) != validity(after), first_row, "mismatch", "a NULL came or went")
        self._belonging.take(old, new)
        if self.promise.changes:
            self._take_masked(old, new, first_row)

    def finish(self) -> tuple[Problem, ...]:
        """The problems, after a last look at the whole column."""
        if self.promise.space is not None and len(self._equal) > most_by_chance(self._expected):
            self._leak(len(self._equal))
        if self._originals is not None and (found := self._originals.found()):
            self._add("leak", "the copy holds originals of this column", self.place, found)
        if self._originals is not None and (lost := self._originals.lost()):
            self._add("mismatch", "different values share a pseudonym", self.place, lost)
        if unsteady := self._belonging.unsteady():
            self._add("mismatch", "an original has several pseudonyms", self.place, unsteady)
        if apart := self._belonging.apart():
            self._add("mismatch", "pseudonyms are not those of their own rows", self.place, apart)
        return tuple(self.problems.values())

    def _take_masked(self, before: Cells, after: Cells, first_row: int) -> None:
        if self._originals is not None:
            self._originals.take(before, after)
        old, new = before.text, after.text
        rows = np.flatnonzero(true(pc.equal(old, new)))
        if not len(rows):
            self._expected += self._chance(len(old))
            return
        rows = rows[[_tells(text, self.promise) for text in old.take(_indices(rows)).to_pylist()]]
        self.unchanged += len(rows)
        if self.promise.space is None:
            if len(rows):
                self._leak(len(rows), row=first_row + int(rows[0]))
            return
        expected = self._chance(len(old))
        equal = old.take(_indices(rows))
        if len(rows) > most_by_chance(expected):
            by_pairs = self._chance_by_pairs(old, new)
            if len(distinct_rows(fingerprints(equal))) > most_by_chance(by_pairs):
                self._leak(len(rows), row=first_row + int(rows[0]))
            expected = max(expected, by_pairs)
        self._expected += expected
        if len(self._equal) < _MOST_REMEMBERED:
            self._equal.update(fingerprints(equal).tolist())

    def _chance(self, count: int) -> float:
        return count / self.promise.space if self.promise.space else 0.0

    def _chance_by_pairs(self, old: pa.Array, new: pa.Array) -> float:
        # The expected number of equal pairs among the distinct ones: Σ 1 / (forms that the original could take).
        valid = np.flatnonzero(validity(old) & validity(new))
        prints = mixed(fingerprints(old), fingerprints(new))
        distinct = old.take(_indices(valid[distinct_rows(prints[valid])]))
        short = np.asarray(pc.utf8_length(distinct).to_numpy(zero_copy_only=False)) <= _SHORT
        space = self.promise.space or 1.0
        few = distinct.take(_indices(np.flatnonzero(short))).to_pylist()
        return float((~short).sum()) / space + sum(1 / min(space, own_forms(text)) for text in few if text)

    def _report(self, broken: npt.NDArray[np.bool_], first_row: int, code: str, message: str) -> None:
        if broken.any():
            place = Place(self.place.file, self.place.table, self.place.column, first_row + int(broken.argmax()))
            self._add(code, message, place, int(broken.sum()))

    def _leak(self, cells: int, row: int | None = None) -> None:
        place = Place(self.place.file, self.place.table, self.place.column, row)
        self._add("leak", "masked cells equal their originals", place, cells)

    def _add(self, code: str, message: str, place: Place, cells: int) -> None:
        known = self.problems.get(code)
        self.problems[code] = (
            Problem(code, message, place, cells)
            if known is None
            else Problem(code, known.message, known.place, known.cells + cells)
        )


def _tells(text: str, promise: ColumnPromise) -> bool:
    # In Python: to compile an expression of all letters takes Arrow 3 ms, and equal cells are few.
    if promise.method == "permute" and _KEPT.match(text):
        return False
    if promise.mark and not text.replace(promise.mark, ""):
        return False
    return any(map(str.isalnum, text))


def _same(before: pa.Array, after: pa.Array) -> npt.NDArray[np.bool_]:
    if before.type != after.type:
        return np.zeros(len(before), dtype=np.bool_)
    if pa.types.is_floating(before.type):  # by bits: NaN equals itself, -0.0 is not 0.0
        whole = {16: pa.int16(), 32: pa.int32(), 64: pa.int64()}[before.type.bit_width]
        before, after = before.view(whole), after.view(whole)
    if before.equals(after):
        return np.ones(len(before), dtype=np.bool_)
    try:
        equal = true(pc.equal(before, after))
    except pa.ArrowException:
        equal = true(pc.equal(Cells(before).text, Cells(after).text))
    return np.asarray(equal | ~(validity(before) | validity(after)), dtype=np.bool_)


def _indices(rows: npt.NDArray[np.int64]) -> pa.Array:
    return pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(np.ascontiguousarray(rows))])
