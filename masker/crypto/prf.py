"""A keyed 128-bit tag for every value of a column: AES-CMAC, whole columns at a time.

RFC 4493 (The AES-CMAC Algorithm), NIST SP 800-38B; with longer AES keys too. The values of a chunk are gathered as
16-byte blocks, and block position j of all of them is enciphered by one call.
"""

import threading
import weakref

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.crypto.blocks import CHUNK, BlockCipher, Words, output_buffer
from masker.crypto.sealed import Sealed

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]

# _KEEP[k] masks the first k bytes of a block, _PAD[k] is the 0x80 that follows them (memory order, two words a row).
_KEEP = np.array([[0xFF] * k + [0] * (16 - k) for k in range(17)], dtype=np.uint8).view(np.uint64)
_PAD = np.array([[0] * k + [0x80] * (k < 16) + [0] * (15 - k) for k in range(17)], dtype=np.uint8).view(np.uint64)

_LONG = 2048  # bytes; from here on OpenSSL's own CMAC of one value costs less than its share of whole-column calls

# Room that a gather of 16 bytes may read behind the last value.
_ROOM = 16


class Prf(Sealed):
    """A keyed pseudo-random function of a column: the same value under the same key has the same tag everywhere.

    Called with n rows of text or bytes it gives shape (n, 2): a 128-bit tag a row as two big-endian words. NULL rows
    are zeros. The result of a row depends on nothing but the key and the row's own bytes. Tags of different values
    collide with probability about n²/2^129. It does NOT hide that two rows have equal values. Raises `TypeError` for
    other Arrow types, `ValueError` for a key that is not 16, 24 or 32 bytes.

    >>> prf = Prf(bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"))
    >>> [hex(word) for word in prf(pa.array(["", None]))[0]]     # RFC 4493, example 1
    ['0xbb1d6929e9593728', '0x7fa37d129b756746']
    """

    __slots__ = ("_cipher", "_closing", "_last")

    def __init__(self, key: bytes) -> None:
        self._cipher = BlockCipher(key)
        whole, partial = _subkeys(self._cipher.encrypt(bytes(16)))
        # What a last block of k bytes is masked with: its padding and the subkey for whole or partial blocks.
        self._closing = _PAD ^ np.where(np.arange(17)[:, None] == 16, whole, partial)
        # The last column by identity, a thread at a time: several draws on one column cost one pass.
        self._last = threading.local()

    def __call__(self, column: pa.Array) -> Words:
        """Tag every row of a string, large_string, binary or dictionary-encoded array (slices as they are)."""
        remembered = getattr(self._last, "pair", None)
        if remembered is not None and remembered[0]() is column:
            words: Words = remembered[1]
            return words
        words = self._tag_column(column)
        words.flags.writeable = False
        self._last.pair = (weakref.ref(column), words)
        return words

    def of_matrix(self, rows: Bytes) -> Words:
        """Tag every row of a uint8 matrix, shape (n, L): what `__call__` gives for the rows as byte strings."""
        words = np.empty((len(rows), 2), dtype=np.uint64)
        for start in range(0, len(rows), CHUNK):
            self._tag_matrix(rows[start : start + CHUNK], words[start : start + CHUNK])
        words.byteswap(inplace=True)
        return words

    def _tag_matrix(self, rows: Bytes, words: Words) -> None:
        # All rows are of one length, so nothing is gathered or sorted: `_tag_chunk` for the simple case.
        count, width = rows.shape
        last = max(width - 1, 0) // 16
        message = np.zeros((count, 16), dtype=np.uint8)
        blocks = message.view(np.uint64)
        buffer = output_buffer(count)
        tags = np.zeros((count, 2), dtype=np.uint64)
        for block in range(last + 1):
            part = rows[:, 16 * block : 16 * block + 16]
            message[:, : part.shape[1]] = part
            if block == last:
                message[:, part.shape[1] :] = 0
                blocks ^= self._closing[part.shape[1]]
            blocks ^= tags
            tags = self._cipher.into(blocks, buffer)
        words[:] = tags

    def _tag_column(self, column: pa.Array) -> Words:
        words = self._tag_dictionary(column) if pa.types.is_dictionary(column.type) else self._tag(*_layout(column))
        if column.null_count:
            words[_nulls(column)] = 0
        return words

    def _tag_dictionary(self, column: pa.Array) -> Words:
        tags = self._tag_column(column.dictionary)
        if len(tags) == 0 or len(column) == 0:
            return np.zeros((len(column), 2), dtype=np.uint64)
        indices = column.indices.cast(pa.int64())
        rows = np.frombuffer(indices.buffers()[1], dtype=np.int64)[indices.offset : indices.offset + len(indices)]
        return tags[np.where(_nulls(indices), 0, rows)]

    def _tag(self, data: Bytes, offsets: Offsets) -> Words:
        words = np.empty((len(offsets) - 1, 2), dtype=np.uint64)
        for start in range(0, len(words), CHUNK):
            part = offsets[start : start + CHUNK + 1]
            self._tag_chunk(data, part, words[start : start + CHUNK])
        words.byteswap(inplace=True)
        return words

    def _tag_chunk(self, data: Bytes, offsets: Offsets, words: Words) -> None:
        begins, lengths = offsets[:-1], np.diff(offsets)
        long = np.flatnonzero(lengths > _LONG)
        long_tags = [self._cipher.cmac(data[offsets[row] : offsets[row + 1]].tobytes()) for row in long]
        lengths[long] = 0
        # Rows by number of blocks, so that those that go on after block j are a tail.
        last = np.maximum(lengths - 1, 0) >> 4
        even = last.min() == last.max()
        if not even:
            order = np.argsort(last.astype(np.uint8), kind="stable")
            begins, lengths, last = begins[order], lengths[order], last[order]
        tags = np.zeros((len(last), 2), dtype=np.uint64)
        buffer = output_buffer(len(last))
        # Blocks are gathered at any byte; a void type has no alignment, so NumPy reads it in place.
        windows = np.lib.stride_tricks.as_strided(data[:16].view("V16"), shape=(len(data) - 15,), strides=(1,))
        first = 0
        for block in range(int(last[-1]) + 1):
            end = int(np.searchsorted(last, block, side="right"))
            message = windows[begins[first:] + 16 * block].view(np.uint64).reshape(-1, 2)
            left = lengths[first:end] - 16 * block
            message[: end - first] &= np.take(_KEEP, left, axis=0)
            message[: end - first] ^= np.take(self._closing, left, axis=0)
            if block:
                message ^= tags[first:]
            tags[first:] = self._cipher.into(message, buffer)
            first = end
        # As one 16-byte item a row: NumPy scatters these several times faster than rows of two words.
        if even:
            words[:] = tags
        else:
            words.view("V16")[order] = tags.view("V16")
        if long_tags:
            words[long] = np.frombuffer(b"".join(long_tags), dtype=np.uint64).reshape(-1, 2)


def _nulls(column: pa.Array) -> npt.NDArray[np.bool_]:
    """True where the column is NULL, without `to_numpy`, which imports pandas."""
    return np.from_dlpack(column.is_null().cast(pa.uint8())).view(np.bool_)


def _layout(column: pa.Array) -> tuple[Bytes, Offsets]:
    """The value bytes of a string-like array (and room behind them) and n + 1 offsets into them."""
    if pa.types.is_string_view(column.type) or pa.types.is_binary_view(column.type):
        column = pc.cast(column, pa.large_binary())
    type_ = column.type
    if pa.types.is_string(type_) or pa.types.is_binary(type_):
        width: type[np.int32] | type[np.int64] = np.int32
    elif pa.types.is_large_string(type_) or pa.types.is_large_binary(type_):
        width = np.int64
    else:
        raise TypeError(f"a PRF takes text or bytes, not {type_}")
    _, offset_buffer, data_buffer = column.buffers()
    if len(column) == 0 or offset_buffer is None:
        return np.zeros(_ROOM, dtype=np.uint8), np.zeros(1, dtype=np.int64)
    all_offsets = np.frombuffer(offset_buffer, dtype=width)
    offsets: Offsets = all_offsets[column.offset : column.offset + len(column) + 1].astype(np.int64)
    begin, end = int(offsets[0]), int(offsets[-1])
    data = np.zeros(end - begin + _ROOM, dtype=np.uint8)
    if end > begin:
        data[:-_ROOM] = np.frombuffer(data_buffer, dtype=np.uint8)[begin:end]
    return data, offsets - begin


def _subkeys(zero: bytes) -> tuple[Words, Words]:
    """K1 (for a whole last block) and K2 (for a padded one) from L = AES(0), RFC 4493 section 2.3."""
    keys = []
    number = int.from_bytes(zero, "big")
    for _ in range(2):
        number = (number << 1) ^ (0x87 if number >> 127 else 0)
        number &= (1 << 128) - 1
        keys.append(np.frombuffer(number.to_bytes(16, "big"), dtype=np.uint64))
    return keys[0], keys[1]
