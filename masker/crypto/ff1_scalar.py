"""FF1 row by row in Python's integers: any radix, length and tweak that the standard allows.

NIST SP 800-38G, algorithms 7 and 8. Serves strings whose halves reach 2^56 (free text under a format-preserving
method, very long account numbers) that are few: shorter ones go through `ff1_rounds`, many through `ff1_limbs`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from masker.crypto.blocks import BlockCipher
from masker.crypto.ff1_rounds import ROUNDS, Setting, chain


def run_scalar(
    cipher: BlockCipher, setting: Setting, symbols: npt.NDArray[Any], out: npt.NDArray[Any], *, decrypt: bool
) -> None:
    """Encrypt or decrypt rows of symbols, shape (n, L), into `out` of the same shape."""
    whole = len(setting.constant) // 16 * 16
    state = chain(cipher, setting.constant[:whole])
    half = setting.half
    for row, values in enumerate(symbols.tolist()):
        left, right = _number(values[:half], setting.radix), _number(values[half:], setting.radix)
        for step in range(ROUNDS):
            if decrypt:
                number = ROUNDS - 1 - step
                drawn = _drawn(cipher, setting, state, setting.constant[whole:], number, left)
                left, right = (right - drawn) % setting.moduli[number % 2], left
            else:
                drawn = _drawn(cipher, setting, state, setting.constant[whole:], step, right)
                left, right = right, (left + drawn) % setting.moduli[step % 2]
        _write(left, setting.radix, out[row, :half])
        _write(right, setting.radix, out[row, half:])


def _drawn(cipher: BlockCipher, setting: Setting, state: bytes, tail: bytes, number: int, half: int) -> int:
    """What round `number` adds to the other half (y of the standard)."""
    block = chain(cipher, tail + bytes([number]) + half.to_bytes(setting.half_bytes, "big"), state)
    more = -(-setting.drawn_bytes // 16)
    first = int.from_bytes(block, "big")
    if more > 1:
        block += cipher.encrypt(b"".join((first ^ index).to_bytes(16, "big") for index in range(1, more)))
    return int.from_bytes(block[: setting.drawn_bytes], "big")


def _number(symbols: list[int], radix: int) -> int:
    number = 0
    for symbol in symbols:
        number = number * radix + symbol
    return number


def _write(number: int, radix: int, out: npt.NDArray[np.generic]) -> None:
    for column in range(len(out) - 1, -1, -1):
        number, out[column] = divmod(number, radix)
