"""Infotypes: what a value is. One file each; this one says what a file must tell and how fakes are drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.infotypes._kinds import Kind
from masker.registry import Registry

Words = npt.NDArray[np.uint64]


class Draws(Protocol):
    """Keyed draws for the rows of one column: 128 bits a row as two uint64 words, shape (n, 2); pure, repeatable.

    `person` depends on whose row it is (the subject's key where the column has one and it is not NULL, else the
    value); `value` depends on the column's canonical value. Rows with a NULL value hold unspecified bits.
    """

    @property
    def person(self) -> Words:
        """Bits that every record of the same person shares."""
        ...

    @property
    def value(self) -> Words:
        """Bits that every record of the same value shares."""
        ...


class Fake(Protocol):
    """Makes a realistic column of the infotype.

    `column` is the original as text (for style: case, separators; its letters must not shine through), `given` other
    columns of the row by role (`gender`, `country`), `locale` like `de_DE`. Gives n strings: NULL where `column` is.
    """

    def __call__(self, draws: Draws, column: pa.Array, given: Mapping[str, pa.Array], locale: str) -> pa.Array:
        """Draw the column."""
        ...


def as_text(column: pa.Array) -> pa.Array:
    """The identity: the canonical form of infotypes whose text is used as it stands."""
    return column


@dataclass(frozen=True)
class Infotype:
    """What a value is, how it is recognised, and how a realistic one is made.

    `headers` maps a language to header words (lower case, words separated by blanks: "first name"); `not_headers`
    are header words that speak against it. `pattern` is an anchored linear-time regular expression over a folded
    value; `validate` confirms a value that matches; `accident` is the share of random values of the same shape that
    pass both. `canonical` maps a text column to its canonical text column (NULL stays; NULL too where the value
    cannot be read as this infotype; `reads_all` says that there is no such value). `by_subject`: rows of one person
    share it. `direct`: it alone identifies a person. `quasi`: it identifies in combination. `space` is how many fakes
    a value may equally likely become, at least, `widest` how many characters the longest fake has. `compact` makes
    fakes for narrow columns, of `widest_compact` characters at most, where the infotype has a shorter form. `role` is
    the name under which other infotypes' fakes read a column of this one through `given` ("" if none). `kinds` are the
    numbers that it covers, where they are many: `pattern` and `validate` are then those of any of them, and a column is
    judged by one kind at a time.
    """

    name: str
    title: str
    group: Literal["contact", "web", "money", "state", "person", "special", "secret", "key", "text", "other"]
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_headers: tuple[str, ...] = ()
    pattern: str | None = None
    validate: Callable[[str], bool] | None = None
    accident: float = 1.0
    canonical: Callable[[pa.Array], pa.Array] = as_text
    reads_all: bool = False
    fake: Fake | None = None
    space: float = 100.0
    widest: int | None = None
    compact: Fake | None = None
    widest_compact: int | None = None
    by_subject: bool = False
    direct: bool = False
    quasi: bool = False
    role: str = ""
    sources: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()


INFOTYPES: Registry[Infotype] = Registry("infotype", "masker.infotypes", "INFOTYPE")
