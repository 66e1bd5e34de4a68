"""Numbers of any register that python-stdnum knows: what is not check character is permuted, the check comes out right.

What no register would give out (a month 13) is passed over by applying the permutation again (cycle walking: Black and
Rogaway, Ciphers with Arbitrary Finite Domains, 2002).
"""

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.columns import text_array
from masker.crypto.keys import Keys
from masker.methods.fpe.registers import CLASSES, Build, builds, with_letters

_SEPARATORS = " .-/"
_STEPS = 4000
"""After so many applications a walk gives up: where one number in forty is in use, not once in 10^43."""


def encrypt_number(keys: Keys, text: pa.Array, module: str) -> pa.Array:
    """Encrypt the valid numbers of a register; NULL for what it would not accept; NULL and '' stay.

    Separators and case stay; each distinct value is asked of python-stdnum some times, so some thousands a second.
    """
    encoded = text.dictionary_encode()
    values: list[str] = encoded.dictionary.to_pylist()
    masked: list[str | None] = ["" if value == "" else None for value in values]
    grouped: dict[tuple[Build, bool], list[tuple[int, str]]] = {}
    for row, value in enumerate(values):
        number = _bare(value)
        build = builds()[module].get(re.sub("[A-Z]", "A", re.sub("[0-9]", "9", number)))
        if build is not None and build.completed(number) == number:
            inside = all(number[place] in build.sets[place] for place in build.free)
            grouped.setdefault((build, inside), []).append((row, number))
    for (build, inside), members in grouped.items():
        walked = _walk(keys, build, [number for _, number in members], inside=inside)
        for (row, _), pseudonym in zip(members, walked, strict=True):
            if pseudonym is not None:
                masked[row] = _written(pseudonym, values[row])
    return text_array(masked).take(encoded.indices)


def _bare(value: str) -> str:
    """The letters and digits, in capitals; "" where something strange is among them."""
    bare = "".join(letter for letter in value if letter not in _SEPARATORS)
    return bare.upper() if bare.isascii() and bare.isalnum() else ""


def _written(number: str, value: str) -> str:
    letters = iter(number)
    return "".join(
        letter if letter in _SEPARATORS else next(letters).lower() if letter.islower() else next(letters)
        for letter in value
    )


def _walk(keys: Keys, build: Build, numbers: list[str], *, inside: bool) -> list[str | None]:
    """The pseudonyms of numbers whose free places all hold what the sets say, or of those of which one does not."""
    sets = [build.sets[place] if inside else CLASSES[build.shape[place]] for place in build.free]
    size = np.prod([len(letters) for letters in sets], dtype=object)
    if size > 1 << 63:
        return [None] * len(numbers)
    permutation = keys.permutation(int(size), f"fpe-number:{build.module}:{build.shape}:{'in' if inside else 'out'}")
    ranks = np.array([_rank(number, build, sets) for number in numbers], dtype=np.uint64)
    out: list[str | None] = [None] * len(numbers)
    left: npt.NDArray[np.int64] = np.arange(len(numbers))
    for _ in range(_STEPS):
        ranks = permutation(ranks)
        again = []
        for position, (row, rank) in enumerate(zip(left.tolist(), ranks.tolist(), strict=True)):
            found = build.completed(_number(rank, numbers[row], build, sets))
            if found is None or (not inside and all(found[place] in build.sets[place] for place in build.free)):
                again.append(position)
            else:
                out[row] = found
        if not again:
            break
        left, ranks = left[again], ranks[again]
    return out


def _rank(number: str, build: Build, sets: list[str]) -> int:
    rank = 0
    for place, letters in zip(build.free, sets, strict=True):
        rank = rank * len(letters) + letters.index(number[place])
    return rank


def _number(rank: int, like: str, build: Build, sets: list[str]) -> str:
    chosen = []
    for letters in reversed(sets):
        rank, index = divmod(rank, len(letters))
        chosen.append(letters[index])
    return with_letters(like, build.free, "".join(reversed(chosen)))
