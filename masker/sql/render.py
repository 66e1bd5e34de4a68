"""Masked columns as literals in each cell's own style: what was quoted stays quoted, a bare number stays bare."""

import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import Bools, flags, text_bytes, validity
from masker.errors import GateError
from masker.spans import as_mask, as_scalar
from masker.sql import Dialect
from masker.sql.copy_rows import encode_lines
from masker.sql.literals import BARE, BITS, EXPRESSION, HEX, NULL, PREFIXED, QUOTED, RAW, Styles, texts_of

__all__ = ["encode_lines", "encode_literals"]

_NUMBER = r"\A(?:-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|(?i:true|false))\z"
_BYTES = re.compile(r"0x((?:[0-9a-f]{2})*)\Z")
_UPPER = re.compile(rb"[0-9][A-F]|[A-F][0-9A-F]*'?\Z")
# https://dev.mysql.com/doc/refman/8.0/en/string-literals.html, as mysqldump writes them.
_MYSQL = (("\\", "\\\\"), ("'", "\\'"), ("\0", "\\0"), ("\n", "\\n"), ("\r", "\\r"), ("\x1a", "\\Z"), ('"', '\\"'))
_PLAIN = (("'", "''"),)
_BACKSLASHED = (("\\", "\\\\"), ("'", "''"))  # PostgreSQL's, in `E''`, `U&''`, and `''` of old

Original = Callable[[int], bytes]
"""The source's bytes of the cell in a row."""


def encode_literals(
    column: pa.Array, styles: Styles, original: Original, dialect: Dialect, *, backslashes: bool
) -> list[pa.Array | str]:
    """A text column of n rows as literals, in pieces for `spans.join`, no nulls.

    `styles` and `original` are of the cells that stood there. Raises `GateError` (`does-not-fit`) where a text has no
    literal in the dialect.
    """
    bare = _bare(column, styles)
    special = (styles >= PREFIXED) if styles.max(initial=0) >= PREFIXED else None
    nuls = _with_nul(column) if not backslashes else None
    if bare.all():
        out = column
    else:
        text = _escaped(column, _escapes(dialect) if backslashes else _PLAIN)
        if special is None and nuls is None and not bare.any():
            return ["'", text, "'"]
        quote = as_scalar("'")
        out = pc.binary_join_element_wise(quote, text, quote, as_scalar(""))
        if bare.any():
            out = pc.if_else(as_mask(bare), column, out)
    if out.null_count:
        out = pc.fill_null(out, as_scalar("NULL"))
    if nuls is not None and dialect == "postgres":
        raise GateError("does-not-fit", "a masked value has a NUL, which the dump's dialect has no literal for")
    if nuls is not None:
        special = nuls if special is None else special | nuls
    if special is None:
        return [out]
    rows = np.flatnonzero(special)
    made = [
        _special(column[row].as_py(), int(styles[row]), original(row), dialect, backslashes) for row in rows.tolist()
    ]
    return [pc.replace_with_mask(out, as_mask(special), texts_of(made))]


def _bare(column: pa.Array, styles: Styles) -> Bools:
    """Which cells stand without quotes: nulls, and numbers where the cell, or in place of NULL the column, is bare."""
    bare = ~validity(column)
    was_bare = styles == BARE
    if was_bare.any() and not (styles == QUOTED).any():
        was_bare |= styles == NULL
    if was_bare.any():
        bare |= was_bare if _digits_alone(column) else was_bare & flags(pc.match_substring_regex(column, _NUMBER))
    return bare


def _digits_alone(column: pa.Array) -> bool:
    """Whether all values are digits and nothing else, which is quickly seen."""
    data, offsets = text_bytes(column)
    return not column.null_count and bool((np.diff(offsets) > 0).all()) and bool((data - np.uint8(48) < 10).all())


def _escaped(column: pa.Array, escapes: tuple[tuple[str, str], ...]) -> pa.Array:
    values = text_bytes(column)[0].tobytes()
    for letter, escape in escapes:
        if letter.encode() in values:
            column = pc.replace_substring(column, letter, escape)
    return column


def _with_nul(column: pa.Array) -> Bools | None:
    if b"\0" not in text_bytes(column)[0].tobytes():
        return None
    return flags(pc.match_substring(column, "\0"))


def _escapes(dialect: Dialect) -> tuple[tuple[str, str], ...]:
    return _BACKSLASHED if dialect == "postgres" else _MYSQL


def _special(text: str | None, style: int, original: bytes, dialect: Dialect, backslashes: bool) -> str:
    if style == EXPRESSION:
        return original.decode()
    if text is None:
        return "NULL"
    if style == BITS:
        if not re.fullmatch("[01]+", text):
            raise GateError("does-not-fit", "a masked value is no bit string", "use `permute`, `null` or `keep`")
        return f"b'{text}'"
    as_bytes = _BYTES.match(text) if style in (HEX, RAW) else None
    data = bytes.fromhex(as_bytes[1]) if as_bytes else text.encode()
    if style == RAW and (as_bytes or not text.isascii()):
        return f"x'{data.hex()}'"
    if style == HEX:
        digits = data.hex().upper() if _UPPER.search(original) else data.hex()
        if original[:2].lower() == b"0x":
            return f"0x{digits}" if data else "''"
        return f"CAST(X'{digits}' AS TEXT)" if original[:4].upper() == b"CAST" else f"X'{digits}'"
    prefix = original[: original.index(b"'")].decode()
    if "\0" in text and not backslashes:
        return f"CAST(X'{data.hex()}' AS TEXT)"
    escapes = _escapes(dialect) if backslashes or prefix.upper() in ("E", "U&") else _PLAIN
    for letter, escape in escapes:
        text = text.replace(letter, escape)
    return f"{prefix}'{text}'"
