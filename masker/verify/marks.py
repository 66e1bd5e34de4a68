"""Text as it reads without its typography: compatibility forms made plain, marks beyond ASCII turned into blanks.

An address between German quotes, guillemets or no-break blanks, or in full-width letters, is that address. The plain
form is that of Unicode Normalization Form KC (Unicode Standard Annex #15).
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.verify.bits import Marked
from masker.verify.cells import Cells

_ASCII_END = 128
# In UTF-8 they are this byte and one more; the signs × and ÷ stand among them.
_LATIN, _TIMES, _DIVIDED = 0xC3, 0x97, 0xB7
_MARKS = r"[^\x00-\x7F\pL\pN\pM]+"


def without_marks(cells: Cells) -> pa.Array | None:
    """The cells with anything beyond ASCII in them, plain; None where there is none that this changes."""
    beyond = cells.bytes >= _ASCII_END
    if not beyond.any() or _is_latin(cells.bytes, int(np.count_nonzero(beyond))):
        return None
    rows = np.flatnonzero(np.diff(Marked(beyond).before(cells.offsets)))
    some = cells.folded.take(pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(rows)]))
    plain = pc.replace_substring_regex(pc.utf8_normalize(some, "NFKC"), _MARKS, " ")
    return None if plain.equals(some) else plain


def _is_latin(data: npt.NDArray[np.uint8], beyond: int) -> bool:
    """Whether all that is beyond ASCII are the letters from U+00C0 to U+00FF, whose plain form they are themselves."""
    leads = np.flatnonzero(data == _LATIN)
    if 2 * len(leads) != beyond:
        return False
    follows = data[leads + 1]
    return not ((follows == _TIMES) | (follows == _DIVIDED)).any()
