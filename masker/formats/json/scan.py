"""Where the members of a block of JSON records stand: vectorised spans of keys and values (RFC 8259).

A block holds whole records, objects one after the other with white space, or in an array commas, between them. msgspec
says whether it is valid JSON, every rule of it; NumPy then finds the spans, trusting that.
"""

from dataclasses import dataclass, field
from enum import IntEnum

import msgspec
import numpy as np
import numpy.typing as npt

from masker.errors import InputError, Place

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]

MAX_DEPTH = 200  # levels of nesting in a record; msgspec itself stops at Python's recursion limit

_QUOTE, _COLON, _OPEN, _CLOSE, _OPEN_LIST = b'":{}['
_IS_EVENT = bytes(byte in b'":,{}[]' for byte in range(256))
_DELTA = np.zeros(256, dtype=np.int32)
_DELTA[list(b"{[")], _DELTA[list(b"}]")] = 1, -1
_SPACE = np.zeros(256, dtype=np.bool_)
_SPACE[list(b" \t\r\n")] = True
_RECORDS: msgspec.json.Decoder[list[msgspec.Raw]] = msgspec.json.Decoder(list[msgspec.Raw])
_LINES: msgspec.json.Decoder[msgspec.Raw] = msgspec.json.Decoder(msgspec.Raw)


class Kind(IntEnum):
    """What a value token is, told by its first byte."""

    STRING = 1
    NESTED = 2
    BOOL = 3
    NULL = 4
    NUMBER = 5


_KIND = np.full(256, Kind.NUMBER, dtype=np.uint8)
_KIND[list(b'"{[tfn')] = (Kind.STRING, Kind.NESTED, Kind.NESTED, Kind.BOOL, Kind.BOOL, Kind.NULL)


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """The members of a block's records, m in all, in file order; all spans are byte offsets into `data`.

    Member i has its key, quotes included, at `key_start[i]:key_end[i]` and its value at `start[i]:end[i]`. Record r (of
    n) owns the members `first[r]` up to `first[r + 1]`, so `first` has n + 1 entries. `kind` holds `Kind`s.
    `listed`: commas part the records, not line ends.
    """

    data: bytes
    first: Ints
    key_start: Ints
    key_end: Ints
    start: Ints
    end: Ints
    kind: Bytes
    escaped: Ints = field(repr=False)
    listed: bool = False

    @property
    def rows(self) -> int:
        """The number n of records."""
        return len(self.first) - 1

    def record_of(self) -> Ints:
        """The record of each member, shape (m,)."""
        return np.repeat(np.arange(self.rows, dtype=np.int32), np.diff(self.first))


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """The structural bytes outside strings, and quotes: their positions in the block and the bytes themselves.

    `bracket` are the indices of the events that open or close something, `depth` the depth after each of these.
    """

    position: Longs
    byte: Bytes
    bracket: Longs
    depth: Ints
    backslashes: Longs

    @classmethod
    def of(cls, position: Longs, byte: Bytes, backslashes: Longs) -> "Events":
        """Find the brackets among the events and their depths."""
        bracket = np.flatnonzero(byte >= _OPEN_LIST)  # of the seven bytes, brackets and braces have the highest codes
        return cls(position, byte, bracket, np.cumsum(_DELTA[byte[bracket]], dtype=np.int32), backslashes)

    def before(self, end: int) -> "Events":
        """Leave out what stands at byte `end` or later."""
        n, backslashes = np.searchsorted(self.position, end), np.searchsorted(self.backslashes, end)
        return Events.of(self.position[:n], self.byte[:n], self.backslashes[:backslashes])

    def outer(self) -> "Events":
        """Leave the brackets of nested values in, and all that is inside them out."""
        if not self.nests(1):
            return self
        delta = _DELTA[self.byte]
        depth = np.cumsum(delta, dtype=np.int32)
        kept = np.flatnonzero(np.minimum(depth - delta, depth) <= 1)
        return Events.of(self.position[kept], self.byte[kept], self.backslashes)

    def nests(self, levels: int) -> bool:
        """Whether the depth passes `levels` anywhere."""
        return bool(len(self.depth)) and int(self.depth.max()) > levels

    def record_starts(self) -> Longs:
        """The events that open a record."""
        starts: Longs = self.bracket[(self.depth == 1) & (self.byte[self.bracket] == _OPEN)]
        return starts

    def record_ends(self) -> Longs:
        """The bytes after each record's closing brace."""
        ends: Longs = self.position[self.bracket[(self.depth == 0) & (self.byte[self.bracket] == _CLOSE)]] + 1
        return ends

    def array_end(self) -> int | None:
        """Where the bracket stands that closes the array around the records, None where it does not."""
        beyond = np.flatnonzero(self.depth < 0)
        return int(self.position[self.bracket[beyond[0]]]) if len(beyond) else None


def find_events(data: bytes) -> Events:
    """Find the structure of `data`, which starts outside a string and may end anywhere. Never fails."""
    buffer = np.frombuffer(data, dtype=np.uint8)
    position = np.flatnonzero(np.frombuffer(data.translate(_IS_EVENT), dtype=np.bool_))
    byte = buffer.take(position)
    quote = np.flatnonzero(byte == _QUOTE)
    backslashes = np.empty(0, dtype=np.int64)
    if b"\\" in data:
        backslashes = np.flatnonzero(buffer == ord("\\"))
        quote = quote[~_escaped(backslashes, len(data))[position[quote]]]
    opened, closed = quote[0::2], quote[1::2]
    if len(opened) > len(closed):
        closed = np.append(closed, len(position))
    inside = closed - opened - 1
    if np.any(inside):
        outside = np.ones(len(position), dtype=np.bool_)
        outside[_ranges(opened[inside > 0] + 1, inside[inside > 0])] = False
        kept = np.flatnonzero(outside)
        position, byte = position.take(kept), byte.take(kept)
    return Events.of(position, byte, backslashes)


def _ranges(starts: Longs, lengths: Longs) -> Longs:
    """The numbers start, start + 1, … of each range, one after the other."""
    ends = np.cumsum(lengths)
    numbers: Longs = np.arange(ends[-1]) + np.repeat(starts - ends + lengths, lengths)
    return numbers


def _escaped(backslashes: Longs, length: int) -> Bools:
    """True for the bytes that a backslash escapes, those after an odd run of them; shape (length + 1,)."""
    starts = np.flatnonzero(np.diff(backslashes, prepend=-2) != 1)
    lengths = np.diff(starts, append=len(backslashes))
    escaped = np.zeros(length + 1, dtype=np.bool_)
    escaped[(backslashes[starts] + lengths)[lengths % 2 == 1]] = True
    return escaped


def check_depth(events: Events, place: Place) -> None:
    """Raise `InputError` (`limit`) where `events` nest deeper than records may."""
    if events.nests(MAX_DEPTH):
        raise InputError("limit", f"a record nests deeper than {MAX_DEPTH} levels", place=place)


def find_spans(data: bytes, events: Events, *, listed: bytes | None, place: Place) -> Spans:
    """Check a block of whole records and find its members.

    `listed` are the block's records with a comma between two; None where line ends part them. Raises `InputError`:
    `encoding` where the bytes are no UTF-8, `limit` for records nested too deeply, `unsupported` for records that are
    no objects, `truncated` where a record ends too early, `malformed` for all else.
    """
    check_depth(events, place)
    try:
        data.isascii() or data.decode()
    except UnicodeDecodeError:
        raise InputError("encoding", "the file is not UTF-8, as JSON must be", place=place) from None
    try:
        count = len(_LINES.decode_lines(data) if listed is None else _RECORDS.decode(b"[" + listed + b"]"))
    except msgspec.DecodeError as error:
        # msgspec tells the two apart in its message only; the message itself is never shown.
        cut = "truncated" in str(error) and not data.rstrip().endswith(b"}")
        code, what = ("truncated", "ends too early") if cut else ("malformed", "is not valid JSON")
        raise InputError(code, f"a record {what}", place=place) from None
    events = events.outer()
    opens = events.record_starts()
    if len(opens) != count:
        raise InputError("unsupported", "a record is not a JSON object", place=place)
    if listed is None:
        _check_lines(data, events.position[opens], events.record_ends() - 1, place)
    return _members(data, events, opens, listed=listed is not None)


def _check_lines(data: bytes, opens: Longs, closes: Longs, place: Place) -> None:
    """Refuse a record over several lines, and two records on one line: readers of JSON Lines go by the line."""
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n"))
    record = np.searchsorted(opens, ends, side="right") - 1
    record, ends = record[record >= 0], ends[record >= 0]
    hint = "JSON Lines has one object on each line; else put the objects into an array"
    if bool(np.any(ends < closes[record])):
        raise InputError("unsupported", "an object goes over several lines", hint, place)
    if len(opens) > 1 and not bool(np.all(np.bincount(record, minlength=len(opens))[:-1])):
        raise InputError("malformed", "two records stand on one line", hint, place)


def _members(data: bytes, events: Events, opens: Longs, *, listed: bool) -> Spans:
    buffer = np.frombuffer(data, dtype=np.uint8)
    byte = events.byte
    position = np.append(events.position, 0).astype(np.int32)  # one more: the last member reads beyond its close
    colon = np.flatnonzero(byte == _COLON)
    after = byte.take(colon + 1)
    bare = np.flatnonzero((after != _QUOTE) & (after != _OPEN) & (after != _OPEN_LIST))
    start, end = position.take(colon + 1), position.take(colon + 2) + np.int32(1)
    start[bare], end[bare] = position.take(colon[bare]) + 1, position.take(colon[bare] + 1)
    strip_blanks(data, start, end, bare)
    first = np.append(np.searchsorted(colon, opens), len(colon)).astype(np.int32)
    key_start, key_end = position.take(colon - 2), position.take(colon - 1) + np.int32(1)
    kind = _KIND.take(buffer.take(start))
    return Spans(
        data, first, key_start, key_end, start, end, kind, with_escapes(events.backslashes, start, end, kind), listed
    )


def strip_blanks(data: bytes, start: Ints | Longs, end: Ints | Longs, which: Longs) -> None:
    """Move the ends of the spans `which` inwards over white space; these spans are never blank."""
    buffer = np.frombuffer(data, dtype=np.uint8)
    at_start = which[_SPACE[buffer[start[which]]]]
    at_end = which[_SPACE[buffer[end[which] - 1]]]
    for _ in range(8):
        start[at_start] += 1
        end[at_end] -= 1
        at_start = at_start[_SPACE[buffer[start[at_start]]]]
        at_end = at_end[_SPACE[buffer[end[at_end] - 1]]]
    for i in at_start:  # long runs are rare and may be very long: C strips them in one go
        start[i] = end[i] - len(data[start[i] : end[i]].lstrip(b" \t\r\n"))
    for i in at_end:
        end[i] = start[i] + len(data[start[i] : end[i]].rstrip(b" \t\r\n"))


def with_escapes(backslashes: Longs, start: Ints, end: Ints, kind: Bytes) -> Ints:
    """The members, spans ascending, whose value is a string with a backslash in it, ascending."""
    if not len(backslashes) or not len(start):
        return np.empty(0, dtype=np.int32)
    member = np.searchsorted(start, backslashes, side="right") - 1
    at = (member >= 0) & (backslashes < end[member])
    member = member[at]
    return np.unique(member[kind[member] == Kind.STRING]).astype(np.int32)
