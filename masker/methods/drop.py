"""Leave a column out of the copy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import pyarrow as pa

from masker.crypto.keys import Keys
from masker.methods import Example, Iso20889


@dataclass(frozen=True)
class Drop:
    """Say that the column is to be left out: the plan takes it out of the table.

    Called all the same, it gives NULL in every row. It does NOT hide that rows exist.
    """

    name: ClassVar[str] = "drop"
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


METHOD = Drop
EXAMPLES = (Example(Drop(), ("anything", "1")),)
