"""The fake place of a row: one row of the gazetteer by `draws.person`; its city, region and postal code agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker import words
from masker.infotypes import Draws
from masker.infotypes._draw import Indices, index
from masker.infotypes._person import PLACE, POSTAL
from masker.infotypes._style import in_every_look


@dataclass(frozen=True)
class Gazetteer:
    """The places of all locales one after the other: names in every look, and spans of postal codes."""

    size: int
    cities: pa.Array
    regions: pa.Array
    """Names in every look, then codes as the last block."""
    low: Indices
    high: Indices
    step: Indices
    forms: tuple[str, ...]
    """How postal codes are written, each form once."""
    form: Indices
    """The number of each place's form in `forms`, shape (size,)."""
    first: Indices
    """Where the places of each locale begin, shape (locales,)."""
    count: Indices
    """How many they are, shape (locales,)."""


@cache
def gazetteer() -> Gazetteer:
    """All places of `words`, read once."""
    tables = [words.places(locale) for locale in words.locales()]
    column = {name: pa.concat_arrays([table[name] for table in tables]) for name in tables[0]}
    counts = np.array([len(table["city"]) for table in tables], dtype=np.int64)
    low, high, step = (
        np.array([int(code) for code in column[f"postal_{name}"].to_pylist()], dtype=np.int64)
        for name in ("low", "high", "step")
    )
    written: list[str] = column["postal_form"].to_pylist()
    forms = tuple(dict.fromkeys(written))
    return Gazetteer(
        forms=forms,
        form=np.array([forms.index(each) for each in written], dtype=np.int64),
        size=int(counts.sum()),
        cities=in_every_look(column["city"]),
        regions=pa.concat_arrays([in_every_look(column["region"]), column["region_code"]]),
        low=low,
        high=high,
        step=step,
        first=np.cumsum(counts) - counts,
        count=counts,
    )


def locale_numbers(given: Mapping[str, pa.Array], locale: str, n: int) -> npt.NDArray[np.int8]:
    """The number in `words.locales()` of the locale whose pools serve each row's country, shape (n,)."""
    country = given.get("country")
    if country is None:
        return np.full(n, words.locales().index(words.nearest(locale)), dtype=np.int8)
    return np.frombuffer(words.locale_of_country(country, locale).indices.buffers()[1], dtype=np.int8)


def places(draws: Draws, given: Mapping[str, pa.Array], locale: str, n: int) -> Indices:
    """The row of the gazetteer that each person lives at: of the row's country, else of the locale's; shape (n,)."""
    book = gazetteer()
    numbers = locale_numbers(given, locale, n)
    return book.first[numbers] + index(draws.person, PLACE, book.count[numbers])


def postal_numbers(draws: Draws, rows: Indices) -> Indices:
    """A postal code of each place as the number that its form writes, shape (n,)."""
    book = gazetteer()
    low, step = book.low[rows], book.step[rows]
    return low + step * index(draws.person, POSTAL, (book.high[rows] - low) // step + 1)
