"""Kinds: the numbers that one infotype covers, each with its own shape and check; one file each, or one line of data.

`national_id` is the German, the Brazilian and every other country's number. A column is judged by one kind at a time:
a value that any of sixty checks accepts says nothing, since random digits pass one in ten of most of them.
"""

import importlib
import pkgutil
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

CLASS_A, CLASS_B = 0.02, 0.12
"""Accidental acceptance up to which a check decides alone, and up to which it helps."""


def accept(value: str) -> bool:
    """The check of kinds that have none beyond their pattern."""
    return True


@dataclass(frozen=True)
class Kind:
    """One kind of value below an infotype: how it is written, what confirms it, how often chance passes.

    `pattern` is an anchored linear-time expression over a folded value; `validate` confirms what matches. `shape`
    draws random values of the same writing: `#` a digit, `@` a capital, `?` either, all else itself. `accident` is the
    share of them that pattern and check accept, at most. `telling`: nothing else is written like this (dashes after
    three and two digits), so that the writing counts like a check of class B. `register` is the module of python-stdnum
    that checks it ("": none).
    """

    name: str
    title: str
    pattern: str
    shape: str
    accident: float
    validate: Callable[[str], bool] = accept
    telling: bool = False
    sources: tuple[str, ...] = ()
    register: str = ""

    @property
    def letter(self) -> Literal["A", "B", "C"]:
        """A decides alone, B helps, C needs a header or a table of people."""
        if self.accident <= CLASS_A:
            return "A"
        return "B" if self.accident <= CLASS_B or self.telling else "C"

    def accepts(self, value: str) -> bool:
        """Whether a folded value has the writing and passes the check."""
        return _compiled(self.pattern).fullmatch(value) is not None and self.validate(value)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def kinds_of(package: str) -> tuple[Kind, ...]:
    """All kinds of an infotype's package, by name: `KIND` of its modules, and the lines of its `stdnum.toml`."""
    found = [
        importlib.import_module(f"{package}.{module.name}").KIND
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__)
        if not module.name.startswith("_")
    ]
    data = files(package) / "stdnum.toml"
    if data.is_file():
        found += [_of_stdnum(**line) for line in tomllib.loads(data.read_text(encoding="utf-8"))["kind"]]
    return tuple(sorted(found, key=lambda kind: kind.name))


def _of_stdnum(
    *, name: str, title: str, module: str, pattern: str, shape: str, accident: float, source: str, telling: bool = False
) -> Kind:
    return Kind(name, title, pattern, shape, accident, checked_by(module), telling, (source,), module)


def checked_by(module: str) -> Callable[[str], bool]:
    """A check of python-stdnum by the name of its module (`br.cpf`), loaded at its first use, that never raises."""

    def validate(value: str) -> bool:
        try:
            return bool(importlib.import_module(f"stdnum.{module}").is_valid(value))
        except Exception:  # stdnum raises KeyError and the like at odd input; what breaks a check does not pass it
            return False

    return validate


def any_of(kinds: tuple[Kind, ...]) -> Callable[[str], bool]:
    """Whether some kind accepts a value."""

    def validate(value: str) -> bool:
        return any(kind.accepts(value) for kind in kinds)

    return validate


def pattern_of(kinds: tuple[Kind, ...]) -> str:
    """The writing of any of the kinds as one expression."""
    return "|".join(dict.fromkeys(f"(?:{kind.pattern})" for kind in kinds))


def weighed(digits: str, weights: tuple[int, ...]) -> int:
    """The sum of the digits by their weights: what most check digits are made of."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
