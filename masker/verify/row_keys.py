"""Keys of rows as fingerprints, by which the verifier follows foreign keys."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.verify.fingerprints import Prints, fingerprints, mixed
from masker.verify.texts import as_text, validity

Flags = npt.NDArray[np.bool_]


def together(columns: Sequence[pa.Array]) -> tuple[Prints, Flags]:
    """A fingerprint a row over the columns together, and whether none of them is NULL; both of shape (n,)."""
    prints = np.zeros(len(columns[0]), dtype=np.uint64)
    valid = np.ones(len(columns[0]), dtype=np.bool_)
    for column in columns:
        text = canonical(column)
        prints = mixed(prints, fingerprints(text))
        valid &= validity(text)
    return prints, valid


def canonical(column: pa.Array) -> pa.Array:
    """The text that values are compared by: digits without leading zeros, times as `YYYY-MM-DD HH:MM:SS`."""
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column, format="%Y-%m-%d %H:%M:%S")
    text = as_text(column)
    if not pc.starts_with(text, pattern="0").true_count:
        return text
    return pc.replace_substring_regex(text, pattern="^0+([0-9]+)$", replacement=r"\1")
