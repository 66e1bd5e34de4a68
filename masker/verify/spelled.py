"""Fingerprints of key values as the source compares them: case, accents or blanks at the end may not count."""

import unicodedata

from masker.verify.cells import Cells
from masker.verify.fingerprints import Prints, fingerprints
from masker.verify.texts import text_column


def spelled_prints(cells: Cells, ignores: tuple[str, ...]) -> Prints:
    """One fingerprint a cell, shape (n,); equal for spellings that differ in what is ignored only."""
    if not ignores:
        return cells.prints
    return fingerprints(
        text_column([None if text is None else _plain(text, ignores) for text in cells.text.to_pylist()])
    )


def _plain(text: str, ignores: tuple[str, ...]) -> str:
    if "blanks" in ignores:
        text = text.rstrip(" ")
    if "case" in ignores:
        text = text.lower()
    if "accents" in ignores:
        bare = (letter for letter in unicodedata.normalize("NFD", text) if unicodedata.category(letter) != "Mn")
        text = unicodedata.normalize("NFC", "".join(bare))
    return text
