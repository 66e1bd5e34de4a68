"""Which locale's pools serve a value by its script: a name in Cyrillic stays one, whatever the profile's locale."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker import words
from masker.columns import Bools, flags, indices
from masker.infotypes import Draws, Fake, Words
from masker.infotypes._fold import letters_of

_FIRST_BYTE = 0xD0
"""The least first byte, in UTF-8, of a letter of these scripts; Latin letters with accents have lower ones."""
_SCRIPTS = {
    "ru_RU": r"\p{Cyrillic}",
    "ja_JP": r"[\p{Hiragana}\p{Katakana}]",
    "zh_CN": r"\p{Han}",
}


@dataclass(frozen=True, eq=False)
class _Some:
    """The draws of some rows."""

    draws: Draws
    rows: Bools

    @property
    def person(self) -> Words:
        """Bits of the persons."""
        return self.draws.person[self.rows]

    @property
    def value(self) -> Words:
        """Bits of the values."""
        return self.draws.value[self.rows]


def by_script(fake: Fake, *, latin: bool = False) -> Fake:
    """The fake with the locale chosen for each value: that of its script where the rule's locale has another one.

    Han alone is Japanese where the locale is, else Chinese. With `latin`, Latin text under a locale of another script
    gets en_US; places stay in the rule's locale, so that city, region and postal code agree.
    """

    def chosen(draws: Draws, column: pa.Array, given: Mapping[str, pa.Array], locale: str) -> pa.Array:
        own = words.nearest(locale)
        letters = letters_of(column)
        if not (latin and own in _SCRIPTS) and not (len(letters) and letters.max() >= _FIRST_BYTE):
            return fake(draws, column, given, locale)
        numbers = _numbers(column, own, latin=latin)
        kinds = np.unique(numbers).tolist()
        if len(kinds) < 2:
            return fake(draws, column, given, words.locales()[kinds[0]] if kinds else locale)
        pieces, rows = [], []
        for kind in kinds:
            mine = numbers == kind
            at = indices(np.flatnonzero(mine))
            some = {role: each.take(at) for role, each in given.items()}
            pieces.append(_plain(fake)(_Some(draws, mine), column.take(at), some, words.locales()[kind]))
            rows.append(np.flatnonzero(mine))
        return pa.concat_arrays(pieces).take(indices(np.argsort(np.concatenate(rows), kind="stable")))

    return chosen


def _plain(fake: Fake) -> Callable[..., pa.Array]:
    return lambda *arguments: pc.cast(fake(*arguments), pa.string())


def _numbers(column: pa.Array, own: str, *, latin: bool) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The number in `words.locales()` of each row's locale, shape (n,); rows without letters have the rule's own."""
    found = {locale: flags(pc.match_substring_regex(column, script)) for locale, script in _SCRIPTS.items()}
    numbers = np.full(len(column), words.locales().index(own), dtype=np.int64)
    if own in _SCRIPTS and latin:
        numbers[flags(pc.match_substring_regex(column, r"\p{Latin}"))] = words.locales().index("en_US")
    for locale in ("zh_CN", "ja_JP", "ru_RU"):
        number = words.locales().index("ja_JP" if locale == "zh_CN" and own == "ja_JP" else locale)
        numbers[found[locale]] = number
    return numbers
