"""Cities: the city of the person's fake place, in the row's country where it is known."""

from collections.abc import Mapping

import pyarrow as pa

from masker.infotypes import Draws, Infotype
from masker.infotypes._draw import take
from masker.infotypes._fold import folded_words
from masker.infotypes._place import gazetteer, places
from masker.infotypes._script import by_script
from masker.infotypes._style import case_of


@by_script
def fake(draws: Draws, column: pa.Array, given: Mapping[str, pa.Array], locale: str) -> pa.Array:
    """The city of the place that `region` and `postal_code` draw too, in `given["country"]` or else the locale's."""
    book = gazetteer()
    return take(book.cities, places(draws, given, locale, len(column)) + case_of(column) * book.size, column)


INFOTYPE = Infotype(
    name="city",
    title="City",
    group="contact",
    headers={
        "en": (
            "city",
            "town",
            "locality",
            "municipality",
            "city name",
            "place of residence",
            "place of birth",
            "birthplace",
        ),
        "de": ("stadt", "ort", "wohnort", "gemeinde", "ortschaft", "geburtsort"),
        "fr": ("ville", "commune", "localité", "lieu de naissance"),
        "es": ("ciudad", "localidad", "municipio", "población", "lugar de nacimiento"),
        "pt": ("cidade", "município", "localidade", "naturalidade"),
        "it": ("città", "citta", "comune", "località", "luogo di nascita"),
        "nl": ("stad", "plaats", "woonplaats", "gemeente", "geboorteplaats"),
        "pl": ("miasto", "miejscowość", "miejsce urodzenia"),
        "ru": ("город", "населённый пункт", "место рождения"),
        "zh": ("城市", "市"),
        "ja": ("市区町村", "都市", "市"),
    },
    not_headers=("city count", "city pair", "ciudad de origen"),
    pattern=r"^[^\W\d_](?:[^\W\d_]|['’./() -]){0,59}$",
    canonical=folded_words,
    reads_all=True,
    fake=fake,
    space=20.0,
    widest=30,
    by_subject=True,
    quasi=True,
    sources=("masker/words/v1/SOURCES.md",),
)
