"""What a profile or an agreement requires of the rows of a copy, so that nobody stands out among them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Require:
    """Least `k` and `l`, and the greatest share of rows (0..1) that may be `unique`; by default anything goes.

    k-anonymity (Sweeney 2002): every combination of quasi-identifiers occurs at least k times. l-diversity
    (Machanavajjhala 2007), distinct: every group has at least l different values of each sensitive column. `quasi` and
    `sensitive` name the columns that count as such (None: those whose infotype says so).
    """

    k: int = 0
    l: int = 0  # noqa: E741 - its name in the literature
    unique: float = 1.0
    quasi: tuple[str, ...] | None = None
    sensitive: tuple[str, ...] | None = None

    def stricter(self, other: "Require") -> "Require":
        """What holds both: the greater k and l, the smaller share, the columns of either.

        >>> Require(k=5).stricter(Require(k=3, unique=0.1, quasi=("city",)))
        Require(k=5, l=0, unique=0.1, quasi=('city',), sensitive=None)
        """
        return Require(
            max(self.k, other.k),
            max(self.l, other.l),
            min(self.unique, other.unique),
            _either(self.quasi, other.quasi),
            _either(self.sensitive, other.sensitive),
        )


def _either(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if one is None or other is None:
        return other if one is None else one
    return tuple(dict.fromkeys((*one, *other)))
