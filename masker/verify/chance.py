"""How many masked cells may equal their own originals by chance: quantiles of the Poisson distribution."""

import functools
import math

_CONFIDENCE_LEFT = 1e-9


@functools.lru_cache(maxsize=4096)
def most_by_chance(expected: float, *, left: float = _CONFIDENCE_LEFT) -> int:
    """The least k with P(X > k) ≤ `left` for X ~ Poisson(`expected`); so a right copy is refused once in 10^9 checks.

    Summed term by term up to 10^4, beyond that the normal approximation with six and a half standard deviations.

    >>> most_by_chance(0.0), most_by_chance(1e-4), most_by_chance(1.0)
    (0, 2, 11)
    """
    if expected <= 0:
        return 0
    if expected > 1e4:
        return math.ceil(expected + 6.5 * math.sqrt(expected))
    # By halving: a large `expected` has hundreds of k between itself and the answer.
    low, high = math.floor(expected) - 1, math.ceil(expected + 8 * math.sqrt(expected)) + 16
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _tail(middle, expected) > left else (low, middle)
    return high


def _tail(k: int, expected: float) -> float:
    # P(X > k), summed from its largest term down: no cancellation, as 1 - P(X ≤ k) would have.
    term = math.exp((k + 1) * math.log(expected) - expected - math.lgamma(k + 2))
    total, i = 0.0, k + 1
    while term > total * 1e-16 and term > 0:
        total += term
        i += 1
        term *= expected / i
    return total


def own_forms(text: str) -> float:
    """How many texts have the shape of `text` (digits for digits, letters for letters): it limits any output space.

    A method that keeps the format cannot give a short value many others; 9 forms for a single-digit key.

    >>> own_forms("7"), own_forms("42"), own_forms("A-1")
    (9.0, 90.0, 260.0)
    """
    digits, letters = sum(map(str.isdigit, text)), sum(map(str.isalpha, text))
    first_is_not_zero = digits == len(text) > 0 and text[0] != "0"
    return max(1.0, (0.9 if first_is_not_zero else 1.0) * 10.0 ** min(digits, 40) * 26.0 ** min(letters, 40))
