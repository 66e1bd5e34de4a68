"""Countries: kept by default; fake places and streets are of the row's country through `given["country"]`."""

from functools import cache

from masker import words
from masker.infotypes import Infotype
from masker.infotypes._fold import folded_words


@cache
def _known() -> frozenset[str]:
    return frozenset(words.countries().to_pylist())


def is_country(value: str) -> bool:
    """Whether the value is an ISO 3166-1 code or the name of a country in en, de, fr or es.

    >>> is_country("Deutschland"), is_country("Atlantis")
    (True, False)
    """
    return value.strip().casefold() in _known()


INFOTYPE = Infotype(
    name="country",
    title="Country",
    group="contact",
    headers={
        "en": ("country", "country code", "countrycode", "country name", "country of residence", "nation"),
        "de": ("land", "ländercode", "länderkürzel", "staat", "landeskennung", "wohnsitzland"),
        "fr": ("pays", "code pays", "pays de résidence"),
        "es": ("país", "pais", "código de país", "país de residencia"),
        "pt": ("país", "código do país"),
        "it": ("paese", "nazione", "codice paese", "stato di residenza"),
        "nl": ("land", "landcode"),
        "pl": ("kraj", "kod kraju", "państwo"),
        "ru": ("страна", "код страны"),
        "zh": ("国家", "國家", "国家代码"),
        "ja": ("国", "国名", "国コード"),
    },
    not_headers=("country of origin", "country of manufacture", "land area"),
    pattern=r"^[^\W\d_][\w.,'’()& -]{0,59}$",
    validate=is_country,
    # 26² two-letter codes, 249 of them given: 0.37; no more than half of short columns of letters.
    accident=0.4,
    canonical=folded_words,
    reads_all=True,
    quasi=True,
    role="country",
    sources=("ISO 3166-1", "masker/words/v1/SOURCES.md"),
)
