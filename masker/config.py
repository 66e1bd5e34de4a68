"""Where settings come from: the user's config folder, and `masker.yaml` or `[tool.masker]` found upwards."""

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from masker.errors import Place, UsageError

SETTINGS = frozenset(
    "profile agreement purpose expires recipient reference key_file key_command engine jobs encoding delimiter "
    "trusted_signers ner".split()
)


@dataclass(frozen=True)
class Config:
    """The project's settings: defaults for options by name; public signing keys (base64) by names of the owner's."""

    options: Mapping[str, Any] = field(default_factory=dict)
    trusted_signers: Mapping[str, str] = field(default_factory=dict)


def config_folder() -> Path:
    """The user's folder for the signing key and trusted signers: `MASKER_CONFIG_DIR`, else XDG's `masker` folder."""
    if chosen := os.environ.get("MASKER_CONFIG_DIR"):
        return Path(chosen)
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "masker"


def data_folder() -> Path:
    """The user's folder for the ledger: XDG's `masker` folder for data."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "masker"


def project_config(start: Path) -> Config:
    """The nearest `masker.yaml`, else `pyproject.toml` with `[tool.masker]`, from `start` upwards; empty if none.

    Raises `UsageError` (`usage`) where it cannot be read or has a setting that masker does not know.
    """
    for folder in (start, *start.parents):
        if (path := folder / "masker.yaml").is_file():
            return _checked(_yaml(path), path)
        if (path := folder / "pyproject.toml").is_file():
            settings = _toml(path).get("tool", {}).get("masker")
            if settings is not None:
                return _checked(settings, path)
    return Config()


def _checked(settings: object, path: Path) -> Config:
    place = Place(file=path.name)
    if not isinstance(settings, dict):
        raise UsageError("usage", "the settings are no mapping", place=place)
    unknown = sorted(set(map(str, settings)) - SETTINGS)
    if unknown:
        raise UsageError("usage", "a setting is not known", f"known: {', '.join(sorted(SETTINGS))}", place)
    signers = settings.get("trusted_signers") or {}
    if not isinstance(signers, dict) or not all(isinstance(value, str) for value in signers.values()):
        raise UsageError("usage", "`trusted_signers` maps names to base64 public keys", place=place)
    for name in ("key_command", "ner"):  # a command is run, and so may be what a model's file holds
        if name in settings and not _is_mine(path):
            message = f"`{name}` stands in settings that somebody else may write"
            raise UsageError(
                "usage", message, f"`chmod go-w` the file, or say it with `--{name.replace('_', '-')}`", place
            )
    options = {name: value for name, value in settings.items() if name != "trusted_signers"}
    return Config(options, {str(name): value for name, value in signers.items()})


def _is_mine(path: Path) -> bool:
    """Whether only this user (or root) decides what stands in a file: what it names is run."""
    status = path.stat()
    return status.st_uid in (os.geteuid(), 0) and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _yaml(path: Path) -> object:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(path.read_text("utf-8")) or {}
    except (OSError, ValueError, RecursionError, YAMLError):
        raise UsageError("usage", "the settings cannot be read", place=Place(file=path.name)) from None


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise UsageError("usage", "the settings cannot be read", place=Place(file=path.name)) from None
