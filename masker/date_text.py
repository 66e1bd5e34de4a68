"""Dates written as text: which day they say, and how to write another day in the same style.

ISO 8601 calendar dates by default; other styles by a `strptime` pattern (Python's documentation, "Format codes").
"""

import re
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import alike, flags

Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Cells = npt.NDArray[np.int64]
Days = npt.NDArray[np.int64]

FIRST_DAY, LAST_DAY = -719_162, 2_932_896
"""0001-01-01 and 9999-12-31, in days since 1970-01-01."""

_ISO = "%Y-%m-%d"
_ISO_TIME = r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?: ?(?:Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?))?)?"
_EXPRESSIONS = {
    "Y": "[0-9]{4}", "y": "[0-9]{2}", "m": "[0-9]{1,2}", "d": "[0-9]{1,2}", "H": "[0-9]{1,2}", "I": "[0-9]{1,2}",
    "M": "[0-9]{1,2}", "S": "[0-9]{1,2}", "f": "[0-9]{1,9}", "p": "(?:AM|PM|am|pm)",
    "z": "(?:Z|[+-][0-9]{2}:?[0-9]{2})", "Z": "(?:UTC|GMT|Z)",
}  # fmt: skip
_DATE = "Yymd"
_TOKEN = re.compile(r"%-?[a-zA-Z%]|[^%]+")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern: an expression that a value must match, and the tokens up to the last part of the date.

    A token is literal text, or (directive, whether it is exactly two digits, whether it is written without a zero).
    """

    expression: str
    tokens: tuple[str | tuple[str, bool, bool], ...]


@cache
def compile_pattern(pattern: str) -> Pattern:
    """Compile a `strptime` pattern of %Y or %y, %m, %d and times (%H %I %M %S %f %p %z %Z); "" means ISO 8601.

    `%-m` and `%-d` are numbers without a leading zero. Raises `ValueError` (which names no value) where year, month
    and day are not all there once, or another directive is.
    """
    pieces = _TOKEN.findall(pattern or _ISO)
    if "".join(pieces) != (pattern or _ISO):
        raise ValueError("a lone % in a date pattern")
    tokens: list[str | tuple[str, bool, bool]] = []
    expression = ""
    for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
        directive = piece[-1]
        if not piece.startswith("%") or piece == "%%":
            literal = piece.replace("%%", "%")
            tokens.append(literal)
            expression += re.escape(literal)
            continue
        if directive not in _EXPRESSIONS:
            raise ValueError(f"%{directive} in a date pattern")
        tight = following.startswith("%") and following != "%%"
        two = _EXPRESSIONS[directive] == "[0-9]{1,2}" and tight
        expression += "[0-9]{2}" if two else _EXPRESSIONS[directive]
        tokens.append((directive, two, piece[1] == "-"))
    found = [token[0] for token in tokens if isinstance(token, tuple) and token[0] in _DATE]
    if sorted(found) not in (["Y", "d", "m"], ["d", "m", "y"]):
        raise ValueError("a date pattern needs year, month and day, each once")
    while not (isinstance(tokens[-1], tuple) and tokens[-1][0] in _DATE):
        tokens.pop()
    if any(isinstance(token, tuple) and token[0] in "fpzZ" for token in tokens):
        raise ValueError("%f, %p, %z or %Z before the date in a date pattern")
    return Pattern(rf"\A{expression}{'' if pattern else _ISO_TIME}\z", tuple(tokens))


@dataclass(frozen=True, eq=False)
class DateRows:
    """The rows of a text column that say a day: their numbers `rows`, and `days` since 1970-01-01.

    `data` and `offsets` are the column's bytes; `parts` maps a directive to the cell where it begins and its width, of
    each row; `short` says which rows write numbers without leading zeros. Where all rows are alike, `columns` says
    instead of `parts` where a directive is in each.
    """

    data: Bytes
    offsets: Cells
    rows: Cells
    days: Days
    parts: dict[str, tuple[Cells, Cells]]
    short: Bools
    columns: dict[str, slice] = field(default_factory=dict)

    @classmethod
    def of(cls, text: pa.Array, data: Bytes, offsets: Cells, pattern: Pattern) -> "DateRows":
        """Find them: what matches the whole pattern and is a day of the calendar, years 1 to 9999."""
        even = None if text.null_count else _even(data, offsets)
        alike = even is not None and bool(flags(pc.match_substring_regex(text.slice(0, 1), pattern.expression))[0])
        if even is not None and alike and (found := cls._of_even(even, offsets, pattern)) is not None:
            return found
        if even is None or alike:
            matching = flags(pc.match_substring_regex(text, pattern.expression))
        else:
            matching = np.zeros(len(text), dtype=np.bool_)
        rows = np.flatnonzero(matching)
        room = np.concatenate([data, np.zeros(8, dtype=np.uint8)])
        parts, short = _places(room, offsets[:-1][rows], offsets[1:][rows], pattern)
        days, fits = _days({name: _number(room, *part) for name, part in parts.items()})
        if fits.all():
            return cls(data, offsets, rows, days, parts, short)
        kept = {name: (cells[fits], width[fits]) for name, (cells, width) in parts.items()}
        return cls(data, offsets, rows[fits], days[fits], kept, short[fits])

    @classmethod
    def _of_even(cls, cells: Bytes, offsets: Cells, pattern: Pattern) -> "DateRows | None":
        """All rows, where they are alike and no part can change its width; None where one is no day."""
        first, end = np.zeros(1, dtype=np.int64), np.full(1, cells.shape[1])
        parts, short = _places(np.append(cells[0], np.zeros(8, dtype=np.uint8)), first, end, pattern)
        if short.any():
            return None
        columns = {name: slice(int(at[0]), int(at[0] + width[0])) for name, (at, width) in parts.items()}
        days, fits = _days({name: _column(cells, columns[name]) for name in columns})
        if not fits.all():
            return None
        return cls(cells.reshape(-1), offsets, np.arange(len(cells)), days, {}, short, columns)

    def write(self, days: Days) -> tuple[Bytes, Cells]:
        """The column's bytes and offsets with other days in the rows found; all else stays as it is."""
        year, month, day = civil(days)
        values = {"Y": year, "y": year % 100, "m": month, "d": day}
        if self.columns:
            even = self.data.reshape(len(days), -1).copy()
            for name, column in self.columns.items():
                width = column.stop - column.start
                even[:, column].view(f"u{width}")[:, 0] = np.take(_WRITTEN[width], values[name])
            return even.reshape(-1), self.offsets
        widths = {
            name: np.where(self.short & (values[name] < 10), 1, 2) if name in "md" else width
            for name, (_, width) in self.parts.items()
        }
        data, offsets, moved = self._with_widths(widths)
        for name, (cells, _) in self.parts.items():
            number, width, begins = values[name], widths[name], moved(cells)
            most = 4 if name == "Y" else 2
            spelled = _SPELLED[number]
            for place in range(most):
                wide = slice(None) if (width > place).all() else np.flatnonzero(width > place)
                data[(begins + width)[wide] - 1 - place] = spelled[wide, 3 - place]
        return data, offsets

    def _with_widths(self, widths: dict[str, Cells]) -> "tuple[Bytes, Cells, _Moved]":
        changed = [name for name, (_, width) in self.parts.items() if (width != widths[name]).any()]
        if not changed:
            return self.data.copy(), self.offsets, _Moved(None)
        repeats = np.ones(len(self.data), dtype=np.int64)
        for name in changed:
            cells, width = self.parts[name]
            repeats[cells[width < widths[name]]] = 2
            repeats[cells[width > widths[name]] + 1] = 0
        ends = np.concatenate([[0], np.cumsum(repeats)])
        return np.repeat(self.data, repeats), ends[self.offsets], _Moved(ends)


@dataclass(frozen=True, eq=False)
class _Moved:
    """Where cells are after others grew or shrank."""

    ends: Cells | None

    def __call__(self, cells: Cells) -> Cells:
        return cells if self.ends is None else self.ends[cells]


def civil(days: Days) -> tuple[Days, Days, Days]:
    """Year, month and day of days since 1970-01-01 (proleptic Gregorian calendar)."""
    if len(days) and days.min() >= _TABLED[0] and days.max() < _TABLED[1]:
        packed = _packed()[days - _TABLED[0]]
        return packed >> 9, packed >> 5 & 15, packed & 31
    return _civil(days)


def _civil(days: Days) -> tuple[Days, Days, Days]:
    months = days.astype("M8[D]").astype("M8[M]")
    count = months.astype(np.int64)
    year = np.floor_divide(count, 12)
    return year + 1970, count - year * 12 + 1, days - months.astype("M8[D]").astype(np.int64) + 1


_TABLED = (-62_091, 84_006)
"""The days that `civil` looks up: 1800-01-01 to 2199-12-31."""


@cache
def _packed() -> Days:
    year, month, day = _civil(np.arange(*_TABLED))
    return year << 9 | month << 5 | day


@cache
def _months() -> Days:
    """The first day of month m of year y at index 12·y + m - 1, years 0 to 10000."""
    return np.arange("0000-01", "10001-01", dtype="M8[M]").astype("M8[D]").astype(np.int64)


_SPELLED = (np.arange(10_000)[:, None] // 10 ** np.arange(3, -1, -1) % 10 + 48).astype(np.uint8)
"""The four digits of 0..9999."""


_WRITTEN: dict[int, npt.NDArray[np.uint16] | npt.NDArray[np.uint32]] = {
    4: _SPELLED.view(np.uint32)[:, 0].copy(),
    2: np.ascontiguousarray(_SPELLED[:100, 2:]).view(np.uint16)[:, 0].copy(),
}
"""The same as words of four digits, and those of 0..99 as words of two."""


def _even(data: Bytes, offsets: Cells) -> Bytes | None:
    """The cells as rows of bytes, where all have digits and the same other bytes in the same places; else None.

    An expression asks for digits and literal text only, so that all rows match it or none does.
    """
    rows = len(offsets) - 1
    length = len(data) // rows if rows else 0
    if not length or length * rows != len(data) or (np.diff(offsets) != length).any():
        return None
    return data.reshape(rows, length) if alike(data, length) else None


def _places(room: Bytes, at: Cells, ends: Cells, pattern: Pattern) -> tuple[dict[str, tuple[Cells, Cells]], Bools]:
    """Where the parts of matching rows from `at` to `ends` are, and which write numbers without leading zeros."""
    parts: dict[str, tuple[Cells, Cells]] = {}
    short = np.zeros(len(at), dtype=np.bool_)
    for token in pattern.tokens:
        if isinstance(token, str):
            at = at + len(token.encode())
            continue
        directive, two, bare = token
        if directive == "Y":
            width = np.full(len(at), 4)
        elif two or directive == "y":
            width = np.full(len(at), 2)
        else:
            # What follows the end of a cell is the next one.
            width = 1 + (((room[at + 1] - np.uint8(48)) < 10) & (at + 1 < ends)).astype(np.int64)
        if directive in _DATE:
            parts[directive] = at, width
            short |= (width == 1) | bare
        at = at + width
    return parts, short


def _days(numbers: dict[str, Days]) -> tuple[Days, Bools]:
    """The days of these years (`Y` or `y`), months and days, and which of them the calendar has."""
    if "y" in numbers:
        year = numbers["y"] + np.where(numbers["y"] < 69, 2000, 1900)  # POSIX, as in Python's strptime
    else:
        year = numbers["Y"]
    month, day = numbers["m"], numbers["d"]
    fits = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    months = year * 12 + np.clip(month, 1, 12) - 1
    begin = np.take(_months(), months)
    fits &= day <= np.take(_months(), months + 1) - begin
    return begin + day - 1, fits


def _column(cells: Bytes, column: slice) -> Days:
    """The numbers in two or four columns of digits."""
    number = np.zeros(len(cells), dtype=np.int64)
    for place in range(column.start, column.stop, 2):
        # Little-endian: the first digit is the low byte.
        pair = cells[:, place : place + 2].view("<u2")[:, 0] & np.uint16(0x0F0F)
        number *= 100
        number += (pair * np.uint16(10) + (pair >> np.uint16(8))) & np.uint16(0xFF)
    return number


def _number(data: Bytes, cells: Cells, width: Cells) -> Days:
    number = np.zeros(len(cells), dtype=np.int64)
    least = int(width.min(initial=4))
    for place in range(int(width.max(initial=0))):
        if place < least:
            number = number * 10 + (data[cells + place] - np.uint8(48))
        else:
            wide = np.flatnonzero(width > place)
            number[wide] = number[wide] * 10 + (data[cells[wide] + place] - np.uint8(48))
    return number
