"""Whether pseudonyms are functions: one original has one pseudonym, here and wherever else it stands in the copy.

Row by row nothing is wrong with a pseudonym that belongs to another row. What shows it is that masking is a function of
the original and of the cells that its method reads: equal ones must agree, within a column and across tables.
"""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.errors import Place
from masker.promises import ColumnPromise, Promises, TablePromise
from masker.verify.agreeing import Agreeing
from masker.verify.bits import Bools, Marked, lengths, picked, true
from masker.verify.cells import text_bytes
from masker.verify.chance import most_by_chance
from masker.verify.fingerprints import Prints, distinct_rows, fingerprints, mixed
from masker.verify.problems import Problem
from masker.verify.sampling import Gathered, Sample
from masker.verify.texts import as_text, validity

_LOOKED_AT = Sample(head=8, later=2, run=1024)
# Spellings that a method folds together are no collision; of those that differ in more than case and blanks a few are
# allowed: exactly reversible methods fold nothing.
_FOLDED_SHARE = {"permute": 0.01, "fpe": 0.01}
_OTHER_SHARE = 0.1
_FEW = 2
_PLAIN = bytes([ord(chr(b).lower()) if chr(b).isalnum() else 0 for b in range(128)] + list(range(128, 256)))
"""Each byte in lower case, 0 where it is neither letter nor digit; bytes beyond ASCII as they are."""


@dataclass
class _Seen:
    """What was seen of one column, row by row: fingerprints of contexts, pseudonyms and folded originals.

    And for rows whose original has letters or digits: what decided the draw, whether these stayed, and the chance.
    """

    promise: ColumnPromise
    place: Place
    contexts: list[Prints] = field(default_factory=list)
    pseudonyms: list[Prints] = field(default_factory=list)
    folded: list[Prints] = field(default_factory=list)
    draws: list[Prints] = field(default_factory=list)
    equal: list[Bools] = field(default_factory=list)
    chances: list[npt.NDArray[np.float64]] = field(default_factory=list)


class Mapping:
    """A check of masked columns, on all rows of small tables and a sample of large ones; memory is bounded.

    Problems (`mismatch`): one original with two pseudonyms, in one column or in two that share their pseudonyms; and
    originals that fall together. (`leak`): a column whose letters and digits are those of its originals oftener than
    chance, each original (and person, where they decide) counted once.
    """

    def __init__(self, promises: Promises) -> None:
        words = Counter(column.shares for table in promises.tables for column in table.columns if not column.reads)
        self._shared = {word: Agreeing() for word, times in words.items() if word and times > 1}
        self._table = ""
        self._seen: list[_Seen] = []
        self._problems: list[Problem] = []
        self._gathered = Gathered()

    def take(self, table: TablePromise, before: pa.RecordBatch, after: pa.RecordBatch, first_row: int) -> None:
        """See n rows of both sides."""
        if table.name != self._table:
            self._settle()
            self._table = table.name
            self._seen = [
                _Seen(column, Place(table.file or None, table.name, column.name))
                for column in table.columns
                if column.fate == "masked" and column.repeats
            ]
        for start, end in _LOOKED_AT.runs(first_row, before.num_rows):
            for old, new in self._gathered.add(before.slice(start, end - start), after.slice(start, end - start)):
                self._look(old, new)

    def finish(self) -> list[Problem]:
        """What is wrong."""
        self._settle()
        return self._problems

    def _look(self, before: pa.RecordBatch, after: pa.RecordBatch) -> None:
        prints: dict[str, Prints] = {}
        for seen in self._seen:
            _look(seen, before, after, prints)

    def _settle(self) -> None:
        for old, new in self._gathered.rest():
            self._look(old, new)
        for seen in self._seen:
            if seen.contexts:
                self._judge(seen)
        self._seen = []

    def _judge(self, seen: _Seen) -> None:
        promise = seen.promise
        contexts, pseudonyms = np.concatenate(seen.contexts), np.concatenate(seen.pseudonyms)
        rows = distinct_rows(mixed(contexts, pseudonyms))
        clashes, message = _repeated(contexts[rows]), "equal values have different pseudonyms"
        if not clashes and not promise.reads and promise.shares in self._shared:
            clashes = self._shared[promise.shares].add(contexts[rows], pseudonyms[rows])
            message = "values have other pseudonyms than in a column that they share them with"
        if clashes:
            self._add("mismatch", message, seen.place, clashes)
        if promise.distinct:
            folded = np.concatenate(seen.folded)
            rows = distinct_rows(mixed(folded, pseudonyms))
            lost = _repeated(pseudonyms[rows])
            if lost > max(_FEW, len(rows) * _FOLDED_SHARE.get(promise.method, _OTHER_SHARE)):
                self._add("mismatch", "different values share a pseudonym", seen.place, lost)
        if seen.draws:
            draws, equal = np.concatenate(seen.draws), np.concatenate(seen.equal)
            rows = distinct_rows(draws)
            expected = float(np.concatenate(seen.chances)[rows].sum())
            if len(distinct_rows(draws[equal])) > most_by_chance(expected):
                self._add("leak", "masked cells say the same as their originals", seen.place, int(equal.sum()))

    def _add(self, code: str, message: str, place: Place, cells: int) -> None:
        self._problems.append(Problem(code, message, place, cells))


def _look(seen: _Seen, before: pa.RecordBatch, after: pa.RecordBatch, prints: dict[str, Prints]) -> None:
    promise = seen.promise
    try:
        old, new = as_text(before[promise.name]), as_text(after[promise.name])
        context = fingerprints(old)
        for name in promise.reads:
            if name not in prints:
                prints[name] = fingerprints(as_text(before[name]))
            context = mixed(context, prints[name])
    except pa.ArrowException:  # nested values have no text to compare
        return
    valid = validity(old) & validity(new)
    seen.contexts.append(context[valid])
    seen.pseudonyms.append(fingerprints(new)[valid])
    if promise.distinct:
        seen.folded.append(fingerprints(pc.utf8_trim_whitespace(pc.utf8_lower(old)))[valid])
    if promise.changes and promise.space:
        _compare(seen, context if promise.reads else None, old, new, valid)


def _compare(seen: _Seen, context: Prints | None, before: pa.Array, after: pa.Array, valid: Bools) -> None:
    """Compare letters and digits alone, so that case, blanks and separators make no difference."""
    old, new = _bare(before), _bare(after)
    rows = np.flatnonzero(valid & (lengths(old) > 0))
    if seen.promise.method == "permute":  # which promises to keep 0 and negative numbers
        rows = rows[~true(pc.match_substring_regex(picked(before, rows), r"^(-\d+|0+)$"))]
    prints = fingerprints(old)
    seen.draws.append((prints if context is None else mixed(context, prints))[rows])
    seen.equal.append((prints == fingerprints(new))[rows])
    seen.chances.append(_chances(seen.promise, picked(old, rows)))


def _bare(text: pa.Array) -> pa.Array:
    """The column's letters and digits in lower case; of what is not ASCII, all."""
    data, offsets = text_bytes(text)
    if (data > 127).any():
        data, offsets = text_bytes(pc.utf8_lower(text))
    found = np.frombuffer(data.tobytes().translate(_PLAIN), dtype=np.uint8)
    kept = found > 0
    buffers = [None, pa.py_buffer(Marked(kept).before(offsets).astype(np.int32)), pa.py_buffer(found[kept])]
    return pa.Array.from_buffers(pa.string(), len(text), buffers)


def _chances(promise: ColumnPromise, bare: pa.Array) -> npt.NDArray[np.float64]:
    """How likely each value comes out as itself: of its own format a value has 10^n forms at least, or half of them."""
    chance = np.full(len(bare), 1 / max(1.0, promise.space or 1.0))
    if promise.method == "fpe":
        data, offsets = text_bytes(bare)
        ascii_before = np.zeros(len(data) + 1, dtype=np.int64)
        np.cumsum(data < 128, out=ascii_before[1:])
        plain = np.diff(ascii_before[offsets]) - promise.stays
        plain = np.minimum(plain, promise.varies) if promise.varies else plain
        chance = np.minimum(chance, 2 / 10.0 ** np.clip(plain, 0, 100))
    return np.asarray(np.minimum(chance, 1.0), dtype=np.float64)


def _repeated(prints: Prints) -> int:
    """How many of these are there more than once."""
    return len(prints) - len(distinct_rows(prints))
