"""A realistic value of the infotype and locale in the place of each value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.columns import as_text, key_text, like, text_array, text_bytes, text_of, validity
from masker.crypto.keys import Keys
from masker.errors import UsageError
from masker.infotypes import INFOTYPES
from masker.methods import Example, Iso20889
from masker.methods.fake.provider import draw, refuse_provider

Words = npt.NDArray[np.uint64]


_SMALL_POOL, _FULL_POOL = 20.0, 100.0
_FULL_POOLS = frozenset(["de_DE", "en_US", "es_ES", "fr_FR"])


@dataclass(frozen=True)
class Fake:
    """Draw a realistic value of `infotype` in `locale`, in the style of the original (case, separators).

    Rows that `by` names the same subject draw from one fake person, whichever table and column; integers and their
    text agree there ("007" is 7). Without `by`, or where it is NULL or '', the value decides: the same value gets the
    same fake. `canonical: fold` lets different spellings of a value agree, `exact` does not. `compact` gives the short
    form that e-mail addresses and usernames have for narrow columns: all columns of a domain must say it, or none.
    `given` may hold other columns of the row by role (`gender`, `country`). NULL comes back for what the infotype
    cannot read; NULL stays NULL, '' stays ''.

    `provider` draws from a provider of the Faker package instead (`color_name`, `catch_phrase`), whatever the infotype,
    seeded by the value or the subject; `faker` names the release that the values come from, and another one that is
    installed is refused. Providers that read the clock, need arguments or give no single text are refused too. Faker
    draws one value at a time: some tens of thousands a second.

    Different values may draw the same fake, save for infotypes whose fakes carry a 60-bit token (email, username):
    there two of n fall together with probability at most n²/2^61. A realistic value may by chance belong to somebody.
    Drawn by value, it does NOT hide frequencies; drawn by subject it does. It cannot be undone.
    """

    infotype: str
    locale: str = "en_US"
    canonical: Literal["fold", "exact"] = "fold"
    compact: bool = False
    provider: str = ""
    faker: str = ""

    name: ClassVar[str] = "fake"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = False
    reversible: ClassVar[bool] = False
    keeps_format: ClassVar[bool] = True
    iso20889: ClassVar[Iso20889] = "pseudonymization"
    changes: ClassVar[bool] = True
    takes: ClassVar[Literal["text", "any"]] = "text"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "infotype"

    def __post_init__(self) -> None:
        if self.canonical not in ("fold", "exact"):
            raise UsageError("usage", "`canonical` of `fake` is not one of fold, exact")
        if self.provider:
            if self.compact:
                raise UsageError("usage", "`compact` of `fake` goes without `provider`")
            refuse_provider(self.provider, self.locale, self.faker)
            return
        if self.faker:
            raise UsageError("usage", "`faker` of `fake` goes with `provider`")
        if INFOTYPES[self.infotype].fake is None:
            raise UsageError(
                "usage", f"there is no fake for infotype `{self.infotype}`", "use `fpe`, `token` or `redact`"
            )
        if type(self.compact) is not bool:
            raise UsageError("usage", "`compact` of `fake` is true or false")
        if self.compact and INFOTYPES[self.infotype].compact is None:
            message = f"fakes of infotype `{self.infotype}` have no compact form"
            raise UsageError("usage", message, "use `fpe`, which keeps lengths")

    @property
    def space(self) -> float | None:
        """What the infotype says: 2^60 where its fakes carry a token, else the smallest pool that is promised.

        1.0 where Faker draws: how many values a provider has is not known. The pools of the first four locales are
        larger than what all promise; rows of other countries draw from
        theirs, where no more pairs than these are equal.
        """
        own = INFOTYPES[self.infotype].space
        if self.provider:
            return 1.0
        return _FULL_POOL if _SMALL_POOL <= own < _FULL_POOL and self.locale in _FULL_POOLS else own

    @property
    def widest(self) -> int | None:
        """What the infotype says; None where Faker draws: one that is wider than the column stops the run."""
        if self.provider:
            return None
        infotype = INFOTYPES[self.infotype]
        return infotype.widest_compact if self.compact else infotype.widest

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column of text."""
        text = as_text(column)
        if self.provider:
            return like(self._provided(keys, text, by), column.type)
        return like(self._draw(keys, text, by, given or {}), column.type)

    def _provided(self, keys: Keys, text: pa.Array, by: pa.Array | None) -> pa.Array:
        """Of Faker's provider, seeded by the value as it stands, or by the subject."""
        filled = (np.diff(text_bytes(text)[1]) > 0) & validity(text)
        person = KeyedDraws(keys, lambda: text, by).person.astype(">u8").view(np.uint8).reshape(-1, 16)
        seeds = keys.prf(f"faker:{self.provider}").of_matrix(person[filled])
        drawn = iter(draw(self.provider, self.locale, seeds))
        valid = validity(text)
        rows = zip(filled.tolist(), valid.tolist(), strict=True)
        return text_array([next(drawn) if there else "" if known else None for there, known in rows])

    def _draw(self, keys: Keys, text: pa.Array, by: pa.Array | None, given: Mapping[str, pa.Array]) -> pa.Array:
        infotype = INFOTYPES[self.infotype]
        fake = infotype.compact if self.compact else infotype.fake
        assert fake is not None
        canonical = None if infotype.reads_all else infotype.canonical(text)

        def drawn_on() -> pa.Array:
            if self.canonical == "exact":
                return text
            return infotype.canonical(text) if canonical is None else canonical

        draws = KeyedDraws(keys, drawn_on, by)
        faked = as_text(fake(draws, text, given, self.locale))
        empty = np.diff(text_bytes(text)[1]) == 0
        unread = (text if canonical is None else canonical).null_count
        if not unread and not empty.any():
            return faked
        empty &= validity(text)
        readable = validity(text if canonical is None else canonical)
        data, offsets = text_bytes(faked)
        lengths = np.diff(offsets)
        keep = readable & validity(faked) & ~empty
        kept = np.where(keep, lengths, 0)
        offsets = np.concatenate([[0], np.cumsum(kept)])
        return text_of(data[np.repeat(keep, lengths)], offsets, keep | empty)


@dataclass(frozen=True, eq=False)
class KeyedDraws:
    """The draws of a column: `value` of its canonical text, `person` of the subject's key where there is one."""

    keys: Keys
    canonical: Callable[[], pa.Array]
    by: pa.Array | None

    @cached_property
    def value(self) -> Words:
        """128 bits of the canonical value, shape (n, 2); folding costs more than drawing, so only where asked for."""
        return self.keys.prf()(self.canonical())

    @cached_property
    def person(self) -> Words:
        """128 bits of the subject, shape (n, 2); those of the value where `by` is NULL, '' or not there."""
        if self.by is None:
            return self.value
        key = key_text(self.by)
        words = self.keys.person()(key)
        known = (np.diff(text_bytes(key)[1]) > 0) & validity(key)
        return words if known.all() else np.where(known[:, None], words, self.value)


METHOD = Fake
EXAMPLES = (
    Example(Fake("email"), ("anna.muster@firma.example", "Bob@FIRMA.example", "c@d.example"), ("n/a",)),
    Example(Fake("email", canonical="exact"), ("anna.muster@firma.example", "Anna.Muster@firma.example"), ("n/a",)),
    Example(Fake("person_name", "de_DE"), ("Gundula Beispiel", "BEISPIEL, GUNDULA", "Wolfgang Amadeus Muster")),
    Example(Fake("username", "fr_FR"), ("gbeispiel", "Muster99")),
    Example(Fake("city", "es_ES"), ("Villamuestra de Abajo", "MUSTERSTADT")),
)
