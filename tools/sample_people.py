"""Invents the people of the sample: repeatable draws and a person made of one country's words."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from tools import sample_checks as checks
from tools.sample_words import COUNTRIES, Country

T = TypeVar("T")


class Draw:
    """Repeatable draws from `random.random()` alone, whose sequence Python promises to keep for a seed."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed).random

    def below(self, n: int) -> int:
        return int(self._random() * n)

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)

    def one(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def share(self, part: float) -> bool:
        return self._random() < part

    def digits(self, n: int) -> str:
        return "".join(str(self.below(10)) for _ in range(n))

    def fill(self, pattern: str) -> str:
        return "".join(str(self.below(10)) if letter == "#" else letter for letter in pattern)

    def text(self, alphabet: str, n: int) -> str:
        return "".join(self.one(alphabet) for _ in range(n))

    def day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.below((last - first).days + 1))


@dataclass(frozen=True)
class Person:
    """One invented person with what every export may know of them."""

    country: Country
    gender: str
    first: str
    last: str
    email: str
    phone: str
    street: str
    city: str
    postal: str
    region: str
    born: date

    @property
    def username(self) -> str:
        return checks.ascii_letters(self.first)[:1] + checks.ascii_letters(self.last)[:9]


def person(draw: Draw, number: int, domain: str) -> Person:
    """Invent a person; `number` makes the e-mail address unique within `domain`."""
    country = draw.one((*COUNTRIES, COUNTRIES[1]))
    gender = "f" if draw.share(0.5) else "m"
    first = draw.one(country.female if gender == "f" else country.male)
    last = draw.one(country.family)
    place = draw.one(country.places)
    local = f"{checks.ascii_letters(first)}.{checks.ascii_letters(last)}{number if draw.share(0.6) else f'.{number}'}"
    street = country.street_style.format(street=draw.one(country.streets), number=draw.between(1, 180))
    return Person(
        country,
        gender,
        first,
        last,
        f"{local}@{domain}",
        draw.fill(draw.one(country.phones)),
        street,
        place.city,
        draw.fill(place.postal),
        place.region,
        draw.day(date(1944, 1, 1), date(2006, 12, 31)),
    )
