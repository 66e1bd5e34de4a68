"""Hardware addresses become keyed ones that no maker ever gave out; the maker's part may stay.

IEEE 802-2014 section 8 (universally and locally administered addresses, EUI-48 and EUI-64), RFC 9542.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import Bytes, as_text, flags, in_chunks, like
from masker.crypto.keys import Keys
from masker.errors import UsageError
from masker.marked_text import DIGIT, LETTER, Layout, kinds_of
from masker.methods import Example, Iso20889

_HEX = "[0-9A-Fa-f]"
_WRITTEN = "|".join(
    rf"(?:{_HEX}{{{width}}}[{mark}]){{{count - 1}}}{_HEX}{{{width}}}" if mark else f"{_HEX}{{{width}}}"
    for size in (6, 8)
    for width, mark, count in (
        (2, ":", size), (2, "-", size), (4, ".", size // 2), (4, ":", size // 2), (6, "-", 2), (2 * size, "", 1),
    )
    if width * count == 2 * size
)  # fmt: skip
_KINDS = kinds_of(b":-.")
_LOCAL, _GROUP = np.uint8(2), np.uint8(1)


@dataclass(frozen=True)
class Mac:
    """Replace each hardware address (EUI-48 or EUI-64) by a keyed, locally administered one of a single station.

    With `keep: oui` the maker's first three octets stay where a maker gave the address out, and the rest is permuted;
    addresses that are locally administered already name no maker and change whole. Separators and case stay; however
    an address is written, it gets the same pseudonym. NULL comes back for what is no address. NULL stays NULL, '' stays
    ''.

    Without `keep`, two of n addresses fall together with probability at most n²/2^47; with it, none of one maker do.
    It cannot be undone (with `keep: oui` the key could). It does NOT hide repetitions; makers, kept, tell kinds of
    devices, and a rare one tells its owner.
    """

    keep: Literal["nothing", "oui"] = "nothing"

    name: ClassVar[str] = "mac"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = False
    reversible: ClassVar[bool] = False
    keeps_format: ClassVar[bool] = True
    iso20889: ClassVar[Iso20889] = "pseudonymization"
    changes: ClassVar[bool] = True
    takes: ClassVar[Literal["text", "any"]] = "text"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "never"

    def __post_init__(self) -> None:
        if self.keep not in ("nothing", "oui"):
            raise UsageError("usage", "`keep` of `mac` is not one of nothing, oui")

    @property
    def space(self) -> float | None:
        """2^46, or 2^24 where the maker stays."""
        return float(1 << (24 if self.keep == "oui" else 46))

    @property
    def widest(self) -> int | None:
        """None: as wide as the original."""
        return None

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column of text; `by` and `given` are not read."""
        return like(in_chunks(partial(self._mask, keys), as_text(column)), column.type)

    def _mask(self, keys: Keys, text: pa.Array) -> pa.Array:
        written = flags(pc.match_substring_regex(text, rf"\A(?:{_WRITTEN})\z"))
        layout = Layout(text, _KINDS, DIGIT, LETTER)
        for group in layout.groups():
            mine = group.where(written[group.rows])
            if len(mine.rows):
                layout.put(mine, _spelled(self._changed(keys, _octets(mine.marked)), like=mine.marked))
        return layout.finish()

    def _changed(self, keys: Keys, octets: Bytes) -> Bytes:
        drawn = keys.prf("mac").of_matrix(octets).astype(">u8").view(np.uint8)[:, : octets.shape[1]].copy()
        drawn[:, 0] = drawn[:, 0] & ~_GROUP | _LOCAL
        if self.keep == "nothing":
            return drawn
        rest = octets.shape[1] - 3
        number = np.zeros(len(octets), dtype=np.uint64)
        for place in range(3, octets.shape[1]):
            number = number << np.uint64(8) | octets[:, place]
        number = keys.permutation(1 << 8 * rest, "mac-station")(number)
        kept = octets.copy()
        for place in range(rest):
            kept[:, -1 - place] = number >> np.uint64(8 * place) & np.uint64(255)
        return np.where((octets[:, :1] & _LOCAL) > 0, drawn, kept)


def _octets(digits: Bytes) -> Bytes:
    half = np.where(digits > 57, (digits | 32) - 87, digits - 48).astype(np.uint8)
    return half[:, 0::2] << np.uint8(4) | half[:, 1::2]


def _spelled(octets: Bytes, like: Bytes) -> Bytes:
    half = np.empty(like.shape, dtype=np.uint8)
    half[:, 0::2], half[:, 1::2] = octets >> np.uint8(4), octets & np.uint8(15)
    letter = np.where(((like > 64) & (like < 91)).any(axis=1), np.uint8(55), np.uint8(87))
    return np.where(half > 9, half + letter[:, None], half + np.uint8(48)).astype(np.uint8)


METHOD = Mac
EXAMPLES = (
    Example(
        Mac(),
        ("00:00:5E:00:53:01", "00-00-5e-00-53-02", "0000.5e00.5303", "00005E005304", "00:00:5e:ff:fe:00:53:01"),
        ("n/a", "00:00:5E:00:53", "00:00-5E:00:53:01", "00:00:5G:00:53:01", "00:00:5E:00:53:01:02"),
    ),
    Example(Mac("oui"), ("00:00:5E:00:53:01", "00:00:5E:00:53:02", "02:00:5E:00:53:01"), ("n/a",)),
)
