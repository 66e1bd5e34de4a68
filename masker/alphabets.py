"""Alphabets: which characters are letters or digits that masking must change, and what each may become.

A character's alphabet is the set it stays inside: ASCII digits, upper and lower case each, accented Latin by block, and
other scripts by themselves. Everything else (separators, punctuation, blanks, combining accents) stays in place.
Membership is frozen: it comes from Unicode 3.2 (the version that every Python carries as `unicodedata.ucd_3_2_0`), and
code points that Unicode 3.2 does not assign are letters of a row of 256 of their own, so that newer letters never pass.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

CodePoints = npt.NDArray[np.uint32]
Ids = npt.NDArray[np.uint16]
Ranks = npt.NDArray[np.uint32]

_STAYS = frozenset(["Zs", "Zl", "Zp", "Cc", "Cf", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So"])

# First and last code point of the runs whose letters are exchanged among themselves (Unicode 3.2, Blocks.txt); what is
# in no run makes an alphabet with its row of 128. Latin-1 stays inside Latin-1, so that a legacy encoding can hold it.
_RUNS = (
    (0x00BF, 0x00FF), (0x0100, 0x017F), (0x0180, 0x024F), (0x1E00, 0x1EFF), (0x0386, 0x03CE), (0x1F00, 0x1FFF),
    (0x0410, 0x044F), (0x05D0, 0x05EA), (0x0621, 0x064A), (0x0905, 0x0939), (0x0E01, 0x0E30), (0x10D0, 0x10F6),
    (0x1100, 0x11FF), (0x1200, 0x137F), (0x1400, 0x167F), (0x3041, 0x3094), (0x30A1, 0x30FA), (0x3400, 0x4DB5),
    (0x4E00, 0x9FA5), (0xA000, 0xA4CF), (0xAC00, 0xD7A3), (0xFF10, 0xFF5A), (0xFF66, 0xFF9D), (0x20000, 0x2A6D6),
)  # fmt: skip
_PLANES = 0x30000


@dataclass(frozen=True, eq=False)
class Alphabets:
    """Tables over code points: `ids` (0: stays), `ranks` inside the alphabet; `sizes` and `members` by alphabet id.

    `members[starts[id] + rank]` is the character again. `weights[id]` is the alphabet's size in 1024ths of a bit,
    rounded up.
    """

    ids: Ids
    ranks: Ranks
    sizes: Ranks
    starts: Ranks
    members: CodePoints
    weights: Ranks

    def spell(self, ids: Ids, ranks: Ranks) -> CodePoints:
        """The code points of these ranks in these alphabets."""
        codes: CodePoints = self.members[self.starts[ids] + ranks]
        return codes


def _build(groups: dict[str, list[int]], limit: int) -> Alphabets:
    ids, ranks = np.zeros(limit, dtype=np.uint16), np.zeros(limit, dtype=np.uint32)
    sizes, starts, members = [1], [0], [0]
    for number, group in enumerate(groups.values(), start=1):
        taken = [code for code in group if not ids[code]]
        ids[taken] = number
        ranks[taken] = np.arange(len(group) - len(taken), len(group))
        starts.append(len(members))
        sizes.append(len(group))
        members += group
    weights = [(size**1024).bit_length() for size in sizes]
    return Alphabets(ids, ranks, *(np.array(each, dtype=np.uint32) for each in (sizes, starts, members, weights)))


_DIGITS = list(range(48, 58))
_HEX = _DIGITS + list(range(97, 103))
_ASCII = {
    "digits": _DIGITS, "upper": list(range(65, 91)), "lower": list(range(97, 123)), "nonzero": _DIGITS[1:], "hex": _HEX
}  # fmt: skip
DIGIT, UPPER, LOWER, NONZERO, HEX_DIGIT = 1, 2, 3, 4, 5
"""Alphabet ids of ASCII digits and letters; and, no character's own, of 1 to 9 (rank: digit - 1) and 0 to 9, a to f."""

ASCII = _build(_ASCII, 128)
"""The alphabets of ASCII: digits 10, upper case 26, lower case 26."""

DIGITS_ONLY = _build({"digits": _DIGITS, "upper": [], "lower": [], "nonzero": _DIGITS[1:]}, 128)
"""Only ASCII digits change."""

HEX = _build({"hex": _HEX}, 128)
"""The sixteen hexadecimal digits, lower case."""


@cache
def unicode() -> Alphabets:
    """The alphabets of all code points below U+30000 (planes 0 to 2); see `fold` for what is above."""
    groups = {name: list(group) for name, group in _ASCII.items()}
    for code in range(0x80, _PLANES):
        if key := _alphabet(code):
            groups.setdefault(key, []).append(code)
    # A letter alone in its alphabet could only become itself: all such share one.
    alone = [key for key, group in groups.items() if len(group) == 1]
    groups["alone"] = sorted(code for key in alone for code in groups.pop(key))
    return _build(groups, _PLANES)


def _alphabet(code: int) -> str:
    if 0xD800 <= code <= 0xDFFF or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return ""  # surrogates and noncharacters
    if 0x300 <= code <= 0x36F or 0xFE00 <= code <= 0xFE0F:
        return ""  # combining accents, variation selectors
    category = unicodedata.ucd_3_2_0.category(chr(code))
    if category in _STAYS:
        return ""
    if category in ("Cn", "Co"):
        return f"unassigned {code >> 8}"
    kind = category if category in ("Lu", "Ll", "Nd") else category[0]
    for number, (first, last) in enumerate(_RUNS):
        if first <= code <= last:
            return f"run {number} {kind}"
    return f"row {code >> 7} {kind}"


def fold(codes: CodePoints) -> CodePoints:
    """Bring code points above U+2FFFF (later extensions, tags, private planes) down to letters of plane 2.

    Not one to one: such a character becomes an ideograph, and two of them may become the same one.
    """
    return np.where(codes < _PLANES, codes, 0x20000 + codes % 0xA000).astype(np.uint32)
