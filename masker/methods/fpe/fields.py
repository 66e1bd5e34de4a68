"""Numbers made of fields: each stays inside its class of allowed values, all together are one permutation."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt

from masker.columns import Bytes
from masker.crypto.keys import Keys
from masker.methods.fpe.symbols import groups

Numbers = npt.NDArray[np.int64]

_DIGITS, _LETTERS, _BASES = 10, 26, {10: 48, 26: 65}


@dataclass(frozen=True, eq=False)
class Field:
    """Columns start..stop-1 read as a number of a base (10: digits, 26: letters), and the classes it stays inside.

    A value in no class stays as it is.
    """

    start: int
    stop: int
    base: int
    classes: tuple[range | Numbers, ...]

    def read(self, rows: Bytes) -> Numbers:
        """The field's number, shape (n,)."""
        number = np.zeros(len(rows), dtype=np.int64)
        for column in range(self.start, self.stop):
            number = number * self.base + (rows[:, column] - _BASES[self.base])
        return number

    def write(self, rows: Bytes, number: Numbers) -> None:
        """Put the number back, in place."""
        for column in reversed(range(self.start, self.stop)):
            number, digit = np.divmod(number, self.base)
            rows[:, column] = digit + _BASES[self.base]

    def place(self, number: Numbers) -> tuple[Numbers, Numbers]:
        """The class of each value (-1: none) and its index there."""
        which, index = np.full(len(number), -1), np.zeros(len(number), dtype=np.int64)
        for position, allowed in enumerate(self.classes):
            if isinstance(allowed, range):
                inside, at = (number >= allowed.start) & (number < allowed.stop), number - allowed.start
            else:
                at = np.minimum(np.searchsorted(allowed, number), len(allowed) - 1)
                inside = allowed[at] == number
            which[inside], index[inside] = position, at[inside]
        return which, index

    def value(self, which: int, index: Numbers) -> Numbers:
        """The values at these indices of a class."""
        allowed = self.classes[which]
        return index + allowed.start if isinstance(allowed, range) else allowed[index]


def digits(start: int, stop: int, *classes: range | Numbers) -> Field:
    """A field of decimal digits; all values make one class where none is given."""
    return Field(start, stop, _DIGITS, classes or (range(10 ** (stop - start)),))


def letters(start: int, stop: int, *classes: range | Numbers) -> Field:
    """A field of the letters A to Z; all values make one class where none is given."""
    return Field(start, stop, _LETTERS, classes or (range(26 ** (stop - start)),))


def words_of(*words: str) -> Numbers:
    """The numbers that letters A to Z spell in base 26, ascending: a class for a field of letters."""
    spelled = [sum((ord(letter) - 65) * 26**place for place, letter in enumerate(reversed(word))) for word in words]
    return np.array(sorted(spelled), dtype=np.int64)


def encrypt_fields(
    keys: Keys, rows: Bytes, fields: tuple[Field, ...], kind: Callable[[Bytes], Numbers] | None = None
) -> Bytes:
    """Permute the joint rank of all fields, shape (n, L) of upper-case ASCII; one to one.

    Where `kind` is given, each row stays among the rows of its own kind (cycle walking).
    """
    out = rows.copy()
    values = [field.read(rows) for field in fields]
    placed = [field.place(value) for field, value in zip(fields, values, strict=True)]
    code = np.zeros(len(rows), dtype=np.int64)
    for which, _ in placed:
        code = code * 8 + which + 1
    for _, members in groups(code):
        used = [
            (field, int(which[members[0]]), index[members])
            for field, (which, index) in zip(fields, placed, strict=True)
        ]
        used = [each for each in used if each[1] >= 0]
        sizes = [len(field.classes[which]) for field, which, _ in used]
        if prod(sizes) > 1:
            permuted = _permute(keys, rows[members], used, sizes, kind)
            out[members] = permuted
    return out


def _permute(
    keys: Keys,
    rows: Bytes,
    used: list[tuple[Field, int, Numbers]],
    sizes: list[int],
    kind: Callable[[Bytes], Numbers] | None,
) -> Bytes:
    rank = np.zeros(len(rows), dtype=np.uint64)
    for (_, _, index), size in zip(used, sizes, strict=True):
        rank = rank * np.uint64(size) + index.astype(np.uint64)
    total = prod(sizes)
    permutation = keys.permutation(total, f"fpe-fields:{total}")
    out = rows.copy()
    open_rows = np.arange(len(rows))
    wanted = kind(rows) if kind else np.zeros(len(rows), dtype=np.int64)
    while len(open_rows):
        rank = permutation(rank)
        masked = rows[open_rows]
        rest = rank
        for (field, which, _), size in zip(reversed(used), reversed(sizes), strict=True):
            rest, index = np.divmod(rest, np.uint64(size))
            field.write(masked, field.value(which, index.astype(np.int64)))
        out[open_rows] = masked
        again = np.flatnonzero(kind(masked) != wanted[open_rows]) if kind else np.empty(0, dtype=np.int64)
        open_rows, rank = open_rows[again], rank[again]
    return out
