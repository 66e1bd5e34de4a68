"""Fakes of names, addresses and contacts: plausible, of one person and one place, in the look of the original."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from masker import words
from masker.infotypes import INFOTYPES
from masker.infotypes._draw import Lane, index

N = 4000
VECTORS = Path(__file__).parents[1] / "vectors" / "v1" / "fakes.json"
OWN = [
    "first_name", "last_name", "person_name", "username", "email", "street_address", "city", "region", "postal_code",
    "company_name",
]  # fmt: skip
FORMULA = tuple("=+-@\t")


@dataclass(frozen=True)
class FixedDraws:
    person: npt.NDArray[np.uint64]
    value: npt.NDArray[np.uint64]


def draws(n: int = N, seed: int = 3) -> FixedDraws:
    bits = np.random.default_rng(seed).integers(0, 2**64, size=(2, n, 2), dtype=np.uint64)
    return FixedDraws(bits[0], bits[1])


def fakes(name: str, originals: list[str], *, locale: str = "de_DE", **given: Sequence[str | None]) -> list[str]:
    make = INFOTYPES[name].fake
    assert make is not None
    roles: Mapping[str, pa.Array] = {role: pa.array(values, pa.string()) for role, values in given.items()}
    made: list[str] = make(draws(len(originals)), pa.array(originals, pa.string()), roles, locale).to_pylist()
    return made


@pytest.mark.parametrize("locale", words.locales())
@pytest.mark.parametrize("name", OWN)
def test_fake_never_begins_like_a_formula(name: str, locale: str) -> None:
    assert [made for made in fakes(name, ["Anna"] * N, locale=locale) if made.startswith(FORMULA)] == []


@pytest.mark.parametrize("locale", words.locales())
def test_first_names_are_of_the_given_gender(locale: str) -> None:
    original = {"ja_JP": "花子", "zh_CN": "芳", "ru_RU": "Анна"}.get(locale, "Anna")
    made = fakes("first_name", [original] * N, locale=locale, gender=["Female", "männlich"] * (N // 2))
    assert set(made[::2]) <= set(words.pool(locale, "female_first_names").to_pylist())
    assert set(made[1::2]) <= set(words.pool(locale, "male_first_names").to_pylist())


@pytest.mark.parametrize("said", ["f", "F", " w ", "Frau", "femme", "mujer", "2", "ж", "女", "Mme", "kobieta"])
def test_gender_word_means_a_woman(said: str) -> None:
    made = fakes("first_name", ["Anna"] * 100, gender=[said] * 100)
    assert set(made) <= set(words.pool("de_DE", "female_first_names").to_pylist())


@pytest.mark.parametrize("said", ["m", "M", "Herr", "homme", "hombre", "1", "м", "男", "mężczyzna", "h"])
def test_gender_word_means_a_man(said: str) -> None:
    made = fakes("first_name", ["Anna"] * 100, gender=[said] * 100)
    assert set(made) <= set(words.pool("de_DE", "male_first_names").to_pylist())


@pytest.mark.parametrize("said", [None, "", "divers", "x", "0", "9", "unknown"])
def test_gender_is_drawn_where_it_is_not_said(said: str | None) -> None:
    assert fakes("first_name", ["Anna"] * 200, gender=[said] * 200) == fakes("first_name", ["Anna"] * 200)


def test_single_m_is_drawn_in_spanish_data() -> None:
    assert fakes("first_name", ["Ana"] * 99, locale="es_ES", gender=["M"] * 99) == fakes(
        "first_name", ["Ana"] * 99, locale="es_ES"
    )


def test_drawn_gender_is_even() -> None:
    women = set(words.pool("fr_FR", "female_first_names").to_pylist())
    men = set(words.pool("fr_FR", "male_first_names").to_pylist())
    made = fakes("first_name", ["Anna"] * N, locale="fr_FR")
    share = sum(name in women - men for name in made) / sum(name in women ^ men for name in made)
    assert 0.45 < share < 0.55


@pytest.mark.parametrize("gender", [None, ["f", "m"] * (N // 2)])
@pytest.mark.parametrize("locale", words.locales())
def test_full_name_is_the_first_and_last_name_of_the_same_person(locale: str, gender: list[str | None] | None) -> None:
    given: dict[str, Sequence[str | None]] = {"gender": gender} if gender else {}
    first, last, full = (
        fakes(name, ["Anna Muster"] * N, locale=locale, **given) for name in ("first_name", "last_name", "person_name")
    )
    assert full == [f"{one} {other}" for one, other in zip(first, last, strict=True)]


def test_username_begins_with_the_first_name_of_the_same_person() -> None:
    first, login = (fakes(name, ["anna"] * N, locale="en_US") for name in ("first_name", "username"))
    assert [user for user, name in zip(login, first, strict=True) if not user.startswith(f"{name.lower()}_")] == []


@pytest.mark.parametrize(
    ("original", "look"),
    [
        ("ANNA", str.upper),
        ("anna", str.lower),
        ("Anna", str),
        ("McAnna", str),
        ("ÉLODIE", str.upper),
        ("élodie", str.lower),
    ],
)
@pytest.mark.parametrize("name", ["first_name", "last_name", "person_name", "city", "street_address"])
def test_case_follows_the_original(name: str, original: str, look: type[str]) -> None:
    plain = fakes(name, ["Anna Muster"] * 300)
    assert fakes(name, [f"{original} {look('Muster')}"] * 300) == [look(made) for made in plain]


def test_company_keeps_the_case_of_its_legal_form() -> None:
    made = fakes("company_name", ["MUSTER WERKE"] * 50)
    forms = words.pool("de_DE", "company_forms").to_pylist()
    assert [
        name for name in made if not (name.endswith(tuple(f" {form}" for form in forms)) and name[:3].isupper())
    ] == []


def test_initial_stays_an_initial() -> None:
    names = fakes("first_name", ["Anna"] * 100)
    assert fakes("first_name", ["J."] * 100) == [f"{name[0]}." for name in names]
    assert fakes("first_name", ["J"] * 100) == [name[0] for name in names]


def test_last_name_first_stays_so() -> None:
    turned, plain = (fakes("person_name", [one] * 100) for one in ("Muster, Anna", "Anna Muster"))
    assert [" ".join(reversed(name.split(", "))) for name in turned] == plain


@pytest.mark.parametrize("country", [None, ["DE", "FRA", "Spanien", "usa"] * (N // 4)])
@pytest.mark.parametrize("locale", words.locales())
def test_city_region_and_postal_code_are_of_one_place(locale: str, country: list[str | None] | None) -> None:
    given = {"country": country} if country else {}
    city, region, code, postal = (
        fakes(name, [original] * N, locale=locale, **given)
        for name, original in (("city", "Ort"), ("region", "Land"), ("region", "XY"), ("postal_code", "12345"))
    )
    expected = ["de_DE", "fr_FR", "es_ES", "en_US"] * (N // 4) if country else [locale] * N
    spans = {
        (where, *row[:3]): (int(row[3]), int(row[4]), int(row[5]))
        for where in words.locales()
        for row in zip(*(column.to_pylist() for column in words.places(where).values()), strict=True)
    }
    for row in zip(expected, city, region, code, postal, strict=True):
        low, high, step = spans[row[:4]]
        number = int("".join(filter(str.isdigit, row[4] or "")))
        assert low <= number <= high
        assert (number - low) % step == 0


def test_postal_code_keeps_its_leading_zero() -> None:
    made = fakes("postal_code", ["01067"] * N)
    assert {len(code) for code in made} == {5}
    assert any(code.startswith("0") for code in made)


def test_nine_digit_zip_stays_one_in_the_united_states_only() -> None:
    assert all(re.fullmatch(r"\d{5}-\d{4}", code) for code in fakes("postal_code", ["12345-6789"] * 99, locale="en_US"))
    assert all(re.fullmatch(r"\d{5}", code) for code in fakes("postal_code", ["12345-6789"] * 99, locale="de_DE"))


@pytest.mark.parametrize(
    ("country", "shape"),
    [("DE", r"\D+ \d{1,3}"), ("ES", r"(Calle|Avenida|Plaza|Paseo|Ronda|Rambla) \D+ \d{1,3}"), ("US", r"\d{1,4} \D+"),
     ("FR", r"\d{1,3} \D+")],
)  # fmt: skip
def test_street_is_written_as_in_the_country(country: str, shape: str) -> None:
    made = fakes("street_address", ["Hauptstr. 1"] * 300, country=[country] * 300)
    assert [street for street in made if not re.fullmatch(shape, street)] == []


def test_email_is_a_token_at_a_reserved_domain() -> None:
    made = fakes("email", ["Anna@Firma.example"] * N)
    assert [email for email in made if not re.fullmatch(r"[a-z2-7]{12}@example\.(com|org|net)", email)] == []
    assert {email[-3:] for email in made} == {"com", "org", "net"}


@pytest.mark.parametrize("name", ["email", "username"])
def test_fakes_of_distinct_values_are_distinct_and_short(name: str) -> None:
    made = fakes(name, ["anna"] * 50_000)
    assert len(set(made)) == 50_000
    assert max(map(len, made)) <= 32


@pytest.mark.parametrize("name", ["email", "company_name"])
def test_fake_by_value_does_not_see_the_person(name: str) -> None:
    make, column = INFOTYPES[name].fake, pa.array(["anna@firma.example"] * 20)
    assert make is not None
    one, other = draws(20, 1), draws(20, 2)
    assert make(one, column, {}, "en_US").equals(make(FixedDraws(other.person, one.value), column, {}, "en_US"))


# A username carries a token of its value, so that two accounts of one person stay two.
@pytest.mark.parametrize("name", [name for name in OWN if INFOTYPES[name].by_subject and name != "username"])
def test_fake_by_subject_does_not_see_the_value(name: str) -> None:
    make = INFOTYPES[name].fake
    assert make is not None
    one, other = draws(20, 1), draws(20, 2)
    column, same_look = pa.array(["Anna Muster"] * 20), pa.array(["Berta Beispiel"] * 20)
    assert make(one, column, {}, "en_US").equals(make(FixedDraws(one.person, other.value), same_look, {}, "en_US"))


def test_picks_spread_evenly_over_a_pool() -> None:
    words_ = np.random.default_rng(5).integers(0, 2**64, size=(100_000, 2), dtype=np.uint64)
    counts = Counter(index(words_, Lane(word=0, shift=40, bits=24), 10).tolist())
    # Ten cells of 10,000 with a standard deviation of 95: six of them.
    assert set(counts) == set(range(10))
    assert all(abs(count - 10_000) < 570 for count in counts.values())


def test_lanes_of_a_person_do_not_overlap() -> None:
    from masker.infotypes import _person

    lanes = [value for value in vars(_person).values() if isinstance(value, Lane)]
    bits = [(lane.word, lane.shift + bit) for lane in lanes for bit in range(lane.bits)]
    assert len(lanes) == 8
    assert len(bits) == len(set(bits))
    assert all(bit < 64 for _, bit in bits)


def test_fakes_are_those_of_version_1() -> None:
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    fixed = FixedDraws(*(np.array(vectors[side], dtype=np.uint64) for side in ("person", "value")))
    for name, by_locale in vectors["fakes"].items():
        make, column = INFOTYPES[name].fake, pa.array(vectors["originals"], pa.string())
        assert make is not None
        assert {locale: make(fixed, column, {}, locale).to_pylist() for locale in by_locale} == by_locale
