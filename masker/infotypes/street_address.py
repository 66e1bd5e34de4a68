"""Street addresses: a fake street and house number in the order of the row's country."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import pyarrow as pa

from masker import words
from masker.infotypes import Draws, Infotype
from masker.infotypes._draw import Indices, index, take_pairs
from masker.infotypes._fold import folded_words
from masker.infotypes._person import HOUSE, STREET
from masker.infotypes._place import locale_numbers
from masker.infotypes._script import by_script
from masker.infotypes._style import case_of, in_every_look

_NUMBER_FIRST = np.array([locale in ("en_US", "en_GB", "en_IN", "fr_FR") for locale in words.locales()])
# How a house number that follows is written, where it is not behind a blank alone.
_FOLLOWS = {"pt_BR": ", {}", "ru_RU": ", д. {}", "tr_TR": " No: {}", "ja_JP": "{}番地", "zh_CN": "{}号"}
_FEW = 180
_HIGHEST_NUMBER = np.array([3999 if locale == "en_US" else _FEW for locale in words.locales()], dtype=np.int64)


@cache
def _streets() -> tuple[pa.Array, Indices, Indices]:
    pools = [words.pool(locale, "streets") for locale in words.locales()]
    counts = np.array([len(pool) for pool in pools], dtype=np.int64)
    return in_every_look(pa.concat_arrays(pools)), np.cumsum(counts) - counts, counts


@cache
def _pieces() -> pa.Array:
    """All streets in every look, then house numbers that lead, then house numbers that follow."""
    numbers = range(1, int(_HIGHEST_NUMBER.max()) + 1)
    leading, following = (words.text_column([shape.format(n) for n in numbers]) for shape in ("{} ", " {}"))
    others = [words.text_column([shape.format(n) for n in range(1, _FEW + 1)]) for shape in _FOLLOWS.values()]
    return pa.concat_arrays([_streets()[0], leading, following, *others])


def _first_numbers() -> Indices:
    """Where the house numbers of each locale begin, behind the streets, shape (locales,)."""
    most = int(_HIGHEST_NUMBER.max())
    begins = np.where(_NUMBER_FIRST, 0, most)
    for place, locale in enumerate(_FOLLOWS):
        begins[words.locales().index(locale)] = 2 * most + place * _FEW
    return begins


@by_script
def fake(draws: Draws, column: pa.Array, given: Mapping[str, pa.Array], locale: str) -> pa.Array:
    """`12 Main Street`, `12 rue Pasteur`, `Hauptstraße 12`, `Calle Mayor 12`: as in `given["country"]`."""
    streets, first, count = _streets()
    at = locale_numbers(given, locale, len(column))
    street = first[at] + index(draws.person, STREET, count[at])
    street += case_of(column) * int(count.sum())
    leads = _NUMBER_FIRST[at]
    house = len(streets) + index(draws.person, HOUSE, _HIGHEST_NUMBER[at]) + _first_numbers()[at]
    pieces = np.empty((len(column), 2), dtype=np.int32)
    pieces[:, 0], pieces[:, 1] = np.where(leads, house, street), np.where(leads, street, house)
    return take_pairs(_pieces(), pieces, column)


INFOTYPE = Infotype(
    name="street_address",
    title="Street and house number",
    group="contact",
    headers={
        "en": ("street", "street address", "address", "address line", "address line 1", "address line 2", "address1",
               "address2", "addr", "street name", "home address", "mailing address", "billing address",
               "shipping address", "delivery address", "billing street", "shipping street", "mailing street",
               "po box", "p o box", "post office box", "apartment", "apartment number", "house number"),
        "de": ("straße", "strasse", "adresse", "anschrift", "straße und hausnummer", "hausnummer", "lieferadresse",
               "rechnungsadresse", "wohnadresse", "postfach"),
        "fr": ("rue", "adresse", "adresse postale", "voie", "adresse de livraison", "adresse de facturation",
               "boite postale"),
        "es": ("calle", "dirección", "direccion", "domicilio", "dirección de envío", "dirección postal",
               "apartado postal", "apartado de correos"),
        "pt": ("rua", "endereço", "morada", "logradouro", "caixa postal"),
        "it": ("via", "indirizzo", "residenza", "domicilio", "casella postale"),
        "nl": ("straat", "straatnaam", "adres", "bezoekadres", "postbus"),
        "pl": ("ulica", "adres", "adres zamieszkania", "skrytka pocztowa"),
        "ru": ("улица", "адрес", "домашний адрес"),
        "zh": ("地址", "街道", "住址"),
        "ja": ("住所", "番地", "町名"),
    },
    not_headers=("ip address", "email address", "mac address", "e-mail address", "adresse ip", "adresse email",
                 "web address", "wallet address", "dirección ip"),
    pattern=r"^(?![0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-)(?=\D{0,80}\d)(?=[\d\W]{0,80}[^\W\d_])[\w .,'’/()°#&-]{4,100}$",
    canonical=folded_words,
    reads_all=True,
    fake=fake,
    widest=40,
    by_subject=True,
    direct=True,
    sources=("masker/words/v1/SOURCES.md",),
)  # fmt: skip
