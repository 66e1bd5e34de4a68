"""FF1 over whole columns: digits stay digits, letters letters, and the key turns them back.

NIST SP 800-38G (Recommendation for Block Cipher Modes of Operation: Methods for Format-Preserving Encryption),
algorithms 7 and 8. Rows of one call have one length; a round is one AES call over a chunk of rows.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from masker.crypto.blocks import CHUNK, BlockCipher
from masker.crypto.ff1_limbs import run_limbs
from masker.crypto.ff1_numerals import from_digits, from_symbols, readable, refuse_non_digits, to_digits, to_symbols
from masker.crypto.ff1_rounds import Setting, run_rounds
from masker.crypto.ff1_scalar import run_scalar
from masker.crypto.sealed import Sealed
from masker.errors import GateError

Symbols = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
Bytes = npt.NDArray[np.uint8]

SMALLEST_DOMAIN = 1_000_000
"""Draft 2 of SP 800-38G revision 1 (February 2025) asks for domains of at least a million values."""


def require_domain(radix: int, length: int) -> None:
    """Raise `GateError` (code `small-domain`) where `length` symbols of `radix` make fewer than 1,000,000 values.

    >>> require_domain(10, 6)
    >>> require_domain(10, 5)
    Traceback (most recent call last):
    masker.errors.GateError: small-domain: 5 symbols of radix 10 are too few for format-preserving encryption
    """
    if radix**length < SMALLEST_DOMAIN:
        message = f"{length} symbols of radix {radix} are too few for format-preserving encryption"
        raise GateError("small-domain", message, "use `permute`, `token` or `fake`")


class Ff1(Sealed):
    """The raw FF1 cipher under one AES key (16, 24 or 32 bytes).

    A bijection on strings of n symbols of a radix, for each key, length and tweak. Keeps lengths and alphabets;
    `decrypt` undoes `encrypt`; a `turned` one has them the other way round. It does NOT hide equality, nor protect
    domains below a million (`require_domain`), nor authenticate. All methods raise `ValueError`, which names no
    symbol, unless there are at least two symbols a row, radix**n ≥ 100, 2 ≤ radix ≤ 65,536 and every symbol is below
    the radix. Halves below 2^56 (32 digits)
    run in single words; longer ones are slower, by the square of their length.

    >>> ff1 = Ff1(bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"))
    >>> digits = np.frombuffer(b"0123456789", dtype=np.uint8).reshape(1, 10)
    >>> ff1.encrypt_digits(digits).tobytes()                            # SP 800-38G, FF1 sample 1
    b'2433477484'
    >>> ff1.decrypt_digits(ff1.encrypt_digits(digits)).tobytes()
    b'0123456789'
    """

    __slots__ = ("_cipher", "_turned")

    def __init__(self, key: bytes, *, turned: bool = False) -> None:
        self._cipher, self._turned = BlockCipher(key), turned

    def encrypt(self, symbols: Symbols, radix: int, tweak: bytes = b"") -> Symbols:
        """Encrypt rows of symbols 0..radix-1, shape (n, L) of uint8 or uint16; same shape and dtype come back."""
        return self._symbols(symbols, radix, tweak, decrypt=self._turned)

    def decrypt(self, symbols: Symbols, radix: int, tweak: bytes = b"") -> Symbols:
        """Undo `encrypt`."""
        return self._symbols(symbols, radix, tweak, decrypt=not self._turned)

    def encrypt_digits(self, digits: Bytes, tweak: bytes = b"") -> Bytes:
        """Encrypt rows of ASCII digits, shape (n, L): what `encrypt` with radix 10 gives, faster."""
        return self._digits(digits, tweak, decrypt=self._turned)

    def decrypt_digits(self, digits: Bytes, tweak: bytes = b"") -> Bytes:
        """Undo `encrypt_digits`."""
        return self._digits(digits, tweak, decrypt=not self._turned)

    def _symbols(self, symbols: Symbols, radix: int, tweak: bytes, *, decrypt: bool) -> Symbols:
        setting = Setting(radix, symbols.shape[1], tweak)
        if symbols.dtype.kind != "u":
            raise ValueError("symbols are unsigned integers")
        if symbols.size and int(symbols.max()) >= radix:
            raise ValueError("a symbol is not below the radix")
        out = np.empty_like(symbols, order="C")
        half = setting.half
        for rows, done in _chunks(symbols, out):
            if not setting.fits_words:
                # Limbs cost calls by the square of the width, whatever the rows: not worth it for a few.
                run = run_limbs if len(rows) > (setting.half_bytes // 4 + 1) ** 2 else run_scalar
                run(self._cipher, setting, rows, done, decrypt=decrypt)
                continue
            left, right = from_symbols(rows[:, :half], radix), from_symbols(rows[:, half:], radix)
            left, right = run_rounds(self._cipher, setting, left, right, decrypt=decrypt)
            to_symbols(left, radix, done[:, :half])
            to_symbols(right, radix, done[:, half:])
        return out

    def _digits(self, digits: Bytes, tweak: bytes, *, decrypt: bool) -> Bytes:
        setting = Setting(10, digits.shape[1], tweak)
        half, length = setting.half, setting.length
        out = np.empty(digits.shape, dtype=np.uint8)
        if not setting.fits_words:
            refuse_non_digits(digits)
            return self._symbols(digits - np.uint8(48), 10, tweak, decrypt=decrypt) + np.uint8(48)
        for rows, done in _chunks(digits, out):
            refuse_non_digits(rows)
            rows = readable(rows)
            left, right = from_digits(rows, 0, half), from_digits(rows, half, length)
            left, right = run_rounds(self._cipher, setting, left, right, decrypt=decrypt)
            to_digits(left, done[:, :half])
            to_digits(right, done[:, half:])
        return out


def _chunks(symbols: npt.NDArray[Any], out: npt.NDArray[Any]) -> Iterator[tuple[npt.NDArray[Any], npt.NDArray[Any]]]:
    for start in range(0, len(symbols), CHUNK):
        yield symbols[start : start + CHUNK], out[start : start + CHUNK]
