"""The values of a block of a document: where each stands, at which place of the tree, in which row; vectorised.

A block is whole JSON but for the containers that were open when it began and those that are open when it ends.
msgspec says whether it is valid; NumPy finds the values, trusting that (RFC 8259).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.errors import InputError, Place
from masker.formats.json.cells import pieces
from masker.formats.json.documents.steps import ELEMENT, ENTRY, ROOT, Tree
from masker.formats.json.scan import Bools, Bytes, Events, Kind, Longs, strip_blanks

_LISTS, _COMMA, _COLON, _QUOTE = b'[,:"'
_OPENS = np.zeros(256, dtype=np.int8)
_OPENS[list(b"{[")], _OPENS[list(b"}]")] = 1, -1
_KIND = np.full(256, Kind.NUMBER, dtype=np.uint8)
_KIND[list(b'"{[tfn')] = (Kind.STRING, Kind.NESTED, Kind.NESTED, Kind.BOOL, Kind.BOOL, Kind.NULL)
Item = TypeVar("Item", bound=np.generic)
KEY = 6
"""The kind of a key that is data: it is a value of its own."""


@dataclass(frozen=True, slots=True)
class Open:
    """A container that is open at the border of two blocks: its place, and whether it is an array."""

    place: int
    is_list: bool


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """The m values of a block in file order, keys that are data among them; all spans are byte offsets into `data`.

    `begin` is where a value's member begins (its key, or itself), `comma` the comma before it (-1: none). `parent` is
    the value that holds it (-1 - d for the open container number d of the block's beginning, -9 for a line itself).
    `place` is its place in the tree, `row` the value that is its row (itself where it is one; -1: the document).
    `still` of the containers that were open at the beginning are so at the end.
    """

    data: bytes
    start: Longs
    end: Longs
    begin: Longs
    comma: Longs
    kind: Bytes
    parent: Longs
    place: Longs
    row: Longs
    is_row: Bools
    backslashes: Longs
    still: int = 0

    @property
    def is_key(self) -> Bools:
        """Which values are keys that are data, shape (m,)."""
        keys: Bools = self.kind == KEY
        return keys


LINE = -9
"""The `parent` of a value that is a whole line."""


def find_values(
    data: bytes, opened: Sequence[Open], tree: Tree, events: Events, *, lines: bool, where: Place
) -> Values:
    """Find all values of a block that begins inside `opened`.

    `lines`: each value outside of all containers is a row. Raises `InputError` for a key that stands twice in one
    object, and what `Tree.child` raises.
    """
    position = np.append(events.position, len(data))
    byte = np.append(events.byte, np.uint8(0))
    delta = _OPENS[byte].astype(np.int64)
    depth = len(opened) + np.cumsum(delta)
    opens = np.flatnonzero(delta == 1)
    held_open = _holders(depth, opens, len(position))
    is_list = byte[opens] == _LISTS
    in_list = np.zeros(len(position), dtype=np.bool_)
    inner = held_open >= 0
    in_list[inner] = is_list[held_open[inner]]
    listed = np.array([False, *(each.is_list for each in opened)])
    in_list[~inner] = listed[np.clip(depth[~inner], 0, len(opened))]
    leads = np.flatnonzero((byte == _COLON) | (byte == _LISTS) | ((byte == _COMMA) & in_list))
    start, end = position[leads] + 1, position[leads + 1]
    following = byte[leads + 1]
    bare = (following != _QUOTE) & (_OPENS[following] != 1)
    start[~bare] = end[~bare]
    there = ~bare | (end > start)
    for i in np.flatnonzero(there & bare & (byte[leads] == _LISTS) & (following == ord("]"))):
        there[i] = bool(data[start[i] : end[i]].strip(b" \t\r\n"))
    leads, start, end, bare = leads[there], start[there], end[there], bare[there]
    strip_blanks(data, start, end, np.flatnonzero(bare))
    string = byte[leads + 1] == _QUOTE
    end[string] = position[leads[string] + 2] + 1
    opening = np.full(len(position), -1, dtype=np.int64)
    opening[opens] = np.arange(len(opens))
    container = ~bare & ~string
    closes = _closes(depth, delta, opens, position, len(data) + 1)
    end[container] = closes[opening[leads[container] + 1]]
    member = byte[leads] == _COLON
    begin, comma = start.copy(), np.full(len(leads), -1, dtype=np.int64)
    begin[member] = position[leads[member] - 2]
    ahead = np.where(member, leads - 3, leads)
    has_comma = (ahead >= 0) & (byte[np.maximum(ahead, 0)] == _COMMA)
    comma[has_comma] = position[ahead[has_comma]]
    held_by = held_open[leads]  # the open event number that holds each value, or below 0: one of `opened`
    level = depth[leads]
    tops = opens[(depth[opens] == 1) & (len(opened) == 0)]
    count = len(tops) + len(leads)
    order = np.argsort(np.concatenate([position[tops], start]), kind="stable")
    none = np.full(len(tops), -1, dtype=np.int64)
    start = np.concatenate([position[tops], start])[order]
    end = np.concatenate([closes[opening[tops]], end])[order]
    begin = np.concatenate([position[tops], begin])[order]
    comma = np.concatenate([none, comma])[order]
    held_by = np.concatenate([none, held_by])[order]
    level = np.concatenate([none + 1, level])[order]
    member = np.concatenate([none == 0, member])[order]
    kind = (
        _KIND[np.frombuffer(data, dtype=np.uint8)[np.minimum(start, max(len(data) - 1, 0))]]
        if count
        else (np.empty(0, dtype=np.uint8))
    )
    value_of_open = np.full(len(opens) + 1, -1, dtype=np.int64)
    nested = np.flatnonzero(kind == Kind.NESTED)
    value_of_open[np.searchsorted(position[opens], start[nested])] = nested
    parent = np.where(held_by >= 0, value_of_open[held_by], np.where(level > 0, -level, LINE))
    key_end = begin.copy()
    if member.any():
        key_end[member] = _key_ends(position, begin[member])
    return _placed(
        data, opened, tree, where,
        start=start, end=end, begin=begin, comma=comma, kind=kind, parent=parent, level=level, member=member,
        key_end=key_end, lines=lines, backslashes=events.backslashes, still=max(min(len(opened), int(depth.min())), 0),
    )  # fmt: skip


def _key_ends(position: Longs, begins: Longs) -> Longs:
    """The ends of keys that begin with a quote at `begins`: the quote after."""
    ends: Longs = position[np.searchsorted(position, begins) + 1] + 1
    return ends


def _holders(depth: Longs, opens: Longs, count: int) -> Longs:
    """For each event which of `opens` opened what it stands in (-1: none of them)."""
    width = count + 1
    key = depth[opens] * width + opens
    order = np.argsort(key, kind="stable")
    events = np.arange(count)
    at = np.searchsorted(key[order], depth * width + events, side="right") - 1
    number = np.where(at >= 0, order[np.maximum(at, 0)], -1) if len(opens) else np.full(count, -1, dtype=np.int64)
    good = number >= 0
    good[good] = depth[opens[number[good]]] == depth[good]
    found: Longs = np.where(good, number, -1)
    return found


def _closes(depth: Longs, delta: Longs, opens: Longs, position: Longs, never: int) -> Longs:
    """The byte after the bracket that closes each of `opens`, `never` where it stays open."""
    shut = np.flatnonzero(delta == -1)
    if not len(opens):
        return np.empty(0, dtype=np.int64)
    if not len(shut):
        return np.full(len(opens), never, dtype=np.int64)
    width = len(position) + 1
    low = int(depth.min())
    key = (depth[shut] - low) * width + shut
    order = np.argsort(key, kind="stable")
    wanted = depth[opens] - 1 - low
    at = np.searchsorted(key[order], wanted * width + opens)
    inside = at < len(order)
    event = shut[order[np.minimum(at, len(order) - 1)]]
    good = inside & (depth[event] - low == wanted)
    return np.where(good, position[event] + 1, never)


def _placed(
    data: bytes, opened: Sequence[Open], tree: Tree, where: Place, *,
    start: Longs, end: Longs, begin: Longs, comma: Longs, kind: Bytes, parent: Longs, level: Longs, member: Bools,
    key_end: Longs, lines: bool, backslashes: Longs, still: int,
) -> Values:  # fmt: skip
    """Walk down level by level: places and rows follow from those of the container."""
    count = len(start)
    names, code = _keys(data, begin, key_end, member)
    _refuse_twice(parent, code, member, where)
    place = np.zeros(count, dtype=np.int64)
    row = np.full(count, -1, dtype=np.int64)
    is_row = np.zeros(count, dtype=np.bool_)
    top = parent == LINE
    if lines:
        is_row[top] = True
        row[top] = np.flatnonzero(top)
    above = np.array([each.place for each in opened] or [ROOT], dtype=np.int64)
    entry = np.zeros(count, dtype=np.bool_)
    for depth in range(1, int(level.max(initial=0)) + 1):
        here = np.flatnonzero((level == depth) & ~top)
        if not len(here):
            continue
        holder = parent[here]
        inside = holder >= 0
        at = np.where(inside, place[np.maximum(holder, 0)], above[np.clip(-1 - holder, 0, len(above) - 1)])
        pair = at * (len(names) + 1) + np.where(member[here], code[here] + 1, 0)
        unique, back = np.unique(pair, return_inverse=True)
        found = [
            tree.child(int(p) // (len(names) + 1), names[int(p) % (len(names) + 1) - 1] if int(p) % (len(names) + 1)
                       else ELEMENT, where)
            for p in unique
        ]  # fmt: skip
        place[here] = np.array(found, dtype=np.int64)[back]
        by_entry = np.array([tree.step[each] is ENTRY for each in found])[back]
        entry[here] = by_entry
        is_row[here] = ~member[here] | by_entry
        row[here] = np.where(is_row[here], here, np.where(inside, row[np.maximum(holder, 0)], -1))
    values = Values(data, start, end, begin, comma, kind, parent, place, row, is_row, backslashes, still)
    return _with_keys(values, np.flatnonzero(entry), key_end) if entry.any() else values


def _with_keys(values: Values, which: Longs, key_end: Longs) -> Values:
    """The values with the keys of `which` as values of their own, each before its value and in the same row."""
    count = len(values.start)
    at = np.arange(count) + np.searchsorted(which, np.arange(count), side="right")
    keys = at[which] - 1

    def spread(old: npt.NDArray[Item], new: npt.NDArray[Item]) -> npt.NDArray[Item]:
        both = np.empty(count + len(which), dtype=old.dtype)
        both[at], both[keys] = old, new
        return both

    moved_row = np.where(values.row >= 0, at[np.maximum(values.row, 0)], -1)
    moved_parent = np.where(values.parent >= 0, at[np.maximum(values.parent, 0)], values.parent)
    return Values(
        values.data,
        spread(values.start, values.begin[which]),
        spread(values.end, key_end[which]),
        spread(values.begin, values.begin[which]),
        spread(values.comma, np.full(len(which), -1, dtype=np.int64)),
        spread(values.kind, np.full(len(which), KEY, dtype=np.uint8)),
        spread(moved_parent, at[which]),
        spread(values.place, values.place[which]),
        spread(moved_row, at[which]),
        spread(values.is_row, np.zeros(len(which), dtype=np.bool_)),
        values.backslashes,
        values.still,
    )


def _keys(data: bytes, begin: Longs, key_end: Longs, member: Bools) -> tuple[list[str], Longs]:
    """The different keys of a block, and for each value which one is its own (-1: none); escapes resolved."""
    code = np.full(len(begin), -1, dtype=np.int64)
    if not member.any():
        return [], code
    raw = pieces(data, begin[member].astype(np.int32), key_end[member].astype(np.int32), pa.binary())
    encoded = raw.dictionary_encode()
    numbers: dict[str, int] = {}
    same = [
        numbers.setdefault(msgspec.json.decode(key, type=str), len(numbers)) for key in encoded.dictionary.to_pylist()
    ]
    index = np.frombuffer(encoded.indices.buffers()[1], dtype=np.int32)[: len(raw)]
    code[member] = np.array(same, dtype=np.int64)[index]
    return list(numbers), code


def _refuse_twice(parent: Longs, code: Longs, member: Bools, where: Place) -> None:
    pair = np.stack([parent[member], code[member]], axis=1)
    if len(pair) and len(np.unique(pair, axis=0)) != len(pair):
        hint = "the keys of an object have to be unique"
        raise InputError("malformed", "a key stands twice in one object", hint, where)


def top_keys(values: Values, opened: Sequence[Open]) -> dict[int, list[str]]:
    """The keys of members that stand in `opened` objects, by the number of the object."""
    found: dict[int, list[str]] = {}
    for number, each in enumerate(opened):
        if not each.is_list:
            found[number] = member_keys(values, -1 - number)
    return found


def member_keys(values: Values, parent: int) -> list[str]:
    """The keys of the members of one object of the block."""
    which = np.flatnonzero((values.parent == parent) & (values.begin != values.start) & (values.kind != KEY))
    return [
        msgspec.json.decode(values.data[begin : values.data.rindex(b'"', begin, start) + 1], type=str)
        for begin, start in zip(values.begin[which].tolist(), values.start[which].tolist(), strict=True)
    ]
