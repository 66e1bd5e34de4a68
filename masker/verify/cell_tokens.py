"""The values inside of JSON cells, beside those of the copy's cells: token by token, every other byte the same."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]

from masker.errors import InputError
from masker.paths import ANY, EACH, Step
from masker.verify.document_tokens import tokens

OTHERS, UNREADABLE = -1, -2
_DEEPEST = 200


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value of SOURCE and what stands there in the copy (None: null); `same`: written alike, byte for byte.

    `path` is the number of the path that leads there, `OTHERS` where none does, `UNREADABLE` for a whole cell.
    """

    path: int
    before: str | None
    after: str | None
    same: bool


class ChangedError(Exception):
    """The copy's cell has another structure, or other bytes around its values."""


def leaves(before: str, after: str, paths: Sequence[tuple[Step, ...]]) -> Iterator[Leaf]:
    """The values of one cell in order; `false`, `true` and `null` at no path have to stay.

    Raises `ChangedError`.
    """
    places = _places(before, paths)
    if places is None:
        yield Leaf(UNREADABLE, before, after, before == after)
        return
    try:
        old, new = [*tokens(iter([before.encode()]))], [*tokens(iter([after.encode()]))]
    except (InputError, UnicodeError):
        raise ChangedError from None
    if len(old) != len(new):
        raise ChangedError
    at = 0
    for place, (one, other) in zip(_of_tokens(old, places), zip(old, new, strict=True), strict=True):
        if place is None:
            if one != other:
                raise ChangedError
            continue
        at += 1
        if other[:1] in b"{}[]:, ":
            raise ChangedError
        yield Leaf(place, _text(one), _text(other), one == other)


def _of_tokens(found: list[bytes], places: list[int | None]) -> Iterator[int | None]:
    """For each token the path of the value that it is; None for structure, keys, and words that have to stay."""
    values = iter(places)
    is_object: list[bool] = []
    key = False
    for token in found:
        if token[:1] in b"{[":
            is_object.append(token == b"{")
            key = is_object[-1]
            yield None
        elif token[:1] in b"}]":
            is_object.pop()
            key = False
            yield None
        elif token == b"," or token == b":":
            key = bool(is_object) and is_object[-1] and token == b","
            yield None
        elif token[:1].isspace() or key:
            yield None
        else:
            yield next(values)


def _text(token: bytes) -> str | None:
    if token[:1] == b'"':
        return str(scanstring(token.decode(), 1, True)[0])
    return None if token == b"null" else token.decode()


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


class _UnreadableError(Exception):
    """The cell is no JSON, or something else stands where a path says that a value is."""


class _Pairs(list[tuple[str, object]]):
    """An object: its members in order."""


def _pairs(members: list[tuple[str, object]]) -> _Pairs:
    if len({name for name, _ in members}) != len(members):
        raise _UnreadableError
    return _Pairs(members)


def _refuse(_: str) -> object:
    raise _UnreadableError


def _places(cell: str, paths: Sequence[tuple[Step, ...]]) -> list[int | None] | None:
    """The path of each value in order (None: a word that stays); None for a cell that cannot be read."""
    found: list[int | None] = []
    try:
        tree = json.loads(
            cell, parse_int=_Number, parse_float=_Number, parse_constant=_refuse, object_pairs_hook=_pairs
        )
        _walk(tree, [(number, steps) for number, steps in enumerate(paths)], found, 0)
    except (_UnreadableError, ValueError, RecursionError):
        return None
    return found


def _walk(value: object, alive: list[tuple[int, tuple[Step, ...]]], found: list[int | None], depth: int) -> None:
    if depth > _DEEPEST:
        raise _UnreadableError
    ends = [number for number, steps in alive if not steps]
    on = [steps[0] for _, steps in alive if steps]
    if isinstance(value, list):
        named = isinstance(value, _Pairs)
        if ends or (on and not any(isinstance(step, str) == named for step in on)):
            raise _UnreadableError
        for index, each in enumerate(value):
            here: Step = each[0] if named else index
            exact = [(number, steps[1:]) for number, steps in alive if steps[:1] == (here,)]
            every = EACH if named else ANY
            wild = [(number, steps[1:]) for number, steps in alive if steps[:1] == (every,)]
            _walk(each[1] if named else each, exact or wild, found, depth + 1)
        return
    if value is None:
        found.append(ends[-1] if ends else None)
        return
    if on:
        raise _UnreadableError
    if isinstance(value, bool):
        if ends:
            raise _UnreadableError
        found.append(None)
        return
    if any("\ud800" <= letter <= "\udfff" for letter in str(value)):
        raise _UnreadableError
    found.append(ends[-1] if ends else OTHERS)
