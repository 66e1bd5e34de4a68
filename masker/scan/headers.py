"""Header words: tokens of a column or table name, and which infotypes the words of a name speak for.

Names are folded (NFKC, case, accents; ß is ss) and cut at case changes, digits and signs. A compound without a gap
(`kundenname`, `emailtype`) is cut where both halves are words that some infotype, subject or key is known by. Whole
tokens decide: `ip` is in `client_ip` and not in `shipped`. Chinese and Japanese are matched as they run.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from masker.infotypes import INFOTYPES, Infotype

Tokens = tuple[str, ...]

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CUT = re.compile(r"[\W_]+|(?<=[^\W\d_])(?=\d{1,3}$)|(?<=[^\W\d_])(?=\d{1,3}[\W_])")
_UNCUT = re.compile(r"^(?:ipv[46]|cvv2|cvc2|icd10|hba1c|oauth2|x509|sha1|sha256|md5|base64)$")
_STROKED = str.maketrans("łđøı", "ldoi")  # letters with a stroke do not decompose
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def fold(text: str) -> str:
    """Fold for comparison: NFKC, no zero-width signs, case-folded, without accents.

    >>> fold("Größe"), fold("Prénom"), fold("ＩＤ")
    ('grosse', 'prenom', 'id')
    """
    wide = unicodedata.normalize("NFKC", text)
    spread = unicodedata.normalize("NFD", wide.casefold().translate(_STROKED))
    bare = "".join(c for c in spread if unicodedata.category(c) not in ("Mn", "Cf") or _keeps_mark(c))
    return unicodedata.normalize("NFC", bare)


def _keeps_mark(mark: str) -> bool:
    """Japanese voicing marks and the Cyrillic breve make other letters, not accents."""
    return mark in "\u3099\u309a\u0306"


def tokens(name: str) -> Tokens:
    """Cut a name into folded words.

    >>> tokens("customerEmail_2"), tokens("BillingPostalCode"), tokens("IPAddress"), tokens("e-mail")
    (('customer', 'email', '2'), ('billing', 'postal', 'code'), ('ip', 'address'), ('email',))
    """
    spaced = _CAMEL.sub(" ", unicodedata.normalize("NFKC", name))
    words: list[str] = []
    for word in re.split(r"[\W_]+", fold(spaced)):
        words.extend([word] if _UNCUT.match(word) else [part for part in _CUT.split(word) if part])
    joined = " ".join(words)
    return tuple(re.sub(r"\be mail\b", "email", joined).split())


@dataclass(frozen=True, slots=True)
class Word:
    """A header word that a name holds: for which infotype, the phrase, and how much of the name it is.

    `rest` are the tokens before and after it, `words` all tokens of the name.
    """

    infotype: str
    phrase: Tokens
    rest: Tokens
    words: Tokens
    at_end: bool
    at_start: bool


class Lexicon:
    """All header phrases of a set of infotypes, in all languages, for look-up by tokens.

    `known` are further words that compounds may be cut at (subjects, key words, words against).
    """

    def __init__(self, infotypes: Iterable[Infotype], known: Iterable[str] = ()) -> None:
        self._phrases: dict[Tokens, list[str]] = {}
        self._wide: dict[str, list[str]] = {}
        self._against: dict[str, tuple[Tokens, ...]] = {}
        for infotype in infotypes:
            for language, words in infotype.headers.items():
                for word in words:
                    self._enter(infotype.name, word, joined=language not in ("zh", "ja"))
            self._against[infotype.name] = tuple(tokens(word) for word in infotype.not_headers)
        self._longest = max((len(phrase) for phrase in self._phrases), default=1)
        vocabulary = {token for phrase in self._phrases for token in phrase if len(token) > 2}
        self._vocabulary = frozenset(vocabulary | {fold(word) for word in known})

    def _enter(self, infotype: str, word: str, *, joined: bool) -> None:
        folded = fold(word)
        if _WIDE.search(folded):
            self._wide.setdefault(folded, []).append(infotype)
            return
        phrase = tokens(folded) if joined else tuple(folded.split())
        for form in {phrase, ("".join(phrase),)}:
            if infotype not in (names := self._phrases.setdefault(form, [])):
                names.append(infotype)

    def split(self, name: str) -> Tokens:
        """The tokens of a name, compounds cut where both halves are known words."""
        cut: list[str] = []
        for token in tokens(name):
            cut.extend(self._halves(token))
        return tuple(cut)

    def _halves(self, token: str) -> Tokens:
        if (token,) in self._phrases or token in self._vocabulary or len(token) < 5:
            return (token,)
        for at in range(len(token) - 2, 1, -1):
            left, right = token[:at], token[at:]
            left_known = left in self._vocabulary or (left,) in self._phrases
            if left_known and (right in self._vocabulary or (right,) in self._phrases):
                return left, right
        return (token,)

    def find(self, column: str) -> tuple[Word, ...]:
        """Every header word in a name, longest first; a shorter phrase inside a longer one's span is not repeated."""
        words = self.split(column)
        found: list[Word] = []
        taken: set[int] = set()
        for length in range(min(self._longest, len(words)), 0, -1):
            for start in range(len(words) - length + 1):
                span = range(start, start + length)
                phrase = words[start : start + length]
                if phrase not in self._phrases or not taken.isdisjoint(span):
                    continue
                taken.update(span)
                rest = words[:start] + words[start + length :]
                at_end = start + length == len(words) or all(w.isdigit() for w in words[start + length :])
                found += [Word(name, phrase, rest, words, at_end, start == 0) for name in self._phrases[phrase]]
        return tuple(found) + self._find_wide(column)

    def _find_wide(self, name: str) -> tuple[Word, ...]:
        folded = fold(name)
        if not _WIDE.search(folded):
            return ()
        hits = [phrase for phrase in self._wide if phrase in folded]
        longest = [p for p in hits if not any(p != other and p in other for other in hits)]
        return tuple(
            Word(infotype, (phrase,), rest, (folded,), folded.endswith(phrase), folded.startswith(phrase))
            for phrase in longest
            for rest in [tuple(folded.replace(phrase, " ").split())]
            for infotype in self._wide[phrase]
        )

    def against(self, word: Word) -> str:
        """The phrase in the name that the word's infotype lists as speaking against it, "" for none.

        A single word has to stand beside the header word; a phrase may hold it (`product name`).
        """
        for phrase in self._against.get(word.infotype, ()):
            if _holds(word.rest, phrase) or (len(phrase) > 1 and _holds(word.words, phrase)):
                return " ".join(phrase)
        return ""


def _holds(words: Tokens, phrase: Tokens) -> bool:
    return any(words[i : i + len(phrase)] == phrase for i in range(len(words) - len(phrase) + 1))


@cache
def lexicon(known: frozenset[str]) -> Lexicon:
    """The lexicon of all registered infotypes, built once for each set of further words."""
    return Lexicon(all_infotypes().values(), known)


@cache
def all_infotypes() -> Mapping[str, Infotype]:
    """Every registered infotype by name, loaded."""
    return {name: INFOTYPES[name] for name in INFOTYPES}
