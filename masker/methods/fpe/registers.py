"""The checks of python-stdnum by the name of their module, with the clock taken out, and how their numbers are built.

`numbers.json` says of every shape of a number (`9` a digit, `A` a letter) which places follow from the others and what
the rest may hold; `tools/build_numbers.py` learned it. Some checks refuse births after today: here today is the end of
2025, for good, since a pseudonym must not depend on the day; later births take the `unreadable` way.
"""

import datetime
import importlib.util
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from math import prod
from types import ModuleType, SimpleNamespace

_LAST_DAY = datetime.date(2025, 12, 31)
CLASSES = {"9": "0123456789", "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
LEAST_DENSITY = 1 / 40
"""The share of numbers within the sets that have right check characters, at least; what the tool holds to."""


class _Date(datetime.date):
    @classmethod
    def today(cls) -> "_Date":
        return cls(_LAST_DAY.year, _LAST_DAY.month, _LAST_DAY.day)


class _Datetime(datetime.datetime):
    @classmethod
    def today(cls) -> "_Datetime":
        return cls(_LAST_DAY.year, _LAST_DAY.month, _LAST_DAY.day)

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> "_Datetime":
        return cls(_LAST_DAY.year, _LAST_DAY.month, _LAST_DAY.day, tzinfo=tz)


@cache
def check_module(name: str) -> ModuleType:
    """A copy of `stdnum.NAME` of masker's own, whose today is fixed; `ModuleNotFoundError` where there is none."""
    spec = importlib.util.find_spec(f"stdnum.{name}")
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for word, value in list(vars(module).items()):
        if value is datetime:
            setattr(module, word, SimpleNamespace(**{**vars(datetime), "date": _Date, "datetime": _Datetime}))
        elif isinstance(value, ModuleType) and value.__name__.startswith("stdnum.") and not hasattr(value, "__path__"):
            setattr(module, word, check_module(value.__name__.removeprefix("stdnum.")))
    return module


@dataclass(frozen=True)
class Build:
    """How numbers of one shape are built: the places `at` follow from the others, `sets` what each place may hold.

    A place with an empty set stays as it is. `call` names the function that tells the check characters and what it is
    given: the `rest` of the number, the `whole`, or `zeros` in their place; None: they are found by trying.
    """

    module: str
    shape: str
    at: tuple[int, ...]
    sets: tuple[str, ...]
    call: tuple[str, str] | None = None

    @property
    def free(self) -> tuple[int, ...]:
        """The places that change by themselves."""
        return tuple(place for place, letters in enumerate(self.sets) if letters)

    @property
    def size(self) -> int:
        """How many numbers the sets make."""
        return prod(len(letters) for letters in self.sets if letters)

    def valid(self, number: str) -> bool:
        """Whether the register would accept a number."""
        try:
            return bool(check_module(self.module).is_valid(number))
        except Exception:  # stdnum raises KeyError and the like at odd input; what breaks a check does not pass it
            return False

    def completed(self, number: str) -> str | None:
        """The valid number that differs from this one in its check characters only; None where there is none."""
        if self.call is not None:
            number = with_letters(number, self.at, self._told(number, *self.call))
            return number if self.valid(number) else None
        # From 9 down: where 97 and 00 both are right, 97 is the one that is given out.
        for letters in product(*(reversed(CLASSES[self.shape[place]]) for place in self.at)):
            tried = with_letters(number, self.at, "".join(letters))
            if self.valid(tried):
                return tried
        return None

    def _told(self, number: str, name: str, given: str) -> str:
        rest = "".join(letter for place, letter in enumerate(number) if place not in self.at)
        zeros = with_letters(number, self.at, "0" * len(self.at))
        try:
            told = str(getattr(check_module(self.module), name)({"rest": rest, "whole": number, "zeros": zeros}[given]))
        except Exception:  # as in `valid`
            told = ""
        fits = len(told) == len(self.at) and all(
            letter in CLASSES[self.shape[place]] for letter, place in zip(told, self.at, strict=True)
        )
        return told if fits else "".join(number[place] for place in self.at)


def with_letters(number: str, at: tuple[int, ...], letters: str) -> str:
    """The number with these characters in these places."""
    out = list(number)
    for place, letter in zip(at, letters, strict=True):
        out[place] = letter
    return "".join(out)


@cache
def builds() -> dict[str, dict[str, Build]]:
    """How the numbers of each module are built, by module and shape."""
    learned = json.loads((files("masker.methods.fpe") / "numbers.json").read_text(encoding="utf-8"))
    return {
        module: {
            shape: Build(module, shape, tuple(each["at"]), tuple(each["sets"]), tuple(each.get("call", ())) or None)
            for shape, each in shapes.items()
        }
        for module, shapes in learned.items()
    }
