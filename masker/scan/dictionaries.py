"""Word lists of first names, last names, cities, regions and countries, for shares of values that are in them.

The lists are the pools that fakes are drawn from (`masker/words/v1`) and those of `masker/scan/lists`, sources there;
all locales count together, since a table's locale is not known. Folded: case and accents do not matter.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from masker import words
from masker.scan.headers import fold

_POOLS = {"first names": ("female_first_names", "male_first_names"), "last names": ("last_names",)}
_LISTS = {"first names": "first_names.txt", "last names": "last_names.txt", "cities": "cities.txt"}
_COLUMNS = {"cities": ("city",), "regions": ("region", "region_code")}


def quick_fold(text: str) -> str:
    """`fold`, without its price for plain ASCII."""
    return text.casefold() if text.isascii() else fold(text)


@cache
def dictionary(name: str) -> frozenset[str]:
    """The folded words of `first names`, `last names`, `cities`, `regions` or `countries`; else `KeyError`."""
    return frozenset(quick_fold(word) for word in _entries(name)) | frozenset(_listed(name))


def _listed(name: str) -> list[str]:
    """The words of a list, folded already."""
    return (
        (files("masker.scan") / "lists" / _LISTS[name]).read_text(encoding="utf-8").splitlines()
        if name in _LISTS
        else []
    )


def _entries(name: str) -> Iterator[str]:
    if name == "countries":
        yield from words.countries().to_pylist()
        return
    for locale in words.locales():
        for pool in _POOLS.get(name, ()):
            yield from words.pool(locale, pool).to_pylist()
        if name not in _POOLS:
            for column in _COLUMNS[name]:
                # Some countries number their regions: a number is no word.
                yield from (word for word in words.places(locale)[column].to_pylist() if not word.isdigit())


def share(values: tuple[str, ...], name: str) -> float:
    """The share of values that are in the dictionary as a whole; 0.0 for no values.

    >>> share(("Berlin", "BERLIN", "widget"), "cities") > 0.6
    True
    """
    known = dictionary(name)
    return sum(quick_fold(value).strip() in known for value in values) / len(values) if values else 0.0


def person_share(values: tuple[str, ...]) -> float:
    """The share of values of two to five words that hold a first name and a last name, in any order.

    >>> person_share(("Anna Müller", "WEBER, Hans", "Blue Shirt", "Anna"))
    0.5
    """
    first, last = dictionary("first names"), dictionary("last names")
    hits = 0
    for value in values:
        parts = quick_fold(value).replace(",", " ").replace(".", " ").split()
        if 2 <= len(parts) <= 5:
            given = [part in first for part in parts]
            family = [part in last for part in parts]
            hits += any(g and any(family[:at] + family[at + 1 :]) for at, g in enumerate(given))
    return hits / len(values) if values else 0.0
