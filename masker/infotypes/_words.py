"""Word lists of infotypes whose values are a few words in many languages, compared without case and accents."""

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Folded words."""

    folded: frozenset[str]

    def holds(self, value: str) -> bool:
        """Whether a value is one of the words, whatever its case, accents and gaps."""
        return bare(value) in self.folded


def bare(text: str) -> str:
    """Fold for comparison: no case, no accents, any gap one blank.

    >>> bare("Never  Married"), bare("Geschieden"), bare("Célibataire")
    ('never married', 'geschieden', 'celibataire')
    """
    if text.isascii():
        return " ".join(text.replace("_", " ").split()).lower()
    spread = unicodedata.normalize("NFD", " ".join(text.replace("_", " ").split()).casefold())
    return "".join(c for c in spread if not unicodedata.combining(c))


def known_words(listed: str) -> Words:
    """The words of a text that separates them by commas."""
    return Words(frozenset(word for part in listed.split(",") if (word := bare(part))))
