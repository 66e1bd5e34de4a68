"""Where the rows and cells of `VALUES (…), (…)` stand: by counting quotes and parentheses, over whole blocks.

A quote opens or closes a string unless a backslash escapes it; a doubled one closes and opens. What an even number of
quotes precedes stands outside of strings, and there parentheses and commas are the grammar. Anything else that could
turn a quote's meaning (a comment, a quoted name, `E''` with backslashes, dollar quotes) sends the block to a walk over
its tokens, which knows all of SQL and is slower.
"""

import re
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from masker.spans import gather, join
from masker.sql.tokens import Grammar

Positions = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]

QUOTE, OPEN, CLOSE, COMMA, SEMICOLON, BACKSLASH = b"'(),;\\"
_MARKS = bytes(byte in b"'(),;" for byte in range(256))
_IS_BLANK = np.array([byte in b" \t\r\n" for byte in range(256)])
_CONDITIONAL = re.compile(rb"(?:\s*(?:/\*M?![0-9]*|\*/))+\s*")
_CONDITIONAL_END = re.compile(rb"\s*\*/\Z")
# A wider gap between two tuples is left to the walk.
_GAP = 64
_COMMENT = 1 << 14


@dataclass(frozen=True, slots=True)
class Joint:
    """What may stand between two rows beside a comma: the end of one statement and the head of the next, alike."""

    data: bytes = b""
    events: int = 0
    before: int = 0
    offset: int = 0

    @classmethod
    def of(cls, data: bytes) -> "Joint":
        """The joint with these bytes; an empty one where they are not plain enough to be counted over."""
        if data.count(b";") != 1 or any(mark in data for mark in (b"'", b"\\", b"--", b"/*", b"#", b"$")):
            return cls()
        offset = data.index(b";")
        return cls(data, sum(data.translate(_MARKS)), sum(data[:offset].translate(_MARKS)), offset)


@dataclass(frozen=True, slots=True)
class Tuples:
    """The whole rows at the front of a block: `data[:stop]` holds them and what separates them.

    Cell i is bytes `starts[i]` to `ends[i]`, blanks around it left out; `last` is the index of each row's last cell;
    `opens` and `closes` are where each row's parentheses stand. `quotes` are the positions of all quotes that count,
    `slashes` those of backslashes that escape the byte behind them. `remarked`: a comment stands among the rows.
    """

    stop: int
    starts: Positions
    ends: Positions
    last: Positions
    opens: Positions
    closes: Positions
    quotes: Positions
    slashes: Positions
    remarked: bool = False

    @property
    def widths(self) -> Positions:
        """The number of cells of each row, shape (rows,)."""
        return np.diff(self.last, prepend=-1)


def find_tuples(data: bytes, grammar: Grammar, joint: Joint, *, fresh: bool) -> Tuples:
    """Find the whole rows at the front of `data`, which starts behind `VALUES` (`fresh`) or behind a row."""
    block = np.frombuffer(data, np.uint8)
    slashes = escaping(block, data) if grammar.backslashes else _NONE
    events = np.flatnonzero(np.frombuffer(data.translate(_MARKS), np.bool_))
    if len(slashes):
        escaped = slashes + 1
        escaped = escaped[escaped < len(block)]
        escaped = escaped[block[escaped] == QUOTE]
        if len(escaped):
            counts = np.ones(len(events), np.bool_)
            counts[np.searchsorted(events, escaped)] = False
            events = events[counts]
    kinds = block[events]
    is_quote = kinds == QUOTE
    quotes = events[is_quote]
    # Only whether the count is even matters: that it wraps around does not.
    outside = np.cumsum(is_quote, dtype=np.uint8) & 1 == 0
    outside &= ~is_quote
    found = _rows(data, block, events[outside], kinds[outside], quotes, slashes, joint, fresh)
    if found.stop and _is_plain(data, block, grammar, found, joint):
        return found
    walk = grammar.outside(data)
    block = np.frombuffer(walk.bare, np.uint8)
    kinds = block[walk.events]
    found = _rows(walk.bare, block, walk.events, kinds, walk.quotes, walk.slashes, joint, fresh, gap=_COMMENT)
    found = replace(found, remarked=walk.bare[: found.stop] != data[: found.stop])
    return _unconditional(data, block, found) if grammar.dialect == "mysql" else found


def _unconditional(data: bytes, block: Bytes, found: Tuples) -> Tuples:
    """The cells without the marks of MySQL's conditional comments around them (`/*!50705 0x00, */ 'a'`)."""
    if not len(found.starts):
        return found
    starts, ends = found.starts.copy(), found.ends.copy()
    heads = block[starts]
    for cell in np.flatnonzero((heads == ord("/")) | (heads == ord("*"))).tolist():
        if opened := _CONDITIONAL.match(data, int(starts[cell]), int(ends[cell])):
            starts[cell] = opened.end()
    for cell in np.flatnonzero(block[ends - 1] == ord("/")).tolist():
        if closed := _CONDITIONAL_END.search(data, int(starts[cell]), int(ends[cell])):
            ends[cell] = closed.start()
    return replace(found, starts=starts, ends=ends)


_NONE = np.empty(0, np.int64)


def escaping(block: Bytes, data: bytes) -> Positions:
    """The backslashes that escape: every other one of each run, from its first on."""
    if BACKSLASH not in data:
        return _NONE
    places = np.flatnonzero(block == BACKSLASH)
    begins = np.ones(len(places), np.bool_)
    begins[1:] = np.diff(places) != 1
    if begins.all():
        return places
    index = np.arange(len(places))
    first = np.maximum.accumulate(np.where(begins, index, 0))
    every_other: Positions = places[(index - first) & 1 == 0]
    return every_other


def _rows(
    data: bytes,
    block: Bytes,
    places: Positions,
    kinds: Bytes,
    quotes: Positions,
    slashes: Positions,
    joint: Joint,
    fresh: bool,
    gap: int = _GAP,
) -> Tuples:
    joined = np.empty(0, np.int64)
    semicolons = np.flatnonzero(kinds == SEMICOLON)
    if len(semicolons):
        whole, end = _joints(data, places, semicolons, joint)
        joined = places[semicolons[whole]] - joint.offset
        stays = np.ones(len(places), np.bool_)
        for step in range(joint.events):
            stays[semicolons[whole] - joint.before + step] = False
        if end is not None:
            stays[semicolons[end] :] = False
        places, kinds = places[stays], kinds[stays]
    is_open, is_close, is_comma = kinds == OPEN, kinds == CLOSE, kinds == COMMA
    depth = np.cumsum(is_open.view(np.int8) - is_close.view(np.int8), dtype=np.int32)
    is_open &= depth == 1
    is_close &= depth == 0
    opens, closes = places[is_open], places[is_close]
    count = min(len(opens), len(closes))
    opens, closes = opens[:count], closes[:count]
    count = _unbroken(block, opens, closes, joined, len(joint.data), fresh, gap)
    opens, closes = opens[:count], closes[:count]
    stop = int(closes[-1]) + 1 if count else 0
    inner = is_comma & (depth == 1)
    whole_until = int(np.searchsorted(places, stop))
    starts = places[:whole_until][(is_open | inner)[:whole_until]] + 1
    ending = (is_close | inner)[:whole_until]
    ends = places[:whole_until][ending]
    last = np.flatnonzero(is_close[:whole_until][ending])
    starts, ends = _trimmed(block, starts, ends)
    quotes = quotes[: np.searchsorted(quotes, stop)]
    slashes = slashes[: np.searchsorted(slashes, stop)]
    return Tuples(stop, starts, ends, last, opens, closes, quotes, slashes)


def _joints(data: bytes, places: Positions, semicolons: Positions, joint: Joint) -> tuple[Positions, int | None]:
    """Which of the semicolons belong to a joint, and the first that does not; none counts from there on."""
    begins = places[semicolons] - joint.offset
    size = len(joint.data)
    matches = (begins >= 0) & (begins + size <= len(data)) if size else np.zeros(len(begins), np.bool_)
    if matches.any():
        padded = data + bytes(8)
        words: npt.NDArray[np.int64] = np.ndarray((len(data) + 1,), np.int64, padded, 0, (1,))
        begins = begins[matches]
        same = np.ones(len(begins), np.bool_)
        for step in [*range(0, size - 7, 8), size - 8] if size >= 8 else []:
            same &= words[begins + step] == np.frombuffer(joint.data, np.int64, 1, step)[0]
        matches[matches] = same & (size >= 8)
    wrong = np.flatnonzero(~matches)
    end = int(wrong[0]) if len(wrong) else None
    return np.arange(len(semicolons) if end is None else end), end


def _unbroken(
    block: Bytes, opens: Positions, closes: Positions, joined: Positions, size: int, fresh: bool, gap: int
) -> int:
    """How many rows follow each other with nothing but a comma, blanks, or a joint between them."""
    if not len(opens):
        return 0
    begins = np.append(0, closes[:-1] + 1)
    widths = opens - begins
    fits = (widths == 1) & (block[np.minimum(begins, len(block) - 1)] == COMMA)
    if fresh:
        fits[0] = bool(_IS_BLANK[block[: opens[0]]].all())
    others = np.flatnonzero(~fits)
    if len(others) and len(joined):
        begin = begins[others]
        at = np.minimum(np.searchsorted(joined, begin), len(joined) - 1)
        fits[others] = (joined[at] == begin) & (widths[others] == size)
        others = np.flatnonzero(~fits)
    others = others[1:] if fresh and len(others) and others[0] == 0 else others
    if len(others):
        begin, width = begins[others], widths[others]
        commas, good = np.zeros(len(others), np.int64), (width > 0) & (width <= gap)
        for step in range(min(int(width.max()), gap)):
            inside = step < width
            byte = block[np.minimum(begin + step, len(block) - 1)]
            commas += inside & (byte == COMMA)
            good &= ~inside | (byte == COMMA) | _IS_BLANK[byte]
        fits[others] = good & (commas == 1)
    broken = np.flatnonzero(~fits)
    return int(broken[0]) if len(broken) else len(opens)


def _trimmed(block: Bytes, starts: Positions, ends: Positions) -> tuple[Positions, Positions]:
    if not len(starts):
        return starts, ends
    while (blank := _IS_BLANK[block[starts]] & (starts < ends)).any():
        starts = starts + blank
    while (blank := _IS_BLANK[block[ends - 1]] & (starts < ends)).any():
        ends = ends - blank
    return starts, ends


def _is_plain(data: bytes, block: Bytes, grammar: Grammar, found: Tuples, joint: Joint) -> bool:
    """Whether counting was right: outside of strings stands nothing that gives a quote another meaning.

    Between rows and cells stands nothing else, as was checked; what begins and ends with a quote is one string, or
    `masker.sql.literals` refuses it. So only the other cells have to be looked at.
    """
    joints = int(np.count_nonzero(found.opens - np.append(0, found.closes[:-1] + 1) == len(joint.data)))
    marks = [mark for mark in grammar.turning if _holds(data, block, mark, found.stop, joints * joint.data.count(mark))]
    others = np.flatnonzero((block[found.starts] != QUOTE) | (block[found.ends - 1] != QUOTE)) if marks else _NONE
    if not len(others):
        return True
    bare = join([gather(data, found.starts[others], found.ends[others])]).to_pybytes()
    return not any(mark in bare for mark in marks)


def _holds(data: bytes, block: Bytes, mark: bytes, stop: int, known: int) -> bool:
    """Whether a mark of one or two bytes stands before `stop` more often than `known` (of one byte only)."""
    if len(mark) == 1:
        return data.count(mark, 0, stop) > known
    # Comparing whole blocks is much faster than `in` where the first byte is frequent.
    return bool(((block[: stop - 1] == mark[0]) & (block[1:stop] == mark[1])).any())
