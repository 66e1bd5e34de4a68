"""A document, or JSON Lines of any depth, as a stream of blocks that hold whole rows.

A document is cut before a comma between elements of an array, or members of an object, that stands in no row itself:
`{"entry": [...]}` and `{"data": {"users": [...]}}` are read in bounded memory, as an array is. A row, and what stands
around rows, takes at most `MAX_RECORD_BYTES`.
"""

from collections.abc import Iterator
from typing import BinaryIO

import msgspec
import numpy as np

from masker.errors import InputError, Place
from masker.formats.json.blocks import MAX_RECORD_BYTES, read_blocks
from masker.formats.json.documents.steps import Tree
from masker.formats.json.documents.values import Open, Values, find_values, member_keys, top_keys
from masker.formats.json.scan import MAX_DEPTH, Bools, Bytes, Events, Kind, Longs, find_events

_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_MOST_KEYS = 4_000_000  # members of one object over several blocks
_DELTA = np.zeros(256, dtype=np.int64)
_DELTA[list(b"{[")], _DELTA[list(b"}]")] = 1, -1
_LIST_DELTA = np.zeros(256, dtype=np.int64)
_LIST_DELTA[ord("[")], _LIST_DELTA[ord("]")] = 1, -1


def read_lines(stream: BinaryIO, tree: Tree, *, block_bytes: int, place: Place) -> Iterator[Values | bytes]:
    """The blocks of JSON Lines: bytes are white space and a mark. Raises `InputError` as `read_blocks` does."""
    row = 0
    for block in read_blocks(stream, block_bytes=block_bytes, place=place, may_be_empty=True):
        if isinstance(block, bytes):
            yield block
            continue
        at = Place(place.file, place.table, row=row + 1)
        yield find_values(block.data, (), tree, find_events(block.data), lines=True, where=at)
        row += block.rows


def read_document(stream: BinaryIO, tree: Tree, *, block_bytes: int, place: Place) -> Iterator[Values | bytes]:
    """The blocks of one object or array. Raises `InputError`."""
    reader = _Document(tree, place)
    held = stream.read(block_bytes)
    if held.startswith(_BOM):
        yield _BOM
        held = held[len(_BOM) :]
    if held.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("encoding", "the file is not UTF-8, as JSON must be", place=place)
    more = held
    while not reader.done:
        events = find_events(held)
        cut = reader.cut(held, events)
        if cut:
            yield reader.values(held[:cut], events.before(cut))
            held = held[cut:]
            continue
        if len(held) > MAX_RECORD_BYTES:
            what = f"a part of the document that cannot be divided is longer than {MAX_RECORD_BYTES >> 20} MiB"
            raise InputError("limit", what, "write the records as an array, or as JSON Lines", place)
        step = max(block_bytes - len(held), len(held), 1)
        more = stream.read(min(step, MAX_RECORD_BYTES + 1 - len(held)))
        if not more:
            raise InputError("truncated", "the document ends too early", place=place)
        held += more
    while held or (held := stream.read(block_bytes)):
        if held.strip(_SPACE):
            raise InputError("malformed", "something follows the document", place=place)
        yield held
        held = b""


class _Document:
    """Where a document stands: the containers that are open, and the keys that these have had."""

    def __init__(self, tree: Tree, place: Place) -> None:
        self.tree, self.place = tree, place
        self.opened: tuple[Open, ...] = ()
        self.done = self.begun = False
        self._keys: list[set[str]] = []
        spread = [len(steps) + 1 for steps in tree.entries]
        self._deepest = min(spread, default=MAX_DEPTH)

    def cut(self, held: bytes, events: Events) -> int:
        """Where a block can end: after the document, else before the last comma that stands in no row; 0: nowhere."""
        byte = events.byte
        depth = len(self.opened) + np.cumsum(_DELTA[byte])
        if len(depth) and int(depth.max()) > MAX_DEPTH:
            raise InputError("limit", f"the document nests deeper than {MAX_DEPTH} levels", place=self.place)
        brackets = _DELTA[byte] != 0
        over = np.flatnonzero(brackets & (depth <= 0))
        if len(over):
            self.done = True
            return int(events.position[over[0]]) + 1
        lists = sum(each.is_list for each in self.opened) + np.cumsum(_LIST_DELTA[byte])
        commas = np.flatnonzero((byte == ord(",")) & (depth <= self._deepest) & (lists <= 1))
        in_list = _in_list(byte, depth, commas, self.opened) if len(commas) else commas.astype(np.bool_)
        good = commas[(lists[commas] == 0) | in_list]
        return int(events.position[good[-1]]) if len(good) and events.position[good[-1]] else 0

    def values(self, block: bytes, events: Events) -> Values:
        """The values of a block; raises `InputError` where it is no valid JSON."""
        if not self.begun and block.lstrip(_SPACE)[:1] not in (b"{", b"["):
            raise InputError("malformed", "the file is neither an object nor an array", place=self.place)
        low, ends = _ends(events, self.opened)
        closing = b"".join(b"]" if is_list else b"}" for is_list in reversed(ends))
        opening = b"".join(b"[" if each.is_list else b'{"":' for each in self.opened)
        opening += b"0" if self.begun else b""
        try:
            block.isascii() or block.decode()
        except UnicodeDecodeError:
            raise InputError("encoding", "the file is not UTF-8, as JSON must be", place=self.place) from None
        try:
            msgspec.json.decode(opening + block + closing, type=msgspec.Raw)
        except (msgspec.DecodeError, RecursionError):
            raise InputError("malformed", "the document is not valid JSON", place=self.place) from None
        values = find_values(block, self.opened, self.tree, events, lines=False, where=self.place)
        self._note(values, low)
        self.begun = True
        return values

    def _note(self, values: Values, low: int) -> None:
        """Refuse a key that an object had in an earlier block already, and go on inside what stays open."""
        raw = top_keys(values, self.opened)
        for level, keys in raw.items():
            known = self._keys[level]
            if not known.isdisjoint(keys):
                hint = "the keys of an object have to be unique"
                raise InputError("malformed", "a key stands twice in one object", hint, self.place)
            known.update(keys)
            if len(known) > _MOST_KEYS:
                raise InputError("limit", f"an object has more than {_MOST_KEYS} members", place=self.place)
        left = np.flatnonzero((values.kind == Kind.NESTED) & (values.end > len(values.data)))
        opened = [Open(int(values.place[i]), values.data[values.start[i]] == ord("[")) for i in left]
        self._keys = self._keys[:low] + [set(member_keys(values, int(i))) for i in left]
        self.opened = (*self.opened[:low], *opened)


def _ends(events: Events, opened: tuple[Open, ...]) -> tuple[int, list[bool]]:
    """How many of `opened` are still open at the end, and whether each container that is open then is an array."""
    stack = [each.is_list for each in opened]
    low = len(stack)
    delta = _DELTA[events.byte]
    depth = len(opened) + np.cumsum(delta)
    if not len(depth):
        return low, stack
    low = min(low, int(depth.min()))
    stack = stack[: max(low, 0)]
    # What is open at the end was opened at its depth after the last time that the depth was lower.
    for level in range(low + 1, int(depth[-1]) + 1):
        opens = np.flatnonzero((delta == 1) & (depth == level))
        stack.append(bool(events.byte[opens[-1]] == ord("[")))
    return low, stack


def _in_list(byte: Bytes, depth: Longs, commas: Longs, opened: tuple[Open, ...]) -> Bools:
    """Whether each comma stands directly in an array."""
    found = np.zeros(len(commas), dtype=np.bool_)
    for level in np.unique(depth[commas]):
        opens = np.flatnonzero((_DELTA[byte] == 1) & (depth == level))
        here = np.flatnonzero(depth[commas] == level)
        at = np.searchsorted(opens, commas[here]) - 1
        outer = opened[level - 1].is_list if 0 < level <= len(opened) else False
        found[here] = np.where(at >= 0, (byte[opens] == ord("["))[np.maximum(at, 0)] if len(opens) else outer, outer)
    return found
