"""Text over its own alphabet: every letter and digit changes inside its alphabet, all else stays in place."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker import alphabets
from masker.alphabets import DIGIT, NONZERO, Alphabets
from masker.columns import Bytes, Offsets, counts_of, offsets_of, rows_with, text_bytes, text_of, validity
from masker.crypto.keys import Keys
from masker.errors import InputError
from masker.integer_text import LONGEST, IntegerRows
from masker.methods.fpe.integers import encrypt_integers
from masker.methods.fpe.symbols import scramble

Ids = npt.NDArray[np.uint16]
Codes = npt.NDArray[np.uint8] | npt.NDArray[np.uint32]
_ZERO, _MINUS, _E = b"0-e"
_PIECE = 1 << 20
_TABLES = {"own": alphabets.ASCII, "digits": alphabets.DIGITS_ONLY, "hex": alphabets.HEX}


@dataclass(frozen=True, slots=True)
class Style:
    """What may change: the alphabet, the characters kept at either end, and whether the text is a decimal number."""

    alphabet: Literal["own", "digits", "hex"] = "own"
    keep_prefix: int = 0
    keep_suffix: int = 0
    number: bool = False


def encrypt_text(keys: Keys, text: pa.Array, style: Style) -> pa.Array:
    """Encrypt every row of a `pa.string()` array over its own alphabet; NULL and '' stay."""
    data, offsets = text_bytes(text)
    if (data >= 128).any() and style.alphabet == "own":
        codes, offsets = _code_points(data, offsets)
        codes = alphabets.fold(codes)
        spelled = _encrypt(keys, text, codes, offsets, alphabets.unicode(), style).astype(np.uint32)
        masked, masked_offsets = _utf8(spelled, offsets)
    else:
        table = _TABLES[style.alphabet]
        masked, masked_offsets = _encrypt(keys, text, data, offsets, table, style).astype(np.uint8), offsets
    return text_of(masked, masked_offsets, validity(text))


def _encrypt(
    keys: Keys,
    text: pa.Array,
    codes: Codes,
    offsets: Offsets,
    table: Alphabets,
    style: Style,
) -> Codes:
    """The new code points of all rows, of the shape and type of `codes`; `table` covers all of them but raw bytes."""
    known = np.where(codes < len(table.ids), codes, 0)
    upper = _upper_hex(codes, offsets) if style.alphabet == "hex" else None
    if upper is not None:
        known = np.where((codes >= 65) & (codes <= 70), codes + 32, known)
    ids, ranks = table.ids[known], table.ranks[known]
    out = codes.copy()
    if style.number:
        _keep_exponent(codes, offsets, ids)
    if style.keep_prefix or style.keep_suffix:
        _keep_ends(ids, offsets, style)
    elif style.alphabet != "hex" and len(codes):
        _integers(keys, out, offsets, ids, ranks, number=style.number)
    active = ids > 0
    counted = np.concatenate([[0], np.cumsum(counts_of(active, offsets))])
    ids = ids[active]
    ranks = scramble(keys, table, ids, ranks[active], counted, lambda: keys.prf("fpe")(text))
    _spell(table, out, active, ids, ranks)
    if upper is not None:
        out[np.repeat(upper, np.diff(offsets)) & (out >= 97) & (out <= 102)] -= 32
    return out


def _spell(
    table: Alphabets, out: Codes, active: npt.NDArray[np.bool_], ids: Ids, ranks: npt.NDArray[np.uint32]
) -> None:
    """Write the symbols to where they stand, a piece at a time: a cell may be large."""
    done = 0
    for start in range(0, len(out), _PIECE):
        part = active[start : start + _PIECE]
        count = int(np.count_nonzero(part))
        out[start : start + _PIECE][part] = table.spell(ids[done : done + count], ranks[done : done + count])
        done += count


def _integers(
    keys: Keys, out: Codes, offsets: Offsets, ids: Ids, ranks: npt.NDArray[np.uint32], *, number: bool
) -> None:
    """Encrypt the rows that are integers and take them out of `ids`; longer ones keep their first digit off 0."""
    data = np.where(out < 128, out, 0).astype(np.uint8)
    integers = IntegerRows.of(data, offsets)
    short = integers.digits <= LONGEST
    encrypt_integers(keys, integers.where(short))
    done = np.zeros(len(offsets) - 1, dtype=np.bool_)
    done[integers.rows[short]] = True
    cells = np.flatnonzero(np.repeat(done, np.diff(offsets)))
    out[cells], ids[cells] = data[cells], 0
    long = integers.where(~short)
    leading = long.first
    ids[_ranges(long.starts, leading)] = 0
    if number:
        # A decimal fraction as Arrow prints it: its whole part is 0 or begins with another digit, and so it remains.
        others = np.diff(offsets) > 0
        others[integers.rows] = False
        begins = offsets[:-1][others]
        begins = begins + (data[begins] == _MINUS)
        ids[begins[data[begins] == _ZERO]] = 0
        leading = np.concatenate([leading, begins[ids[begins] == DIGIT]])
    ids[leading], ranks[leading] = NONZERO, ranks[leading] - 1


def _keep_exponent(codes: Codes, offsets: Offsets, ids: Ids) -> None:
    """Take letters (`e`, `inf`, `nan`) and what follows an exponent's `e` out of `ids`."""
    ids[ids != DIGIT] = 0
    exponents = np.flatnonzero(codes == _E)
    owners = np.searchsorted(offsets, exponents, side="right") - 1
    ids[_ranges(exponents, offsets[owners + 1])] = 0


def _keep_ends(ids: Ids, offsets: Offsets, style: Style) -> None:
    """Take the first `keep_prefix` and the last `keep_suffix` letters and digits of every longer row out of `ids`."""
    active = np.flatnonzero(ids)
    counted = np.concatenate([[0], np.cumsum(ids > 0)])[offsets]
    counts = np.diff(counted)
    row = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(len(active)) - counted[row]
    kept = (within < style.keep_prefix) | (within >= counts[row] - style.keep_suffix)
    ids[active[kept & (counts[row] > style.keep_prefix + style.keep_suffix)]] = 0


def _upper_hex(codes: Codes, offsets: Offsets) -> npt.NDArray[np.bool_]:
    """Which rows write hexadecimal digits in upper case, shape (n,)."""
    return rows_with((codes >= 65) & (codes <= 70), offsets)


def _ranges(starts: Offsets, ends: Offsets) -> Offsets:
    """All cells of the ranges start..end-1, joined."""
    lengths = ends - starts
    begins = np.cumsum(lengths) - lengths
    cells: Offsets = np.arange(int(lengths.sum())) + np.repeat(starts - begins, lengths)
    return cells


def _code_points(data: Bytes, offsets: Offsets) -> tuple[npt.NDArray[np.uint32], Offsets]:
    """The code points of UTF-8 rows, and their offsets."""
    try:
        codes = np.frombuffer(data.tobytes().decode("utf-8").encode("utf-32-le"), dtype=np.uint32)
    except UnicodeDecodeError:
        raise InputError("encoding", "a text column is not valid UTF-8") from None
    leads = np.concatenate([[0], np.cumsum((data & 0xC0) != 0x80)])
    return codes, leads[offsets]


def _utf8(codes: npt.NDArray[np.uint32], offsets: Offsets) -> tuple[Bytes, Offsets]:
    """Rows of code points as UTF-8 bytes, and their offsets."""
    widths = 1 + (codes >= 0x80).astype(np.int64) + (codes >= 0x800) + (codes >= 0x10000)
    encoded = np.frombuffer(codes.astype("<u4").tobytes().decode("utf-32-le").encode("utf-8"), dtype=np.uint8)
    return encoded, offsets_of(widths)[offsets]
