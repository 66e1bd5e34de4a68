"""A CSV file cut into blocks of whole records, with all that is refused wherever it stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

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

    Where the cuts fall has no influence on what is in a record. `rows` says how many records the caller has taken, for
    the row number in errors. Raises `InputError` for a NUL byte, a BOM, bytes that are not UTF-8, a quote that is
    never closed (`truncated`), text after a closing quote (`malformed`), and a record over the limit.
    """
    buffer = b""
    # Doubles while a record fits no chunk, so that looking for its end again and again stays linear.
    wanted = 0
    for chunk, final in _with_final(chunks):
        buffer = buffer + chunk if buffer else chunk
        if len(buffer) < wanted and not final:
            continue
        quotes = find_quotes(buffer, separator)
        end = record_end(buffer, quotes, final=final)
        if end:
            block = Block(buffer[:end], quotes.before(end))
            check(block.data, place)
            _check_lengths(block, separator, place)
            yield block
            buffer = buffer[end:]
        if quotes.bad is not None:
            hint = "double the quotes inside a quoted cell, or quote none"
            next_row = replace(place, row=rows() + 1)
            raise InputError("malformed", "a closing quote is followed by more text", hint, next_row)
        if len(buffer) > RECORD_BYTES:
            raise _too_long(replace(place, row=rows() + 1))
        wanted = 2 * len(buffer)
    if buffer:
        check(buffer, place)
        raise InputError("truncated", "the file ends inside a quoted cell", "", replace(place, row=rows() + 1))


def check(data: bytes, place: Place) -> None:
    """Refuse a NUL byte, a BOM, and bytes that are not UTF-8; `data` begins and ends at character borders."""
    if b"\0" in data:
        raise InputError("malformed", "the file holds a NUL byte", "is it text, and in the declared encoding?", place)
    check_utf8(data, place)
    if BOM in data:
        hint = "files glued together? take the mark out"
        raise InputError("malformed", "a byte order mark stands inside the file", hint, place)


def _with_final(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    held = next(chunks, b"")
    for chunk in chunks:
        yield held, False
        held = chunk
    yield held, True


def _check_lengths(block: Block, separator: int, place: Place) -> None:
    if len(block.data) <= RECORD_BYTES:
        return
    cells = find_cells(block.data, block.quotes, separator)
    ends = cells.ends[cells.last]
    if len(ends) and int((ends[1:] - ends[:-1]).max(initial=int(ends[0]))) > RECORD_BYTES:
        raise _too_long(place)


def _too_long(place: Place) -> InputError:
    return InputError("limit", f"a record is longer than {RECORD_BYTES >> 20} MiB", "is a quote never closed?", place)
