"""The weights of the scan's evidence: log-odds in one readable file, `weights.toml`, loaded once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

Table = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds by group and name; `words` are the word lists that carry them, as folded tokens."""

    header: Table
    value: Table
    context: Table
    clean: Table
    people: Table
    default: Table
    infotypes: Mapping[str, Table]
    ambiguous: frozenset[str]
    words: Mapping[str, frozenset[str]]

    def of(self, infotype: str, name: str) -> float:
        """The infotype's own weight of that name, else the default one, else 0."""
        return self.infotypes.get(infotype, {}).get(name, self.default.get(name, 0.0))


@cache
def weights() -> Weights:
    """Load `weights.toml`."""
    raw = tomllib.loads((files("masker.scan") / "weights.toml").read_text(encoding="utf-8"))
    return Weights(
        header=raw["header"],
        value=raw["value"],
        context=raw["context"],
        clean=raw["clean"],
        people=raw["people"],
        default=raw["default"],
        infotypes=raw["infotype"],
        ambiguous=frozenset(phrase.strip() for phrase in raw["ambiguous"]["phrases"].split(",")),
        words={name: frozenset(words.split()) for name, words in raw["words"].items()},
    )
