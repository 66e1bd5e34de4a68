"""A fast keyed 64-bit hash over Arrow columns, for sketches that live in memory and are never written.

A multiply-xor hash over 8-byte words with a random seed and multipliers and the finaliser of MurmurHash3. It spreads
well and costs a few nanoseconds a word; it is no cryptographic function, and nothing that shapes a copy uses it.
Two different values share a hash with probability about 2^-64; among n values some pair does with about n^2 / 2^65.
"""

import hashlib
import secrets

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import as_text, is_text

Hashes = npt.NDArray[np.uint64]

_LONG = 4096  # bytes; longer values go to BLAKE2b one by one, so that one huge cell does not make all rows wait
_MASKS = np.array([(1 << 8 * n) - 1 for n in range(8)] + [2**64 - 1], dtype=np.uint64)


class Hasher:
    """Hashes columns under one random key: equal values agree across columns, tables and Arrow types of one hasher.

    Integers and decimals hash as their decimal text, so 123 and "123" agree. Times and floats agree only with their
    own type. `key` is for tests; without it the key is random and dies with the object.
    """

    def __init__(self, key: bytes | None = None) -> None:
        words = np.frombuffer(hashlib.blake2b(key or secrets.token_bytes(32), digest_size=32).digest(), dtype=np.uint64)
        self._seed, self._blake = words[0], words[3:].tobytes()
        self._odd, self._length = words[1] | np.uint64(1), words[2] | np.uint64(1)

    def __call__(self, column: pa.Array) -> Hashes:
        """Hash the non-null values in order: n rows with m nulls give shape (n - m,).

        Nested and binary columns raise `TypeError`; `hashable` tells beforehand.
        """
        if not hashable(column.type):
            raise TypeError("nested and binary columns are not hashed")
        if column.null_count:
            column = column.drop_null()
        type_ = column.type
        if pa.types.is_boolean(type_):
            column = pc.cast(column, pa.int8())
        if pa.types.is_floating(type_) or pa.types.is_temporal(type_):
            return self._of_words(_raw_words(column))
        return self._of_text(as_text(column).cast(pa.string()))

    def _of_words(self, words: Hashes) -> Hashes:
        return _finish((words ^ self._seed) * self._odd)

    def _of_text(self, column: pa.Array) -> Hashes:
        rows = len(column)
        if rows == 0:
            return np.zeros(0, dtype=np.uint64)
        _, offsets_buffer, data = column.buffers()
        offsets = np.frombuffer(offsets_buffer, dtype=np.int32)[column.offset : column.offset + rows + 1]
        base, end = int(offsets[0]), int(offsets[-1])
        padded = np.zeros(end - base + 8, dtype=np.uint8)
        if data is not None:
            padded[: end - base] = np.frombuffer(data, dtype=np.uint8)[base:end]
        starts = offsets[:-1].astype(np.int64) - base
        lengths = np.diff(offsets).astype(np.int64)
        words = np.ndarray((len(padded) - 7,), dtype=np.uint64, buffer=padded, strides=(1,))
        state = lengths.astype(np.uint64) * self._length ^ self._seed
        active, longest = slice(None), int(lengths.max())
        order: npt.NDArray[np.int64] | None = None
        for at in range(0, max(1, min(longest, _LONG)), 8):
            if at and (order is None or len(order)):
                still = lengths > at if order is None else lengths[order] > at
                order = np.flatnonzero(still) if order is None else order[still]
            chosen = active if order is None else order
            word = words[starts[chosen] + at]
            left = lengths[chosen] - at
            word &= _MASKS[np.minimum(left, 8)]
            mixed = (state[chosen] ^ word) * self._odd
            state[chosen] = mixed ^ (mixed >> np.uint64(32))
        for row in np.flatnonzero(lengths > _LONG):
            text = padded[starts[row] : starts[row] + lengths[row]].tobytes()
            state[row] = np.frombuffer(hashlib.blake2b(text, digest_size=8, key=self._blake).digest(), np.uint64)[0]
        return _finish(state)


def hashable(type_: pa.DataType) -> bool:
    """Whether columns of the Arrow type can be hashed: all but nested, binary and null ones."""
    scalar = pa.types.is_primitive(type_) or pa.types.is_decimal(type_) or pa.types.is_boolean(type_)
    odd = pa.types.is_interval(type_) or pa.types.is_float16(type_)
    return is_text(type_) or (scalar and not odd)


def _raw_words(column: pa.Array) -> Hashes:
    """The bit pattern of fixed-width values, widened to 64 bits."""
    width = column.type.bit_width // 8
    raw = np.frombuffer(column.buffers()[1], dtype=f"u{width}")[column.offset : column.offset + len(column)]
    return raw.astype(np.uint64)


def _finish(state: Hashes) -> Hashes:
    """MurmurHash3's 64-bit finaliser (Appleby, public domain): every input bit moves about half of the output bits."""
    state = state ^ (state >> np.uint64(33))
    state = state * np.uint64(0xFF51AFD7ED558CCD)
    state ^= state >> np.uint64(33)
    state *= np.uint64(0xC4CEB9FE1A85EC53)
    state ^= state >> np.uint64(33)
    return state
