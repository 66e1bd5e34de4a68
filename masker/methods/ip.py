"""Internet addresses become keyed addresses of private networks.

RFC 1918 (10.0.0.0/8), RFC 4193 (fd00::/8), RFC 5952 (how IPv6 addresses are written).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa

from masker.columns import Bytes, as_text, in_chunks, like
from masker.crypto.keys import Keys
from masker.ip_text import map_addresses
from masker.methods import Example, Iso20889


@dataclass(frozen=True)
class Ip:
    """Replace each IPv4 address by a keyed one inside 10.0.0.0/8, each IPv6 address by one inside fd00::/8.

    The same address, however an IPv6 one is written, gets the same pseudonym, in canonical form. NULL comes back for
    what is no address (also with a port, a prefix length or a zone, and for octets with leading zeros). NULL stays
    NULL, '' stays ''.

    Not one to one: IPv4 pseudonyms have 24 bits, so that two of n addresses share one with probability about n²/2^25
    (at 6,000 addresses, likely); IPv6 ones have 120. It cannot be undone. It does NOT keep networks together
    (`ip_prefix` does), nor hide repetitions or which addresses are IPv6.
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
    def four(octets: Bytes) -> Bytes:
        drawn = keys.prf("ip").of_matrix(octets)[:, 0]
        return (drawn >> np.uint64(40) | np.uint64(10 << 24)).astype(">u4").view(np.uint8).reshape(-1, 4)

    def six(octets: Bytes) -> Bytes:
        drawn = keys.prf("ip").of_matrix(octets).astype(">u8").view(np.uint8).copy()
        drawn[:, 0] = 0xFD
        return drawn

    return map_addresses(text, four, six)


METHOD = Ip
EXAMPLES = (
    Example(
        Ip(),
        ("192.0.2.1", "10.0.0.1", "255.255.255.255", "2001:db8::1", "2001:0DB8:0:0:0:0:0:1", "::1"),
        ("n/a", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4:80", "fe80::1%eth0", "1..2.3", "1.2.3.4.5"),
    ),
)
