"""Leave a column as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import pyarrow as pa

from masker.crypto.keys import Keys
from masker.methods import Example, Iso20889


@dataclass(frozen=True)
class Keep:
    """Give every value back untouched, of whatever type, NULL and '' included.

    It protects nothing: use it for what is not personal, or where the owner accepts that it stays readable.
    """

    name: ClassVar[str] = "keep"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = True
    reversible: ClassVar[bool] = True
    keeps_format: ClassVar[bool] = True
    iso20889: ClassVar[Iso20889] = "none"
    changes: ClassVar[bool] = False
    takes: ClassVar[Literal["text", "any"]] = "any"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "never"

    @property
    def space(self) -> float | None:
        """1.0: every output equals its original."""
        return 1.0

    @property
    def widest(self) -> int | None:
        """None: as wide as the original."""
        return None

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Give the very column."""
        return column


METHOD = Keep
EXAMPLES = (Example(Keep(), ("open", "closed", "1e5")),)
