"""Formulas of cells (ECMA-376 part 1, section 18.17): what cells they refer to, and how they move.

Only formulas of short numbers, operators, references to cells, and functions that compute from these are read; what
holds a text, a name, a table, another workbook or a function that makes references from texts is not.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from masker.formats.excel.book import MAX_COLUMNS, MAX_ROWS

_SHEET = r"(?:(?P<sheet>'(?:[^'\[\]]|'')+'|[^\W\d][\w.]*)!)?"
_TOKEN = re.compile(
    _SHEET + r"(?P<cells>\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}(?::\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6})?"
    r"|\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3})(?![\w.(!\[])"
    r"|(?P<function>[A-Za-z][A-Za-z0-9.]*)\("
    r"|(?P<number>[0-9]{1,6}(?:\.[0-9]{0,6})?(?![0-9.eE]))"
    r"|(?P<truth>TRUE|FALSE)(?![\w.(!\[])"
    r"|(?P<other>[-+*/^&=<>%(),; \n]+)",
)
_CORNER = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([0-9]*)")
# What computes a value from the values of cells that are named, and from nothing else.
_FUNCTIONS = frozenset(
    "ABS AND AVERAGE AVERAGEIF AVERAGEIFS CEILING CONCAT CONCATENATE COUNT COUNTA COUNTBLANK COUNTIF COUNTIFS DATE "
    "DATEDIF DAY DAYS EDATE EOMONTH EXACT EXP FLOOR HLOOKUP HOUR IF IFERROR IFNA IFS INDEX INT ISBLANK ISERROR ISNA "
    "ISNUMBER ISTEXT LARGE LEFT LEN LN LOG LOG10 LOOKUP LOWER MATCH MAX MAXIFS MEDIAN MID MIN MINIFS MINUTE MOD MONTH "
    "MROUND N NETWORKDAYS NOT OR PERCENTILE POWER PRODUCT PROPER QUOTIENT RANK RIGHT ROUND ROUNDDOWN ROUNDUP ROW ROWS "
    "SECOND SIGN SMALL SQRT STDEV SUBTOTAL SUM SUMIF SUMIFS SUMPRODUCT TIME TODAY TRIM TRUNC UPPER VALUE VAR VLOOKUP "
    "WEEKDAY WEEKNUM WORKDAY XLOOKUP YEAR YEARFRAC".split()
)


class Area(NamedTuple):
    """A range of cells that a formula names: sheet ("": its own), first and last column and row (from 0)."""

    sheet: str
    first_column: int
    last_column: int
    first_row: int
    last_row: int


def areas_of(formula: str) -> tuple[Area, ...] | None:
    """The cells that a formula computes from; None for a formula that is not read.

    >>> areas_of("A2*$B2"), areas_of("SUM(Other!C:C)"), areas_of('IF(A1="x",1,2)'), areas_of("Total*2")
    ((Area(sheet='', first_column=0, ...), Area(...)), (Area(sheet='Other', first_column=2, ...),), None, None)
    """
    found: list[Area] = []
    for token in _tokens(formula):
        if token is None or (token["function"] and token["function"].upper() not in _FUNCTIONS):
            return None
        if token["cells"]:
            sheet = token["sheet"] or ""
            sheet = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
            area = _area(sheet, token["cells"])
            if area is None:
                return None
            found.append(area)
    return tuple(found)


def shifted(formula: str, rows: int, columns: int) -> str | None:
    """A formula as it reads so many rows below and columns right; None where it cannot be moved.

    >>> shifted("A1*$B$1", 2, 1)
    'B3*$B$1'
    """
    moved: list[str] = []
    for token in _tokens(formula):
        if token is None:
            return None
        if not token["cells"]:
            moved.append(token.group())
            continue
        corners = [_moved(corner, rows, columns) for corner in token["cells"].split(":")]
        if None in corners:
            return None
        moved.append((token["sheet"] + "!" if token["sheet"] else "") + ":".join(map(str, corners)))
    return "".join(moved)


def _tokens(formula: str) -> Iterator[re.Match[str] | None]:
    at = 0
    while at < len(formula):
        token = _TOKEN.match(formula, at)
        yield token
        if token is None:
            return
        at = token.end()


def column_number(letters: str) -> int:
    """The number of a column, from 0.

    >>> column_number("A"), column_number("AA")
    (0, 26)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """The letters of a column, counted from 0.

    >>> column_letters(0), column_letters(26)
    ('A', 'AA')
    """
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _area(sheet: str, cells: str) -> Area | None:
    corners = [_CORNER.fullmatch(corner) for corner in cells.split(":")]
    columns = sorted(column_number(corner[2].upper()) for corner in corners if corner)
    rows = sorted(int(corner[4]) - 1 for corner in corners if corner and corner[4]) or [0, MAX_ROWS - 1]
    if columns[-1] >= MAX_COLUMNS or rows[-1] >= MAX_ROWS:
        return None
    return Area(sheet, columns[0], columns[-1], rows[0], rows[-1])


def _moved(corner: str, rows: int, columns: int) -> str | None:
    found = _CORNER.fullmatch(corner)
    if found is None:
        return None
    fixed, letters, held, digits = found.groups()
    column = column_number(letters.upper()) + (0 if fixed else columns)
    row = int(digits) + (0 if held else rows) if digits else 1
    if not 0 <= column < MAX_COLUMNS or not 1 <= row <= MAX_ROWS:
        return None
    return f"{fixed}{column_letters(column)}{held}{row if digits else ''}"
