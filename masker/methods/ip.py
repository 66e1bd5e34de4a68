"""Internet addresses become keyed addresses of private networks.

RFC 1918 (10.0.0.0/8), RFC 4193 (fd00::/8), RFC 5952 (how IPv6 addresses are written).
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.columns import (
    Bools,
    Bytes,
    as_text,
    in_chunks,
    like,
    offsets_of,
    text_bytes,
    text_of,
    validity,
)
from masker.crypto.keys import Keys
from masker.ip_text import read_ipv4, write_ipv4
from masker.methods import Example, Iso20889


@dataclass(frozen=True)
class Ip:
    """Replace each IPv4 address by a keyed one inside 10.0.0.0/8, each IPv6 address by one inside fd00::/8.

    The same address, however an IPv6 one is written, gets the same pseudonym, in canonical form. NULL comes back for
    what is no address (also with a port, a prefix length or a zone, and for octets with leading zeros). NULL stays
    NULL, '' stays ''.

    Not one to one: IPv4 pseudonyms have 24 bits, so that two of n addresses share one with probability about n²/2^25
    (at 6,000 addresses, likely); IPv6 ones have 120. It cannot be undone. It does NOT keep networks together, nor hide
    repetitions or which addresses are IPv6.
    """

    name: ClassVar[str] = "ip"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = False
    reversible: ClassVar[bool] = False
    keeps_format: ClassVar[bool] = True
    iso20889: ClassVar[Iso20889] = "pseudonymization"
    changes: ClassVar[bool] = True
    takes: ClassVar[Literal["text", "any"]] = "text"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "never"

    @property
    def space(self) -> float | None:
        """2^24, the IPv4 pseudonyms."""
        return float(1 << 24)

    @property
    def widest(self) -> int | None:
        """The widest IPv4 address; an IPv6 one never stood where it has no room, and gets at most 39."""
        return len("10.255.255.255")

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column of text; `by` and `given` are not read."""
        return like(in_chunks(partial(_mask, keys), as_text(column)), column.type)


def _mask(keys: Keys, text: pa.Array) -> pa.Array:
    data, offsets = text_bytes(text)
    octets, four = read_ipv4(data, offsets)
    drawn = keys.prf("ip").of_matrix(octets)[:, 0]
    image = (drawn >> np.uint64(40) | np.uint64(10 << 24)).astype(">u4").view(np.uint8).reshape(-1, 4)
    data, lengths = write_ipv4(image)
    other = np.flatnonzero(~four & (np.diff(offsets) > 0) & validity(text))
    if not len(other):
        if len(lengths) < len(four):
            all_lengths = np.zeros(len(four), dtype=np.int64)
            all_lengths[four] = lengths
            lengths = all_lengths
        return text_of(data, offsets_of(lengths), validity(text))
    sixes = _mask_ipv6(keys, text.take(pa.Array.from_buffers(pa.int64(), len(other), [None, pa.py_buffer(other)])))
    return _merged(data, lengths, four, other, sixes, validity(text))


def _mask_ipv6(keys: Keys, text: pa.Array) -> list[str | None]:
    """The pseudonyms of IPv6 addresses; None for what is none. Python takes them one by one, once a distinct value."""
    encoded = text.dictionary_encode()
    numbers = [_ipv6(value) for value in encoded.dictionary.to_pylist()]
    packed = np.frombuffer(b"".join(number or bytes(16) for number in numbers), dtype=np.uint8).reshape(-1, 16)
    drawn = keys.prf("ip").of_matrix(packed).astype(">u8").view(np.uint8).copy()
    drawn[:, 0] = 0xFD
    shown = [
        str(ipaddress.IPv6Address(row.tobytes())) if number else None
        for row, number in zip(drawn, numbers, strict=True)
    ]
    return [shown[index] for index in encoded.indices.to_numpy()]


def _ipv6(value: str) -> bytes | None:
    try:
        return None if "%" in value else ipaddress.IPv6Address(value).packed
    except ValueError:
        return None


def _merged(
    data: Bytes,
    lengths: npt.NDArray[np.int64],
    four: Bools,
    other: npt.NDArray[np.int64],
    sixes: list[str | None],
    valid: Bools,
) -> pa.Array:
    """One text column of the IPv4 rows (bytes and lengths) and the others."""
    rows = np.zeros(len(four), dtype=np.int64)
    rows[four] = lengths
    rows[other] = [len(value or "") for value in sixes]
    offsets = offsets_of(rows)
    out = np.empty(int(offsets[-1]), dtype=np.uint8)
    from_four = np.repeat(four, rows)
    out[from_four] = data
    out[~from_four] = np.frombuffer("".join(value or "" for value in sixes).encode(), dtype=np.uint8)
    valid = valid.copy()
    valid[other[[value is None for value in sixes]]] = False
    return text_of(out, offsets, valid)


METHOD = Ip
EXAMPLES = (
    Example(
        Ip(),
        ("192.0.2.1", "10.0.0.1", "255.255.255.255", "2001:db8::1", "2001:0DB8:0:0:0:0:0:1", "::1"),
        ("n/a", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4:80", "fe80::1%eth0", "1..2.3", "1.2.3.4.5"),
    ),
)
