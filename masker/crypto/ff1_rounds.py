"""The ten rounds of FF1 over two columns of numbers.

NIST SP 800-38G, algorithms 7 and 8. In the CBC-MAC of a round only the last block differs from row to row, and of
that block only the round number and the right half; all before it is one constant.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from masker.crypto.blocks import BlockCipher, output_buffer

Numbers = npt.NDArray[np.uint64]

ROUNDS = 10

_WIDEST_HALF = 1 << 56


@dataclass(frozen=True)
class Setting:
    """What all rows of an FF1 call share: radix, number of symbols and tweak.

    Raises `ValueError` unless 2 ≤ radix ≤ 65,536, length ≥ 2 and radix**length ≥ 100 (SP 800-38G, section 5.1).
    """

    radix: int
    length: int
    tweak: bytes

    def __post_init__(self) -> None:
        if not 2 <= self.radix <= 1 << 16:
            raise ValueError("the radix is not in 2..65536")
        if self.length < 2 or self.radix**self.length < 100:
            raise ValueError("too few symbols for FF1")

    @property
    def half(self) -> int:
        """Symbols in the left half (u of the standard)."""
        return self.length // 2

    @cached_property
    def moduli(self) -> tuple[int, int]:
        """The sizes of the left and the right half (radix^u, radix^v)."""
        return self.radix**self.half, self.radix ** (self.length - self.half)

    @cached_property
    def half_bytes(self) -> int:
        """Bytes that hold the right half (b of the standard), in integers only: floats round wrongly here."""
        return ((self.moduli[1] - 1).bit_length() + 7) // 8

    @property
    def drawn_bytes(self) -> int:
        """Bytes that a round draws (d of the standard)."""
        return 4 * (-(-self.half_bytes // 4)) + 4

    @property
    def fits_words(self) -> bool:
        """Whether `run_rounds` serves: a half and the round number fit one 64-bit word."""
        return self.moduli[1] <= _WIDEST_HALF

    @cached_property
    def constant(self) -> bytes:
        """What the CBC-MAC of every round reads before the round number: P, the tweak, zeros."""
        head = bytes([1, 2, 1]) + self.radix.to_bytes(3, "big") + bytes([ROUNDS, self.half % 256])
        head += self.length.to_bytes(4, "big") + len(self.tweak).to_bytes(4, "big")
        return head + self.tweak + bytes(-(len(self.tweak) + self.half_bytes + 1) % 16)


def chain(cipher: BlockCipher, message: bytes, state: bytes = bytes(16)) -> bytes:
    """CBC-MAC without padding (PRF of the standard) of whole blocks, from `state` on."""
    for start in range(0, len(message), 16):
        block = int.from_bytes(message[start : start + 16], "big") ^ int.from_bytes(state, "big")
        state = cipher.encrypt(block.to_bytes(16, "big"))
    return state


def run_rounds(
    cipher: BlockCipher, setting: Setting, left: Numbers, right: Numbers, *, decrypt: bool
) -> tuple[Numbers, Numbers]:
    """Encrypt or decrypt halves given as numbers, each shape (n,); both are overwritten. Needs `fits_words`."""
    constant = setting.constant
    whole = len(constant) // 16 * 16
    state = int.from_bytes(chain(cipher, constant[:whole]), "big")
    last = state ^ int.from_bytes(constant[whole:].ljust(16, b"\0"), "big")
    blocks = np.empty((len(left), 2), dtype=np.uint64)
    blocks.view(">u8")[:, 0] = last >> 64
    second = blocks.view(">u8")[:, 1]
    buffer = output_buffer(len(left))
    scratch, drawn = np.empty_like(left), np.empty_like(left)
    for step in range(ROUNDS):
        number = ROUNDS - 1 - step if decrypt else step
        modulus = np.uint64(setting.moduli[number % 2])
        fixed = last & (1 << 64) - 1 ^ number << 8 * setting.half_bytes
        source, target = (left, right) if decrypt else (right, left)
        np.bitwise_xor(source, np.uint64(fixed), out=scratch)
        second[:] = scratch
        enciphered = cipher.into(blocks, buffer).view(">u8")
        np.copyto(drawn, enciphered[:, 0])
        _reduce(drawn, modulus, scratch)
        if setting.drawn_bytes == 12:
            _append(drawn, enciphered[:, 1] >> np.uint64(32), modulus, scratch)
        # Unsigned numbers wrap, so the smaller of the two is the one inside 0..modulus-1.
        if decrypt:
            np.subtract(target, drawn, out=target)
            np.add(target, modulus, out=scratch)
        else:
            np.add(target, drawn, out=target)
            np.subtract(target, modulus, out=scratch)
        np.minimum(target, scratch, out=target)
        left, right = right, left
    return left, right


def _reduce(numbers: Numbers, modulus: np.uint64, scratch: Numbers) -> None:
    """Replace numbers by their remainders. NumPy vectorises division by a scalar, not the remainder."""
    np.floor_divide(numbers, modulus, out=scratch)
    np.multiply(scratch, modulus, out=scratch)
    np.subtract(numbers, scratch, out=numbers)


def _append(numbers: Numbers, low: Numbers, modulus: np.uint64, scratch: Numbers) -> None:
    """Replace remainders by those of numbers · 2^32 + low, in steps of as many bits as a word has room for."""
    room, left = 64 - (int(modulus) - 1).bit_length(), 32
    while left:
        taken = min(room, left)
        left -= taken
        numbers <<= np.uint64(taken)
        numbers |= low >> np.uint64(left) & np.uint64((1 << taken) - 1)
        _reduce(numbers, modulus, scratch)
