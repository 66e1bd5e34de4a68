"""Replace every value by one and the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa

from masker.columns import as_text, is_text, kind_of, like, text_bytes, text_of, validity
from masker.crypto.keys import Keys
from masker.errors import GateError, UsageError
from masker.methods import Example, Iso20889


@dataclass(frozen=True)
class Constant:
    """Put `value` into every cell that has a value; a number, a date or a boolean is given as its canonical text.

    NULL stays NULL and '' stays ''. Raises `GateError` (code `does-not-fit`) where the column's type cannot hold
    `value`. It does NOT hide which cells are empty. A cell that already was `value` looks unchanged.
    """

    value: str = ""

    name: ClassVar[str] = "constant"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = False
    reversible: ClassVar[bool] = False
    keeps_format: ClassVar[bool] = False
    iso20889: ClassVar[Iso20889] = "suppression"
    changes: ClassVar[bool] = True
    takes: ClassVar[Literal["text", "any"]] = "any"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "never"

    def __post_init__(self) -> None:
        if not isinstance(self.value, str) or not self.value:
            raise UsageError("usage", "`constant` needs a text as its `value`", "use `null` for no value")

    @property
    def space(self) -> float | None:
        """1.0: the output is the same for all, so that equality tells nothing."""
        return 1.0

    @property
    def widest(self) -> int | None:
        """The value."""
        return len(self.value)

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column of any type that text can be cast to."""
        valid = validity(column)
        filled = valid.copy()
        if is_text(column.type):
            filled &= np.diff(text_bytes(as_text(column))[1]) > 0
        mark = np.frombuffer(self.value.encode(), dtype=np.uint8)
        offsets = np.concatenate([[0], np.cumsum(filled * len(mark))])
        text = text_of(np.tile(mark, int(filled.sum())), offsets, valid)
        try:
            return like(text, column.type)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            raise GateError("does-not-fit", f"the `value` of `constant` is no {kind_of(column.type)}") from None


METHOD = Constant
EXAMPLES = (Example(Constant("n/a"), ("Anna", "Bob", "7")),)
