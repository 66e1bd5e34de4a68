"""A block of JSON records less some of them, valid JSON as before, every byte of the others as it was.

In JSON Lines a record goes with its line. In an array it goes with what stands between it and the record before it, a
comma among it; the first record that stays loses the comma that stood before it.
"""

from dataclasses import replace

import numpy as np

from masker.columns import Bools
from masker.formats.json.cells import Block
from masker.formats.json.scan import Longs, find_events
from masker.spans import without_spans


def without(block: Block, left_out: Bools, *, first: bool) -> Block:
    """The block less the records where `left_out`, shape (n,); `first`: none stays in the blocks before it."""
    spans, stays = block.spans, ~left_out
    events = find_events(spans.data).outer()
    opens, closes = events.position[events.record_starts()], events.record_ends()
    if spans.listed:
        starts, ends = np.append(0, closes[:-1]), closes
    else:
        starts, ends = _lines(spans.data, opens, closes)
    cut_starts, cut_ends = starts[left_out], ends[left_out]
    gone = np.cumsum(np.where(left_out, ends - starts, 0))
    if spans.listed and first and stays.any():
        head = int(stays.argmax())
        comma = spans.data.find(b",", int(starts[head]), int(opens[head]))
        if comma >= 0:
            # Of all that is cut, only what is left out before the head stands before its comma.
            cut_starts, cut_ends = np.insert(cut_starts, head, comma), np.insert(cut_ends, head, comma + 1)
            gone[head:] += 1
    data = without_spans(spans.data, cut_starts, cut_ends)
    return _narrowed(block, data, stays, gone)


def _lines(data: bytes, opens: Longs, closes: Longs) -> tuple[Longs, Longs]:
    """Where the line of each record starts and where the next one does."""
    nexts = np.append(np.append(0, np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")) + 1), len(data))
    return nexts[np.searchsorted(nexts, opens, "right") - 1], nexts[np.searchsorted(nexts, closes, "left")]


def _narrowed(block: Block, data: bytes, stays: Bools, gone: Longs) -> Block:
    """The block over `data`; `gone` are the bytes cut before each record's members, shape (n,)."""
    spans, record = block.spans, block.spans.record_of()
    member = stays[record]
    shift = gone[record][member].astype(np.int32)
    number = np.cumsum(member) - 1
    order = block.order[member[block.order]]
    bounds = np.append(0, np.cumsum(member[block.order]))[block.bounds]
    escaped = spans.escaped[member[spans.escaped]] if len(spans.escaped) else spans.escaped
    return Block(
        replace(
            spans,
            data=data,
            first=np.append(0, np.cumsum(np.diff(spans.first)[stays])).astype(np.int32),
            key_start=spans.key_start[member] - shift,
            key_end=spans.key_end[member] - shift,
            start=spans.start[member] - shift,
            end=spans.end[member] - shift,
            kind=spans.kind[member],
            escaped=number[escaped].astype(np.int32),
        ),
        number[order],
        bounds,
    )
