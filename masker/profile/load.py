"""Reads profiles from YAML with the line and character of every mistake; duplicate keys, aliases and tags are refused.

The YAML itself is `yaml_text`'s: strict, with positions.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from masker.errors import KeyUnusable, Place, UsageError, shown
from masker.profile import Profile
from masker.profile.lookups import with_tables
from masker.registry import Registry
from masker.yaml_text import Kind, Positions, as_usage_error, place_in, read_yaml

_KIND = Kind("profile", "profile", schema="masker show profile-schema")
# What speaks of one profile alone, or must be said anew by everyone; the agreement is inherited with its place.
_NOT_INHERITED = {
    *("name", "owner", "summary", "keeps", "loses", "undecided", "tables", "tests", "agreement", "statements")
}
_BUILT_IN_FOLDERS = (Path(__file__).parents[1] / "profiles", Path(__file__).parents[2] / "profiles")


@dataclass(frozen=True)
class LoadedProfile:
    """A profile with where its lines stand: `place("tables", "customers", "columns", "email")` for errors.

    `path` is the file itself and `agreement` the path of the agreement file that it names, or that what it extends
    names ("": none).
    """

    profile: Profile
    file: str
    positions: Positions
    built_in: bool
    path: Path = Path()
    agreement: str = ""

    def place(self, *path: str) -> Place:
        """The position of the deepest known part of `path` in the profile's file."""
        return place_in(self.positions, self.file, path)

    def require_key(self, *, ephemeral: bool) -> None:
        """Raise `KeyUnusable` where the profile wants a key that nobody keeps, and the run has another one."""
        if self.profile.key == "ephemeral" and not ephemeral:
            message = f"the profile {shown(self.profile.name)} makes pseudonyms by no key that is kept"
            raise KeyUnusable("key", message, "run it without a key file: the key is then drawn and forgotten")

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the merged profile: it holds rules and names, no value and no path."""
        rules = self.profile.model_dump(mode="json", by_alias=True, exclude={"agreement", "tests"})
        text = json.dumps(rules, sort_keys=True, ensure_ascii=False)
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
    text = read_yaml(path, _KIND)
    tree, agreement = with_tables(text.tree, path.parent, text.positions, path.name), ""
    if isinstance(tree.get("extends"), str):
        loaded = _load(tree["extends"], (*chain, path.as_posix()))
        base, agreement = loaded.profile, loaded.agreement
        inherited = base.model_dump(exclude=_NOT_INHERITED)
        inherited = {key: value for key, value in inherited.items() if key in base.model_fields_set or key == "locale"}
        own_ways = tree.get("infotypes")
        merged = {**inherited.get("infotypes", {}), **(own_ways if isinstance(own_ways, dict) else {})}
        tree = {**inherited, **tree, "infotypes": merged if isinstance(own_ways, dict | None) else own_ways}
    try:
        profile = Profile.model_validate(tree)
    except ValidationError as error:
        raise as_usage_error(error, _KIND, Profile, text) from None
    if profile.agreement is not None:
        # Named from where the profile lies, so that it is the same one wherever masker runs.
        agreement = str(path.parent / profile.agreement)
    return LoadedProfile(profile, path.name, text.positions, built_in, path, agreement)


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


def require_known(registry: Registry[Any], name: str, place: Place) -> None:
    """Raise `UsageError` (`unknown-name`) at `place` where the registry has no such name, with a near match."""
    if name in registry:
        return
    near = get_close_matches(name, list(registry), n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"`masker show {registry.kind}s` lists them"
    raise UsageError("unknown-name", f"there is no {registry.kind} of that name", hint, place)
