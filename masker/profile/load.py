"""Reads profiles from YAML with the line and character of every mistake; duplicate keys, aliases and tags are refused.

YAML 1.2 through ruamel.yaml's round-trip reader, which keeps positions and comments.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from masker.errors import Place, UsageError
from masker.profile import Profile
from masker.registry import Registry

_MAX_BYTES = 4 << 20
_PLAIN_TAGS = (None, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_BUILT_IN_FOLDERS = (Path(__file__).parents[1] / "profiles", Path(__file__).parents[2] / "profiles")


@dataclass(frozen=True)
class LoadedProfile:
    """A profile with where its lines stand: `place("tables", "customers", "columns", "email")` for errors."""

    profile: Profile
    file: str
    positions: Mapping[tuple[str, ...], tuple[int, int]]
    built_in: bool

    def place(self, *path: str) -> Place:
        """The position of the deepest known part of `path` in the profile's file."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.positions:
                line, char = self.positions[path[:end]]
                return Place(file=self.file, line=line, char=char)
        return Place(file=self.file)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the merged profile: it holds rules and names, no value."""
        text = json.dumps(self.profile.model_dump(mode="json", by_alias=True), sort_keys=True, ensure_ascii=False)
        return sha256(text.encode()).hexdigest()


def built_in_names() -> tuple[str, ...]:
    """The names of the profiles that ship with masker."""
    return tuple(sorted({path.stem for folder in _BUILT_IN_FOLDERS for path in folder.glob("*.yaml")}))


def load_profile(name: str) -> LoadedProfile:
    """Load a built-in profile by its name, or a file by its path; raises `UsageError` (`profile`) with the position."""
    return _load(name, ())


def _load(name: str, chain: tuple[str, ...]) -> LoadedProfile:
    path, built_in = _find(name, chain)
    if path.as_posix() in chain:
        raise UsageError("profile", "profiles extend each other in a circle", place=Place(file=path.name))
    tree, positions = _read(path)
    if isinstance(tree.get("extends"), str):
        base = _load(tree["extends"], (*chain, path.as_posix())).profile
        inherited = base.model_dump(exclude={"name", "owner", "summary", "keeps", "loses", "undecided", "tables"})
        inherited = {key: value for key, value in inherited.items() if key in base.model_fields_set or key == "locale"}
        own_ways = tree.get("infotypes")
        merged = {**inherited.get("infotypes", {}), **(own_ways if isinstance(own_ways, dict) else {})}
        tree = {**inherited, **tree, "infotypes": merged if isinstance(own_ways, dict | None) else own_ways}
    try:
        profile = Profile.model_validate(tree)
    except ValidationError as error:
        raise _as_usage_error(error, path, positions) from None
    return LoadedProfile(profile, path.name, positions, built_in)


def _find(name: str, chain: Sequence[str]) -> tuple[Path, bool]:
    if name in built_in_names():
        return next(path for folder in _BUILT_IN_FOLDERS if (path := folder / f"{name}.yaml").is_file()), True
    path = Path(chain[-1]).parent / name if chain else Path(name)
    try:
        if path.is_file():
            return path, False
    except OSError:  # no name of a file: too long, say
        pass
    near = get_close_matches(name, built_in_names(), n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"a path, or one of: {', '.join(built_in_names())}"
    raise UsageError("profile", "there is no such profile", hint)


def _read(path: Path) -> tuple[dict[str, Any], dict[tuple[str, ...], tuple[int, int]]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UsageError("profile", "the profile cannot be read as UTF-8 text", place=Place(file=path.name)) from None
    if len(data) > _MAX_BYTES:
        raise UsageError("profile", "the profile is larger than 4 MiB", place=Place(file=path.name))
    try:
        tree = YAML(typ="rt", pure=True).load(text)
    except RecursionError:
        raise UsageError("profile", "the profile nests too deeply", place=Place(file=path.name)) from None
    except (YAMLError, ValueError, KeyError, TypeError, AttributeError) as error:
        mark = getattr(error, "problem_mark", None) if isinstance(error, MarkedYAMLError) else None
        place = Place(file=path.name, line=mark.line + 1, char=mark.column + 1) if mark else Place(file=path.name)
        kind = "a key stands twice" if type(error).__name__ == "DuplicateKeyError" else "this is not valid YAML"
        raise UsageError("profile", kind, place=place) from None
    if not isinstance(tree, CommentedMap):
        raise UsageError("profile", "a profile is a YAML mapping", "begin with `masker: 1`", Place(file=path.name))

    positions: dict[tuple[str, ...], tuple[int, int]] = {(): (1, 1)}

    def plain(node: Any, where: tuple[str, ...]) -> Any:
        if getattr(getattr(node, "anchor", None), "value", None):
            raise UsageError("profile", "anchors and aliases are not allowed", place=Place(file=path.name))
        if getattr(getattr(node, "tag", None), "value", None) not in (
            None,
            "tag:yaml.org,2002:map",
            "tag:yaml.org,2002:seq",
        ):
            raise UsageError("profile", "tags are not allowed", place=place_of(where))
        if isinstance(node, CommentedMap):
            if getattr(node, "merge", None):
                raise UsageError("profile", "merge keys are not allowed", place=place_of(where))
            for key in node:
                line, char = node.lc.key(key)
                positions[(*where, str(key))] = (line + 1, char + 1)
            return {str(key): plain(value, (*where, str(key))) for key, value in node.items()}
        if isinstance(node, CommentedSeq):
            return [plain(value, (*where, str(index))) for index, value in enumerate(node)]
        if not isinstance(node, str | int | float | bool | None):
            raise UsageError("profile", "this is no text, number or truth value", "put it in quotes", place_of(where))
        if isinstance(node, str) and any("\ud800" <= letter <= "\udfff" for letter in node):
            raise UsageError("profile", "this text holds half a character", place=place_of(where))
        return node

    def place_of(where: tuple[str, ...]) -> Place:
        known = next(where[:end] for end in range(len(where), -1, -1) if where[:end] in positions)
        return Place(file=path.name, line=positions[known][0], char=positions[known][1])

    try:
        return plain(tree, ()), positions
    except (TypeError, KeyError, AttributeError):  # a kind of node that no profile needs, such as `!!omap`
        raise UsageError("profile", "this is more than plain YAML", place=Place(file=path.name)) from None


def _as_usage_error(
    error: ValidationError, path: Path, positions: Mapping[tuple[str, ...], tuple[int, int]]
) -> UsageError:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = tuple(str(step) for step in first["loc"])
    known = next(where[:end] for end in range(len(where), -1, -1) if where[:end] in positions)
    line, char = positions[known]
    place = Place(file=path.name, line=line, char=char)
    # pydantic's own wording can hold the offending input, so each kind of mistake gets masker's words.
    messages = {
        "extra_forbidden": "this key is not known here",
        "missing": f"`{where[-1] if where else ''}` is missing",
        "literal_error": "this is not one of the words allowed here",
    }
    message = messages.get(first["type"], "this has the wrong form")
    hint = ""
    if first["type"] == "extra_forbidden":
        near = get_close_matches(where[-1], Profile.model_fields, n=1)
        hint = f"did you mean `{near[0]}`?" if near else ""
    if first["type"] == "literal_error":
        hint = f"see `{'.'.join(known)}` in `masker show profile-schema`"
    return UsageError("profile", message, hint, place)


def require_known(registry: Registry[Any], name: str, place: Place) -> None:
    """Raise `UsageError` (`unknown-name`) at `place` where the registry has no such name, with a near match."""
    if name in registry:
        return
    near = get_close_matches(name, list(registry), n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"`masker show {registry.kind}s` lists them"
    raise UsageError("unknown-name", f"there is no {registry.kind} of that name", hint, place)
