"""IP addresses, version 4 and 6, in the text form of RFC 4291 and RFC 5952."""

import ipaddress

import pyarrow as pa
import pyarrow.compute as pc

from masker.infotypes import Infotype
from masker.words import text_column

_V4 = r"^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])$"


def _compressed(value: str | None) -> str:
    try:
        return "" if value is None else str(ipaddress.ip_address(value.strip()))
    except ValueError:
        return ""


def canonical(column: pa.Array) -> pa.Array:
    """The compressed lower-case form: n texts to n texts; NULL where it is no address. IPv4 stays as it is.

    >>> canonical(pa.array(["192.0.2.1", "2001:DB8:0::1", "10.0.0", None])).to_pylist()
    ['192.0.2.1', '2001:db8::1', None, None]
    """
    v4 = pc.fill_null(pc.match_substring_regex(column, _V4), False)
    if pc.all(v4).as_py():
        return column
    other = pc.if_else(v4, pa.scalar(None, pa.string()), column)
    distinct = pc.unique(other)
    rendered = text_column(map(_compressed, distinct.to_pylist())).take(pc.index_in(other, value_set=distinct))
    rendered = pc.if_else(pc.equal(rendered, ""), pa.scalar(None, pa.string()), rendered)
    return pc.if_else(v4, column, rendered)


def validate(value: str) -> bool:
    """Whether it is an address of a host: not `::`, and no part over 255 (a version number).

    >>> [validate(text) for text in ("192.0.2.1", "2001:db8::1", "::", "6.1.7601.23505")]
    [True, True, False, False]
    """
    try:
        return not any(ipaddress.ip_address(hop.strip()).is_unspecified for hop in value.split(","))
    except ValueError:
        return False


INFOTYPE = Infotype(
    name="ip_address",
    title="IP address",
    group="web",
    headers={
        "en": (
            "ip",
            "ip address",
            "ipaddr",
            "ip addr",
            "ipv4",
            "ipv6",
            "client ip",
            "remote addr",
            "remote address",
            "remote ip",
            "login ip",
            "last ip",
            "host ip",
            "source ip",
            "src ip",
            "dst ip",
            "x forwarded for",
            "forwarded for",
            "forwarded ips",
            "hop",
            "traceroute",
            "last login ip",
            "ipaddress",
            "remote host",
            "user ip",
            "oper ip",
            "signup ip",
        ),
        "de": ("ip adresse", "ipadresse"),
        "fr": ("adresse ip",),
        "es": ("direccion ip",),
        "pt": ("endereco ip",),
        "it": ("indirizzo ip",),
        "nl": ("ip adres",),
        "pl": ("adres ip",),
        "ru": ("ip адрес", "айпи"),
        "zh": ("ip地址", "登录ip", "主机地址"),
        "ja": ("ipアドレス",),
    },
    not_headers=("count", "version", "type", "country", "range", "port"),
    pattern=r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?:, ?[0-9A-Fa-f:.]{3,45}){0,15}"
    r"|(?=[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:)[0-9A-Fa-f:.]{3,45}(?:%[0-9A-Za-z]+)?",
    validate=validate,
    accident=0.005,  # of four-part version numbers; of random digits with three dots about 1 in 4 pass
    canonical=canonical,
    direct=True,
    sources=("RFC 4291 section 2.2", "RFC 5952"),
)
