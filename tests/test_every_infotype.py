"""What holds for every infotype, whoever wrote it: run over the registry, so a new file is tested on arrival."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker import words
from masker.infotypes import INFOTYPES, Infotype

Words = npt.NDArray[np.uint64]
LANGUAGES = {"en", "de", "fr", "es", "pt", "it", "nl", "pl", "ru", "zh", "ja"}
PILE = [
    None, "", " ", "Anna", "ANNA", "anna", "J.", "ÉLODIE", "Müller, Eva", "Muster  Max\tSen.",
    "Dr. Ada O'Neil-Smith", "李雷", "Иван Петров", "anna.muster@firma.example", "ANNA@FIRMA.EXAMPLE",
    "+49 (30) 901820-12", "+1 415 555 0100", "0151 23456789", "4111 1111 1111 1111", "4111111111111111",
    "DE89 3704 0044 0532 0130 00", "192.0.2.17", "2001:db8::1", "0", "-5", "123", "007", "12345-6789", "10115",
    "SW1A 1AA", "2a00", "1984-02-29", "29.02.1984", "02/29/1984", "CA", "BY", "Bayern", "m", "f", "weiblich",
    "Deutschland", "US", "Hauptstraße 12", "12 Main St", "n/a", "NULL", "x" * 300,
    "Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "078-05-1120",
    "İstanbul", "ﬁrma", "a\u0301", "\u00a0Groß\u00a0", "ς", "=1+1", "@x", "\t",
]  # fmt: skip
GENDERS = ["f", "m", None, "W", "männlich", "2", "", "divers", "MUJER", "x"]
COUNTRIES = ["DE", "France", None, "us", "España", "IT", "", "Vereinigte Staaten"]
LOCALES = [*words.locales(), "de_AT", "pt_PT", "ja_JP"]
FAKED = [name for name in INFOTYPES if INFOTYPES[name].fake]
SHAPED = [name for name in INFOTYPES if INFOTYPES[name].pattern]
VALIDATED = [name for name in INFOTYPES if INFOTYPES[name].validate]


@dataclass(frozen=True)
class FixedDraws:
    """Draws for a test: as given, no key behind them."""

    person: Words
    value: Words

    @classmethod
    def of(cls, n: int, seed: int = 7) -> "FixedDraws":
        bits = np.random.default_rng(seed).integers(0, 2**64, size=(2, n, 2), dtype=np.uint64)
        return cls(bits[0], bits[1])

    def rows(self, start: int, stop: int) -> "FixedDraws":
        return FixedDraws(self.person[start:stop], self.value[start:stop])


def text(values: list[str | None]) -> pa.Array:
    return pa.array(values, pa.string())


def given_columns(n: int) -> Mapping[str, pa.Array]:
    return {
        "gender": text([GENDERS[row % len(GENDERS)] for row in range(n)]),
        "country": text([COUNTRIES[row % len(COUNTRIES)] for row in range(n)]),
    }


def fake(
    infotype: Infotype, draws: FixedDraws, column: pa.Array, roles: Mapping[str, pa.Array], locale: str
) -> pa.Array:
    assert infotype.fake is not None
    return infotype.fake(draws, column, roles, locale)


@pytest.fixture(params=sorted(INFOTYPES))
def infotype(request: pytest.FixtureRequest) -> Infotype:
    return INFOTYPES[request.param]


@pytest.fixture(params=FAKED)
def faked(request: pytest.FixtureRequest) -> Infotype:
    return INFOTYPES[request.param]


def test_is_called_like_its_file(infotype: Infotype) -> None:
    assert INFOTYPES[infotype.name] is infotype
    assert infotype.title


def test_header_words_are_lower_case_words_between_single_blanks(infotype: Infotype) -> None:
    found = [*infotype.not_headers, *(word for language in infotype.headers.values() for word in language)]
    assert [word for word in found if word != " ".join(word.lower().split()) or not word] == []


def test_header_words_are_in_known_languages_and_said_once_in_each(infotype: Infotype) -> None:
    assert set(infotype.headers) <= LANGUAGES
    assert {language: said for language, said in infotype.headers.items() if len(said) != len(set(said))} == {}


def test_no_header_word_speaks_for_and_against(infotype: Infotype) -> None:
    assert not {word for said in infotype.headers.values() for word in said} & set(infotype.not_headers)


def test_share_of_accidents_is_a_share(infotype: Infotype) -> None:
    assert 0 <= infotype.accident <= 1


@pytest.mark.parametrize("name", SHAPED)
def test_pattern_takes_no_empty_and_no_blank_value(name: str) -> None:
    pattern = re.compile(INFOTYPES[name].pattern or "")
    assert [sample for sample in ("", " ", "\t") if pattern.fullmatch(sample)] == []


@pytest.mark.parametrize("name", SHAPED)
@pytest.mark.parametrize(
    "piece", ["a", "1", " ", "a ", "1-", "1 ", "a.", "-", "a'", "@", "a@", "1.", ":", "f:", "é", "A1"]
)
def test_pattern_takes_linear_time(name: str, piece: str) -> None:
    pattern = re.compile(INFOTYPES[name].pattern or "")
    hostile = piece * (40_000 // len(piece)) + "\x00"
    start = time.process_time()
    pattern.fullmatch(hostile)
    # Linear takes about a millisecond, quadratic half a minute.
    assert time.process_time() - start < 1


@pytest.mark.parametrize("name", VALIDATED)
def test_validator_answers_every_value_that_matches(name: str) -> None:
    infotype = INFOTYPES[name]
    assert infotype.validate is not None
    matching = [sample for sample in PILE if sample and re.fullmatch(infotype.pattern or ".*", sample)]
    assert {infotype.validate(sample) for sample in matching} <= {True, False}


def test_canonical_keeps_length_type_and_nulls(infotype: Infotype) -> None:
    column = text(PILE)
    canonical = infotype.canonical(column)
    assert canonical.type == pa.string()
    assert len(canonical) == len(column)
    assert [value for value, form in zip(PILE, canonical.to_pylist(), strict=True) if value is None and form] == []


def test_canonical_of_a_canonical_form_is_itself(infotype: Infotype) -> None:
    once = infotype.canonical(text(PILE))
    assert infotype.canonical(once).to_pylist() == once.to_pylist()


def test_canonical_takes_an_empty_and_an_all_null_column(infotype: Infotype) -> None:
    assert infotype.canonical(text([])).to_pylist() == []
    assert infotype.canonical(text([None, None])).to_pylist() == [None, None]


@given(values=st.lists(st.none() | st.text(max_size=12) | st.sampled_from(PILE), max_size=12), data=st.data())
@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize("name", sorted(INFOTYPES))
def test_canonical_does_not_depend_on_the_batch(name: str, values: list[str | None], data: st.DataObject) -> None:
    canonical: Callable[[pa.Array], pa.Array] = INFOTYPES[name].canonical
    column, cut = text(values), data.draw(st.integers(0, len(values)))
    whole = canonical(column).to_pylist()
    assert canonical(column.slice(0, cut)).to_pylist() + canonical(column.slice(cut)).to_pylist() == whole
    assert canonical(text(whole)).to_pylist() == whole


@pytest.mark.parametrize("locale", LOCALES)
def test_fake_keeps_length_and_exactly_the_nulls(faked: Infotype, locale: str) -> None:
    column = text(PILE)
    for roles in ({}, given_columns(len(PILE))):
        made = fake(faked, FixedDraws.of(len(PILE)), column, roles, locale)
        made.validate(full=True)
        assert made.type == pa.string()
        assert made.is_null().to_pylist() == column.is_null().to_pylist()


def test_fake_of_the_same_draws_is_the_same(faked: Infotype) -> None:
    column, draws, roles = text(PILE), FixedDraws.of(len(PILE)), given_columns(len(PILE))
    assert fake(faked, draws, column, roles, "de_DE").equals(fake(faked, draws, column, roles, "de_DE"))


def test_fake_of_other_draws_is_another(faked: Infotype) -> None:
    column = text(["Anna Muster 12"] * 50)
    one, other = (fake(faked, FixedDraws.of(50, seed), column, {}, "en_US").to_pylist() for seed in (1, 2))
    assert one != other


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("cut", [0, 1, 9, 30, len(PILE)])
def test_fake_does_not_depend_on_the_batch(faked: Infotype, locale: str, cut: int) -> None:
    column, draws, roles = text(PILE), FixedDraws.of(len(PILE)), given_columns(len(PILE))
    whole = fake(faked, draws, column, roles, locale).to_pylist()
    parts = []
    for start, stop in ((0, cut), (cut, len(PILE))):
        some = {role: values.slice(start, stop - start) for role, values in roles.items()}
        parts += fake(faked, draws.rows(start, stop), column.slice(start, stop - start), some, locale).to_pylist()
    assert parts == whole


def test_fake_leaves_no_original_bytes_behind(faked: Infotype) -> None:
    column = text(["Quixotewhq Zyxwvuqt 987654321", None, "Quixotewhq"])
    made = fake(faked, FixedDraws.of(3), column, {}, "en_US")
    left = b"".join(buffer.to_pybytes() for buffer in made.buffers() if buffer is not None)
    assert b"quixotewhq" not in left.lower()
