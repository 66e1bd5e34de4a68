"""Builds the word lists of `masker/scan/lists/` that the scan looks values up in.

Run by hand, `python tools/build_scan_lists.py CENSUS GEONAMES`: CENSUS is a folder with the name files of the 1990
census of the United States (`dist.all.last`, `dist.female.first`, `dist.male.first`), GEONAMES a JSON file of GeoNames'
cities of 15,000 people and more. What comes from Faker is what its release has.
"""

import importlib
import json
import pkgutil
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

OUT = Path(__file__).parent.parent / "masker" / "scan" / "lists"
MOST_LAST_NAMES = 12_000
"""The commonest of the census: 73 % of the people in it bear one of them."""
PEOPLED = 50_000
NOT_NAMES = frozenset(
    "true false male female man woman yes no none null unknown test user admin other north south".split()
)
"""Words that are names of people or places too, and mean something else nearly wherever they stand."""

WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[' -](?=[^\W\d_])){0,24}\Z")
FIRST = ("first_names", "first_names_male", "first_names_female", "first_male_names", "first_female_names")
LAST = ("last_names", "last_names_male", "last_names_female", "last_names_masculine", "last_names_feminine")


def folded(words: Iterable[str]) -> list[str]:
    """The words as the scan compares them, sorted, each once."""
    from masker.scan.headers import fold

    kept = (unicodedata.normalize("NFC", word).strip() for word in words)
    return sorted({fold(word) for word in kept if WORD.match(word)} - NOT_NAMES)


def of_faker(attributes: tuple[str, ...]) -> Iterator[str]:
    """Names in all of Faker's lists of people."""
    providers = importlib.import_module("faker.providers.person")
    for module in pkgutil.iter_modules(providers.__path__):
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for attribute in attributes:
            found = getattr(provider, attribute, ())
            yield from map(str, () if isinstance(found, property) else found)


def of_census(folder: Path, name: str, most: int | None = None) -> Iterator[str]:
    """The first words of the census file's lines, which are ordered by frequency."""
    for line in (folder / name).read_text(encoding="ascii").splitlines()[:most]:
        yield line.split()[0].title()


def of_geonames(path: Path) -> Iterator[str]:
    """Names of the cities with enough people, without and with accents."""
    for city in json.loads(path.read_text(encoding="utf-8")).values():
        if city["population"] >= PEOPLED:
            yield city["name"]


def main(census: Path, geonames: Path) -> None:
    """Write the three lists."""
    first = (*of_faker(FIRST), *of_census(census, "dist.female.first"), *of_census(census, "dist.male.first"))
    last = (*of_faker(LAST), *of_census(census, "dist.all.last", MOST_LAST_NAMES))
    OUT.mkdir(exist_ok=True)
    for name, words in (("first_names", first), ("last_names", last), ("cities", of_geonames(geonames))):
        (OUT / f"{name}.txt").write_text("\n".join(folded(words)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
