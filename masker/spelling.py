"""One form for what a database takes for one value: case, accents and blanks at the end that do not tell values apart.

`CHAR(n)` and most collations of MySQL ignore blanks at the end, `citext` case, MySQL's `_ci` collations case and, but
for the `_as_` ones, accents. Not the whole Unicode Collation Algorithm: `ß` and `ss`, ligatures and digits of other
scripts stay apart.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import Offsets, offsets_of, rows_with, text_bytes, text_of, validity

_BLANK = np.uint8(ord(" "))


def alike(text: pa.Array, ignores: tuple[str, ...]) -> pa.Array:
    """A `pa.string()` column in the form in which values are one where only what is in `ignores` differs; NULL stays.

    >>> alike(pa.array(["Ánna  ", "anna", None]), ("accents", "blanks", "case")).to_pylist()
    ['anna', 'anna', None]
    """
    if "blanks" in ignores:
        text = _stripped(text)[0]
    if "case" in ignores:
        text = pc.utf8_lower(text)
    if "accents" in ignores:
        text = pc.utf8_normalize(text, form="NFD")
        text = pc.utf8_normalize(pc.replace_substring_regex(text, pattern=r"\p{Mn}+", replacement=""), form="NFC")
    return text


def masked_alike(mask: Callable[[pa.Array], pa.Array], text: pa.Array, ignores: tuple[str, ...]) -> pa.Array:
    """Mask a text column so that values that are one get one pseudonym, each in the spelling of its own original.

    Blanks at the end come back, and capitals where original and pseudonym are ASCII and of one length. NULL from `mask`
    stays NULL.
    """
    masked = mask(alike(text, ignores))
    bare, blanks = _stripped(text) if "blanks" in ignores else (text, None)
    if "case" in ignores:
        masked = _capitals(bare, masked)
    if blanks is not None and blanks.any():
        masked = _padded(masked, np.where(validity(masked), blanks, 0))
    return masked


def _stripped(text: pa.Array) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    """The column without blanks at the end, and how many there were in each cell."""
    data, offsets = text_bytes(text)
    solid = np.flatnonzero(data != _BLANK)
    starts, ends = offsets[:-1], offsets[1:]
    last = np.searchsorted(solid, ends) - 1
    found = np.where(last >= 0, solid[np.maximum(last, 0)] if len(solid) else -1, -1)
    stops = np.maximum(found + 1, starts)
    blanks = ends - stops
    if not blanks.any():
        return text, blanks
    keep = np.ones(len(data), dtype=np.bool_)
    keep[_cells(stops, ends)] = False
    return text_of(data[keep], offsets_of(stops - starts), validity(text)), blanks


def _padded(text: pa.Array, blanks: npt.NDArray[np.int64]) -> pa.Array:
    data, offsets = text_bytes(text)
    lengths = np.diff(offsets)
    spread = offsets_of(lengths + blanks)
    out = np.full(int(spread[-1]), _BLANK, dtype=np.uint8)
    out[_cells(spread[:-1], spread[:-1] + lengths)] = data
    return text_of(out, spread, validity(text))


def _capitals(original: pa.Array, masked: pa.Array) -> pa.Array:
    """Small letters of `masked` become capitals where `original` has one in the same place."""
    (old, at), (new, there) = text_bytes(original), text_bytes(masked)
    rows = (np.diff(at) == np.diff(there)) & ~rows_with(old > 127, at) & ~rows_with(new > 127, there)
    from_, to = _of_rows(at, rows), _of_rows(there, rows)
    raised = (old[from_] - np.uint8(65) < 26) & (new[to] - np.uint8(97) < 26)
    if not raised.any():
        return masked
    new = new.copy()
    new[to[raised]] -= 32
    return text_of(new, there, validity(masked))


def _of_rows(offsets: Offsets, rows: npt.NDArray[np.bool_]) -> Offsets:
    return _cells(offsets[:-1][rows], offsets[1:][rows])


def _cells(starts: Offsets, ends: Offsets) -> Offsets:
    """All places of the ranges start..end-1, joined."""
    lengths = ends - starts
    begins = np.cumsum(lengths) - lengths
    places: Offsets = np.arange(int(lengths.sum())) + np.repeat(starts - begins, lengths)
    return places
