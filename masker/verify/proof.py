"""All checks of a copy beside the promises of its cells, made for one run and asked for what they found."""

from collections.abc import Collection
from collections.abc import Mapping as Mapped
from pathlib import Path

from masker.errors import GateError
from masker.manifest import Manifest, TableRisk
from masker.promises import Promises
from masker.requirement import Require
from masker.verify.check import Check
from masker.verify.containers import container_problems
from masker.verify.mapping import Mapping
from masker.verify.problems import HINTS
from masker.verify.redetect import Redetection, Seen
from masker.verify.risk import Risk
from masker.verify.shifts import Shifts
from masker.verify.spill import Spill
from masker.verify.told import Counted, require_true
from masker.verify.utility import ColumnUtility, Utility


class Proof:
    """The checks for one copy: hand `checks` and `spill` to `verify_against`, then ask for what they found.

    `require` says per table what its rows must keep to; a table that is not named must keep to nothing. No kept
    column may be found to hold an infotype of `never_keep`. What does not fit into memory goes into `folder`, by the
    one `spill` that all of a verification shares; it closes it.
    """

    def __init__(
        self,
        promises: Promises,
        require: Mapped[str, Require],
        folder: Path | None = None,
        *,
        never_keep: Collection[str] = (),
    ) -> None:
        self._promises = promises
        self.spill = Spill(folder)
        self._risk = Risk(promises, require, self.spill)
        self._utility = Utility()
        self._redetection = Redetection(never_keep)
        self._counted = Counted()
        self.checks: tuple[Check, ...] = (
            Mapping(promises),
            Shifts(promises),
            self._risk,
            self._utility,
            self._redetection,
            self._counted,
        )

    @property
    def risk(self) -> Mapped[str, TableRisk]:
        """By table, where it has quasi-identifiers; complete after the last row."""
        return self._risk.found

    @property
    def utility(self) -> Mapped[tuple[str, str], ColumnUtility]:
        """By (table, column); complete after the last row."""
        return self._utility.found

    @property
    def seen(self) -> tuple[Seen, ...]:
        """What the scan over the copy found that the plan did not name; complete after the last row."""
        return self._redetection.seen

    def require_containers(self, copy: Path, label: str | None) -> None:
        """Raise `GateError` where a file of the copy holds more than its cells and its label."""
        for problem in container_problems(self._promises, copy, label):
            raise GateError(problem.code, problem.message, problem.hint or HINTS[problem.code], problem.place)

    def require_true(self, manifest: Manifest, copy: Path) -> None:
        """Raise `GateError` where the manifest does not tell the truth of the copy."""
        require_true(manifest, copy, self._counted)
