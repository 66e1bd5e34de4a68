"""Terms: pieces of evidence in log-odds, with the words that a user reads; a sum of them becomes a score."""

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """One piece of evidence: words without a value of the data in them, and its log-odds.

    `register` names the check that values passed, as a module of python-stdnum ("" for anything else).
    """

    words: str
    weight: float
    register: str = ""

    def __str__(self) -> str:
        return f"{self.words} {self.weight:+.1f}"


def total(terms: Iterable[Term]) -> float:
    """The sum of the log-odds."""
    return sum(term.weight for term in terms)


def logistic(log_odds: float) -> float:
    """The probability of log-odds, three decimals; far values saturate.

    >>> logistic(0), logistic(3), logistic(-1000)
    (0.5, 0.953, 0.0)
    """
    return round(1 / (1 + math.exp(-max(-60.0, min(60.0, log_odds)))), 3)
