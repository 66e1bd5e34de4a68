"""Fingerprints of key values as the source compares them: case, accents or blanks at the end may not count."""

import unicodedata
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from masker.promises import TablePromise
from masker.verify.cells import Cells
from masker.verify.fingerprints import Prints, fingerprints, mixed
from masker.verify.texts import text_column


def spelled_prints(cells: Cells, ignores: tuple[str, ...]) -> Prints:
    """One fingerprint a cell, shape (n,); equal for spellings that differ in what is ignored only."""
    if not ignores:
        return cells.prints
    return fingerprints(
        text_column([None if text is None else _plain(text, ignores) for text in cells.text.to_pylist()])
    )


def together(
    names: tuple[str, ...], cells: Mapping[str, Cells], table: TablePromise
) -> tuple[Prints, npt.NDArray[np.bool_]]:
    """One fingerprint a row over some columns of a table, and which rows have a value in all of them."""
    ignores = {column.name: column.ignores for column in table.columns}
    valid = np.ones(len(cells[names[0]].column), dtype=np.bool_)
    prints = np.zeros(len(valid), dtype=np.uint64)
    for name in names:
        prints = mixed(prints, spelled_prints(cells[name], ignores[name]))
        valid &= cells[name].valid
    return prints, valid


def _plain(text: str, ignores: tuple[str, ...]) -> str:
    if "blanks" in ignores:
        text = text.rstrip(" ")
    if "case" in ignores:
        text = text.lower()
    if "accents" in ignores:
        bare = (letter for letter in unicodedata.normalize("NFD", text) if unicodedata.category(letter) != "Mn")
        text = unicodedata.normalize("NFC", "".join(bare))
    return text
