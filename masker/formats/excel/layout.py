"""Where the table of a sheet is: its header, its columns, and what stands beside it.

The header is the first row, among the first ones, that has cells in more than half of the columns in use, all of them
texts if there is such a row. What stands above it is left out of copies. A blank row ends nothing, but a row of texts
after one, below columns that held none, is the header of another table: that is refused, since a column would have
values that the scan of it does not speak for.
"""

import re
from dataclasses import dataclass
from itertools import chain, islice

from masker.errors import InputError, Place
from masker.formats.excel.book import NUMBER, TEXT, Cell, Facts, Row, Sheet
from masker.formats.excel.extent import is_sparse

_TOP = 30  # rows among which the header is looked for
_YEAR = re.compile(r"(?:19|20|21)[0-9]{2}\Z")
_GENERIC = re.compile(r"[^\W\d]+ ?[0-9]{1,2}\Z")


@dataclass(frozen=True, slots=True)
class Layout:
    """The table of a sheet: its name, the row of its header, names by column number, widths.

    `notices` are sentences to tell, `dropped` what copies lack of the sheet, a phrase in the plural each.
    """

    name: str
    header: int
    columns: dict[int, str]
    heads: dict[int, Cell]
    widths: dict[int, float]
    notices: tuple[str, ...]
    dropped: tuple[str, ...]


def layout_of(sheet: Sheet, name: str, place: Place, *, has_header: bool = True) -> Layout | None:
    """Look through all rows of a sheet; None where it has no cell.

    Without a header, all rows are rows of the table, and its columns have numbers for names.
    """
    facts = Facts()
    rows = sheet.rows(facts)
    top = list(islice(rows, _TOP))
    if not top:
        return None
    head = _header(top, place) if has_header else Row(top[0].number - 1, {})
    above = sum(row.number < head.number for row in top)
    seen = _Seen(head, place)
    for row in chain(top[above + 1 :], rows):
        seen.take(row)
    if is_sparse(seen.last - top[0].number + 1, max((0, *head.cells, *seen.filled)) + 1, seen.cells):
        raise InputError("limit", "the sheet has few cells, far apart", "delete what is outside of its table", place)
    columns = _names(head, seen.filled, place)
    notices = [f"sheet `{sheet.name}`: {above} rows above the header are left out"] if above else []
    if seen.blank:
        notices.append(f"sheet `{sheet.name}` has blank rows inside: what follows them is taken for rows of its table")
    if max(columns) - min(columns) + 1 > len(columns):
        notices.append(f"sheet `{sheet.name}` has blank columns inside: what is beside them is taken for one table")
    if seen.formulas:
        facts.drop("formulas that are not read, of which the values stay", seen.formulas)
    return Layout(name, head.number, columns, dict(head.cells), facts.widths, tuple(notices), tuple(facts.dropped))


def table_name(sheet: str, stem: str, *, alone: bool) -> str:
    """A sheet names its table, but where it is the only one and its name is that of any first sheet.

    >>> table_name("Sheet1", "people", alone=True), table_name("staff", "people", alone=True)
    ('people', 'staff')
    """
    return stem if alone and _GENERIC.match(sheet) else sheet


def _header(top: list[Row], place: Place) -> Row:
    widest = max(len(row.cells) for row in top)
    wide = [row for row in top if 2 * len(row.cells) > widest]
    found = next((row for row in wide if all(cell.kind == TEXT for cell in row.cells.values())), wide[0])
    if all(cell.kind == TEXT or (cell.kind == NUMBER and _YEAR.match(cell.text)) for cell in found.cells.values()):
        return found
    # A row of data taken for the header would name columns by values, and stay as it is.
    raise InputError("unsupported", "the sheet has no row of column names", "say --no-header", place)


class _Seen:
    """What the rows below a header show."""

    def __init__(self, head: Row, place: Place) -> None:
        self.filled: set[int] = set()
        self.blank = False
        self.formulas = self.cells = 0
        self.last = head.number
        self._place = place
        self._texts: set[int] = set()
        self._head = {column: cell.text for column, cell in head.cells.items()}

    def take(self, row: Row) -> None:
        cells = row.cells
        if row.number > self.last + 1:
            self.blank = self.blank or bool(self.filled)
            if self._is_header(row):
                message = "the sheet holds several tables, one below the other"
                raise InputError("unsupported", message, "put each on a sheet of its own", self._place)
        self.last = row.number
        self.cells += len(cells)
        self.filled.update(cells)
        self._texts.update(column for column, cell in cells.items() if cell.kind == TEXT)
        self.formulas += sum(cell.formula == "?" for cell in cells.values())

    def _is_header(self, row: Row) -> bool:
        cells = row.cells
        if any(cell.kind != TEXT for cell in cells.values()):
            return False
        if {column: cell.text for column, cell in cells.items()} == self._head:
            return True
        return len(cells) > 1 and any(column in self.filled and column not in self._texts for column in cells)


def _names(head: Row, filled: set[int], place: Place) -> dict[int, str]:
    """Names of the columns; one without has its number, counted from the table's first column."""
    used = sorted({*head.cells, *filled})
    named = {
        number: head.cells[number].text if number in head.cells else f"column {number - used[0] + 1}" for number in used
    }
    if len(set(named.values())) < len(named):
        raise InputError("malformed", "two columns have the same name", "rename one of them in the header", place)
    return named
