"""A CSV file cut into blocks of whole records, with all that is refused wherever it stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from masker.errors import InputError, Place
from masker.formats.csv.limits import RECORD_BYTES
from masker.formats.csv.text import BOM, check_utf8
from masker.spans import Quotes, find_cells, find_quotes, record_end


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records as UTF-8 bytes, and the quotes that open and close their cells."""

    data: bytes
    quotes: Quotes


def cut(chunks: Iterator[bytes], separator: int, place: Place, rows: Callable[[], int]) -> Iterator[Block]:
    """Cut a stream of UTF-8 bytes, its BOM already off, into blocks, each about as long as the chunks it comes in.

    Where the cuts fall has no influence on what is in a record. `rows` says how many records the caller has taken
    (-1: not even the header), for the row number in errors. Raises `InputError` for a NUL byte, a BOM at the start of a
    line, bytes that are not UTF-8, a quote that is never closed (`truncated`), text after a closing quote
    (`malformed`), and a record over the limit.
    """
    pieces: list[bytes] = []
    length = 0
    # Doubles while a record fits no chunk, so that looking for its end again and again stays linear.
    wanted = 0
    for chunk, final in _with_final(chunks):
        pieces.append(chunk)
        length += len(chunk)
        if length < wanted and not final:
            continue
        buffer = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        quotes = find_quotes(buffer, separator)
        end = record_end(buffer, quotes, final=final)
        if end:
            block = Block(buffer[:end], quotes.before(end))
            check(block.data, place)
            _check_lengths(block, separator, place, rows())
            yield block
        buffer = buffer[end:]
        if quotes.bad is not None:
            hint = "double the quotes inside a quoted cell, or quote none"
            message = "a closing quote is followed by more text"
            raise InputError("malformed", message, hint, _at(place, rows() + 1))
        if len(buffer) > RECORD_BYTES:
            raise too_long(_at(place, rows() + 1))
        if final and buffer:
            check(buffer, place)
            raise InputError("truncated", "the file ends inside a quoted cell", "", _at(place, rows() + 1))
        pieces, length, wanted = [buffer], len(buffer), 2 * len(buffer)


def check(data: bytes, place: Place) -> None:
    """Refuse a NUL byte, a BOM at the start of a line, and bytes that are not UTF-8; `data` is whole records.

    Within a cell U+FEFF is the old zero width no-break space, a character like any other.
    """
    if b"\0" in data:
        raise InputError("malformed", "the file holds a NUL byte", "is it text, and in the declared encoding?", place)
    if data.isascii():
        return
    check_utf8(data, place)
    # The first byte alone is looked for much faster, and seldom there.
    if BOM[0] in data and (data.startswith(BOM) or b"\n" + BOM in data or b"\r" + BOM in data):
        hint = "files glued together? take the mark out"
        raise InputError("malformed", "a byte order mark stands inside the file", hint, place)


def _with_final(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    held = next(chunks, b"")
    for chunk in chunks:
        yield held, False
        held = chunk
    yield held, True


def _check_lengths(block: Block, separator: int, place: Place, rows: int) -> None:
    if len(block.data) <= RECORD_BYTES:
        return
    cells = find_cells(block.data, block.quotes, separator)
    if not len(cells.last):
        return
    starts = cells.starts[np.append(0, cells.last[:-1] + 1)]
    long = np.flatnonzero(cells.ends[cells.last] - starts > RECORD_BYTES)
    if len(long):
        raise too_long(_at(place, rows + 1 + int(long[0])))


def _at(place: Place, row: int) -> Place:
    return replace(place, row=row or None)


def too_long(place: Place) -> InputError:
    """Say that a record is over the limit."""
    return InputError("limit", f"a record is longer than {RECORD_BYTES >> 20} MiB", "is a quote never closed?", place)
