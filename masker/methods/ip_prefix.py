"""Internet addresses become other ones, and networks stay networks: Crypto-PAn over IPv4 and IPv6."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import ClassVar, Literal

import pyarrow as pa

from masker.columns import as_text, in_chunks, like
from masker.crypto.cryptopan import CryptoPan
from masker.crypto.keys import Keys
from masker.ip_text import map_addresses
from masker.methods import Example, Iso20889, turned_back


@dataclass(frozen=True)
class IpPrefix:
    """Encrypt each address so that two with the same first k bits, and no more, still have exactly those in common.

    So networks, routes and neighbours can be analysed in the copy. IPv4 and IPv6 apart; IPv6 is written as RFC 5952
    has it. NULL comes back for what is no address (also with a port, a prefix length or a zone, and for octets with
    leading zeros). NULL stays NULL, '' stays ''.

    Guarantees: one to one; the key turns it back (IPv6 in the writing of RFC 5952). A pseudonym may by chance be a
    real host's address, outside private networks (`ip` stays inside them); an address stays itself with probability
    2^-32.

    It does NOT hide which addresses are of one network, nor repetitions: whoever knows one address of a network in
    clear learns the network's bits of all others, and with a few hundred planted addresses much of the rest. 32 AES
    blocks for an IPv4 address, 128 for an IPv6 one: slower than `ip`.
    """

    name: ClassVar[str] = "ip_prefix"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = True
    reversible: ClassVar[bool] = True
    keeps_format: ClassVar[bool] = True
    iso20889: ClassVar[Iso20889] = "cryptographic"
    changes: ClassVar[bool] = True
    takes: ClassVar[Literal["text", "any"]] = "text"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "never"

    @property
    def space(self) -> float | None:
        """2^32, the IPv4 addresses."""
        return float(1 << 32)

    @property
    def widest(self) -> int | None:
        """The widest IPv4 address; an IPv6 one never stood where it has no room, and gets at most 39."""
        return len("255.255.255.255")

    @property
    def recorded(self) -> Mapping[str, object] | None:
        """All parameters: there are none."""
        return asdict(self)

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column of text; `by` and `given` are not read."""
        pan = CryptoPan(keys.secret("ip-prefix"), turned=keys.are_turned)
        mask = partial(map_addresses, four=pan, six=pan)
        return like(in_chunks(mask, as_text(column)), column.type)

    def unmask(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Turn a masked column back; NULL for what is no address as this method writes it."""
        return turned_back(self, keys, column)


METHOD = IpPrefix
EXAMPLES = (
    Example(
        IpPrefix(),
        ("192.0.2.1", "192.0.2.200", "10.0.0.1", "255.255.255.255", "2001:db8::1", "2001:db8:1::7", "::1"),
        ("n/a", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4:80", "fe80::1%eth0", "1.2.3.4/8"),
    ),
)
