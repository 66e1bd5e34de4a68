"""Last names: a fake one of the locale, in the case of the original."""

from collections.abc import Mapping
from functools import partial

import pyarrow as pa

from masker.infotypes import Draws, Infotype
from masker.infotypes._fold import folded_words
from masker.infotypes._person import is_last_name, last_names
from masker.infotypes._script import by_script
from masker.infotypes._style import case_of


@partial(by_script, latin=True)
def fake(draws: Draws, column: pa.Array, given: Mapping[str, pa.Array], locale: str) -> pa.Array:
    """The person's last name, in the script of the original."""
    return last_names(draws, case_of(column), given, locale, like=column)


INFOTYPE = Infotype(
    name="last_name",
    title="Last name",
    group="contact",
    headers={
        "en": ("last name", "lastname", "lname", "surname", "family name", "familyname", "maiden name", "birth name",
               "mothers maiden name", "mothers maiden", "maiden", "family"),
        "de": ("nachname", "familienname", "zuname", "geburtsname", "mädchenname", "maedchenname"),
        "fr": ("nom de famille", "nom", "nom de naissance", "nom patronymique", "nom d'usage", "nom de jeune fille"),
        "es": ("apellido", "apellidos", "primer apellido", "segundo apellido", "apellido paterno",
               "apellido materno", "apellido de soltera"),
        "pt": ("sobrenome", "apelido", "último nome"),
        "it": ("cognome", "cognome da nubile"),
        "nl": ("achternaam", "familienaam", "geboortenaam", "meisjesnaam"),
        "pl": ("nazwisko", "nazwisko rodowe"),
        "ru": ("фамилия", "девичья фамилия"),
        "zh": ("姓", "姓氏"),
        "ja": ("姓", "苗字", "名字"),
    },
    not_headers=("product family", "font family", "product name", "file name", "company name", "nom du produit",
                 "nom de fichier"),
    pattern=r"^[^\W\d_]{1,40}(?:['’. -]{1,2}[^\W\d_]{1,40}){0,5}$",
    validate=is_last_name,
    # Estimated, not measured: many last names are trades, colours and places.
    accident=0.1,
    canonical=folded_words,
    reads_all=True,
    fake=fake,
    widest=18,
    by_subject=True,
    quasi=True,
    sources=("masker/words/v1/SOURCES.md",),
)  # fmt: skip
