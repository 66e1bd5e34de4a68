"""Hardware addresses of network cards (IEEE 802, EUI-48)."""

import pyarrow as pa
import pyarrow.compute as pc

from masker.infotypes import Infotype


def canonical(column: pa.Array) -> pa.Array:
    """Twelve lower-case hex digits: n texts to n texts; NULL where it is none.

    >>> canonical(pa.array(["00:00:5E:00:53:01", "0000.5e00.5301", "no", None])).to_pylist()
    ['00005e005301', '00005e005301', None, None]
    """
    bare = pc.utf8_lower(pc.replace_substring_regex(column, r"[:.-]", ""))
    return pc.if_else(pc.match_substring_regex(bare, r"^[0-9a-f]{12}$"), bare, pa.scalar(None, pa.string()))


INFOTYPE = Infotype(
    name="mac_address",
    title="hardware (MAC) address",
    group="web",
    headers={
        "en": ("mac", "mac address", "mac addr", "hardware address", "bssid", "wifi mac", "bluetooth address"),
        "de": ("mac adresse", "hardwareadresse"),
        "fr": ("adresse mac",),
        "es": ("direccion mac",),
        "zh": ("mac地址",),
        "ja": ("macアドレス",),
        "pt": ("endereco mac",),
        "it": ("indirizzo mac",),
        "nl": ("mac adres",),
        "pl": ("adres mac",),
        "ru": ("mac адрес",),
    },
    not_headers=("count", "vendor", "type", "os"),
    pattern=r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}",
    accident=0.0001,
    canonical=canonical,
    direct=True,
    sources=("IEEE 802-2014 section 8", "RFC 7042"),
)
