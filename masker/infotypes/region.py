"""States, provinces and regions: the region of the person's fake place, as code or name like the original."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import flags
from masker.infotypes import Draws, Infotype
from masker.infotypes._draw import numbers, take
from masker.infotypes._fold import folded_words
from masker.infotypes._place import gazetteer, places
from masker.infotypes._script import by_script
from masker.infotypes._style import LOOKS, case_of

CODE = LOOKS
"""The block of the gazetteer's regions after those of the looks."""


@by_script
def fake(draws: Draws, column: pa.Array, given: Mapping[str, pa.Array], locale: str) -> pa.Array:
    """The region of the place that `city` and `postal_code` draw too; its code for two or three capitals."""
    book = gazetteer()
    looks = case_of(column)
    letters = numbers(pc.utf8_length(column), 0)
    coded = flags(pc.utf8_is_upper(column)) & (letters >= 2) & (letters <= 3)
    looks[coded] = CODE
    return take(book.regions, places(draws, given, locale, len(column)) + looks * book.size, column)


INFOTYPE = Infotype(
    name="region",
    title="State, province or region",
    group="contact",
    headers={
        "en": (
            "state",
            "province",
            "region",
            "county",
            "state code",
            "state province",
            "state or province",
            "prefecture",
        ),
        "de": ("bundesland", "region", "provinz", "landkreis", "kanton"),
        "fr": ("région", "departement", "département", "province", "canton"),
        "es": ("provincia", "región", "comunidad autónoma", "estado", "departamento"),
        "pt": ("estado", "uf", "distrito", "província"),
        "it": ("provincia", "regione"),
        "nl": ("provincie", "regio"),
        "pl": ("województwo", "powiat", "region"),
        "ru": ("область", "регион", "край"),
        "zh": ("省", "省份", "州"),
        "ja": ("都道府県", "地域"),
    },
    not_headers=("order state", "job state", "state machine", "current state", "aws region", "estado del pedido"),
    pattern=r"^[^\W\d_](?:[^\W\d_]|['’./() -]){0,59}$",
    canonical=folded_words,
    reads_all=True,
    fake=fake,
    widest=30,
    space=4.0,
    by_subject=True,
    quasi=True,
    sources=("ISO 3166-2", "masker/words/v1/SOURCES.md"),
)
