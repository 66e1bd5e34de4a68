"""Whether a stream of blocks is UTF-8 (RFC 3629), told by Arrow's validation of one long text at a time."""

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa

from masker.errors import InputError, Place

_LONGEST = 4


def checked(blocks: Iterable[bytes], file: str) -> Iterator[bytes]:
    """The same blocks; raises `InputError` (`encoding`) before the first that no UTF-8 can be part of, or at the end.

    >>> list(checked([b"a\\xc3", b"\\xa4"], "f.csv"))
    [b'a\\xc3', b'\\xa4']
    """
    begun = b""
    for block in blocks:
        text = begun + block if begun else block
        whole = len(text) - _begun(text[-_LONGEST:])
        _check(text, whole, file)
        begun = text[whole:]
        yield block
    _check(begun, len(begun), file)


def _begun(tail: bytes) -> int:
    """How many last bytes are the start of a character that goes on after them."""
    for back in range(1, min(_LONGEST, len(tail) + 1)):
        byte = tail[-back]
        if 0xF8 > byte >= 0xC0:
            wanted = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return back if back < wanted else 0
        if not 0x80 <= byte < 0xC0:
            return 0
    return 0


def _check(text: bytes, length: int, file: str) -> None:
    offsets = pa.py_buffer(np.array([0, length], dtype=np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, pa.py_buffer(text)]).validate(full=True)
    except pa.ArrowInvalid:
        raise InputError("encoding", "the file is not UTF-8", place=Place(file=file)) from None
