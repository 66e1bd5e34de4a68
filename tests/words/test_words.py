"""The frozen pools: pinned, clean, and read as they are."""

import hashlib
import itertools
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pyarrow as pa
import pytest

from masker import words

FILES = Path(words.__file__).parent / "v1"
DIGESTS = {line[66:]: line[:64] for line in (FILES / "SHA256SUMS").read_text().splitlines()}
FIRST = ("de_DE", "en_US", "es_ES", "fr_FR")
POOLS = [
    "female_first_names",
    "male_first_names",
    "last_names",
    "streets",
    "company_trades",
    "company_forms",
]


@pytest.mark.parametrize("name", sorted(DIGESTS))
def test_file_is_the_frozen_one(name: str) -> None:
    assert hashlib.sha256((FILES / name).read_bytes()).hexdigest() == DIGESTS[name]


def test_the_list_of_digests_itself_is_frozen() -> None:
    digest = hashlib.sha256((FILES / "SHA256SUMS").read_bytes()).hexdigest()
    assert digest == "fd2b754226d75f2cf50fab66f4a4a71b3212b6a5d19d2c0f54c8739459ad9b61"


def test_every_file_has_a_digest_and_a_source() -> None:
    found = {path.relative_to(FILES).as_posix() for path in FILES.rglob("*.t[xs][tv]")}
    assert found == set(DIGESTS)
    sources = (FILES / "SOURCES.md").read_text(encoding="utf-8")
    assert [name for name in found if f"`{re.sub('^.*/', '*/', name)}`" not in sources] == []


@pytest.mark.parametrize("locale", FIRST)
@pytest.mark.parametrize("name", POOLS)
def test_pool_is_sorted_distinct_and_in_nfc(locale: str, name: str) -> None:
    entries = words.pool(locale, name).to_pylist()
    assert entries == sorted(set(entries))
    assert [entry for entry in entries if unicodedata.normalize("NFC", entry.strip()) != entry or not entry] == []


@pytest.mark.parametrize("locale", FIRST)
@pytest.mark.parametrize("name", POOLS)
def test_no_entry_begins_like_a_formula_or_needs_quoting(locale: str, name: str) -> None:
    entries = words.pool(locale, name).to_pylist()
    assert [entry for entry in entries if entry[0] in "=+-@\t" or any(mark in entry for mark in ',;"\t|\n')] == []


@pytest.mark.parametrize("locale", FIRST)
def test_locale_has_hundreds_of_names(locale: str) -> None:
    sizes = [len(words.pool(locale, name)) for name in POOLS[:4]]
    assert min(sizes) > 300


@pytest.mark.parametrize("locale", FIRST)
def test_place_has_a_span_of_five_digit_codes(locale: str) -> None:
    columns = words.places(locale)
    for low, high, step in zip(
        *(columns[f"postal_{name}"].to_pylist() for name in ("low", "high", "step")), strict=True
    ):
        assert re.fullmatch(r"\d{5}", low)
        assert re.fullmatch(r"\d{5}", high)
        assert (int(high) - int(low)) % int(step) == 0
        assert int(high) >= int(low)


@pytest.mark.parametrize("locale", FIRST)
def test_city_stands_in_one_region_once(locale: str) -> None:
    columns = words.places(locale)
    rows = list(zip(columns["city"].to_pylist(), columns["region_code"].to_pylist(), strict=True))
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("locale", FIRST)
def test_region_has_one_code(locale: str) -> None:
    columns = words.places(locale)
    pairs = set(zip(columns["region"].to_pylist(), columns["region_code"].to_pylist(), strict=True))
    assert len(pairs) == len({name for name, _ in pairs}) == len({code for _, code in pairs})


def test_spanish_postal_codes_begin_with_a_province() -> None:
    assert {int(code[:2]) for code in words.places("es_ES")["postal_low"].to_pylist()} <= set(range(1, 53))


def test_no_two_american_cities_share_a_postal_code() -> None:
    columns = words.places("en_US")
    spans = sorted(zip(columns["postal_low"].to_pylist(), columns["postal_high"].to_pylist(), strict=True))
    assert [later for (_, high), (later, _) in itertools.pairwise(spans) if later <= high] == []


@pytest.mark.parametrize(
    ("country", "locale"),
    [
        ("DE", "de_DE"),
        ("deu", "de_DE"),
        (" Deutschland ", "de_DE"),
        ("Allemagne", "de_DE"),
        ("ALEMANIA", "de_DE"),
        ("Niemcy", "de_DE"),
        ("德国", "de_DE"),
        ("us", "en_US"),
        ("United States of America", "en_US"),
        ("États-Unis", "en_US"),
        ("E\u0301tats-Unis", "en_US"),
        ("Estados Unidos", "en_US"),
        ("ES", "es_ES"),
        ("España", "es_ES"),
        ("Испания", "es_ES"),
        ("FR", "fr_FR"),
        ("Frankreich", "fr_FR"),
        ("フランス", "fr_FR"),
    ],
)
def test_country_names_its_locale(country: str, locale: str) -> None:
    assert words.locale_of_country(pa.array([country]), "xx_XX").to_pylist() == [locale]


@pytest.mark.parametrize("country", [None, "", "FI", "Atlantis", "Germany & Co"])
def test_other_country_takes_the_default(country: str | None) -> None:
    assert words.locale_of_country(pa.array([country], pa.string()), "de_AT").to_pylist() == ["de_DE"]


def test_locales_of_a_slice_are_a_slice_of_the_locales() -> None:
    column = pa.array(["DE", None, "France", "FI", "es", "DE"])
    whole = words.locale_of_country(column, "en_US").to_pylist()
    assert words.locale_of_country(column.slice(1, 4), "en_US").to_pylist() == whole[1:5]


def test_dictionary_encoded_countries_are_read_too() -> None:
    column = pa.array(["DE", None, "France"]).dictionary_encode()
    assert words.locale_of_country(column, "en_US").to_pylist() == ["de_DE", "en_US", "fr_FR"]


def test_empty_column_of_countries_gives_an_empty_one() -> None:
    assert words.locale_of_country(pa.array([], pa.string()), "en_US").to_pylist() == []


def test_drawing_fakes_loads_neither_pandas_nor_faker() -> None:
    program = """
import sys
import numpy as np
from masker import words
from masker.infotypes import INFOTYPES
column = words.text_column(["Anna", "ANNA", "anna", "J.", "Muster, Eva", "CA", "12345-6789"])
class Draws:
    person = value = np.arange(14, dtype=np.uint64).reshape(7, 2)
for name in ("first_name", "person_name", "username", "email", "street_address", "region", "postal_code"):
    INFOTYPES[name].fake(Draws, INFOTYPES[name].canonical(column), {"gender": column, "country": column}, "en_US")
assert not {"pandas", "faker"} & set(sys.modules)
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(__file__).parents[2], capture_output=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
