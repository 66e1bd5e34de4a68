"""AES over many 16-byte blocks in one call: what the whole-column primitives are made of.

FIPS 197 (AES), through OpenSSL as the `cryptography` package gives it. ECB is used here as the bare block cipher and
never as a mode: CMAC and FF1 do the chaining.
"""

import threading

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from masker.crypto.sealed import Sealed

Words = npt.NDArray[np.uint64]

CHUNK = 1 << 14
"""Rows that a primitive works on at a time: the buffers of a chunk stay in the CPU's second-level cache."""

# Before version 44 `cryptography` asks for block size - 1 spare bytes in the output buffer of `update_into`.
_SPARE = 16


class BlockCipher(Sealed):
    """AES under one key (16, 24 or 32 bytes, else `ValueError`), safe to share between threads."""

    __slots__ = ("_algorithm", "_cipher", "_local")

    def __init__(self, key: bytes) -> None:
        if len(key) not in (16, 24, 32):
            raise ValueError("an AES key has 16, 24 or 32 bytes")
        self._algorithm = algorithms.AES(key)
        self._cipher = Cipher(self._algorithm, modes.ECB())
        self._local = threading.local()

    def _encryptor(self) -> CipherContext:
        # A context must not be used by two threads at once.
        encryptor: CipherContext | None = getattr(self._local, "encryptor", None)
        if encryptor is None:
            encryptor = self._local.encryptor = self._cipher.encryptor()
        return encryptor

    def into(self, blocks: Words, out: npt.NDArray[np.uint8]) -> Words:
        """Encrypt each row of `blocks` (shape (n, 2), C-contiguous, memory order) into `out` (see `output_buffer`).

        Gives the view of `out` that holds the n results.
        """
        size = 16 * len(blocks)
        self._encryptor().update_into(blocks.data.cast("B"), out.data[: size + _SPARE])
        return out[:size].view(np.uint64).reshape(-1, 2)

    def encrypt(self, blocks: bytes) -> bytes:
        """Encrypt whole blocks given as bytes (a multiple of 16)."""
        return self._encryptor().update(blocks)

    def cmac(self, message: bytes) -> bytes:
        """AES-CMAC of one message, 16 bytes: for messages so long that a row is work enough for one call."""
        mac = CMAC(self._algorithm)
        mac.update(message)
        return mac.finalize()


def output_buffer(rows: int) -> npt.NDArray[np.uint8]:
    """A buffer for `BlockCipher.into` on up to `rows` blocks."""
    return np.empty(16 * rows + _SPARE, dtype=np.uint8)
