"""The weights of the scan's evidence: log-odds in one readable file, `weights.toml`, loaded once."""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

Table = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds by group and name; `words` are the word lists that carry them, as folded tokens."""

    header: Table
    value: Table
    context: Table
    clean: Table
    people: Table
    beside: Table
    default: Table
    infotypes: Mapping[str, Table]
    ambiguous: frozenset[str]
    words: Mapping[str, frozenset[str]]

    def of(self, infotype: str, name: str) -> float:
        """The infotype's own weight of that name, else the default one, else 0."""
        return self.infotypes.get(infotype, {}).get(name, self.default.get(name, 0.0))


_in_use: list[Weights] = []


def weights() -> Weights:
    """Those of `weights.toml`, or what `using` says."""
    return _in_use[-1] if _in_use else _loaded()


@contextmanager
def using(other: Weights) -> Iterator[None]:
    """Let a scan in this process weigh by `other`: for fitting, in one thread."""
    _in_use.append(other)
    try:
        yield
    finally:
        _in_use.pop()


def as_weights(raw: Mapping[str, Any]) -> Weights:
    """The weights of a file's tree; numbers may be any that add and multiply."""
    return Weights(
        header=raw["header"],
        value=raw["value"],
        context=raw["context"],
        clean=raw["clean"],
        people=raw["people"],
        beside=raw["beside"],
        default=raw["default"],
        infotypes=raw["infotype"],
        ambiguous=frozenset(phrase.strip() for phrase in raw["ambiguous"]["phrases"].split(",")),
        words={name: frozenset(words.split()) for name, words in raw["words"].items()},
    )


@cache
def _loaded() -> Weights:
    return as_weights(tomllib.loads((files("masker.scan") / "weights.toml").read_text(encoding="utf-8")))
