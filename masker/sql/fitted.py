"""Masked text in the letters that a dump's encoding has: what it lacks loses its accents, one letter for one."""

import unicodedata

import pyarrow as pa

from masker.errors import GateError
from masker.sql.charsets import letters_of
from masker.sql.literals import texts_of

# Letters that no decomposition takes apart (Unicode has none for them), one for one.
_PLAIN = str.maketrans("łŁøØđĐıħĦŧŦðÐþÞæÆœŒßẞŋŊĸ–—‘’‚“”„…ŀĿ", "lLoOdDihHtTdDtTaAoOsSnNk--'''\"\"\".lL")


def fitted(column: pa.Array, codec: str) -> pa.Array:
    """A text column in letters that the encoding has: others lose their accents, one for one (`ż` becomes `z`).

    n rows in, n rows out. Raises `GateError` (`does-not-fit`) where a text has letters of another script.
    """
    if not codec:
        return column
    texts = column.to_pylist()
    has = letters_of(codec)
    changed = False
    for number, text in enumerate(texts):
        if text is not None and not text.isascii() and not has.issuperset(text):
            texts[number], changed = "".join(_nearest(letter, has) for letter in text), True
    return texts_of(texts) if changed else column


def _nearest(letter: str, has: frozenset[str]) -> str:
    if letter in has:
        return letter
    for plain in (letter.translate(_PLAIN), unicodedata.normalize("NFKD", letter)[:1]):
        if plain in has and (plain.isascii() or plain != letter):
            return plain
    message = "a masked value has letters that the dump's encoding does not have"
    raise GateError("does-not-fit", message, "dump as UTF-8, or choose another `locale` for that column")
