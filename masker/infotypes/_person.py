"""The fake person of a row: which bits of `draws.person` make its gender, names and address, in one place.

Infotypes that draw from the same lanes agree: `person_name` is the `first_name` and `last_name` of that person, and
`username` begins with it. `_place` reads the second word.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker import words
from masker.columns import Bools
from masker.infotypes import Draws
from masker.infotypes._draw import Indices, Lane, index, lane, numbers, take
from masker.infotypes._gender import FEMALE, MALE
from masker.infotypes._style import LOOKS, in_every_look, pool_in_every_look

FIRST_NAME = Lane(word=0, shift=40, bits=24)
LAST_NAME = Lane(word=0, shift=16, bits=24)
GENDER = Lane(word=0, shift=15, bits=1)
ZIP_PLUS_4 = Lane(word=0, shift=0, bits=15)
PLACE = Lane(word=1, shift=44, bits=20)
STREET = Lane(word=1, shift=26, bits=18)
HOUSE = Lane(word=1, shift=14, bits=12)
POSTAL = Lane(word=1, shift=0, bits=14)


@cache
def _gender_words(locale: str) -> tuple[pa.Array, int]:
    # `m` is `mujer` as often as `masculino` in Spanish data, and nothing but other rows would tell: there it is drawn.
    male = [word for word in MALE if not (word == "m" and locale == "es_ES")]
    return words.text_column([*FEMALE, *male]), len(FEMALE)


def is_female(draws: Draws, given: Mapping[str, pa.Array], locale: str) -> Bools:
    """Whether each row's person is a woman: as `given["gender"]` says where it is readable, else drawn; shape (n,)."""
    drawn: Bools = lane(draws.person, GENDER) == 1
    gender = given.get("gender")
    if gender is None:
        return drawn
    known, females = _gender_words(words.nearest(locale))
    encoded = gender if pa.types.is_dictionary(gender.type) else gender.dictionary_encode()
    said = pc.index_in(_folded(encoded.dictionary), value_set=known)
    number = numbers(said.take(encoded.indices), -1)
    female: Bools = np.where(number < 0, drawn, number < females)
    return female


def _folded(column: pa.Array) -> pa.Array:
    text = column if pa.types.is_string(column.type) else pc.cast(column, pa.string())
    return pc.utf8_lower(pc.utf8_trim_whitespace(pc.utf8_normalize(text, form="NFC")))


@cache
def _first_names(locale: str) -> tuple[pa.Array, int, int]:
    female, male = words.pool(locale, "female_first_names"), words.pool(locale, "male_first_names")
    return in_every_look(pa.concat_arrays([female, male])), len(female), len(male)


def first_name_index(draws: Draws, given: Mapping[str, pa.Array], locale: str) -> Indices:
    """The number of each person's first name among the locale's women's, then men's first names, shape (n,)."""
    _, females, males = _first_names(words.nearest(locale))
    female = is_female(draws, given, locale)
    sizes = np.where(female, females, males)
    return np.where(female, 0, females) + index(draws.person, FIRST_NAME, sizes)


def first_names(
    draws: Draws, looks: Indices, given: Mapping[str, pa.Array], locale: str, *, like: pa.Array
) -> pa.Array:
    """Each person's first name in its look, NULL where `like` is, shape (n,)."""
    pool, females, males = _first_names(words.nearest(locale))
    return take(pool, first_name_index(draws, given, locale) + looks * (females + males), like)


def last_names(draws: Draws, looks: Indices, given: Mapping[str, pa.Array], locale: str, *, like: pa.Array) -> pa.Array:
    """Each person's last name in its look, NULL where `like` is, shape (n,); a woman's form where names have one."""
    size = len(words.pool(locale, "last_names"))
    chosen = index(draws.person, LAST_NAME, size) + looks * size
    if words.female_last_names(locale) is None:
        return take(pool_in_every_look(locale, "last_names"), chosen, like)
    female = is_female(draws, given, locale)
    return take(_of_both(words.nearest(locale)), chosen + female * (LOOKS * size), like)


@cache
def _of_both(locale: str) -> pa.Array:
    women = words.female_last_names(locale)
    assert women is not None
    return pa.concat_arrays([in_every_look(words.pool(locale, "last_names")), in_every_look(women)])


@cache
def _known(*names: str) -> frozenset[str]:
    pools = [words.pool(locale, name).to_pylist() for locale in words.locales() for name in names]
    return frozenset(entry.casefold() for pool in pools for entry in pool)


def is_first_name(value: str) -> bool:
    """Whether the value is a first name of some pool, in any case.

    >>> is_first_name("ANNA"), is_first_name("xyzzy")
    (True, False)
    """
    return value.strip().casefold() in _known("female_first_names", "male_first_names")


def is_last_name(value: str) -> bool:
    """Whether the value is a last name of some pool, in any case."""
    return value.strip().casefold() in _known("last_names")
