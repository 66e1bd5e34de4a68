"""What must stay unique, one column or several together: a plan that would not keep it so is refused."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from masker.errors import GateError, Place, shown
from masker.findings import TableFindings
from masker.plan import ColumnPlan, TablePlan, collision_bound
from masker.snapshot import Table

HIGHEST_COLLISION_BOUND = 1e-3


def unique_sets(table: Table, columns: Sequence[ColumnPlan]) -> tuple[tuple[str, ...], ...]:
    """The declared keys of a table that the copy has to keep unique: those whose columns are all still there.

    A set with a column that is NULL throughout or gone constrains nothing any more.
    """
    fates = {column.name: column.fate for column in columns}
    declared = dict.fromkeys(each for each in (table.primary_key, *table.unique) if each)
    return tuple(each for each in declared if {fates.get(name) for name in each} <= {"kept", "masked"})


def refuse_collisions(plan: TablePlan, found: TableFindings | None) -> None:
    """Raise `GateError` (`collision`) where what is unique may not stay so: sets by declaration, columns by the scan.

    A set stays where its columns, or some of them that are unique by themselves (a declared set inside it, or found
    so by the scan), keep different values different. A column that goes by another one of the set counts where its
    method moves all values of a subject alike.
    """
    rows = found.rows if found else 0
    for column in plan.columns:
        # Who suppresses or coarsens a column means to lose what told its values apart.
        given_up = column.method.iso20889 in ("suppression", "generalization", "masking")
        if not column.unique or column.fate != "masked" or given_up or column.mixed:
            continue
        bound = collision_bound(column, rows)
        if bound is None or bound > HIGHEST_COLLISION_BOUND:
            place = Place(table=plan.name, column=column.name)
            message = f"the column's values are unique, and `{column.method.name}` would not keep them so"
            raise GateError("collision", message, "use `fpe`, `permute` or `token`", place)
    alone = [finding.column for finding in found.columns if finding.unique] if found else []
    sure = [*plan.unique, *((name,) for name in alone)]
    for names in plan.unique:
        columns = [plan.column(name) for name in names]
        if all(column.fate == "kept" for column in columns):
            continue
        inside = [each for each in sure if set(each) <= set(names)]
        if any(not list(_lost(plan, each, rows)) for each in inside):
            continue
        first = next(iter(_lost(plan, names, rows)))
        named = ", ".join(map(shown, names))
        what = "are unique together" if len(names) > 1 else "is unique"
        message = f"{named} {what}, and `{first.method.name}` would not keep {'them' if len(names) > 1 else 'it'} so"
        place = Place(table=plan.name, column=first.name)
        raise GateError("collision", message, "use `fpe`, `permute` or `token`, or keep the column", place)


def _lost(plan: TablePlan, names: tuple[str, ...], rows: int) -> Iterable[ColumnPlan]:
    """The columns of a set in which different values may become equal."""
    for name in names:
        column = plan.column(name)
        if column.fate == "kept":
            continue
        bounds = [collision_bound(replace(column, method=way.method), rows) for way in column.ways]
        one_to_one = all(bound is not None and bound <= HIGHEST_COLLISION_BOUND for bound in bounds)
        one_to_one = one_to_one and column.by is None
        # All dates of a subject move by as many days, so that within it none of them meet.
        moves = column.method.name == "shift_date" and column.by in names and column.by != name
        if (
            (column.cases and column.type_column not in names)
            or column.inside
            or column.leaves
            or not (one_to_one or moves)
        ):
            yield column
