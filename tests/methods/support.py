"""Keys and columns for the tests of methods."""

import hashlib
from collections.abc import Sequence

import pyarrow as pa

from masker.crypto.keys import Keyring, Keys

_RINGS = {
    name: Keyring(hashlib.sha256(f"synthetic {name}".encode()).digest(), customer="c", purpose="p") for name in "ab"
}


def keys_of(name: str, domain: str = "d", subject: str = "customer") -> Keys:
    return _RINGS[name].keys(domain, subject)


def text(values: Sequence[str | None]) -> pa.Array:
    return pa.array(list(values), pa.string())
