"""Gives keys inside of cells, and keys whose table another cell names, the way of the column that they refer to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from masker.errors import GateError, Place, shown
from masker.plan import ColumnPlan, TablePlan, Way
from masker.plan.fits import why_not
from masker.plan.keys import TableKeys
from masker.snapshot import Limits

Column = tuple[str, str]
_TEXT_TYPES = ("string", "large_string", "string_view")


def with_ways_of_keys(plans: Sequence[TablePlan], keys: Mapping[str, TableKeys]) -> list[TablePlan]:
    """The plans with `cases` and `inside` filled in.

    Raises `GateError`: `orphans` where the other column goes by whose value it is, or is not in the copy;
    `does-not-fit` for keys inside of what is no text.
    """
    ways = {(plan.name, column.name): column for plan in plans for column in plan.columns}
    return [
        replace(plan, columns=tuple(_column(plan, column, keys[plan.name], ways) for column in plan.columns))
        for plan in plans
    ]


def _column(plan: TablePlan, column: ColumnPlan, keys: TableKeys, ways: Mapping[Column, ColumnPlan]) -> ColumnPlan:
    held = [key for key in keys.held if key.column == column.name]
    if held:
        if column.type not in _TEXT_TYPES:
            place = Place(table=plan.name, column=column.name)
            raise GateError("does-not-fit", "keys inside of a cell are looked for in text only", place=place)
        inside = [(key.path, _way((plan.name, column.name), (key.table, key.ref), ways, None)) for key in held]
        told = ", ".join(f"{shown(key.table)}.{shown(key.ref)}" for key in held)
        kept = all(way.method.name == "keep" for _, way in inside)
        return replace(column, inside=() if kept else tuple(inside), why=f"keys inside go as {told}")
    for key in keys.typed:
        if key.id != column.name or column.fate in ("dropped", "nulled"):
            continue
        at = (plan.name, column.name)
        cases = tuple((word, _way(at, (table, ref), ways, column.limits)) for word, table, ref in key.targets)
        told = ", ".join(f"{shown(table)}.{shown(ref)}" for _, table, ref in key.targets)
        return replace(
            column, cases=cases, type_column=key.type, others_stop=key.id not in keys.own, by=None, given=(),
            why=f"by {shown(key.type)}, as {told}",
        )  # fmt: skip
    return column


def _way(column: Column, target: Column, ways: Mapping[Column, ColumnPlan], limits: Limits | None) -> Way:
    there = ways[target]
    at = Place(table=column[0], column=column[1])
    named = f"{shown(target[0])}.{shown(target[1])}"
    if there.fate in ("dropped", "nulled"):
        raise GateError("orphans", f"the column holds keys of {named}, which the copy does not have", place=at)
    if there.by is not None or there.given or there.mixed:
        message = f"the column holds keys of {named}, which does not go by value"
        raise GateError("orphans", message, "say `by: none` there", at)
    why = why_not(there.method, limits) if limits is not None else None
    if why is not None:
        raise GateError("does-not-fit", f"`{there.method.name}`, the way of {named}, {why}", place=at)
    return replace(there.way, limits=limits)
