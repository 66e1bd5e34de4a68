"""Case and other looks of a cell, and pools in every look, so that one `take` both picks and styles."""

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker import words
from masker.columns import Bools, flags
from masker.infotypes._draw import Indices, numbers

AS_IS, UPPER, LOWER, INITIAL, INITIAL_DOT = range(5)
"""The looks, numbered as the blocks of `in_every_look`."""
LOOKS = 5
# A letter of an alphabet: one ideogram is a whole name.
_LETTER = r"[^\PL\p{Han}\p{Hiragana}\p{Katakana}]"


def case_of(column: pa.Array) -> Indices:
    """UPPER, LOWER or AS_IS for every cell, shape (n,); one or two capitals are no shouting; NULL is AS_IS."""
    return _looks(column, initials=False)


def look_of(column: pa.Array) -> Indices:
    """`case_of`, and INITIAL or INITIAL_DOT for cells of one letter (`J`, `J.`), shape (n,)."""
    return _looks(column, initials=True)


def _looks(column: pa.Array, *, initials: bool) -> Indices:
    looks = np.zeros(len(column), dtype=np.int64)
    rows = np.flatnonzero(~_capitalised(column))
    if not len(rows):
        return looks
    cells = column
    if len(rows) < len(column):
        cells = column.take(pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(rows)]))
    size = numbers(pc.utf8_length(cells), 0)
    upper = flags(pc.utf8_is_upper(cells)) & (size > 2)
    found = upper * np.int64(UPPER) + flags(pc.utf8_is_lower(cells)) * np.int64(LOWER)
    if initials and (size <= 2).any():
        bare, dotted = (flags(pc.match_substring_regex(cells, shape)) for shape in (f"^{_LETTER}$", rf"^{_LETTER}\.$"))
        found = np.select([bare, dotted], [INITIAL, INITIAL_DOT], found)
    looks[rows] = found
    return looks


def _capitalised(column: pa.Array) -> Bools:
    # Whether a capital and a small letter of ASCII stand first (`Anna`): two bytes settle the look of most cells, and
    # only the others are worth the Unicode kernels.
    _, offsets, data = column.buffers()
    if data is None or data.size < 2:
        return np.zeros(len(column), dtype=np.bool_)
    letters = np.frombuffer(data, dtype=np.uint8)
    bounds = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    enough = np.diff(bounds) > 1
    starts = np.where(enough, bounds[:-1], 0)
    capital, small = letters[starts] - np.uint8(ord("A")), letters[starts + 1] - np.uint8(ord("a"))
    settled: Bools = (capital < 26) & (small < 26) & enough
    return settled


def in_every_look(pool: pa.Array) -> pa.Array:
    """The pool five times over, one block a look: index + look * len(pool) is the entry in that look."""
    entries: list[str] = pool.to_pylist()
    letters = [entry[0] for entry in entries]
    return words.text_column(
        [
            *entries,
            *(entry.upper() for entry in entries),
            *(entry.lower() for entry in entries),
            *letters,
            *(f"{letter}." for letter in letters),
        ]
    )


@cache
def pool_in_every_look(locale: str, name: str) -> pa.Array:
    """`in_every_look` of a pool of `words`, kept."""
    return in_every_look(words.pool(locale, name))
