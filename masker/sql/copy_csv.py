"""The rows of a COPY in CSV format: cells by their quotes and separators, and masked cells quoted as they were.

https://www.postgresql.org/docs/current/sql-copy.html, "CSV Format": a quote within quotes is doubled, NULL is told by
having no quotes, and blanks count.
"""

import numpy as np
import pyarrow as pa

from masker.columns import Bools
from masker.errors import GateError
from masker.sql.copy_options import CopyOptions
from masker.sql.copy_rows import Lines, first_bad, lines_at
from masker.sql.literals import NO_UTF8, Unreadable, is_utf8, texts_of

_LF, _CR = b"\n\r"


def find_cells(data: bytes, width: int, options: CopyOptions) -> Lines:
    """Find the cells of whole rows of `width` cells each; raises `Unreadable` where one has others."""
    block = np.frombuffer(data, np.uint8)
    outside = np.cumsum(block == options.quote[0], dtype=np.uint8) & 1 == 0
    events = np.flatnonzero(((block == options.delimiter[0]) | (block == _LF)) & outside)
    lines = lines_at(events, block[events] == _LF, width)
    last = lines.ends[:, -1]
    last -= (last > lines.starts[:, -1]) & (block[last - 1] == _CR)
    return lines


def decode_cells(data: bytes, lines: Lines, options: CopyOptions) -> tuple[list[pa.Array], Bools]:
    """The cells as text, and which of them are quoted, shape (rows, columns).

    Raises `Unreadable` at what is no UTF-8, and where a quote stands inside of a cell that does not begin with one.
    """
    if not is_utf8(data):
        raise Unreadable(first_bad(data, lines), NO_UTF8)
    quote, both = options.quote, options.quote * 2
    rows, width = lines.starts.shape
    quoted = np.zeros((rows, width), np.bool_)
    columns: list[pa.Array] = []
    for column in range(width):
        texts: list[str | None] = []
        spans = zip(lines.starts[:, column].tolist(), lines.ends[:, column].tolist(), strict=True)
        for row, (start, end) in enumerate(spans):
            cell = data[start:end]
            if cell[:1] == quote and len(cell) > 1 and cell[-1:] == quote:
                inner = cell[1:-1].replace(both, b"\0\0") if quote in cell[1:-1] else cell[1:-1]
                if quote in inner:
                    raise Unreadable(row, "a quote inside of a cell")
                quoted[row, column] = True
                texts.append(cell[1:-1].replace(both, quote).decode())
            elif quote in cell:
                raise Unreadable(row, "a quote inside of a cell")
            else:
                texts.append(None if cell == options.null else cell.decode())
        columns.append(texts_of(texts))
    return columns, quoted


def encode_cells(column: pa.Array, quoted: Bools, options: CopyOptions) -> pa.Array:
    """A text column as cells: quoted where the cell was, or where it has to be; no nulls."""
    quote, delimiter, null = (each.decode() for each in (options.quote, options.delimiter, options.null))
    special = {quote, delimiter, "\n", "\r"}
    cells: list[str | None] = []
    for text, was_quoted in zip(column.to_pylist(), quoted.tolist(), strict=True):
        if text is None:
            cells.append(null)
        elif was_quoted or text == null or not special.isdisjoint(text) or text == "\\.":
            cells.append(quote + text.replace(quote, quote * 2) + quote)
        else:
            cells.append(text)
        if text is not None and "\n\\.\n" in text.replace("\r", ""):
            # psql takes such a line for the end of the rows, quotes or not.
            raise GateError("does-not-fit", "a masked value has a line that ends a COPY", "mask it otherwise")
    return texts_of(cells)
