"""States, provinces and regions: the region of the person's fake place, as code or name like the original."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from masker.infotypes import Draws, Infotype
from masker.infotypes._draw import take
from masker.infotypes._fold import folded_words
from masker.infotypes._place import gazetteer, places
from masker.infotypes._style import case_of


def fake(draws: Draws, column: pa.Array, given: Mapping[str, pa.Array], locale: str) -> pa.Array:
    """The region of the place that `city` and `postal_code` draw too; its code for originals of up to three capitals."""
    book = gazetteer()
    rows = places(draws, given, locale, len(column))
    name = take(book.regions, rows + case_of(column) * book.size, column)
    short = pc.and_(pc.utf8_is_upper(column), pc.less_equal(pc.binary_length(column), 3))
    if not pc.any(short).as_py():
        return name
    return pc.if_else(short, take(book.region_codes, rows, column), name)


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
    fake=fake,
    by_subject=True,
    quasi=True,
    sources=("ISO 3166-2", "masker/words/v1/SOURCES.md"),
)
