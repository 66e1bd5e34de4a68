"""What a plan promises of its copy, told in the verifier's words."""

from collections.abc import Mapping

from masker.plan import ColumnPlan, Plan, collision_bound
from masker.promises import ColumnPromise, Promises, TablePromise

# Digits that change at most, and those that follow from the others, by what `fpe` checks.
_VARIES = {"phone": 6, "national_id": 6}
_FOLLOWS = {"luhn": 1, "ean": 1, "iban": 2}
_TEXT_TYPES = ("string", "large_string", "string_view")


def promises_of(plan: Plan, files: Mapping[str, str]) -> Promises:
    """The promises for a copy; `files` maps each table to its file below the copy's root."""
    return Promises(
        tuple(
            TablePromise(
                name=table.name,
                file=files[table.name],
                columns=tuple(promise_of(column) for column in table.columns),
                foreign_keys=table.foreign_keys,
            )
            for table in plan.tables
        )
    )


def promise_of(column: ColumnPlan) -> ColumnPromise:
    """The promise for one column."""
    method = column.method
    masked = column.fate == "masked"
    check, ways = getattr(method, "check", ""), (method, column.unreadable)
    # What suppresses a number puts 0 there, and a cell that was 0 already looks as if it had been left alone.
    zeroed = method.iso20889 == "suppression" and column.type not in _TEXT_TYPES
    return ColumnPromise(
        name=column.name,
        infotype=column.infotype,
        method=method.name,
        fate=column.fate,
        # Ids that a profile lets stay do stay; what else equals its original cannot be told from them.
        changes=masked and method.changes and not getattr(method, "stay", ()),
        space=(1.0 if zeroed else method.space) if masked else None,
        nulls_kept=column.fate in ("kept", "masked"),
        unique=masked and column.unique and collision_bound(column, 0) is not None,
        stays=getattr(method, "keep_prefix", 0) + getattr(method, "keep_suffix", 0) + _FOLLOWS.get(check, 0),
        varies=_VARIES.get(check, 0),
        steady=masked and column.by is None and not column.given and all(m.deterministic for m in ways),
        keeps_length=masked and all(m.name == "fpe" for m in ways),
        keeps_prefix=getattr(method, "keep_prefix", 0) if masked else 0,
        # A pattern of the profile's may order day and month in its own way.
        within_days=getattr(method, "days", 0) if masked and not getattr(method, "pattern", "") else 0,
    )
