"""Builds the frozen pools of masker/words/v1/ from Faker's lists and the own tables in tools/words/.

Run once per version of the pools: `python tools/build_words.py` rewrites the files and their digests. The frozen files
are the contract, not this script: a later Faker release may build others, which would then be `v2`.
"""

import hashlib
import importlib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

OWN = Path(__file__).parent / "words"
OUT = Path(__file__).parent.parent / "masker" / "words" / "v1"
LOCALES = ("de_DE", "en_US", "es_ES", "fr_FR")
SOURCES = {"fr_FR": ("fr_FR", "fr_CH", "fr_BE", "fr_QC"), "de_DE": ("de_DE", "de_AT")}
"""Faker locales that lend names: its French list alone holds some two hundred first names."""

NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[' -](?=[^\W\d_])){1,17}\Z")
# Three to fourteen letters: fewer look like an initial, more do not fit `first_` + 12 characters into a narrow column.
FIRST_NAME = re.compile(r"[^\W\d_]{3,14}\Z")

LEFT_OUT = {"Adolf", "Franco", "Heydrich"}
"""Names that no street or fake person should be given, for whom they recall."""

US_WAYS = ("Street", "Avenue", "Road", "Drive", "Lane", "Court")
SURNAME_STREETS = {
    "en_US": ("{} Street", "{} Avenue", "{} Road"),
    "de_DE": ("{}straße", "{}weg"),
    "fr_FR": ("rue {}", "avenue {}"),
    "es_ES": ("Calle {}", "Avenida {}"),
}
PLACE = re.compile(r"([^;]+?) (\d{5})(?:-(\d{5}))?(?:/(\d+))?(?:; |$)")


def own(locale: str, name: str) -> list[str]:
    lines = (OWN / locale / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def faker_list(kind: str, locale: str, attribute: str) -> list[str]:
    try:
        provider = importlib.import_module(f"faker.providers.{kind}.{locale}").Provider
    except ModuleNotFoundError:
        return []
    return [unicodedata.normalize("NFC", str(entry)).strip() for entry in getattr(provider, attribute, ())]


def names(locale: str, attribute: str, shape: re.Pattern[str]) -> list[str]:
    found = {entry for source in SOURCES.get(locale, (locale,)) for entry in faker_list("person", source, attribute)}
    fit = (entry for entry in found - LEFT_OUT if shape.match(entry))
    return sorted(entry for entry in fit if entry[0].isupper() and not entry.isupper())


def streets(locale: str, last_names: list[str]) -> list[str]:
    plain = own(locale, "streets")
    if locale == "en_US":
        plain = [f"{name} {way}" for name in plain for way in US_WAYS]
    called = {form.format(name) for name in last_names if name.isalpha() for form in SURNAME_STREETS[locale]}
    return sorted({*plain, *called})


def places(locale: str) -> list[str]:
    rows = []
    for line in own(locale, "places"):
        code, region, cities = line.split("|")
        for city, low, high, step in PLACE.findall(cities):
            rows.append(f"{city}\t{region}\t{code}\t{low}\t{high or low}\t{step or 1}")
    return ["city\tregion\tregion_code\tpostal_low\tpostal_high\tpostal_step", *sorted(rows)]


def countries() -> list[str]:
    lists = ("countries", "alpha_2_country_codes", "alpha_3_country_codes")
    found = {entry.casefold() for locale in LOCALES for name in lists for entry in faker_list("address", locale, name)}
    return sorted({*found, *(name for locale in LOCALES for name in own(locale, "country_names"))})


def write(name: str, lines: Iterable[str]) -> None:
    path = OUT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())


def main() -> None:
    aliases = []
    for locale in LOCALES:
        last_names = names(locale, "last_names", NAME)
        write(f"{locale}/female_first_names.txt", names(locale, "first_names_female", FIRST_NAME))
        write(f"{locale}/male_first_names.txt", names(locale, "first_names_male", FIRST_NAME))
        write(f"{locale}/last_names.txt", last_names)
        write(f"{locale}/streets.txt", streets(locale, last_names))
        write(f"{locale}/company_trades.txt", sorted(own(locale, "company_trades")))
        write(f"{locale}/company_forms.txt", sorted(own(locale, "company_forms")))
        write(f"{locale}/places.tsv", places(locale))
        aliases += [f"{name}\t{locale}" for name in own(locale, "country_names")]
    write("countries.txt", countries())
    write("country_locales.tsv", ["alias\tlocale", *sorted(aliases)])
    files = sorted(path for path in OUT.rglob("*") if path.suffix in (".txt", ".tsv"))
    digests = {path.relative_to(OUT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    write("SHA256SUMS", [f"{digest}  {name}" for name, digest in digests.items()])


if __name__ == "__main__":
    main()
