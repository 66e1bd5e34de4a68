"""Universally unique identifiers become keyed ones of the same version and variant (RFC 9562)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import Bytes, as_text, flags, in_chunks, like, text_bytes, text_of, validity
from masker.crypto.keys import Keys
from masker.methods import Example, Iso20889

_HEX = "[0-9A-Fa-f]"
_DASHED = f"{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}"
# How an identifier may be written, and in which places its 32 digits then are.
_WHOLE = np.array([place for place in range(36) if place not in (8, 13, 18, 23)], dtype=np.int64)
_WRITTEN = (
    (rf"\A{_DASHED}\z", _WHOLE),
    (rf"\A\{{{_DASHED}\}}\z", _WHOLE + 1),
    (rf"\A(?i:urn:uuid:){_DASHED}\z", _WHOLE + 9),
    (rf"\A{_HEX}{{32}}\z", np.arange(32, dtype=np.int64)),
)
# Of the octet that the variant begins in, by its three highest bits: which bits say it (RFC 9562, table 1).
_VARIANT_BITS = np.array([0x80] * 4 + [0xC0] * 2 + [0xE0] * 2, dtype=np.uint8)


@dataclass(frozen=True)
class Uuid:
    """Replace each UUID by a keyed one of the same version and variant, written as the original is.

    With hyphens or without, in braces or behind `urn:uuid:`, in either case: however it is written, an identifier gets
    the same pseudonym. Time, node and random bits of the original are all gone; the nil and the max UUID, which name
    nothing, stay. NULL comes back for what is no UUID. NULL stays NULL, '' stays ''.

    Two of n identifiers fall together with probability at most n²/2^122. It cannot be undone, nor are time-ordered
    UUIDs still in order. It does NOT hide repetitions, version or variant.
    """

    name: ClassVar[str] = "uuid"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = True
    reversible: ClassVar[bool] = False
    keeps_format: ClassVar[bool] = True
    iso20889: ClassVar[Iso20889] = "pseudonymization"
    changes: ClassVar[bool] = True
    takes: ClassVar[Literal["text", "any"]] = "text"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "never"

    @property
    def space(self) -> float | None:
        """2^121: all bits but version and variant."""
        return 2.0**121

    @property
    def widest(self) -> int | None:
        """None: as wide as the original."""
        return None

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column of text; `by` and `given` are not read."""
        return like(in_chunks(partial(_mask, keys), as_text(column)), column.type)


def _mask(keys: Keys, text: pa.Array) -> pa.Array:
    data, offsets = text_bytes(text)
    out, readable = data.copy(), np.diff(offsets) == 0
    for written, places in _WRITTEN:
        rows = np.flatnonzero(flags(pc.match_substring_regex(text, written)))
        if len(rows):
            cells = offsets[rows][:, None] + places
            out[cells] = _changed(keys, data[cells])
            readable[rows] = True
    return text_of(out, offsets, validity(text) & readable)


def _changed(keys: Keys, digits: Bytes) -> Bytes:
    half = np.where(digits > 57, (digits | 32) - 87, digits - 48).astype(np.uint8)
    octets = half[:, 0::2] << np.uint8(4) | half[:, 1::2]
    drawn = keys.prf("uuid").of_matrix(octets).astype(">u8").view(np.uint8).reshape(-1, 16).copy()
    drawn[:, 6] = octets[:, 6] & np.uint8(0xF0) | drawn[:, 6] & np.uint8(0x0F)
    says = _VARIANT_BITS[octets[:, 8] >> np.uint8(5)]
    drawn[:, 8] = octets[:, 8] & says | drawn[:, 8] & ~says
    nameless = (octets == octets[:, :1]).all(axis=1) & np.isin(octets[:, 0], (0, 255))
    drawn[nameless] = octets[nameless]
    spelled: npt.NDArray[np.uint8] = np.empty(digits.shape, dtype=np.uint8)
    spelled[:, 0::2], spelled[:, 1::2] = drawn >> np.uint8(4), drawn & np.uint8(15)
    letter = np.where(((digits > 64) & (digits < 91)).any(axis=1), np.uint8(55), np.uint8(87))
    return np.where(spelled > 9, spelled + letter[:, None], spelled + np.uint8(48)).astype(np.uint8)


METHOD = Uuid
EXAMPLES = (
    Example(
        Uuid(),
        (
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "F81D4FAE-7DEC-41D0-A765-00A0C91E6BF7",
            "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
            "urn:uuid:1ec9414c-232a-6b00-b3c8-9e6bdeced846",
            "320c3d4dcc00875b8ec932d5f69181c0",
        ),
        ("n/a", "f81d4fae-7dec-11d0-a765", "f81d4fae7dec-11d0-a765-00a0c91e6bf6", "{320c3d4dcc00875b8ec932d5f69181c0}"),
    ),
)
