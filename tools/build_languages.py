"""Builds the frozen pools of masker/words/languages/ from Faker's lists and the own tables in tools/words/languages/.

Run once per version of the pools, like `build_words.py`: the frozen files are the contract, not this script.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from tools.build_words import LEFT_OUT, faker_list

OWN = Path(__file__).parent / "words" / "languages"
OUT = Path(__file__).parent.parent / "masker" / "words" / "languages"
FIRST_NAME = re.compile(r"[^\W\d_]{3,14}\Z")
LAST_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[' -](?=[^\W\d_])){1,17}\Z")
IDEOGRAMS = {"ja_JP", "zh_CN"}
PLACE = re.compile(r"([^;]+?) (?:([A-Z]{1,2}#[#@ ]+) )?(\d+)(?:-(\d+))?(?:; |$)")
# Endings of surnames of men and of women who bear the same name.
WOMEN = {
    "pl_PL": (("ski", "ska"), ("cki", "cka"), ("dzki", "dzka")),
    "ru_RU": (("ский", "ская"), ("цкий", "цкая"), ("ой", "ая"), ("ый", "ая"), ("ов", "ова"), ("ев", "ева"),
              ("ёв", "ёва"), ("ин", "ина"), ("ын", "ына")),
}  # fmt: skip
MOST = 1200
"""Names that a pool has about at most: every n-th of a longer list, and all of the first of two lists."""


def names(locale: str, own: list[str], attributes: tuple[str, ...], shape: re.Pattern[str]) -> list[str]:
    found = {*own, *(entry for attribute in attributes for entry in faker_list("person", locale, attribute))} - LEFT_OUT
    if locale in IDEOGRAMS:
        return sorted(entry for entry in found if 1 <= len(entry) <= 3 and entry.isalpha())
    fit = sorted(entry for entry in found if shape.match(entry) and not entry.isupper())
    if len(fit) <= MOST:
        return fit
    first = {*fit} & {*faker_list("person", locale, attributes[0])}
    return sorted({*fit[:: -(-len(fit) // MOST)], *(first if len(attributes) > 1 else ())})


def woman_s(locale: str, name: str) -> str:
    for man, woman in WOMEN[locale]:
        if name.endswith(man):
            return name.removesuffix(man) + woman
    return name


def places(table: dict[str, object]) -> list[str]:
    rows = []
    for line in str(table["places"]).strip().splitlines():
        code, region, cities = line.split("|")
        for city, form, low, high in PLACE.findall(cities):
            rows.append(f"{city}\t{region}\t{code}\t{low}\t{high or low}\t1\t{form or table.get('form', '#####')}")
    return ["city\tregion\tregion_code\tpostal_low\tpostal_high\tpostal_step\tpostal_form", *sorted(rows)]


def write(name: str, lines: Iterable[str]) -> None:
    path = OUT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())


def main() -> None:
    aliases = []
    for file in sorted(OWN.glob("*.toml")):
        locale, table = file.stem, tomllib.loads(file.read_text(encoding="utf-8"))
        for gender in ("female", "male"):
            own = table.get(f"{gender}_first_names", [])
            write(f"{locale}/{gender}_first_names.txt", names(locale, own, (f"first_names_{gender}",), FIRST_NAME))
        lists = ("male_last_names", "unisex_last_names") if locale == "pl_PL" else ("last_names",)
        lists = ("last_names_male",) if locale == "ru_RU" else lists
        last_names = names(locale, table.get("last_names", []), lists, LAST_NAME)
        write(f"{locale}/last_names.txt", last_names)
        if locale in WOMEN:
            write(f"{locale}/female_last_names.txt", (woman_s(locale, name) for name in last_names))
        called = {form.format(name) for name in last_names if name.isalpha() for form in table["surname_streets"]}
        write(f"{locale}/streets.txt", sorted({*table["streets"], *called}))
        write(f"{locale}/company_trades.txt", sorted(table["trades"]))
        write(f"{locale}/company_forms.txt", sorted(table["forms"]))
        write(f"{locale}/places.tsv", places(table))
        aliases += [f"{name}\t{locale}" for name in table["countries"]]
    write("country_locales.tsv", ["alias\tlocale", *sorted(aliases)])
    files = sorted(path for path in OUT.rglob("*") if path.suffix in (".txt", ".tsv"))
    digests = {path.relative_to(OUT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    write("SHA256SUMS", [f"{digest}  {name}" for name, digest in digests.items()])


if __name__ == "__main__":
    main()
