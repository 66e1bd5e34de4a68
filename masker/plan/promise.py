"""What a plan promises of its copy, told in the verifier's words."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from hashlib import sha256

from masker.methods import Method
from masker.methods.redact import Redact
from masker.methods.shift_date import ShiftDate
from masker.plan import ColumnPlan, Plan, TablePlan, Way, collision_bound
from masker.promises import ColumnPromise, LeafPromise, Promises, TablePromise

# Digits that change at most, by what `fpe` checks.
_VARIES = {"phone": 6, "national_id": 6}
_TEXT_TYPES = ("string", "large_string", "string_view")


def promises_of(plan: Plan, files: Mapping[str, str], more: Mapping[str, tuple[str, ...]] | None = None) -> Promises:
    """The promises for a copy; `files` maps each table to its file below the copy's root, `more` to further ones."""
    return Promises(
        tuple(
            TablePromise(
                name=table.name,
                file=files[table.name],
                columns=tuple(promise_of(column, table.subject) for column in table.columns),
                foreign_keys=table.foreign_keys,
                held=table.held,
                typed=table.typed,
                unique=_masked_sets(table),
                part_of=table.part_of,
                at=table.at,
                more=(more or {}).get(table.name, ()),
            )
            for table in plan.tables
        ),
        plan.quoting,
    )


def _masked_sets(table: TablePlan) -> tuple[tuple[str, ...], ...]:
    """The unique sets that masking touches: the others stay what they are."""
    return tuple(names for names in table.unique if any(table.column(name).fate == "masked" for name in names))


def promise_of(column: ColumnPlan, subject: str) -> ColumnPromise:
    """The promise for one column of a table with the data of `subject`."""
    if column.mixed:
        return _mixed(column)
    method = column.method
    masked = column.fate == "masked"
    check, ways = getattr(method, "check", ""), (method, column.unreadable)
    # What suppresses a number puts 0 there, and a cell that was 0 already looks as if it had been left alone.
    zeroed = method.iso20889 == "suppression" and column.type not in _TEXT_TYPES
    # What cannot be read may all become one and the same, as redacted text does.
    apart = collision_bound(column, 0) is not None and column.unreadable.injective
    return ColumnPromise(
        name=column.name,
        infotype=column.infotype,
        method=method.name,
        fate=column.fate,
        # Ids that a profile lets stay do stay; what else equals its original cannot be told from them.
        changes=masked and method.changes and not getattr(method, "stay", ()),
        space=(1.0 if zeroed else method.space) if masked else None,
        nulls_kept=column.fate == "kept" or (masked and column.unreadable.name != "null"),
        unique=masked and column.unique and apart,
        repeats=masked and method.deterministic and column.unreadable.deterministic,
        distinct=masked and not column.by and apart,
        reads=_reads(column) if masked else (),
        shares=_shares(column, subject) if masked else "",
        shift=_shift(column) if masked else 0,
        stays=getattr(method, "keep_prefix", 0) + getattr(method, "keep_suffix", 0) + getattr(method, "follows", 0),
        varies=_VARIES.get(check, 0),
        keeps_length=masked and all(m.name == "fpe" for m in ways) and "accents" not in column.ignores,
        keeps_prefix=getattr(method, "keep_prefix", 0) if masked else 0,
        ignores=tuple(sorted({*column.ignores, *column.joins_over})),
        mark=_mark(*ways) if masked else "",
    )


def _mixed(column: ColumnPlan) -> ColumnPromise:
    """The promise for a column whose values, or what is inside of them, go several ways."""
    methods = [way.method for way in column.ways]
    spaces = [method.space for method in methods if method.space is not None]
    changes = not column.inside and not column.leaves and all(m.changes and not getattr(m, "stay", ()) for m in methods)
    return ColumnPromise(
        name=column.name,
        infotype=column.infotype,
        method=column.method.name,
        fate=column.fate,
        changes=changes,
        space=min(spaces, default=None) if changes else None,
        repeats=all(way.method.deterministic and way.unreadable.deterministic for way in column.ways),
        reads=(column.type_column,) if column.type_column else (),
        mark=_mark(*(each for way in column.ways for each in (way.method, way.unreadable))),
        leaves=tuple(_leaf(path, column, way) for path, way in column.leaves),
        others=_leaf("$(others)", column, column.way) if column.leaves else None,
        unread=_leaf("$(unreadable)", column, replace(column.way, method=column.unreadable)) if column.leaves else None,
    )


def _leaf(path: str, column: ColumnPlan, way: Way) -> LeafPromise:
    """The promise for the values at one path, as for a column of them alone."""
    alone = ColumnPlan(
        name=path, type="string", infotype=getattr(way.method, "infotype", "other"), method=way.method,
        domain=way.domain, unreadable=way.unreadable, ignores=way.ignores,
    )  # fmt: skip
    told = promise_of(alone, "")
    return LeafPromise(
        column.name,
        path,
        told.infotype,
        told.method,
        told.fate,
        told.changes,
        told.space,
        told.repeats,
        told.distinct,
        told.shares,
    )


def _mark(*methods: Method) -> str:
    """What redaction puts in the place of a text; "" where nothing is redacted."""
    return next((method.every for method in methods if isinstance(method, Redact)), "")


def _reads(column: ColumnPlan) -> tuple[str, ...]:
    given = tuple(name for _, name in column.given if name != column.by)
    return ((column.by,) if column.by else ()) + given


def _shares(column: ColumnPlan, subject: str) -> str:
    """A word for the function that masks the column, which tells neither key nor parameters."""
    if column.given or (column.by and not _shift(column)):
        return ""
    by = subject if column.by else f"domain {column.domain}"
    # Integers agree with their text, but where text becomes a mark and a number zero; the text of a date or a fraction
    # depends on its type.
    whole = column.type.startswith(("int", "uint")) and column.method.name != "redact"
    type_ = "" if column.type in _TEXT_TYPES or whole else column.type
    told: list[object] = [by, column.method.name]
    told += [asdict(column.method), asdict(column.unreadable), *column.ignores]  # type: ignore[call-overload]
    return sha256(repr([*told, "" if column.by else type_]).encode()).hexdigest()[:16]


def _shift(column: ColumnPlan) -> int:
    method = column.method
    if not isinstance(method, ShiftDate) or method.inside or (method.pattern and column.type in _TEXT_TYPES):
        return 0
    return method.days
