"""National ids with their check characters: United States, Germany, France, Spain, United Kingdom, Italy.

Sources: SSA, "Social Security Number Randomization" (SSN); Bundeszentralamt für Steuern, "Steueridentifikationsnummer"
with ISO/IEC 7064 MOD 11,10 (IdNr); INSEE, "Numéro d'inscription au répertoire" (NIR); Real Decreto 1553/2005 and Orden
INT/2058/2008 (DNI, NIE); HMRC, National Insurance Manual NIM39110 (NINO); Decreto ministeriale 23 dicembre 1976 (codice
fiscale).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.columns import Bytes
from masker.crypto.keys import Keys
from masker.marked_text import DIGIT, LETTER, Layout, kinds_of
from masker.methods.fpe.fields import Field, digits, encrypt_fields, letters, words_of

Numbers = npt.NDArray[np.int64]

_KINDS = kinds_of(b" .-/")
_NIF = b"TRWAGMYFPDXBNJZSQVHLCKE"
_NINO_FIRST, _NINO_SECOND = "ABCEGHJKLMNOPRSTWXYZ", "ABCEGHJKLMNPRSTWXYZ"
_NINO_UNUSED = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}
_NINO = words_of(*(a + b for a in _NINO_FIRST for b in _NINO_SECOND if a + b not in _NINO_UNUSED))
# What a character adds at an odd place of a codice fiscale, 0-9 (as A-J), then A-Z.
_CF_LETTERS = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
_CF_ODD = np.array(_CF_LETTERS[:10] + (0,) * 7 + _CF_LETTERS, dtype=np.int64)
_CF_EVEN = np.array(tuple(range(10)) + (0,) * 7 + tuple(range(26)), dtype=np.int64)
_VOWELS = words_of(*"AEIOU")
_CONSONANTS = words_of(*"BCDFGHJKLMNPQRSTVWXYZ")


@dataclass(frozen=True, eq=False)
class Scheme:
    """How one kind of id is built: `shape` (9 digit, A letter), fields, and where which check characters are.

    `check` gives the number that the check characters should state; they state the index in `alphabet`, or a decimal
    number where that is empty. `kind` tells rows apart that must not become each other.
    """

    shape: str
    fields: tuple[Field, ...]
    at: tuple[int, int] = (0, 0)
    alphabet: bytes = b""
    check: Callable[[Bytes], Numbers] | None = None
    kind: Callable[[Bytes], Numbers] | None = None


def _remainder(rows: Bytes, modulus: int) -> Numbers:
    """The decimal number in all columns, modulo `modulus`."""
    rest = np.zeros(len(rows), dtype=np.int64)
    for column in range(rows.shape[1]):
        rest = (rest * 10 + rows[:, column] - 48) % modulus
    return rest


def _nie(rows: Bytes) -> Numbers:
    return _remainder(np.concatenate([rows[:, :1] - 40, rows[:, 1:8]], axis=1), 23)  # X, Y, Z stand for 0, 1, 2


def _nir(rows: Bytes) -> Numbers:
    return 97 - _remainder(rows[:, :13], 97)


def _nir_corsica(rows: Bytes) -> Numbers:
    plain = rows[:, :13].copy()
    plain[:, 5:7] = np.where(rows[:, 6:7] == 65, [[49, 57]], [[49, 56]])  # 2A counts as 19, 2B as 18
    return 97 - _remainder(plain, 97)


def _mod_11_10(rows: Bytes) -> Numbers:
    product = np.full(len(rows), 10, dtype=np.int64)
    for column in range(10):
        total = (product + rows[:, column] - 48) % 10
        product = np.where(total == 0, 10, total) * 2 % 11
    return (11 - product) % 10


def _idnr_kind(rows: Bytes) -> Numbers:
    """1 where, of the first ten digits, exactly one occurs twice or three times and the others at most once."""
    counts = np.stack([(rows[:, :10] == digit).sum(axis=1) for digit in range(48, 58)], axis=1)
    fits = ((counts > 1).sum(axis=1) == 1) & (counts.max(axis=1) <= 3)
    return np.asarray(fits, dtype=np.int64)


def _codice_fiscale(rows: Bytes) -> Numbers:
    values = rows[:, :15].astype(np.int64) - 48
    total: Numbers = _CF_ODD[values[:, 0::2]].sum(axis=1) + _CF_EVEN[values[:, 1::2]].sum(axis=1)
    return total % 26


_AREAS = np.array([*range(1, 666), *range(667, 900)], dtype=np.int64)
_PERSON = tuple(letters(at, at + 1, _CONSONANTS, _VOWELS) for at in range(6))
_BIRTH = (digits(6, 8), letters(8, 9, words_of(*"ABCDEHLMPRST")), digits(9, 11, range(1, 32), range(41, 72)))
_NIR_FIELDS = (digits(1, 3), digits(3, 5, range(1, 13)), digits(5, 7, range(1, 96)), digits(7, 10), digits(10, 13))
_CORSICA = (digits(1, 3), digits(3, 5, range(1, 13)), digits(7, 10), digits(10, 13))

_SSN = (digits(0, 3, _AREAS, range(900, 1000)), digits(3, 5, range(1, 100)), digits(5, 9, range(1, 10000)))

SCHEMES = (
    Scheme("999999999", _SSN),
    Scheme("9" * 11, (digits(0, 10, range(10**9), range(10**9, 10**10)),), (10, 11), b"", _mod_11_10, _idnr_kind),
    Scheme("9" * 15, _NIR_FIELDS, (13, 15), b"", _nir),
    Scheme("999999A99999999", _CORSICA, (13, 15), b"", _nir_corsica),
    Scheme("99999999A", (digits(0, 8),), (8, 9), _NIF, lambda rows: _remainder(rows[:, :8], 23)),
    Scheme("A9999999A", (letters(0, 1, words_of(*"XYZ")), digits(1, 8)), (8, 9), _NIF, _nie),
    Scheme("AA999999A", (letters(0, 2, _NINO), digits(2, 8), letters(8, 9, words_of(*"ABCD")))),
    Scheme(
        "AAAAAA99A99A999A", (*_PERSON, *_BIRTH, letters(11, 12), digits(12, 15)), (15, 16),
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", _codice_fiscale,
    ),
)  # fmt: skip
_LENGTHS = frozenset(len(scheme.shape) for scheme in SCHEMES)


def encrypt_national(keys: Keys, text: pa.Array) -> pa.Array:
    """Encrypt ids by the pattern of each value; separators and case stay; NULL where no pattern fits.

    Blanks, points, hyphens and slashes may stand anywhere.
    """
    layout = Layout(text, _KINDS, DIGIT, LETTER)
    for group in layout.groups():
        count = group.marked.shape[1]
        if count not in _LENGTHS:
            continue
        upper = np.where(group.marked > 96, group.marked - 32, group.marked).astype(np.uint8)
        shapes = (upper > 57) @ (1 << np.arange(count, dtype=np.int64))
        for scheme in SCHEMES:
            mine = _of_scheme(scheme, upper, shapes)
            if len(mine):
                part = group.where(mine)
                masked = _encrypt(keys, upper[mine], scheme)
                lower = np.where(part.marked > 96, np.uint8(32), np.uint8(0))
                layout.put(part, np.where(masked > 57, masked + lower, masked))
    return layout.finish()


def _of_scheme(scheme: Scheme, upper: Bytes, shapes: Numbers) -> Numbers:
    """The rows that have a scheme's shape, and check characters of its alphabet."""
    if len(scheme.shape) != upper.shape[1]:
        return np.empty(0, dtype=np.int64)
    wanted = sum(1 << at.start() for at in re.finditer("A", scheme.shape))
    fits = shapes == wanted
    if scheme.alphabet:
        fits &= np.isin(upper[:, scheme.at[0]], np.frombuffer(scheme.alphabet, dtype=np.uint8))
    if scheme.shape == "999999A99999999":
        fits &= (upper[:, 5] == 50) & np.isin(upper[:, 6], (65, 66))
    if scheme.shape == "A9999999A":
        fits &= np.isin(upper[:, 0], (88, 89, 90))
    return np.flatnonzero(fits)


def _encrypt(keys: Keys, rows: Bytes, scheme: Scheme) -> Bytes:
    """Encrypt the fields; check characters stay as far from the right ones as they were (right ones stay right)."""
    out = encrypt_fields(keys, rows, scheme.fields, scheme.kind)
    if scheme.check is None:
        return out
    moved = scheme.check(out) - scheme.check(rows)
    stated = rows[:, slice(*scheme.at)]
    if scheme.alphabet:
        alphabet = np.frombuffer(scheme.alphabet, dtype=np.uint8)
        order = np.argsort(alphabet)
        index = order[np.searchsorted(alphabet[order], stated[:, 0])]
        out[:, scheme.at[0]] = alphabet[(index + moved) % len(alphabet)]
        return out
    width = stated.shape[1]
    number = (_remainder(stated, 10**width) + moved) % 10**width
    for column in range(width):
        out[:, scheme.at[0] + column] = number // 10 ** (width - 1 - column) % 10 + 48
    return out
