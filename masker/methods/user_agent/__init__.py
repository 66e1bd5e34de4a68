"""User agents become common ones of the same family on the same platform (RFC 9110, section 10.1.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import as_text, flags, in_chunks, like, once_per_value, text_array, text_bytes
from masker.crypto.keys import Keys
from masker.methods import Example, Iso20889
from masker.methods.user_agent.families import FAMILIES, OTHER, PLATFORMS, agents


@dataclass(frozen=True)
class UserAgent:
    """Replace each user agent by a plain one of the same family (browser, robot, library) on the same platform.

    The families and what they look like are masker's own fixed list; the value decides which of their releases it
    gets. What is in no family becomes `Mozilla/5.0 (compatible)`. Builds, devices, languages, add-ons and whatever else
    was written into the original are gone. NULL stays NULL, '' stays ''.

    Many values share a pseudonym, and one may by chance be its own. It does NOT hide family and platform, nor
    repetitions: a rare family among few visitors tells who it is.
    """

    name: ClassVar[str] = "user_agent"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = False
    reversible: ClassVar[bool] = False
    keeps_format: ClassVar[bool] = True
    iso20889: ClassVar[Iso20889] = "generalization"
    changes: ClassVar[bool] = False
    takes: ClassVar[Literal["text", "any"]] = "text"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "never"

    @property
    def space(self) -> float | None:
        """1.0: a common user agent may stay, and that is no accident."""
        return 1.0

    @property
    def widest(self) -> int | None:
        """The longest of the list."""
        return max(len(agent) for pool in agents().values() for agent in pool)

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column of text; `by` and `given` are not read."""
        mask = partial(once_per_value, partial(_mask, keys))
        return like(in_chunks(mask, as_text(column)), column.type)


def _mask(keys: Keys, text: pa.Array) -> pa.Array:
    family, platform = _first_match(text, FAMILIES), _first_match(text, PLATFORMS)
    drawn = keys.prf("user-agent")(text)[:, 0] >> np.uint64(40)
    filled = np.diff(text_bytes(text)[1]) > 0
    valid = flags(pc.is_valid(text))
    masked: list[str | None] = []
    for row in range(len(text)):
        if not filled[row]:
            masked.append("" if valid[row] else None)
            continue
        pool = agents().get((family[row], platform[row])) or agents().get((family[row], OTHER), agents()[OTHER, OTHER])
        masked.append(pool[int(drawn[row]) * len(pool) >> 24])
    return text_array(masked)


def _first_match(text: pa.Array, named: Mapping[str, str]) -> list[str]:
    """The first name whose expression is found in each row, `OTHER` where none is."""
    names = np.full(len(text), OTHER, dtype=object)
    for name, expression in reversed(list(named.items())):
        names[flags(pc.match_substring_regex(text, expression))] = name
    found: list[str] = names.tolist()
    return found


METHOD = UserAgent
EXAMPLES = (
    Example(
        UserAgent(),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/117.0.5938.92 "
            "Safari/537.36",
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/118.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/16.6 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "curl/8.1.2",
            "AnnasShop/3.2 (Anna Muster)",
            "n/a",
        ),
    ),
)
