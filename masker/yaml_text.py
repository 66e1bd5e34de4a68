"""Strict YAML: plain mappings, lists and scalars with the line and character of every key; nothing that builds objects.

YAML 1.2 through ruamel.yaml's round-trip reader, which keeps positions. Duplicate keys, anchors, aliases, merge keys
and tags are refused, and what a model refuses is told in masker's words, never with the text that was given.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from masker.errors import Place, UsageError
from masker.known_keys import known_keys

Positions = Mapping[tuple[str, ...], tuple[int, int]]
"""Line and character (both 1-based) of every key by its path."""

_MAX_BYTES = 4 << 20
_PLAIN_TAGS = (None, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_OWN_WORDS = "masker"


@dataclass(frozen=True)
class Kind:
    """What sort of file is read, for its errors: code word, `the …` and `a …`, its first line, the schema command.

    `dates`: unquoted dates are given as the text that they are; else they are refused.
    """

    code: str
    noun: str
    article: str = "a"
    first_line: str = "masker: 1"
    schema: str = ""
    dates: bool = False


@dataclass(frozen=True)
class YamlText:
    """A YAML mapping as plain Python values, and where its keys stand; `tree` may hold data and is in no repr."""

    tree: dict[str, Any] = field(repr=False)
    positions: Positions
    file: str

    def place(self, *path: str) -> Place:
        """The position of the deepest known part of `path`."""
        return place_in(self.positions, self.file, path)


def place_in(positions: Positions, file: str, path: Sequence[str]) -> Place:
    """The position of the deepest known part of `path` in `file`; the file alone where there is none."""
    for end in range(len(path), -1, -1):
        if tuple(path[:end]) in positions:
            line, char = positions[tuple(path[:end])]
            return Place(file=file, line=line, char=char, key=path[end - 1] if end else None)
    return Place(file=file)


def wrong(message: str, hint: str = "") -> PydanticCustomError:
    """What a validator of a model raises: words without a value, which reach the user as they are."""
    return PydanticCustomError(_OWN_WORDS, "{message}", {"message": message, "hint": hint})


def read_yaml(path: Path, kind: Kind) -> YamlText:
    """Read a YAML file of at most 4 MiB; raises `UsageError` of the kind's code word, with the position."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    whole = Place(file=path.name)
    try:
        if path.exists() and not path.is_file():
            raise OSError  # a pipe would be waited for
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UsageError(kind.code, f"the {kind.noun} cannot be read as UTF-8 text", place=whole) from None
    if len(data) > _MAX_BYTES:
        raise UsageError(kind.code, f"the {kind.noun} is larger than 4 MiB", place=whole)
    reader = YAML(typ="rt", pure=True)
    if kind.dates:
        reader.Constructor = _dates_as_text()
    try:
        tree = reader.load(text)
    except RecursionError:
        raise UsageError(kind.code, f"the {kind.noun} nests too deeply", place=whole) from None
    except (YAMLError, ValueError, KeyError, TypeError, AttributeError) as error:
        mark = getattr(error, "problem_mark", None) if isinstance(error, MarkedYAMLError) else None
        place = Place(file=path.name, line=mark.line + 1, char=mark.column + 1) if mark else whole
        told = "a key stands twice" if type(error).__name__ == "DuplicateKeyError" else "this is not valid YAML"
        raise UsageError(kind.code, told, place=place) from None
    if not isinstance(tree, CommentedMap):
        told = f"{kind.article} {kind.noun} is a YAML mapping"
        raise UsageError(kind.code, told, f"begin with `{kind.first_line}`", whole)
    positions: dict[tuple[str, ...], tuple[int, int]] = {(): (1, 1)}
    try:
        return YamlText(_plain(tree, (), kind, path.name, positions), positions, path.name)
    except (TypeError, KeyError, AttributeError):  # a kind of node that no file needs, such as `!!omap`
        raise UsageError(kind.code, "this is more than plain YAML", place=whole) from None


def as_usage_error(error: ValidationError, kind: Kind, model: type[BaseModel], text: YamlText) -> UsageError:
    """The first mistake that a model found , in masker's words and with its position.

    pydantic's own wording can hold the offending input, so each kind of mistake gets words of its own.
    """
    first = error.errors(include_url=False, include_input=False)[0]
    where = tuple(str(step) for step in first["loc"])
    known = next(where[:end] for end in range(len(where), -1, -1) if where[:end] in text.positions)
    messages = {
        "extra_forbidden": "this key is not known here",
        "missing": f"`{where[-1] if where else ''}` is missing",
        "literal_error": "this is not one of the words allowed here",
    }
    message, hint = messages.get(first["type"], "this has the wrong form"), ""
    if first["type"] == "extra_forbidden":
        near = get_close_matches(where[-1], known_keys(model, where[:-1]), n=1)
        hint = f"did you mean `{near[0]}`?" if near else ""
        if not near:  # it may be no misspelt key but a value in the wrong place
            return UsageError(kind.code, message, hint, replace(text.place(*known), key=None))
    if first["type"] == "missing":
        beside = [place[-1] for place in text.positions if place and place[:-1] == where[:-1]]
        if near := get_close_matches(where[-1], beside, n=1):
            known, hint = (*where[:-1], near[0]), f"did you mean `{where[-1]}`?"
    if first["type"] == "literal_error":
        words = re.findall(r"'([^']*)'", str(first.get("ctx", {}).get("expected", "")))
        near = get_close_matches(_said(text.tree, where), words, n=1)
        listed = f"one of: {', '.join(words)}" if words else f"see `{'.'.join(known)}` in `{kind.schema}`"
        hint = f"did you mean `{near[0]}`?" if near else listed
    if first["type"] == _OWN_WORDS:
        message, hint = first["ctx"]["message"], first["ctx"]["hint"]
    return UsageError(kind.code, message, hint, text.place(*known))


def _said(tree: Any, where: Sequence[str]) -> str:
    """The word at `where`, to look for one that is like it; it is never shown."""
    for step in where:
        if isinstance(tree, dict):
            tree = tree.get(step)
        elif isinstance(tree, list) and step.isdigit() and int(step) < len(tree):
            tree = tree[int(step)]
    return tree if isinstance(tree, str) else ""


def _plain(
    node: Any, where: tuple[str, ...], kind: Kind, file: str, positions: dict[tuple[str, ...], tuple[int, int]]
) -> Any:
    """A node as plain Python values; the positions of its keys are added to `positions`."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.scalarint import ScalarInt

    if getattr(getattr(node, "anchor", None), "value", None):
        raise UsageError(kind.code, "anchors and aliases are not allowed", place=Place(file=file))
    place = place_in(positions, file, where)
    if getattr(getattr(node, "tag", None), "value", None) not in _PLAIN_TAGS:
        raise UsageError(kind.code, "tags are not allowed", place=place)
    if isinstance(node, CommentedMap):
        if getattr(node, "merge", None):
            raise UsageError(kind.code, "merge keys are not allowed", place=place)
        for key in node:
            if (*where, str(key)) in positions:  # `1` and `"1"`
                raise UsageError(kind.code, "a key stands twice", place=place)
            line, char = node.lc.key(key)
            positions[(*where, str(key))] = (line + 1, char + 1)
        return {str(key): _plain(value, (*where, str(key)), kind, file, positions) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(value, (*where, str(index)), kind, file, positions) for index, value in enumerate(node)]
    if not isinstance(node, str | int | float | bool | None):
        raise UsageError(kind.code, "this is no text, number or truth value", "put it in quotes", place)
    if isinstance(node, str) and any("\ud800" <= letter <= "\udfff" for letter in node):
        raise UsageError(kind.code, "this text holds half a character", place=place)
    if isinstance(node, ScalarInt) and getattr(node, "_width", None) == 1:  # to ruamel `0` has a leading zero
        return int(node)
    return str(node) if isinstance(node, str) else node


def _dates_as_text() -> type:
    from ruamel.yaml.constructor import RoundTripConstructor
    from ruamel.yaml.nodes import Node

    class Dates(RoundTripConstructor):
        """Leaves dates the text that they are: whether a day exists is for the model to say, with its place."""

    def text(constructor: Dates, node: Node) -> object:
        return constructor.construct_scalar(node)

    Dates.add_constructor("tag:yaml.org,2002:timestamp", text)
    return Dates
