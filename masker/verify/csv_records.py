"""CSV records from text, cell by cell, the way Python's `csv` reads them, with NULL and '' told apart.

For the files that a fast reader cannot be trusted with: mixed line ends, blank lines, quotes in odd places. A cell
that is empty and unquoted is None, `""` is ''. Slow (about a million cells a second) and plain.
"""

import re
from collections.abc import Iterator

from masker.errors import InputError

Cells = list[str | None]
_LARGEST = 256 << 20


def records(texts: Iterator[str], delimiter: str) -> Iterator[Cells]:
    """Split text that comes in pieces into records; a blank line gives `[None]`.

    Raises `InputError`: `truncated` where a quoted cell never ends, `limit` where a cell is over 256 MiB.

    >>> list(records(iter(['a,"",b"c', 'd\\r\\n"x""y" z,,\\n']), ","))
    [['a', '', 'b"cd'], ['x"y z', None, None]]
    """
    other = f"[^{re.escape(delimiter)}\r\n]*+"
    cell = re.compile(f'(?:"((?:[^"]++|"")*+)"({other})|((?!"){other}))(\r\n|\n|\r|{re.escape(delimiter)}|\\Z)')
    text, position, ended = "", 0, False
    cells: Cells = []
    while True:
        found = cell.match(text, position)
        if found is None or (found.end() == len(text) and not ended):
            if ended:
                raise InputError("truncated", "a quoted cell never ends")
            text, position = text[position:], 0
            if len(text) > _LARGEST:
                raise InputError("limit", "a cell is too large")
            more = _at_least(texts, max(len(text), 1))
            text, ended = text + more, not more
            if not text and not cells:
                return
            continue
        quoted, rest, plain, end = found.groups()
        cells.append(plain or None if quoted is None else quoted.replace('""', '"') + rest)
        position = found.end()
        if end == delimiter:
            continue
        yield cells
        cells = []
        if position == len(text) and ended:
            return


def _at_least(texts: Iterator[str], length: int) -> str:
    # Doubling what is looked at keeps a large quoted cell from being scanned again at every piece.
    pieces: list[str] = []
    while length > 0 and (piece := next(texts, "")):
        pieces.append(piece)
        length -= len(piece)
    return "".join(pieces)
