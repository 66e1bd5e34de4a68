"""Ways to damage a file: bytes flipped, cut, doubled, taken out; headers, quotes, encodings that do not fit."""

import random
from collections.abc import Callable, Iterator

from tests.faults.canaries import STEM, mark
from tests.faults.samples import COLUMNS

_PIECES = (
    b"\0", b'"', b"'", b",", b"\t", b";", b"\n", b"\r", b"\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xff", b"\xc3",
    b"\xed\xa0\x80", b"{", b"}", b"[", b"]", b":", b"\\", b"\\u0000", b"\\ud800", b"null", b"NaN", b"-", b"1e999",
    b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1", b"=cmd", b"%s", b"{}", b"\xe2\x80\xa8",
    b"\x1a", b'""', b'","', b"\x85", b"\xf4\x8f\xbf\xbf",
    f"{mark(999)}".encode(), f'"{mark(998)}"'.encode(), f",{mark(997)},".encode(), f'"{mark(996)}": '.encode(),
)  # fmt: skip
Mutation = Callable[[bytearray, random.Random], bytes]


def _at(data: bytearray, chance: random.Random) -> int:
    return chance.randrange(len(data) + 1)


def flip(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def cut(data: bytearray, chance: random.Random) -> bytes:
    return bytes(data[: _at(data, chance)])


def cut_the_head(data: bytearray, chance: random.Random) -> bytes:
    return bytes(data[_at(data, chance) :])


def insert(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 3))):
        at = _at(data, chance)
        data[at:at] = chance.choice(_PIECES)
    return bytes(data)


def overwrite(data: bytearray, chance: random.Random) -> bytes:
    at, piece = _at(data, chance), chance.choice(_PIECES)
    data[at : at + len(piece)] = piece
    return bytes(data)


def double(data: bytearray, chance: random.Random) -> bytes:
    at = _at(data, chance)
    block = data[at : at + chance.choice((1, 7, 64, 999))]
    data[at:at] = block * chance.choice((1, 2, 9))
    return bytes(data)


def take_out(data: bytearray, chance: random.Random) -> bytes:
    at = _at(data, chance)
    del data[at : at + chance.choice((1, 2, 7, 64, 999))]
    return bytes(data)


def swap(data: bytearray, chance: random.Random) -> bytes:
    first, second = sorted((_at(data, chance), _at(data, chance)))
    size = chance.choice((1, 10, 100))
    data[first : first + size], data[second : second + size] = (
        data[second : second + size],
        data[first : first + size],
    )
    return bytes(data)


def lines(data: bytearray, chance: random.Random) -> bytes:
    found = bytes(data).splitlines(keepends=True)
    if chance.random() < 0.5:
        chance.shuffle(found)
    else:
        found.insert(chance.randrange(len(found) + 1), chance.choice(found))
    return b"".join(found)


def header(data: bytearray, chance: random.Random) -> bytes:
    old = chance.choice(COLUMNS)
    new = chance.choice(
        (*COLUMNS, "", "new", f"{mark(995)}", f"{STEM}@mail.example", "e\u0301mail", old.upper(), " " + old)
    )
    return bytes(data).replace(old.encode(), new.encode(), chance.choice((1, -1)))


def huge(data: bytearray, chance: random.Random) -> bytes:
    at = _at(data, chance)
    data[at:at] = mark(994).encode() * chance.choice((1000, 20_000))
    return bytes(data)


def recode(data: bytearray, chance: random.Random) -> bytes:
    text = bytes(data).decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "utf-16-le", "utf-8-sig", "cp1252", "utf-32", "utf-7")), "replace")


def half_recode(data: bytearray, chance: random.Random) -> bytes:
    at = _at(data, chance)
    return bytes(data[:at]) + bytes(data[at:]).decode("utf-8", "replace").encode("utf-16-le")


MUTATIONS: tuple[Mutation, ...] = (
    flip, cut, cut_the_head, insert, overwrite, double, take_out, swap, lines, header, huge, recode, half_recode,
)  # fmt: skip


def mutated(data: bytes, seed: str) -> Iterator[tuple[str, bytes]]:
    """Endless damaged files, each with the name of what was done; the same ones for the same seed."""
    chance = random.Random(seed)
    while True:
        done, names = data, []
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            if done:
                mutation = chance.choice(MUTATIONS)
                done = mutation(bytearray(done), chance)
                names.append(mutation.__name__)
        yield "+".join(names), done
