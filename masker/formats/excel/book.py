"""What a workbook is to the rest of the format, whatever file it came from: sheets of rows of cells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

TEXT, NUMBER, DATE, TRUTH, ERROR = "text", "number", "date", "truth", "error"
MAX_ROWS, MAX_COLUMNS = 1 << 20, 1 << 14  # of a sheet of Excel


class Cell(NamedTuple):
    """A cell with a value: its kind, that as text, and as the copy's file spells it; `format` is a number format.

    `text` of numbers is the shortest decimal form, of dates ISO 8601, of truths `true` or `false`. `formula` is "" for
    a plain value, and `?` where there is one that cannot be told.
    """

    kind: str
    text: str
    raw: str
    format: str = ""
    formula: str = ""


class Row(NamedTuple):
    """A row with at least one value: its number (from 0), and its cells by column (from 0)."""

    number: int
    cells: Mapping[int, Cell]


@dataclass
class Facts:
    """What is known of a sheet beside its cells once its rows were read: widths by column, and what is left out."""

    widths: dict[int, float] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)

    def drop(self, what: str, count: int = 1) -> None:
        """Note that a copy will lack something, in the plural."""
        self.dropped[what] = self.dropped.get(what, 0) + count


class Sheet(Protocol):
    """A worksheet."""

    @property
    def name(self) -> str:
        """Its name, unique in the workbook."""
        ...

    def rows(self, facts: Facts | None = None) -> Iterator[Row]:
        """The rows with values, from the top; `facts` is filled on the way. Raises `InputError`."""
        ...


class Book(Protocol):
    """An opened workbook. `dropped` names what copies lack of it as a whole."""

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The visible worksheets in order."""
        ...

    @property
    def dropped(self) -> tuple[str, ...]:
        """What copies lack, a phrase in the plural each."""
        ...

    @property
    def has_tag(self) -> bool:
        """Whether it is a copy of masker's."""
        ...
