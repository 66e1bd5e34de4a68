"""A JSON file as a stream of blocks of whole records, and the brackets and white space around them.

Two shapes are read: JSON Lines (one object a line, blank lines allowed), and one array of objects. The first byte that
is not white space says which. A byte order mark stays.
"""

import itertools
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from masker.errors import InputError, Place
from masker.formats.json.scan import (
    Events,
    Spans,
    check_depth,
    find_events,
    find_spans,
)

MAX_RECORD_BYTES = 16 << 20
_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"


def read_blocks(stream: BinaryIO, *, block_bytes: int, place: Place, may_be_empty: bool) -> Iterator[bytes | Spans]:
    """Give the file in order: `Spans` for whole records, bytes for what is around them (white space, brackets, a mark).

    Blocks hold about `block_bytes` bytes, or one record of up to `MAX_RECORD_BYTES`. `may_be_empty` allows a file with
    nothing in it. Raises `InputError` with the record number where one record is to blame.
    """
    head = stream.read(3)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("encoding", "the file is not UTF-8, as JSON must be", place=place)
    mark, head = (head, b"") if head == _BOM else (b"", head)
    while (more := stream.read(block_bytes)) or head:
        head += more
        if head.lstrip(_SPACE) or len(head) > MAX_RECORD_BYTES or not more:
            break
    text = head.lstrip(_SPACE)
    space = head[: len(head) - len(text)]
    buffer = _Buffer(stream, block_bytes, place)
    if text.startswith(b"["):
        yield mark + space + b"["
        yield from _array(buffer, text[1:])
    elif text.startswith(b"{"):
        if mark + space:
            yield mark + space
        yield from _lines(buffer, text)
    elif text or not may_be_empty:
        what = "the file is neither JSON Lines nor an array of objects" if text else "the file is empty"
        raise InputError("malformed" if text else "truncated", what, place=place)
    elif mark + space:
        yield mark + space


class _Buffer:
    """Reads on in steps that grow with what is already held, so that a long record costs linear time."""

    def __init__(self, stream: BinaryIO, block_bytes: int, place: Place) -> None:
        self.stream, self.block_bytes, self.place, self.row = stream, block_bytes, place, 0

    def more(self, held: bytes) -> bytes:
        """Read more bytes, b"" at the end of the file; refuse to hold more than a record's limit."""
        if len(held) > MAX_RECORD_BYTES:
            row = Place(self.place.file, self.place.table, row=self.row + 1)
            raise InputError("limit", f"a record is longer than {MAX_RECORD_BYTES >> 20} MiB", place=row)
        return self.stream.read(max(self.block_bytes - len(held), len(held), 1))

    def spans(self, data: bytes, events: Events, listed: bytes | None) -> Spans:
        """Find the spans of a block; an error learns which record is to blame."""
        try:
            spans = find_spans(data, events, listed=listed, place=self.place)
        except InputError as error:
            units = data.split(b"\n") if listed is None else _records(data, events)
            place = Place(self.place.file, self.place.table, row=self.row + _first_bad(units))
            raise InputError(error.code, error.message, error.hint, place) from None
        self.row += spans.rows
        return spans


def _lines(buffer: _Buffer, held: bytes) -> Iterator[bytes | Spans]:
    more = held
    while more:
        more = buffer.more(held)
        held += more
        cut = held.rfind(b"\n") + 1 if more else len(held)
        block, held = held[:cut], held[cut:]
        if block.strip(_SPACE):
            yield buffer.spans(block, find_events(block), None)
        elif block:
            yield block


def _array(buffer: _Buffer, held: bytes) -> Iterator[bytes | Spans]:
    """Cut the inside of an array after its last whole record; a later block starts with the comma before its first."""
    end = None
    while end is None:
        more = buffer.more(held)
        held += more
        events = find_events(held)
        end = events.array_end()
        events = events if end is None else events.before(end)
        check_depth(events, buffer.place)
        ends = events.record_ends()
        cut = int(ends[-1]) if len(ends) else 0
        if not cut and not buffer.row and held.lstrip(_SPACE)[:1] not in (b"", b"{", b"]"):
            raise InputError("unsupported", "the array holds something that is no object", place=buffer.place)
        if cut:
            block, held = held[:cut], held[cut:]
            listed = block.lstrip(_SPACE)
            if buffer.row and not listed.startswith(b","):
                raise InputError("malformed", "no comma between two records", place=buffer.place)
            yield buffer.spans(block, events.before(cut), listed[1:] if buffer.row else block)
        if end is not None:
            yield from _after_array(buffer, held, end - cut)
        elif not more:
            raise InputError("truncated", "the array of records is not closed", place=buffer.place)


def _after_array(buffer: _Buffer, held: bytes, end: int) -> Iterator[bytes]:
    """Let nothing but white space pass before and after the closing bracket at `end`."""
    if held[:end].strip(_SPACE) or held[end : end + 1] != b"]":
        raise InputError("malformed", "the array of records is not closed after a record", place=buffer.place)
    yield held[: end + 1]
    rest = held[end + 1 :]
    while rest or (rest := buffer.stream.read(buffer.block_bytes)):
        if rest.strip(_SPACE):
            raise InputError("malformed", "something follows the array of records", place=buffer.place)
        yield rest
        rest = b""


def _records(data: bytes, events: Events) -> list[bytes]:
    """The texts of an array's records, as far as their structure can be made out."""
    ends = [0, *events.record_ends().tolist()]
    return [data[start:end].lstrip(_SPACE + b",") for start, end in itertools.pairwise(ends)]


def _first_bad(units: list[bytes]) -> int:
    """The number, from 1, of the first text that is not one JSON object; blank texts do not count."""
    number = 0
    for unit in units:
        if not unit.strip(_SPACE):
            continue
        number += 1
        try:
            unit.decode()
            msgspec.json.decode(unit, type=dict[str, msgspec.Raw])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return number
    return max(number, 1)
