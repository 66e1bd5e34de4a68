"""Holds a plan, and what its run counted, to what the agreement lets the recipient have; before anything is visible."""

from collections.abc import Iterable, Mapping

from masker.agreement import Terms
from masker.errors import GateError, shown
from masker.findings import Findings
from masker.methods import Method
from masker.plan import ColumnPlan, Plan

_LISTED = 12
_OTHER_WAYS = (
    "mask text with `token`, `hash`, `fake` or `redact`, numbers with `generalize`, `null` or `drop`; "
    "number keys that join with `{method: hash, form: integer}`, where they have 64 bits; "
    "or let the agreement say `reversible: true` of this recipient: the key stays with you"
)


def refuse_plan(plan: Plan, terms: Terms, findings: Findings | None) -> None:
    """Raise `GateError` (`agreement`) where the recipient may not get what the plan makes; all columns are listed.

    Without `reversible`: no column's method may be one that the key turns back. `never_keep`: no column of such an
    infotype is kept, be it the profile that says what the column holds or the scan that found it there, if only in
    some cells.
    """
    if not terms.reversible:
        turned = [(table.name, c) for table in plan.tables for c in table.columns if _any_turns_back(c)]
        if turned:
            named = (f"{_name(table, column)} (`{column.method.name}`)" for table, column in turned)
            message = f"the recipient may get nothing that the key turns back: {_list(named)}"
            raise GateError("agreement", message, _OTHER_WAYS)
    kept = [
        (table.name, column, infotype)
        for table in plan.tables
        for column in table.columns
        if column.fate == "kept" or column.inside or any(way.method.name == "keep" for way in column.ways)
        for infotype in terms.never_keep
        if infotype in _held(table.name, column, findings)
    ]
    if kept:
        named = (f"{_name(table, column)} ({infotype})" for table, column, infotype in kept)
        message = f"the recipient's copies keep none of these: {_list(named)}"
        raise GateError("agreement", message, "mask or drop these columns in the profile")


def refuse_fallbacks(plan: Plan, terms: Terms, unreadable: Mapping[tuple[str, str], int]) -> None:
    """Raise `GateError` (`agreement`) where values that no method could read took a way that the recipient may not get.

    `unreadable` counts them per table and column: what the fallback is matters only where it was taken.
    """
    taken = [
        (table.name, column)
        for table in plan.tables
        for column in table.columns
        if unreadable.get((table.name, column.name), 0)
        and (
            (not terms.reversible and any(_turns_back(way.unreadable) for way in column.ways))
            or (any(way.unreadable.name == "keep" for way in column.ways) and column.infotype in terms.never_keep)
        )
    ]
    if taken:
        named = (f"{_name(table, column)} (`{column.unreadable.name}`)" for table, column in taken)
        message = f"values that their method could not read went a way that the recipient may not get: {_list(named)}"
        raise GateError("agreement", message, "say `unreadable: redact` or `unreadable: token` in the profile")


def _turns_back(method: Method) -> bool:
    # What is kept is no pseudonym: whether it may stay is for `never_keep` to say.
    return method.reversible and method.name != "keep"


def _any_turns_back(column: ColumnPlan) -> bool:
    return any(_turns_back(way.method) for way in column.ways)


def _held(table: str, column: ColumnPlan, findings: Findings | None) -> set[str]:
    held = {column.infotype}
    for found in findings or ():
        if found.name == table:
            for finding in found.columns:
                if finding.column == column.name:
                    held |= {finding.infotype, *finding.contains}
    return held


def _name(table: str, column: ColumnPlan) -> str:
    return f"{shown(table)}.{shown(column.name)}"


def _list(named: Iterable[str]) -> str:
    names = list(named)
    return ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")
