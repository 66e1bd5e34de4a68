"""Coarser places: postal codes of three digits, networks of addresses, points on a grid.

HIPAA Safe Harbor, 45 CFR 164.514(b)(2)(i)(B), for postal codes.
"""

import ipaddress
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import flags, offsets_of, text_bytes, text_of, validity
from masker.ip_text import read_ipv4, write_ipv4

# Three-digit areas of at most 20,000 people: the 17 of the census of 2000 that the HHS guidance on de-identification
# lists, with 205 and 369 by the census of 2010.
FEW_PEOPLE = tuple("036 059 063 102 203 205 369 556 692 790 821 823 830 831 878 879 884 890 893".split())

_NUMBER = r"-?[0-9]{1,3}(?:\.[0-9]{1,15})?"
_POINT = rf"\A(?P<before>(?i:POINT ?)?\(?)(?P<first>{_NUMBER})(?P<between>, ?| |;)(?P<second>{_NUMBER})(?P<after>\)?)\z"


def zip3(text: pa.Array) -> pa.Array:
    """Five or nine digits of which the first three stay, none where few people live; NULL for other text."""
    data, offsets = text_bytes(text)
    readable = flags(pc.match_substring_regex(text, r"\A[0-9]{5}(?:[- ]?[0-9]{4})?\z"))
    rows = np.flatnonzero(readable)
    begins = offsets[:-1][rows]
    area = sum((data[begins + place] - 48).astype(np.int64) * 10 ** (2 - place) for place in range(3))
    out = np.where((data - np.uint8(48)) < 10, np.uint8(48), data)
    kept = begins[~np.isin(area, np.array(FEW_PEOPLE, dtype=np.int64))]
    for place in range(3):
        out[kept + place] = data[kept + place]
    return text_of(out, offsets, validity(text) & (readable | (np.diff(offsets) == 0)))


def network(text: pa.Array) -> pa.Array:
    """The /24 of IPv4 addresses, the /48 of IPv6 ones; NULL for other text."""
    data, offsets = text_bytes(text)
    octets, four = read_ipv4(data, offsets)
    octets[:, 3] = 0
    data, widths = write_ipv4(octets)
    lengths = np.zeros(len(four), dtype=np.int64)
    lengths[four] = widths
    masked = text_of(data, offsets_of(lengths), validity(text) & (four | (np.diff(offsets) == 0)))
    if not masked.null_count > text.null_count:
        return masked
    encoded = text.dictionary_encode()
    sixes = [None if value is None else _network6(value) for value in encoded.dictionary.to_pylist()]
    shown = text_of(
        np.frombuffer("".join(value or "" for value in sixes).encode(), dtype=np.uint8),
        offsets_of(np.array([len(value or "") for value in sixes], dtype=np.int64)),
        np.array([value is not None for value in sixes], dtype=np.bool_),
    )
    return pc.coalesce(masked, shown.take(encoded.indices))


def _network6(value: str) -> str | None:
    try:
        return None if "%" in value else str(ipaddress.IPv6Network((value, 48), strict=False).network_address)
    except ValueError:
        return None


def point(text: pa.Array, coarse: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Degrees, one or two (`52.5163, 13.3777`, `POINT(13.3777 52.5163)`), each by `coarse`; NULL for other text."""
    parts = pc.extract_regex(text, _POINT)
    before, first, between, second, after = (pc.struct_field(parts, number) for number in range(5))
    pair = pc.binary_join_element_wise(before, coarse(first), between, coarse(second), after, "")
    return pc.coalesce(pair, coarse(text))
