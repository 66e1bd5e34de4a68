"""`masker check`: what would stop a run, or what has changed since the profile's owner looked; nothing is written.

All that is wrong is collected, where a run would stop at the first: undecided columns, methods that do not fit, drift
against the lock, tests of the profile that fail.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from masker.agreement import Agreement
from masker.errors import GateError, MaskerError, Place
from masker.findings import Findings, TableFindings
from masker.plan.build import make_plan
from masker.plan.narrow import for_table
from masker.plan.terms import refuse_plan
from masker.profile.drift import drift
from masker.profile.load import LoadedProfile
from masker.profile.lock import read_lock, require_accepted
from masker.profile_tests import run_tests
from masker.snapshot import Snapshot, Table

_Keyed = TypeVar("_Keyed", Table, TableFindings)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: `troubles` are errors that were not raised; `notices` are no troubles but worth saying.

    `passed` names the checks that were made, with how much each looked at.
    """

    troubles: tuple[MaskerError, ...]
    notices: tuple[str, ...]
    passed: tuple[str, ...]


def check_profile(
    snapshot: Snapshot, findings: Findings, loaded: LoadedProfile, agreement: Agreement, *, recipient: str = "staff"
) -> Checked:
    """Check an owner's profile against a snapshot and what a scan found in it. Raises nothing for what it finds."""
    troubles: list[MaskerError] = []
    notices: list[str] = []
    troubles += _accepted(loaded, agreement)
    troubles += _planned(snapshot, findings, loaded, agreement, recipient)
    accepted = read_lock(loaded).findings
    if accepted is None:
        notices.append("no findings are accepted yet, so drift is not checked: `masker profile accept --source`")
    else:
        troubles += [
            GateError("drift", change.message, _DRIFT_HINT, Place(table=change.table, column=change.column or None))
            for change in drift(accepted, findings)
        ]
    troubles += run_tests(loaded)
    columns = sum(len(table.columns) for table in findings)
    passed = [f"{len(findings.tables)} tables, {columns} columns planned", f"{len(loaded.profile.tests)} profile tests"]
    if accepted is not None:
        passed.append(f"drift against what was accepted on {accepted.at[:10]}")
    return Checked(tuple(troubles), tuple(notices), tuple(passed))


_DRIFT_HINT = "look at it, decide it in the profile, then `masker profile accept --source`"


def _accepted(loaded: LoadedProfile, agreement: Agreement) -> Iterator[MaskerError]:
    try:
        require_accepted(loaded, agreement)
    except MaskerError as error:
        yield error


def _planned(
    snapshot: Snapshot, findings: Findings, loaded: LoadedProfile, agreement: Agreement, recipient: str
) -> Iterator[MaskerError]:
    """What keeps the plan from being made; where it is one table's columns, of every table that has such."""
    purpose = next(iter(agreement.purposes), "")

    def plan_of(tables: tuple[str, ...], profile: LoadedProfile) -> None:
        chosen = [_among(table, tables) for table in snapshot.tables if table.name in tables]
        found = Findings(findings.source, tuple(_among(table, tables) for table in findings if table.name in tables))
        plan = make_plan(chosen, profile, found, customer=agreement.customer, purpose=purpose, recipient=recipient)
        refuse_plan(plan, agreement.terms(recipient), found)

    names = tuple(table.name for table in snapshot.tables)
    try:
        plan_of(names, loaded)
    except MaskerError as error:
        first = error
    else:
        return
    yield first
    seen = {(first.code, first.place)}
    for name in names if first.code in _OF_ONE_TABLE else ():
        try:
            plan_of((name,), for_table(loaded, name))
        except MaskerError as error:
            if (error.code, error.place) not in seen:
                seen.add((error.code, error.place))
                yield error


def _among(table: _Keyed, tables: tuple[str, ...]) -> _Keyed:
    """The table with its keys to `tables` alone: that others are not looked at makes no orphans."""
    return replace(table, foreign_keys=tuple(key for key in table.foreign_keys if key.table in tables))


_OF_ONE_TABLE = frozenset(["does-not-fit", "collision", "agreement"])
