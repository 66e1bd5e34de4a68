"""The rows of a COPY in text format (https://www.postgresql.org/docs/current/sql-copy.html) as Arrow text and back."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import text_bytes
from masker.errors import GateError
from masker.spans import as_scalar, gather
from masker.sql.copy_options import TEXT, CopyOptions
from masker.sql.escapes import POSTGRES, cleaned
from masker.sql.literals import NO_UTF8, Unreadable, is_utf8, texts_of
from masker.sql.spelled import copied_text
from masker.sql.tuples import BACKSLASH, Positions, escaping

TAB, LF, CR = b"\t\n\r"
_MARKS = bytes(byte in b"\t\n" for byte in range(256))
_NUMERIC = np.array([chr(byte) in "01234567x" for byte in range(256)])


@dataclass(frozen=True, slots=True)
class Lines:
    """The cells of COPY lines: bytes `starts[r, c]` to `ends[r, c]`; `nexts` is where the next line starts."""

    starts: Positions
    ends: Positions
    nexts: Positions


def find_lines(data: bytes, width: int, options: CopyOptions = TEXT) -> Lines:
    """Find the cells of whole lines of `width` cells each (at least 1); raises `Unreadable` where one has others."""
    block = np.frombuffer(data, np.uint8)
    if options.delimiter == b"\t":
        events = np.flatnonzero(np.frombuffer(data.translate(_MARKS), np.bool_))
    else:
        events = np.flatnonzero((block == options.delimiter[0]) | (block == LF))
        escaped = escaping(block, data) + 1
        events = events[~np.isin(events, escaped[block[np.minimum(escaped, len(block) - 1)] != LF])]
    lines = lines_at(events, block[events] == LF, width)
    if CR in data:
        lines.ends[:, -1] -= 1
        returns = np.flatnonzero(block == CR)
        if not np.array_equal(returns, lines.ends[:, -1]):
            row = int(np.searchsorted(lines.nexts, returns[0], "right"))
            raise Unreadable(row, "a carriage return inside of a cell")
    return lines


def lines_at(events: Positions, is_line: npt.NDArray[np.bool_], width: int) -> Lines:
    """Lines of `width` cells each, which end at `events`, the last of a line where `is_line`.

    Raises `Unreadable` where a line has more or fewer.
    """
    rows = len(events) // width
    if len(events) % width or not is_line[width - 1 :: width].all() or int(is_line.sum()) != rows:
        last = np.flatnonzero(is_line)
        wrong = np.flatnonzero(np.diff(last, prepend=-1) != width)
        raise Unreadable(int(wrong[0]) if len(wrong) else len(last), f"another number of cells than {width}")
    ends = events.reshape(rows, width).copy()
    nexts = ends[:, -1] + 1
    starts = np.empty_like(ends)
    starts[:, 1:] = ends[:, :-1] + 1
    starts[:, 0] = np.append(0, nexts[:-1])
    return Lines(starts, ends, nexts)


def decode_lines(data: bytes, lines: Lines, codec: str = "", options: CopyOptions = TEXT) -> list[pa.Array]:
    r"""The cells as text, `\N` null; raises `Unreadable` at what is no UTF-8. `codec` is what the dump was in."""
    rows, width = lines.starts.shape
    starts, ends = lines.starts.T.ravel(), lines.ends.T.ravel()
    if not is_utf8(data):
        raise Unreadable(first_bad(data, lines), NO_UTF8)
    valid: npt.NDArray[np.bool_] | None = None
    clean, numeric = data, np.empty(0, np.int64)
    if BACKSLASH in data or options.null != TEXT.null:
        block = np.frombuffer(data, np.uint8)
        null = np.flatnonzero(ends - starts == len(options.null))
        for at, byte in enumerate(options.null):
            null = null[block[starts[null] + at] == byte]
        slashes = escaping(block, data)
        after = block[slashes + 1]
        if (after == LF).any() or (after == CR).any():
            raise Unreadable(
                int(np.searchsorted(lines.nexts, slashes[(after == LF) | (after == CR)][0], "right")),
                "an escaped line end",
            )
        valid = np.ones(len(starts), np.bool_)
        valid[null] = False
        numeric = slashes[_NUMERIC[after]]
        if len(slashes) > len(null) or options.null != TEXT.null:
            made = cleaned(data, slashes, np.empty(0, np.int64), POSTGRES)
            clean, starts, ends = made.data, made.moved(starts), made.moved(ends)
    values = gather(clean, starts, ends, valid=valid)
    columns = [values.slice(number * rows, rows) for number in range(width)]
    if len(numeric):
        _spell(columns, data, lines, numeric, codec)
    return columns


def _spell(columns: list[pa.Array], data: bytes, lines: Lines, numeric: Positions, codec: str) -> None:
    r"""Read the cells with `\101` and `\x41` one by one: no dump tool writes them."""
    flat = lines.starts.ravel()
    cells = np.unique(np.searchsorted(flat, numeric, "right") - 1).tolist()
    width = len(columns)
    for number in sorted({cell % width for cell in cells}):
        texts = columns[number].to_pylist()
        for cell in cells:
            if cell % width == number:
                raw = data[int(flat[cell]) : int(lines.ends.ravel()[cell])]
                try:
                    texts[cell // width] = copied_text(raw, codec)
                except UnicodeDecodeError:
                    raise Unreadable(cell // width, NO_UTF8) from None
        columns[number] = texts_of(texts)


def first_bad(data: bytes, lines: Lines) -> int:
    """The first row that is no UTF-8."""
    begins = [0, *lines.nexts[:-1].tolist()]
    pairs = enumerate(zip(begins, lines.nexts.tolist(), strict=True))
    return next(row for row, (start, end) in pairs if not is_utf8(data[start:end]))


def encode_lines(column: pa.Array, options: CopyOptions = TEXT) -> pa.Array:
    r"""A text column as COPY writes it: escapes, and `\N` or what stands for null.

    Raises `GateError` (`does-not-fit`) for a text that would be read as null.
    """
    delimiter = options.delimiter.decode()
    own = () if delimiter == "\t" else ((delimiter, "\\" + delimiter),)
    if options.null != TEXT.null and pc.any(pc.equal(column, as_scalar(options.null.decode()))).as_py():
        raise GateError("does-not-fit", "a masked value is what the COPY writes for NULL", "mask it otherwise")
    for letter, escape in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"), *own):
        if _holds(column, letter.encode()):
            column = pc.replace_substring(column, letter, escape)
    if column.null_count:
        column = pc.fill_null(column, as_scalar(options.null.decode()))
    return column


def _holds(column: pa.Array, letter: bytes) -> bool:
    return letter in text_bytes(column)[0].tobytes()
