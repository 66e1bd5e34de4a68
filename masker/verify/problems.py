"""What a verification found: counts, and for each problem a code word and a place; never a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from masker.errors import GateError, Place
from masker.manifest import Verified

HINTS = {
    "leak": "nothing was published; report this with the profile and the table's shape, not with its data",
    "orphans": "give the columns of a key the same method and domain in the profile",
    "mismatch": "the copy does not hold what its plan promised; nothing of it may be used",
    "risk": "generalize, redact or drop quasi-identifiers, or leave out the rows that stand out",
}
"""What to do, by code word."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken promise: `leak`, `mismatch`, `orphans` or `risk`; `cells` says how often, `hint` what to do (else what its code says)."""

    code: str
    message: str
    place: Place = field(default_factory=Place)
    cells: int = 1
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of comparing a copy with SOURCE.

    `checks` counts the promises that were checked (a column, a key, a row count, a file list), `rows` the rows read
    on either side; `unchanged_by_chance` has the masked cells that equal their original, by (table, column).
    """

    problems: tuple[Problem, ...]
    checks: int
    rows: int
    unchanged_by_chance: Mapping[tuple[str, str], int]

    def count(self, code: str) -> int:
        """Cells, rows or key values that broke a promise of this code word."""
        return sum(problem.cells for problem in self.problems if problem.code == code)

    @property
    def summary(self) -> Verified:
        """The counts, as the manifest carries them."""
        return Verified(self.count("leak"), self.count("orphans"), self.count("mismatch"), self.checks, self.rows)

    def require(self) -> None:
        """Raise `GateError` for the gravest problem (a leak, then a mismatch, orphans, risk) where there is any."""
        for code in ("leak", "mismatch", "orphans", "risk"):
            for problem in self.problems:
                if problem.code == code:
                    raise GateError(code, problem.message, problem.hint or HINTS[code], problem.place)
