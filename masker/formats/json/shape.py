"""Which shape a JSON file has, told from its beginning: JSON Lines, an array of objects, or another document."""

import itertools
from typing import Literal

import numpy as np

from masker.formats.json.blocks import MAX_RECORD_BYTES
from masker.formats.json.scan import find_events
from masker.streams import InputFile

LINES = (".jsonl", ".ndjson")
_SPACE = b" \t\r\n"
_STEP = 1 << 16

Shape = Literal["lines", "records", "document"]


def shape_of(file: InputFile) -> Shape:
    """`lines` where an object follows the first one, or the name says so; what is no JSON counts as lines too."""
    named = file.path.name.lower().removesuffix(f".{file.compression}").endswith(LINES)
    held = b""
    with file.open() as stream:
        for size in (_STEP << doubled for doubled in itertools.count()):
            more = stream.read(size)
            held += more
            text = held.removeprefix(b"\xef\xbb\xbf").lstrip(_SPACE)
            if text[:1] == b"[":
                inner = text[1:].lstrip(_SPACE)[:1]
                if inner or not more:
                    return "records" if inner in (b"", b"{", b"]") else "document"
            elif text[:1] == b"{" and not named:
                events = find_events(text)
                ends = events.position[events.bracket[np.flatnonzero(events.depth == 0)]]
                rest = text[ends[0] + 1 :].strip(_SPACE) if len(ends) else b""
                if rest:
                    return "lines"
                if not more or len(held) > MAX_RECORD_BYTES:
                    return "document"
            elif text or not more:
                return "lines"
    raise AssertionError("a stream without an end")
