"""How many rows of a table a JSON document has, counted in what msgspec decodes, with no code of the reader's."""

from pathlib import Path

import msgspec

from masker.verify.document_places import ELEMENT, MEMBER, Places, Spot
from masker.verify.json_chunks import line_chunks
from masker.verify.opening import utf8_blocks


def counted(path: Path, places: Places, table: int) -> int:
    """The rows of a table, by going down into decoded values along its steps."""
    ((spot, kind),) = [key for key, number in places.tables.items() if number == table]
    trail = _trail(places.root, spot)
    if places.lines:
        decoder = msgspec.json.Decoder()
        chunks = line_chunks(utf8_blocks(path))
        return sum(_under(value, trail, kind, places.root, None) for c in chunks for value in decoder.decode_lines(c))
    value = msgspec.json.decode(b"".join(utf8_blocks(path)))
    return _under(value, trail, kind, places.root, None) if trail else 1


def _trail(spot: Spot, wanted: int) -> list[str]:
    """The steps from a place down to another."""
    for step, each in spot.below.items():
        if each.number == wanted:
            return [step]
        if found := _trail(each, wanted):
            return [step, *found]
    return []


def _under(value: object, trail: list[str], wanted: str | None, spot: Spot, kind: str | None) -> int:
    if spot.is_row and spot.word >= 0:
        kind = _word(value, _trail(spot, spot.word))
    if not trail:
        return int(kind == wanted)
    step, rest = trail[0], trail[1:]
    inner: list[object] = []
    if step == ELEMENT:
        inner = value if isinstance(value, list) else []
    elif isinstance(value, dict):
        inner = [*value.values()] if step == MEMBER else [value[step[1:]]] if step[1:] in value else []
    return sum(_under(each, rest, wanted, spot.below[step], kind) for each in inner)


def _word(value: object, trail: list[str]) -> str | None:
    for step in trail:
        value = value.get(step[1:]) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None
