"""What a verification found: counts, and for each problem a code word and a place; never a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from masker.errors import GateError, Place
from masker.manifest import Verified

HINTS = {
    "leak": "nothing was published; report this with the profile and the table's shape, not with its data",
    "orphans": "give the columns of a key the same method and domain in the profile",
    "mismatch": "the copy does not hold what its plan promised; nothing of it may be used",
    "agreement": "mask or drop the column in the profile",
    "risk": "generalize, redact or drop quasi-identifiers, or leave out the rows that stand out",
}
"""What to do, by code word."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A broken promise (`leak`, `mismatch`, `orphans`, `agreement`, `risk`).

    `cells` says how often, `hint` what helps ("": as ever).
    """

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
    `searched` counts what of the copy was looked up among the originals, `by_chance` the originals that were met there
    no oftener than chance allows. `unproven` tells what could not be checked, in sentences without values.
    """

    problems: tuple[Problem, ...]
    checks: int
    rows: int
    unchanged_by_chance: Mapping[tuple[str, str], int]
    searched: int = 0
    by_chance: int = 0
    unproven: tuple[str, ...] = ()

    def count(self, code: str) -> int:
        """Cells, rows or key values that broke a promise of this code word."""
        return sum(problem.cells for problem in self.problems if problem.code == code)

    @property
    def summary(self) -> Verified:
        """The counts, as the manifest carries them."""
        leaks, orphans, mismatches = (self.count(code) for code in ("leak", "orphans", "mismatch"))
        return Verified(leaks, orphans, mismatches, self.checks, self.rows, self.searched, self.by_chance)

    def require(self) -> None:
        """Raise `GateError` for the gravest problem (a leak, then as listed here) where there is any."""
        for code in ("leak", "mismatch", "orphans", "agreement", "risk"):
            for problem in self.problems:
                if problem.code == code:
                    raise GateError(code, problem.message, problem.hint or HINTS[code], problem.place)
