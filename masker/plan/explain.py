"""Tells a plan to people: per column the method with its parameters, whose value it goes by, and why."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields

from masker.errors import shown
from masker.exclusion import Exclusion
from masker.methods import Method
from masker.plan import Plan, TablePlan
from masker.relations import hanging
from masker.selection import Root, Where
from masker.snapshot import ForeignKey


def explain(plan: Plan, exclude: Sequence[Exclusion] = (), roots: Sequence[Root] = ()) -> Iterator[str]:
    """The plan line by line; names only where they are plain identifiers, never a value.

    `exclude` are the agreement's conditions for rows that stay out; told is how many there are for each table, and by
    which keys other rows hang on those. `roots` are where a subset begins.
    """
    conditions = Counter(each.table for each in exclude)
    keys = {table.name: _keys(table) for table in plan.tables}
    reached = conditions.keys() | hanging(conditions, keys)
    begins = {root.table for root in roots}
    led_to = begins | hanging(begins, keys)
    yield f"plan {plan.digest[:12]} for {plan.purpose}, profile {shown(plan.profile)}, recipient {plan.recipient}"
    for table in plan.tables:
        whose = f"{table.subject}, by {shown(table.key)}" if table.key else table.subject
        yield f"{shown(table.name)} ({whose})"
        if count := conditions[table.name]:
            by = "1 condition" if count == 1 else f"{count} conditions"
            yield f"  rows stay out by {by} of the agreement"
        for root in roots:
            if root.table == table.name:
                how = "by a condition" if isinstance(root, Where) else f"with a sample of {root.size.text}"
                yield f"  the subset begins here, {how}"
        for key in keys[table.name]:
            by_key = f"{shown(key.table)} by {', '.join(map(shown, key.columns))}"
            if key.table in reached:
                yield f"  rows stay out that hang on {by_key}"
            if key.table in led_to:
                yield f"  rows belong to {by_key}"
        for column in table.columns:
            yield f"  {shown(column.name):24} {told(column.method):40} {column.infotype:16} {column.why}".rstrip()


def _keys(table: TablePlan) -> tuple[ForeignKey, ...]:
    """All that leads from the table's rows to others, by the columns that it stands in."""
    held = [ForeignKey((key.column,), key.table, (key.ref,)) for key in table.held]
    typed = [ForeignKey((key.id,), target, (ref,)) for key in table.typed for _, target, ref in key.targets]
    return (*table.foreign_keys, *held, *typed)


def told(method: Method) -> str:
    """A method with the parameters that differ from its defaults: `shift_date(within=90)`."""
    parts = [
        f"{field.name}={getattr(method, field.name)}"
        for field in fields(method)  # type: ignore[arg-type]
        if getattr(method, field.name) != field.default and field.name not in ("infotype",)
    ]
    return f"{method.name}({', '.join(parts)})" if parts else method.name
