"""Originals in what a dump holds beside its rows: in literals of its DDL, bodies of views and triggers, and comments.

Looked for are originals that carry 40 bits (`entropy`), as literals, words, numbers and in other writings; and where
an infotype identifies a person by itself, shorter ones as whole literals.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from masker.errors import Place, shown
from masker.infotypes import INFOTYPES
from masker.promises import ColumnPromise, Promises, TablePromise
from masker.verify.bits import Marked
from masker.verify.cells import Cells
from masker.verify.embedded import decoded
from masker.verify.entropy import SHORTEST, Sought, is_searched, weighty
from masker.verify.fingerprints import Prints, distinct, within
from masker.verify.problems import Problem
from masker.verify.reading import Said
from masker.verify.statement_names import named
from masker.verify.texts import text_column
from masker.verify.words import number_prints, word_prints

_LITERAL = re.compile(r"'((?:[^'\\]|''|\\.)*)'", re.S)
_SHORT_LITERAL = 4
_A = np.uint8(ord("a"))
_NAMES = {"city", "company_name"}
_HINT = "change the statement in SOURCE, or leave it out: masking does not reach what stands beside rows"


@dataclass
class OriginalsBeside:
    """Looks for originals of SOURCE in what the copy's files hold beside their rows: `said` by the file's name.

    Statements that the owner let quote originals (`promises.quoting`) are not looked at.
    """

    promises: Promises
    said: Mapping[str, Sequence[Said]]
    _columns: dict[tuple[str, str], ColumnPromise] = field(default_factory=dict)
    _met: dict[tuple[str, str], Prints] = field(default_factory=dict)

    def __post_init__(self) -> None:
        let = frozenset(self.promises.quoting)
        self.said = {file: [one for one in some if not named(one, let)] for file, some in self.said.items()}
        for table in self.promises.tables:
            for column in table.columns:
                gone = column.fate in ("nulled", "dropped")
                looked = is_searched(column.infotype) or _is_short(column.infotype)
                if looked and (gone or (column.fate == "masked" and column.changes)):
                    self._columns[table.name, column.name] = column
        self._sought = Sought({column.infotype for column in self._columns.values()})
        every = [one for some in self.said.values() for one in some]
        self._words, self._literals = self._prints(every)

    def take(self, table: TablePromise, before: Mapping[str, Cells]) -> None:
        """See n rows of SOURCE."""
        if not len(self._words) and not len(self._literals):
            return
        for column in table.columns:
            if (table.name, column.name) not in self._columns:
                continue
            cells = before[column.name]
            wanted, known = weighty(cells, column.infotype), self._words
            if _is_short(column.infotype):
                wanted, known = wanted | _is_name(cells), self._literals
            if not wanted.any() or not (len(known) or len(self._words)):
                continue
            prints = cells.folded_prints_of(wanted)
            met = prints[within(prints, self._words) | within(prints, known)]
            if len(met):
                held = self._met.get((table.name, column.name), np.zeros(0, dtype=np.uint64))
                self._met[table.name, column.name] = distinct(np.concatenate([held, met]))

    def finish(self) -> Iterator[Problem]:
        """The statement, by its kind and line, in which originals of a column stand."""
        for (table, column), met in self._met.items():
            for file, said in self.said.items():
                for one in said:
                    words, literals = self._prints([one])
                    if found := int((within(met, words) | within(met, literals)).sum()):
                        what = f"a `{shown(one.kind)}` statement" if one.kind else "a comment"
                        message = f"originals of `{shown(table)}`.`{shown(column)}` stand in {what}"
                        yield Problem("leak", message, Place(file=file or None, line=one.line), found, _HINT)
                        break

    def _prints(self, said: Sequence[Said]) -> tuple[Prints, Prints]:
        """Of words and whole literals that may carry 40 bits; of whole literals that may be a name."""
        if not self._columns or not said:
            return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.uint64)
        whole = [one.text.decode("utf-8", "replace") for one in said]
        literals = list(dict.fromkeys(inner for text in whole for inner in _literals(text)))
        quoted = Cells(text_column(literals))
        found: list[Prints] = []
        for cells in (Cells(text_column(whole)), quoted):
            found += self._parts(cells)
            if texts := decoded(cells.text):
                found += self._parts(Cells(text_column(texts)))
        long = np.concatenate([np.zeros(0, dtype=np.uint64), *found])
        return distinct(long), distinct(quoted.folded_prints_of(_is_name(quoted)))

    def _parts(self, cells: Cells) -> list[Prints]:
        if not len(cells.column):
            return []
        wanted = np.asarray(cells.lengths >= SHORTEST, dtype=np.bool_)
        return [cells.folded_prints_of(wanted), word_prints(cells, self._sought), number_prints(cells)]


def _literals(text: str) -> Iterator[str]:
    """Literals of the statement, and whatever stands between two quotes: a body in other quotes has its own."""
    for found in _LITERAL.finditer(text):
        yield found.group(1).replace("''", "'")
    yield from text.split("'")[1:-1]


def _is_short(infotype: str) -> bool:
    return infotype in _NAMES or (infotype in INFOTYPES and INFOTYPES[infotype].direct)


def _is_name(cells: Cells) -> npt.NDArray[np.bool_]:
    """Where a cell of n has four bytes and more, and a letter."""
    if not len(cells.column):
        return np.zeros(0, dtype=np.bool_)
    letters = ((cells.bytes | 0x20) - _A < 26) | (cells.bytes > 127)
    return np.asarray((cells.lengths >= _SHORT_LITERAL) & (np.diff(Marked(letters).before(cells.offsets)) > 0))
