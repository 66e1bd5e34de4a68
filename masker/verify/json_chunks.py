"""A JSON array cut into runs of whole elements, so that a file of any size is decoded in bounded memory."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from masker.errors import InputError

_BLANK = b" \t\r\n"
_DEEPEST = 1000
_QUOTE, _BACKSLASH = 0x22, 0x5C
_LARGEST = 256 << 20


class Elements:
    """Finds where the elements of a top-level array end; bytes are fed block by block.

    Strings are told by the parity of unescaped quotes, depth by counting brackets outside of them.
    """

    def __init__(self) -> None:
        self.depth = self.count = 0
        self._quotes = 0

    def ends(self, block: bytes) -> npt.NDArray[np.int64]:
        """Positions after the last byte of each object or array that ends in `block` at depth 1.

        `block` must not end in a backslash. Raises `InputError` (`limit`) beyond a depth of 1000.
        """
        data = np.frombuffer(block, dtype=np.uint8)
        quotes = np.flatnonzero(data == _QUOTE)
        if _BACKSLASH in block:
            plain = np.where(data != _BACKSLASH, np.arange(len(data)), -1)
            last_plain = np.maximum.accumulate(plain)
            before = np.where(quotes > 0, last_plain[quotes - 1], quotes - 1)
            quotes = quotes[(quotes - 1 - before) % 2 == 0]
        opens = (data | 0x20) == 0x7B  # [ and { differ by this bit only, as ] and } do
        closes = (data | 0x20) == 0x7D
        brackets = np.flatnonzero(opens | closes)
        brackets = brackets[(np.searchsorted(quotes, brackets) + self._quotes) % 2 == 0]
        self._quotes += len(quotes)
        if not len(brackets):
            return np.zeros(0, dtype=np.int64)
        depths = self.depth + np.cumsum(np.where(opens[brackets], 1, -1))
        if int(depths.max()) > _DEEPEST:
            raise InputError("limit", "the JSON is nested too deeply")
        self.depth = int(depths[-1])
        found: npt.NDArray[np.int64] = brackets[closes[brackets] & (depths == 1)] + 1
        self.count += len(found)
        return found


def whole_blocks(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in blocks that do not end in a backslash, so that no escape is torn apart."""
    held = b""
    for block in blocks:
        joined = held + block
        kept = joined.rstrip(b"\\")
        held = joined[len(kept) :]
        if kept:
            yield kept
    if held:
        raise InputError("truncated", "the JSON ends early")


def array_chunks(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Arrays (`[…]`) that hold the elements of one large array in order.

    Raises `InputError`: `malformed` where there is more than an array, `truncated` where it does not end.
    """
    elements, held, first = Elements(), b"", True
    for block in whole_blocks(blocks):
        found = elements.ends(block)
        start = len(held)
        held += block
        if not len(found):
            if len(held) > _LARGEST:
                raise InputError("limit", "a JSON value is too large")
            continue
        cut = start + int(found[-1])
        chunk, held = held[:cut].lstrip(_BLANK), held[cut:]
        if chunk[:1] != (b"[" if first else b","):
            raise InputError("malformed", "this is no JSON array of objects")
        first = False
        yield b"[" + chunk[1:] + b"]"
    rest = held.strip(_BLANK)
    if rest == b"]" or (first and rest[:1] == b"[" and rest[1:].strip(_BLANK) == b"]"):
        return
    code = "truncated" if elements.depth > 0 else "malformed"
    raise InputError(code, "the JSON array does not end, or something follows it")


def line_chunks(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Runs of whole lines."""
    held: list[bytes] = []
    for block in blocks:
        cut = block.rfind(b"\n") + 1
        if cut:
            yield b"".join([*held, block[:cut]])
            held = []
        held.append(block[cut:])
    yield b"".join(held)
