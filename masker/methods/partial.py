"""Keep the ends of a text and hide what is between."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import as_text, like
from masker.crypto.keys import Keys
from masker.errors import UsageError
from masker.methods import Example, Iso20889


@dataclass(frozen=True)
class Partial:
    """Keep the first `keep_first` and last `keep_last` characters, put `mark` for each other character.

    A text that would not hide at least half as many characters as it keeps (and one) is hidden whole. With `infotype:
    payment_card` at most the first 6 and the last 4 may stay (PCI DSS 4.0.1, requirement 3.4.1). NULL stays NULL, ''
    stays ''.

    It does NOT hide the ends nor the length, and different values may come to look alike: it is no pseudonym.
    """

    keep_first: int = 0
    keep_last: int = 4
    mark: str = "*"
    infotype: str = ""

    name: ClassVar[str] = "partial"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = False
    reversible: ClassVar[bool] = False
    keeps_format: ClassVar[bool] = False
    iso20889: ClassVar[Iso20889] = "masking"
    changes: ClassVar[bool] = True
    takes: ClassVar[Literal["text", "any"]] = "text"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "never"

    def __post_init__(self) -> None:
        for kept in (self.keep_first, self.keep_last):
            if type(kept) is not int or not 0 <= kept <= 64:
                raise UsageError("usage", "`keep_first` and `keep_last` of `partial` are whole numbers from 0 to 64")
        if not isinstance(self.mark, str) or len(self.mark) != 1 or self.mark.isalnum():
            raise UsageError("usage", "`mark` of `partial` is one character, no letter and no digit")
        if self.infotype == "payment_card" and (self.keep_first > 6 or self.keep_last > 4):
            raise UsageError("usage", "`partial` keeps at most the first 6 and the last 4 digits of a card")

    @property
    def space(self) -> float | None:
        """None: a text never equals its masked form, unless it was masked before."""
        return None

    @property
    def widest(self) -> int | None:
        """None: as wide as the original."""
        return None

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column of text; `by` and `given` are not read."""
        text = as_text(column)
        kept = self.keep_first + self.keep_last
        length = pc.utf8_length(text)
        whole = pc.less(length, kept + max(1, (kept + 1) // 2))
        hidden = pc.if_else(whole, length, pc.max_element_wise(pc.subtract(length, kept), pa.scalar(0, length.type)))
        parts = [pc.binary_repeat(pa.scalar(self.mark), hidden)]
        if self.keep_first:
            parts.insert(0, pc.if_else(whole, "", pc.utf8_slice_codeunits(text, 0, self.keep_first)))
        if self.keep_last:
            parts.append(pc.if_else(whole, "", pc.utf8_slice_codeunits(text, -self.keep_last)))
        return like(pc.binary_join_element_wise(*parts, ""), column.type)


METHOD = Partial
EXAMPLES = (
    Example(Partial(), ("DE89370400440532013000", "Anna", "Zoë Müller")),
    Example(Partial(6, 4, infotype="payment_card"), ("4111111111111111", "378282246310005", "1234")),
)
