"""The ten rounds of FF1 over halves of any width, as columns of limbs: what `ff1_rounds` does not hold in one word.

NIST SP 800-38G, algorithms 7 and 8. A half is held in base radix^k, least significant limb first, with k as large as
products with 32-bit words allow. In that base the remainder of the standard (mod radix^m) is no division: the limbs
above the half are dropped. Costs grow with the square of the length.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from masker.crypto.blocks import BlockCipher, output_buffer
from masker.crypto.ff1_numerals import Symbols, from_symbols, to_symbols
from masker.crypto.ff1_rounds import ROUNDS, Setting, chain

Numbers = npt.NDArray[np.uint64]
Limbs = list[Numbers]

_WORD = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_LARGEST_BASE = 1 << 31  # limb · 2^32 + carry and word · base + carry stay below 2^64


@dataclass(frozen=True)
class _Half:
    """How a half of `width` symbols is cut into limbs: `whole` symbols each, the top one what is left."""

    radix: int
    width: int

    @cached_property
    def whole(self) -> int:
        """Symbols in a whole limb (k)."""
        return max(k for k in range(1, 32) if self.radix**k <= _LARGEST_BASE)

    @cached_property
    def columns(self) -> list[slice]:
        """The symbol columns of each limb, least significant limb first."""
        return [slice(max(stop - self.whole, 0), stop) for stop in range(self.width, 0, -self.whole)]

    @cached_property
    def moduli(self) -> list[np.uint64]:
        """The number of values of each limb."""
        return [np.uint64(self.radix ** (part.stop - part.start)) for part in self.columns]

    def read(self, symbols: Symbols) -> Limbs:
        """The limbs of a half's symbols, shape (n, width)."""
        return [from_symbols(symbols[:, part], self.radix) for part in self.columns]

    def write(self, limbs: Limbs, out: Symbols) -> None:
        """Write limbs back as symbols."""
        for limb, part in zip(limbs, self.columns, strict=True):
            to_symbols(limb, self.radix, out[:, part])


def run_limbs(cipher: BlockCipher, setting: Setting, symbols: Symbols, out: Symbols, *, decrypt: bool) -> None:
    """Encrypt or decrypt rows of symbols, shape (n, L), into `out` of the same shape."""
    cut = setting.half
    halves = _Half(setting.radix, cut), _Half(setting.radix, setting.length - cut)
    left, right = halves[0].read(symbols[:, :cut]), halves[1].read(symbols[:, cut:])
    draw = _Draw(cipher, setting, len(symbols))
    for step in range(ROUNDS):
        number = ROUNDS - 1 - step if decrypt else step
        moduli = halves[number % 2].moduli
        source, target = (left, right) if decrypt else (right, left)
        drawn = _in_base(draw(number, source, halves[1 - number % 2].moduli), moduli)
        changed = _subtract(target, drawn, moduli) if decrypt else _add(target, drawn, moduli)
        left, right = (changed, source) if decrypt else (source, changed)
    halves[0].write(left, out[:, :cut])
    halves[1].write(right, out[:, cut:])


class _Draw:
    """The pseudo-random number that a round adds (y of the standard), as 32-bit words, most significant first."""

    def __init__(self, cipher: BlockCipher, setting: Setting, rows: int) -> None:
        self._cipher, self._setting = cipher, setting
        whole = len(setting.constant) // 16 * 16
        self._state = np.frombuffer(chain(cipher, setting.constant[:whole]), dtype=np.uint64)
        head = np.frombuffer(setting.constant[whole:], dtype=np.uint8)
        self._message = np.empty((rows, len(head) + 1 + setting.half_bytes), dtype=np.uint8)
        self._message[:, : len(head)] = head
        self._words = np.empty((rows, -(-setting.half_bytes // 4)), dtype=">u4")
        self._buffer = output_buffer(rows)

    def __call__(self, number: int, half: Limbs, moduli: list[np.uint64]) -> Limbs:
        size = self._setting.half_bytes
        words = _in_words(half, moduli)
        self._words[:, : -len(words)] = 0
        for place, word in enumerate(words):
            self._words[:, -1 - place] = word
        self._message[:, -1 - size] = number
        self._message[:, -size:] = self._words.view(np.uint8)[:, -size:]
        state = np.broadcast_to(self._state, (len(self._message), 2))
        for start in range(0, self._message.shape[1], 16):
            mixed = self._message[:, start : start + 16].copy().view(np.uint64) ^ state
            state = self._cipher.into(mixed, self._buffer).copy()
        return self._expanded(state)

    def _expanded(self, block: Numbers) -> Limbs:
        """The first d bytes of block, AES(block ⊕ 1), AES(block ⊕ 2), …"""
        words: Limbs = []
        for index in range(-(-self._setting.drawn_bytes // 16)):
            if index:
                counter = np.frombuffer(index.to_bytes(16, "big"), dtype=np.uint64)
                drawn = self._cipher.into(block ^ counter, self._buffer)
            else:
                drawn = block
            words += list(drawn.view(">u4").T.astype(np.uint64))
        return words[: self._setting.drawn_bytes // 4]


def _in_words(limbs: Limbs, moduli: list[np.uint64]) -> Limbs:
    """The number that limbs make as words of 32 bits, least significant first (Horner)."""
    words: Limbs = []
    bound = 1
    for limb, modulus in zip(reversed(limbs), reversed(moduli), strict=True):
        carry, bound = limb, bound * int(modulus)
        for place, word in enumerate(words):
            product = word * modulus + carry
            words[place], carry = product & _LOW, product >> _WORD
        if (bound - 1).bit_length() > 32 * len(words):
            words.append(carry)
    return words


def _in_base(words: Limbs, moduli: list[np.uint64]) -> Limbs:
    """The number that words make, most significant first, as limbs; what the limbs do not hold is dropped (Horner)."""
    limbs: Limbs = []
    capacity, bound = 1, 1
    for word in words:
        carry, bound = word, bound << 32
        for place, limb in enumerate(limbs):
            limbs[place], carry = _divided((limb << _WORD) + carry, moduli[place])
        while len(limbs) < len(moduli) and capacity < bound:
            capacity *= int(moduli[len(limbs)])
            limb, carry = _divided(carry, moduli[len(limbs)])
            limbs.append(limb)
    return limbs


def _divided(numbers: Numbers, modulus: np.uint64) -> tuple[Numbers, Numbers]:
    """Remainder and quotient; NumPy vectorises division by a scalar, not the remainder."""
    quotient = numbers // modulus
    return numbers - quotient * modulus, quotient


def _add(limbs: Limbs, others: Limbs, moduli: list[np.uint64]) -> Limbs:
    """The sum, limb by limb; the last carry is dropped."""
    total: Limbs = []
    carry = np.zeros_like(limbs[0])
    for limb, other, modulus in zip(limbs, others, moduli, strict=True):
        value = limb + other + carry
        carry = (value >= modulus).astype(np.uint64)
        total.append(value - carry * modulus)
    return total


def _subtract(limbs: Limbs, others: Limbs, moduli: list[np.uint64]) -> Limbs:
    """The difference, limb by limb; the last borrow is dropped."""
    total: Limbs = []
    borrow = np.zeros_like(limbs[0])
    for limb, other, modulus in zip(limbs, others, moduli, strict=True):
        taken = other + borrow
        borrow = (limb < taken).astype(np.uint64)
        total.append(limb + borrow * modulus - taken)
    return total
