"""Fakes in fifteen locales: names, addresses and codes as each country writes them; scripts row by row."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import phonenumbers
import pyarrow as pa
import pytest

from masker import words
from masker.methods.fake import Fake
from masker.methods.fpe import Fpe
from tests.methods.support import keys_of, text

FILES = Path(words.__file__).parent / "languages"
DIGESTS = {line[66:]: line[:64] for line in (FILES / "SHA256SUMS").read_text().splitlines()}
LATER = sorted({path.name for path in FILES.iterdir() if path.is_dir()})
KEYS = keys_of("a")
N = 300
POSTAL = {
    "en_GB": r"[A-Z]{1,2}\d{1,2} \d[A-Z]{2}", "en_IN": r"\d{6}", "it_IT": r"\d{5}", "ja_JP": r"\d{3}-\d{4}",
    "nl_NL": r"\d{4} [A-Z]{2}", "pl_PL": r"\d{2}-\d{3}", "pt_BR": r"\d{5}-\d{3}", "ru_RU": r"\d{6}",
    "sv_SE": r"\d{3} \d{2}", "tr_TR": r"\d{5}", "zh_CN": r"\d{6}",
}  # fmt: skip
STREET = {
    "en_GB": r"\d+ \D+", "en_IN": r"\d+ \D+", "it_IT": r"(Via|Viale|Corso|Piazza) .+ \d+", "ja_JP": r"\w+\d+番地",
    "nl_NL": r".+ \d+", "pl_PL": r"(ul|al|pl)\. .+ \d+", "pt_BR": r"(Rua|Avenida|Travessa) .+, \d+",
    "ru_RU": r"(ул\.|пр-т) .+, д\. \d+", "sv_SE": r".+ \d+", "tr_TR": r".+ (Sokak|Caddesi) No: \d+",
    "zh_CN": r"\w+路\d+号",
}  # fmt: skip


def fakes(infotype: str, values: list[str | None], locale: str, **given: list[str | None]) -> list[str | None]:
    by = pa.array(range(len(values)))
    columns: Mapping[str, pa.Array] = {role: text(column) for role, column in given.items()}
    masked: list[str | None] = Fake(infotype, locale)(KEYS, text(values), by, columns).to_pylist()
    return masked


@pytest.mark.parametrize("name", sorted(DIGESTS))
def test_file_is_the_frozen_one(name: str) -> None:
    assert hashlib.sha256((FILES / name).read_bytes()).hexdigest() == DIGESTS[name]


def test_every_file_has_a_digest_and_a_source() -> None:
    found = {path.relative_to(FILES).as_posix() for path in FILES.rglob("*.t[xs][tv]")}
    assert found == set(DIGESTS)
    sources = (FILES / "SOURCES.md").read_text(encoding="utf-8")
    assert [name for name in found if f"`{re.sub('^.*/', '*/', name)}`" not in sources] == []


def test_the_list_of_locales_is_what_is_there() -> None:
    assert set(words.locales()) == {"de_DE", "en_US", "es_ES", "fr_FR", *LATER}


@pytest.mark.parametrize("locale", LATER)
def test_pools_are_sorted_distinct_and_begin_like_no_formula(locale: str) -> None:
    for name in ("female_first_names", "male_first_names", "last_names", "streets", "company_trades", "company_forms"):
        entries = words.pool(locale, name).to_pylist()
        assert entries == sorted(set(entries))
        assert not [entry for entry in entries if entry[0] in "=+-@\t" or any(mark in entry for mark in ',;"\t|\n')]
    assert len(words.pool(locale, "female_first_names")) >= 50 <= len(words.pool(locale, "male_first_names"))
    assert len(words.pool(locale, "last_names")) >= 100


@pytest.mark.parametrize("locale", LATER)
def test_a_postal_code_is_written_as_its_country_does(locale: str) -> None:
    codes = fakes("postal_code", ["12 345-6"] * N, locale)
    assert not [code for code in codes if not re.fullmatch(POSTAL[locale], code or "")]
    bare = fakes("postal_code", ["123456"] * N, locale)
    assert [re.sub("[ -]", "", code or "") for code in codes] == bare


@pytest.mark.parametrize("locale", LATER)
def test_an_address_is_in_its_country_s_order(locale: str) -> None:
    assert not [street for street in fakes("street_address", ["Teststr. 1"] * N, locale)
                if not re.fullmatch(STREET[locale], street or "")]  # fmt: skip


@pytest.mark.parametrize("locale", LATER)
def test_rows_follow_their_country(locale: str) -> None:
    country = locale[3:]
    mixed = [country, "DE"] * (N // 2)
    codes = fakes("postal_code", ["12 345"] * N, "fr_FR", country=mixed)
    assert codes[::2] == fakes("postal_code", ["12 345"] * N, locale)[::2]
    assert codes[1::2] == fakes("postal_code", ["12 345"] * N, "de_DE")[1::2]


@pytest.mark.parametrize("locale", ["it_IT", "nl_NL", "pl_PL", "sv_SE", "tr_TR", "en_GB", "en_IN", "pt_BR"])
def test_capitals_and_last_first_stay(locale: str) -> None:
    plain = fakes("person_name", ["Anna Muster"] * N, locale)
    shouted = fakes("person_name", ["MUSTER, ANNA"] * N, locale)
    first = fakes("first_name", ["Anna"] * N, locale)
    for usual, loud, name in zip(plain, shouted, first, strict=True):
        last = (usual or "").removeprefix(f"{name} ")
        assert loud == f"{last.upper()}, {(name or '').upper()}"


@pytest.mark.parametrize(
    ("title", "locale"), [("Dr. ", "de_DE"), ("Prof. Dr. med. ", "de_DE"), ("Dott. ", "it_IT"), ("Mgr. ", "pl_PL")]
)
def test_an_academic_title_stays_before_the_same_name(title: str, locale: str) -> None:
    plain = fakes("person_name", ["Anna Muster"] * N, locale)
    titled = fakes("person_name", [f"{title}Anna Muster"] * N, locale)
    assert {
        title + (name or "") == with_title or name == with_title for name, with_title in zip(plain, titled, strict=True)
    } == {True}
    assert sum((name or "").startswith(title) for name in titled) > 0.9 * N
    assert max(len(name or "") for name in titled) <= 34
    assert fakes("person_name", [f"{title}ANNA MUSTER"], locale)[0] == title + (plain[0] or "").upper()


def test_a_form_of_address_goes() -> None:
    masked = fakes("person_name", ["Mrs. Anna Muster", "Frau Anna Muster", "Mr. J. Doe"], "en_US")
    assert not [name for name in masked if "." in (name or "") or (name or "").startswith(("Mr", "Frau"))]


def test_dutch_particles_stay_small_and_shout_with_the_rest() -> None:
    names = fakes("last_name", ["Muster"] * 3000, "nl_NL")
    particles = [name for name in names if name and name.startswith(("van ", "de ", "van der "))]
    assert len(particles) > 100
    assert not [name for name in fakes("last_name", ["VAN DEN BERG"] * N, "nl_NL") if name != (name or "").upper()]


@pytest.mark.parametrize(
    ("locale", "man", "woman"), [("ru_RU", "Иванов", "Иванова"), ("pl_PL", "Kowalski", "Kowalska")]
)
def test_surnames_follow_the_gender(locale: str, man: str, woman: str) -> None:
    assert words.female_last_names(locale) is not None
    original = "Пётр" if locale == "ru_RU" else "Piotr"
    women = fakes("last_name", [original] * N, locale, gender=["f"] * N)
    men = fakes("last_name", [original] * N, locale, gender=["m"] * N)
    names = (words.pool(locale, "last_names").to_pylist(), words.female_last_names(locale).to_pylist())
    pairs = dict(zip(*names, strict=True))
    assert pairs[man] == woman
    assert [pairs[one] for one in men] == women
    assert men != women


def test_a_name_keeps_its_script_whatever_the_locale() -> None:
    originals = ["Иван Иванов", "さとう花子", "王芳", "Anna Muster", None, ""]
    scripts = [r"[\u0400-\u04ff ]+", r"[\u3040-\u30ff\u3400-\u9fff々]+", r"[\u3400-\u9fff]+", r"[\u0000-\u024f]+"]
    masked = fakes("person_name", originals, "de_DE")
    assert masked[4:] == [None, ""]
    assert not [name for name, script in zip(masked, scripts, strict=False) if not re.fullmatch(script, name or "")]
    assert re.fullmatch(r"[\u0000-\u024f]+", fakes("person_name", ["Taro Tanaka"], "ja_JP")[0] or "")


def test_scripts_do_not_depend_on_the_batch() -> None:
    originals: list[str | None] = ["Иван", "花子", "Anna", "さとう", None, "MARIA", "Мария"] * 20
    by = pa.array([number % 9 for number in range(len(originals))])
    method = Fake("first_name", "de_DE")
    whole = method(KEYS, text(originals), by).to_pylist()
    alone = [method(KEYS, text([name]), by.slice(row, 1))[0].as_py() for row, name in enumerate(originals)]
    assert alone == whole


def test_family_names_come_first_where_they_do() -> None:
    last, first = (fakes(name, ["田中"] * N, "ja_JP") for name in ("last_name", "first_name"))
    joined = [f"{one}{other}" for one, other in zip(last, first, strict=True)]
    assert fakes("person_name", ["田中太郎"] * N, "ja_JP") == joined
    spaced = [f"{one} {other}" for one, other in zip(last, first, strict=True)]
    assert fakes("person_name", ["田中 太郎"] * N, "ja_JP") == spaced


def test_accents_and_case_are_one_value() -> None:
    spellings = ["ÁNGELA NÚÑEZ", "Ángela Núñez", "A\u0301ngela Nu\u0301n\u0303ez"]
    masked = Fake("person_name", "pt_BR")(KEYS, text(spellings)).to_pylist()
    assert masked[1] == masked[2]
    assert masked[0] == masked[1].upper()


@pytest.mark.parametrize("locale", [*LATER, "de_DE", "en_US", "es_ES", "fr_FR"])
def test_a_phone_number_stays_one_of_its_country(locale: str) -> None:
    region = locale[3:]
    example = phonenumbers.example_number(region)
    method = Fpe(check="phone")
    for style in (phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.NATIONAL):
        written = phonenumbers.format_number(example, style)
        masked = method(KEYS, text([written]))[0].as_py()
        assert masked != written
        read = phonenumbers.parse(masked, region)
        assert phonenumbers.is_possible_number(read)
        assert read.country_code == example.country_code


@pytest.mark.parametrize("infotype", ["person_name", "first_name", "last_name", "city", "region", "street_address",
                                      "postal_code", "company_name", "username"])  # fmt: skip
@pytest.mark.parametrize("locale", LATER)
def test_no_fake_is_wider_than_its_infotype_promises(infotype: str, locale: str) -> None:
    widest = Fake(infotype, locale).widest
    original = {"ja_JP": "田中 太郎", "ru_RU": "Иван Иванов", "zh_CN": "王芳"}.get(locale, "Anna-Muster 1")
    longest = max(len(name or "") for name in fakes(infotype, [original] * 2000, locale))
    assert widest is None or longest <= widest
