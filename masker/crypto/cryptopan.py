"""Prefix-preserving encryption of internet addresses, whole columns at a time: Crypto-PAn.

Xu, Fan, Ammar and Moon, "Prefix-Preserving IP Address Anonymization: Measurement-based Security Evaluation and a New
Cryptography-based Scheme" (ICNP 2002), with AES-128 as in the authors' reference; IPv6 by the same rule over 128 bits.
"""

import numpy as np
import numpy.typing as npt

from masker.crypto.blocks import CHUNK, BlockCipher, Words, output_buffer
from masker.crypto.sealed import Sealed

Bytes = npt.NDArray[np.uint8]

_ALL = 0xFFFF_FFFF_FFFF_FFFF


class CryptoPan(Sealed):
    """A keyed permutation of addresses: two that share their first k bits, and no more, still do.

    `key` is 32 bytes: an AES-128 key, then the block whose encryption pads the prefixes. Called with octets of shape
    (n, 4) or (n, 16) it gives the same shape; `inverse` turns back; a `turned` one has the two the other way round.
    Raises `ValueError` for other shapes or keys.

    It does NOT hide which addresses are of one network: whoever knows one address of a network in clear learns the
    network's bits of all others, and a few planted addresses unmask what shares bits with them.

    >>> pan = CryptoPan(bytes(range(32)))
    >>> masked = pan(np.array([[192, 0, 2, 1], [192, 0, 2, 200]], dtype=np.uint8))
    >>> bool((masked[0, :3] == masked[1, :3]).all()), pan.inverse(masked).tolist()
    (True, [[192, 0, 2, 1], [192, 0, 2, 200]])
    """

    __slots__ = ("_cipher", "_pad", "_turned")

    def __init__(self, key: bytes, *, turned: bool = False) -> None:
        if len(key) != 32:
            raise ValueError("a Crypto-PAn key has 32 bytes")
        self._cipher = BlockCipher(key[:16])
        self._pad = np.frombuffer(self._cipher.encrypt(key[16:]), dtype=">u8").astype(np.uint64)
        self._turned = turned

    def __call__(self, octets: Bytes) -> Bytes:
        """Map each address."""
        return self._map(octets, back=self._turned)

    def inverse(self, octets: Bytes) -> Bytes:
        """Map each address back."""
        return self._map(octets, back=not self._turned)

    def _map(self, octets: Bytes, *, back: bool) -> Bytes:
        width = octets.shape[1]
        if width not in (4, 16):
            raise ValueError("an address has 4 or 16 octets")
        out = np.empty_like(octets)
        for start in range(0, len(octets), CHUNK):
            whole = np.zeros((len(octets[start : start + CHUNK]), 16), dtype=np.uint8)
            whole[:, :width] = octets[start : start + CHUNK]
            words = self._chunk(whole.view(">u8").astype(np.uint64), 8 * width, back=back)
            out[start : start + CHUNK] = words.astype(">u8").view(np.uint8)[:, :width]
        return out

    def _chunk(self, words: Words, bits: int, *, back: bool) -> Words:
        """Bit i is turned over by the first bit of the encryption of the plain bits before it, padded."""
        plain, out = words.copy(), words.copy()
        buffer = output_buffer(len(words))
        for bit in range(bits):
            blocks = (plain & self._kept(bit)) | (self._pad & ~self._kept(bit))
            turned = self._cipher.into(blocks.astype(">u8").view(np.uint64), buffer).view(np.uint8)[:, 0] >> 7
            flip = turned.astype(np.uint64) << np.uint64(63 - bit % 64)
            out[:, bit // 64] ^= flip
            if back:
                plain[:, bit // 64] ^= flip
        return out

    @staticmethod
    def _kept(bits: int) -> Words:
        """Two words whose first `bits` bits are set."""
        high, low = min(bits, 64), max(bits - 64, 0)
        return np.array([_ALL << (64 - high) & _ALL, _ALL << (64 - low) & _ALL], dtype=np.uint64)
