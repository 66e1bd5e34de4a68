"""Replace every value by NULL."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import pyarrow as pa

from masker.crypto.keys import Keys
from masker.methods import Example, Iso20889


@dataclass(frozen=True)
class Null:
    """Give NULL in every row, '' included; the type stays.

    The promise that NULL means "cannot read" does not hold here: the plan knows the column as nulled. It does NOT hide
    that the column exists, nor how many rows there are.
    """

    name: ClassVar[str] = "null"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = False
    reversible: ClassVar[bool] = False
    keeps_format: ClassVar[bool] = False
    iso20889: ClassVar[Iso20889] = "suppression"
    changes: ClassVar[bool] = True
    takes: ClassVar[Literal["text", "any"]] = "any"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "never"

    @property
    def space(self) -> float | None:
        """None: no output equals a value."""
        return None

    @property
    def widest(self) -> int | None:
        """None: as wide as the original."""
        return None

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Give as many NULLs of the same type."""
        return pa.nulls(len(column), column.type)


METHOD = Null
EXAMPLES = (Example(Null(), ("anything", "1")),)
