"""Case and other looks of a cell, and pools in every look, so that one `take` both picks and styles."""

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker import words
from masker.infotypes._draw import Indices, flags, numbers

AS_IS, UPPER, LOWER, INITIAL, INITIAL_DOT = range(5)
"""The looks, numbered as the blocks of `in_every_look`."""
LOOKS = 5


def case_of(column: pa.Array) -> Indices:
    """UPPER, LOWER or AS_IS for every cell, shape (n,); one or two capitals are no shouting; NULL is AS_IS."""
    looks, open_rows, cells = _undecided(column)
    if len(open_rows):
        upper = flags(pc.utf8_is_upper(cells)) & (numbers(pc.utf8_length(cells), 0) > 2)
        looks[open_rows] = upper * np.int64(UPPER) + flags(pc.utf8_is_lower(cells)) * np.int64(LOWER)
    return looks


def look_of(column: pa.Array) -> Indices:
    """`case_of`, and INITIAL or INITIAL_DOT for cells of one letter (`J`, `J.`), shape (n,)."""
    looks = case_of(column)
    _, open_rows, cells = _undecided(column)
    short = numbers(pc.utf8_length(cells), 0) <= 2
    if short.any():
        bare, dotted = (flags(pc.match_substring_regex(cells, shape)) for shape in (r"^\pL$", r"^\pL\.$"))
        looks[open_rows] = np.select([bare, dotted], [INITIAL, INITIAL_DOT], looks[open_rows])
    return looks


def _undecided(column: pa.Array) -> tuple[Indices, Indices, pa.Array]:
    # A capital followed by a small letter (`Anna`), seen in two bytes, settles most cells: only the others, given here
    # with their rows, are worth the Unicode kernels.
    n, (_, offsets, data) = len(column), column.buffers()
    letters = np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, dtype=np.uint8)
    bounds = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + n + 1]
    starts = np.where(np.diff(bounds) > 1, bounds[:-1], 0)
    settled = np.zeros(n, dtype=np.bool_)
    if len(letters) > 1:
        capital, small = letters[starts] - np.uint8(ord("A")), letters[starts + 1] - np.uint8(ord("a"))
        settled = (capital < 26) & (small < 26) & (np.diff(bounds) > 1)
    rows = np.flatnonzero(~settled)
    cells = column.take(pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(rows)]))
    return np.zeros(n, dtype=np.int64), rows, cells


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
