"""First names: a fake one of the person's gender, in the case of the original.

Lists of names are public, so a first name alone points at nobody; with other columns it does.
"""

from collections.abc import Mapping
from functools import partial

import pyarrow as pa

from masker.infotypes import Draws, Infotype
from masker.infotypes._fold import folded_words
from masker.infotypes._person import first_names, is_first_name
from masker.infotypes._script import by_script
from masker.infotypes._style import look_of


@partial(by_script, latin=True)
def fake(draws: Draws, column: pa.Array, given: Mapping[str, pa.Array], locale: str) -> pa.Array:
    """The person's first name; an initial where the original is one. `given["gender"]` is followed where readable."""
    return first_names(draws, look_of(column), given, locale, like=column)


INFOTYPE = Infotype(
    name="first_name",
    title="First or middle name",
    group="contact",
    headers={
        "en": ("first name", "firstname", "fname", "given name", "givenname", "forename", "middle name", "middlename",
               "middle initial", "christian name", "preferred name"),
        "de": ("vorname", "vornamen", "rufname", "zweitname"),
        "fr": ("prénom", "prenom", "prénoms", "prenoms", "deuxième prénom"),
        "es": ("nombre de pila", "primer nombre", "segundo nombre", "nombre"),
        "pt": ("primeiro nome", "prenome", "nome próprio"),
        "it": ("nome di battesimo", "nome"),
        "nl": ("voornaam", "voornamen", "roepnaam"),
        "pl": ("imię", "imie", "imiona", "drugie imię"),
        "ru": ("имя",),
        "zh": ("名字",),
        "ja": ("名", "名前"),
    },
    not_headers=("product name", "file name", "company name", "user name", "table name", "host name", "domain name"),
    pattern=r"^[^\W\d_]{1,30}(?:['’. -][^\W\d_]{0,30}){0,4}$",
    validate=is_first_name,
    # Estimated, not measured: names are also words, months and cities.
    accident=0.05,
    canonical=folded_words,
    reads_all=True,
    fake=fake,
    space=50.0,
    widest=14,
    by_subject=True,
    quasi=True,
    sources=("masker/words/v1/SOURCES.md",),
)  # fmt: skip
