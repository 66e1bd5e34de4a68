"""Case and other looks of a cell, and pools in every look, so that one `take` both picks and styles."""

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker import words
from masker.infotypes._draw import Indices

AS_IS, UPPER, LOWER, INITIAL, INITIAL_DOT = range(5)
"""The looks, numbered as the blocks of `in_every_look`."""


def case_of(column: pa.Array) -> Indices:
    """UPPER, LOWER or AS_IS for every cell, shape (n,); one or two capitals are no shouting; NULL is AS_IS."""
    upper = pc.and_(pc.utf8_is_upper(column), pc.greater(pc.binary_length(column), 2))
    return _numbers(upper) * UPPER + _numbers(pc.utf8_is_lower(column)) * LOWER


def look_of(column: pa.Array) -> Indices:
    """`case_of`, and INITIAL or INITIAL_DOT for cells of one letter (`J`, `J.`), shape (n,)."""
    looks = case_of(column)
    # A letter takes one to four bytes: only cells that short are worth the regular expression.
    short = np.flatnonzero(_numbers(pc.less_equal(pc.binary_length(column), 5)))
    if not len(short):
        return looks
    cells = column.take(pa.Array.from_buffers(pa.int64(), len(short), [None, pa.py_buffer(short)]))
    bare = _numbers(pc.match_substring_regex(cells, r"^\pL$"))
    dotted = _numbers(pc.match_substring_regex(cells, r"^\pL\.$"))
    looks[short] = np.select([bare == 1, dotted == 1], [INITIAL, INITIAL_DOT], looks[short])
    return looks


def _numbers(flags: pa.Array) -> Indices:
    return np.asarray(pc.fill_null(flags, False).to_numpy(zero_copy_only=False), dtype=np.int64)


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
