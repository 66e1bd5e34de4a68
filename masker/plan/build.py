"""Makes the plan: profile × snapshot schema × findings; a column that is undecided or does not fit stops it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from masker.columns import is_text
from masker.errors import GateError, Place, UsageError, did_you_mean, shown
from masker.findings import Finding, Findings, TableFindings
from masker.infotypes import INFOTYPES, Infotype
from masker.methods import Method
from masker.plan import ColumnPlan, Plan, TablePlan
from masker.plan.fits import hint_for, why_not
from masker.plan.held_keys import with_ways_of_keys
from masker.plan.joined import joined
from masker.plan.keys import TableKeys, followed, keys_of, with_inferred
from masker.plan.leaf_ways import leaves_of
from masker.plan.unique import refuse_collisions, unique_sets
from masker.plan.ways import infotype_of, method_of
from masker.profile import Rule, TableRules
from masker.profile.load import LoadedProfile
from masker.requirement import Require
from masker.snapshot import ForeignKey, Limits, Table

_TOKEN_SPACE = 2.0**32
_LISTED = 12
_COMPARE = "compare it with `masker scan SOURCE --all`, and correct or remove it"
_UNDECIDED_WAYS = {
    "pseudonymize": Rule(method="fpe", infotype="other"),
    "redact": Rule(method="redact", infotype="other"),
    "drop": Rule(method="drop", infotype="other"),
}


def make_plan(
    tables: Sequence[Table],
    loaded: LoadedProfile,
    findings: Findings | None,
    *,
    customer: str,
    purpose: str,
    recipient: str,
) -> Plan:
    """Decide every column of `tables` by the profile, or refuse.

    Raises `GateError`: `undecided-column` (all of them are listed), `drift` (the profile names a table or column that
    is not there), `does-not-fit`, `collision` (unique columns with a bound above 1e-3); `UsageError` for mistakes in
    the profile, with file:line:character. Findings add uniqueness and inferred keys; they never change a method.
    """
    _refuse_drift(tables, loaded)
    _refuse_undecided(tables, loaded)
    loaded = followed(loaded)
    declared = keys_of(tables, loaded)
    plans = [_plan_table(table, loaded, _found(findings, table.name), declared[table.name]) for table in tables]
    plans = with_ways_of_keys(joined(plans, tables, loaded), declared)
    for plan in plans:
        refuse_collisions(plan, _found(findings, plan.name))
    _refuse_two_forms(plans)
    profile = loaded.profile
    return Plan(
        profile=profile.name,
        profile_digest=loaded.digest,
        customer=customer,
        purpose=purpose,
        recipient=recipient,
        tables=tuple(plans) if findings else tuple(_with_keys_by_name(plans)),
        quoting=profile.statements.keep,
        remarks=profile.statements.comments == "keep" or not _changes_anything(plans),
    )


def _changes_anything(plans: Iterable[TablePlan]) -> bool:
    return any(column.fate != "kept" for table in plans for column in table.columns)


def _found(findings: Findings | None, table: str) -> TableFindings | None:
    return next((found for found in findings or () if found.name == table), None)


def _refuse_drift(tables: Sequence[Table], loaded: LoadedProfile) -> None:
    known = {table.name: set(table.schema.names) for table in tables}
    for name, rules in loaded.profile.tables.items():
        if name not in known:
            place = loaded.place("tables", name)
            message = f"the profile names a table that SOURCE does not have: {shown(name)}"
            raise GateError("drift", message, did_you_mean(name, known, _COMPARE), place)
        named: dict[str, tuple[str, ...]] = dict.fromkeys(rules.columns, ("columns",))
        if rules.subject and rules.subject.key:
            named.setdefault(rules.subject.key, ("subject", "key"))
        for column, path in named.items():
            if column not in known[name]:
                where = ("tables", name, *path, column) if path == ("columns",) else ("tables", name, *path)
                hint = did_you_mean(column, set(known[name]) - set(rules.columns), _COMPARE)
                message = f"the profile names a column that SOURCE does not have: {shown(name)}.{shown(column)}"
                raise GateError("drift", message, hint, loaded.place(*where))
    anywhere = {column for columns in known.values() for column in columns}
    for word in ("quasi", "sensitive"):
        if set(getattr(loaded.profile.require, word, None) or ()) - anywhere:
            message = "the profile requires something of a column that no table of SOURCE has"
            raise GateError("drift", message, "correct or remove it", loaded.place("require", word))


def _refuse_undecided(tables: Sequence[Table], loaded: LoadedProfile) -> None:
    if loaded.profile.undecided != "refuse":
        return
    rules = loaded.profile.tables
    open_ = [
        f"{shown(table.name)}.{shown(column)}"
        for table in tables
        for column in table.schema.names
        if table.name not in rules or column not in rules[table.name].columns
    ]
    if open_:
        listed = ", ".join(open_[:_LISTED]) + (f" and {len(open_) - _LISTED} more" if len(open_) > _LISTED else "")
        count = f"{len(open_)} column is" if len(open_) == 1 else f"{len(open_)} columns are"
        raise GateError("undecided-column", f"{count} undecided: {listed}", "decide them in the profile: `masker init`")


def _plan_table(table: Table, loaded: LoadedProfile, found: TableFindings | None, keys: TableKeys) -> TablePlan:
    rules = loaded.profile.tables.get(table.name, TableRules())
    subject = rules.subject.is_ if rules.subject else "none"
    key = rules.subject.key if rules.subject else ""
    names = table.schema.names
    kept = {name: rule for name, rule in rules.columns.items() if rule.method == "keep" and name in names}
    given = _given(table, kept, loaded)
    declared_unique = {columns[0] for columns in (table.primary_key, *table.unique) if len(columns) == 1}
    columns = []
    for field in table.schema:
        rule = rules.columns.get(field.name) or _UNDECIDED_WAYS[loaded.profile.undecided]
        finding = _finding(found, field.name)
        columns.append(
            _plan_column(
                field, rule, loaded, table=table.name, key=key, given=given, columns=table.schema.names,
                unique=field.name in declared_unique or bool(finding and finding.unique),
                limits=table.limits.get(field.name),
            )
        )  # fmt: skip
    return TablePlan(
        name=table.name,
        subject=subject,
        key=key,
        columns=tuple(columns),
        foreign_keys=with_inferred(keys, found),
        require=_require(table, rules, loaded),
        held=keys.held,
        typed=keys.typed,
        unique=unique_sets(table, columns),
        part_of=table.part_of,
        at=table.at,
    )


def _require(table: Table, rules: TableRules, loaded: LoadedProfile) -> Require:
    """What the profile requires of the table: the stricter of what it says of all tables and of this one.

    Columns that are named for all tables count where the table has one of them. Where it has none, nobody spoke of it,
    and infotypes say what counts, so that no required k passes by a table.
    """
    everywhere = loaded.profile.require.limits if loaded.profile.require else Require()
    here = set(table.schema.names)
    everywhere = replace(everywhere, quasi=_named(everywhere.quasi, here), sensitive=_named(everywhere.sensitive, here))
    if rules.require is None:
        return everywhere
    own = rules.require.limits
    for word in ("quasi", "sensitive"):
        if set(getattr(own, word) or ()) - set(table.schema.names):
            place = loaded.place("tables", table.name, "require", word)
            raise GateError("drift", "the profile names a column that SOURCE does not have", place=place)
    return everywhere.stricter(own)


def _named(columns: tuple[str, ...] | None, here: set[str]) -> tuple[str, ...] | None:
    return None if columns and not here.intersection(columns) else columns


def _finding(found: TableFindings | None, column: str) -> Finding | None:
    return next((finding for finding in found.columns if finding.column == column), None) if found else None


def _given(table: Table, kept: Mapping[str, Rule], loaded: LoadedProfile) -> dict[str, str]:
    """Kept columns that fakes may read, by role: only what the copy shows anyway may steer a fake."""
    roles: dict[str, str] = {}
    for column, rule in kept.items():
        name = infotype_of(rule, column, loaded.place("tables", table.name, "columns", column))
        role = INFOTYPES[name].role if name in INFOTYPES else ""
        if role and is_text(table.schema.field(column).type):
            roles.setdefault(role, column)
    return roles


def _plan_column(
    field: pa.Field,
    rule: Rule,
    loaded: LoadedProfile,
    *,
    table: str,
    key: str,
    given: Mapping[str, str],
    columns: Sequence[str],
    unique: bool,
    limits: Limits | None,
) -> ColumnPlan:
    place = loaded.place("tables", table, "columns", field.name)
    name = infotype_of(rule, field.name, place)
    infotype: Infotype | None = INFOTYPES[name] if name in INFOTYPES else None
    locale = loaded.profile.locale
    method = method_of(rule, infotype=name, locale=locale, place=place)
    fallback = rule.unreadable or loaded.profile.unreadable
    unreadable = method_of(fallback, infotype="other", locale=locale, place=place)
    if method.takes == "text" and method.name not in ("keep", "drop", "null") and not _has_text_form(field.type):
        hint = "`keep`, `null` or `drop` it"
        message = f"`{method.name}` cannot mask a column of this type"
        raise GateError("does-not-fit", message, hint, Place(table=table, column=field.name))
    if limits is not None and not rule.paths:
        _refuse_misfit(method, limits, Place(table=table, column=field.name))
        if rule.unreadable is not None:
            _refuse_misfit(unreadable, limits, Place(table=table, column=field.name))
    if rule.by not in (None, "none") and (rule.by not in columns or method.by_subject == "never"):
        why = "names no column of the table" if rule.by not in columns else f"means nothing to `{method.name}`"
        raise UsageError("profile", f"`by` {why}", "remove it", place)
    by, why = _by(rule, method.by_subject, infotype, field.name, key)
    # Keys and what people log in with must stay unique; that other values of one snapshot all differ promises nothing.
    identifies = infotype is None or infotype.group == "key" or infotype.space >= _TOKEN_SPACE
    return ColumnPlan(
        name=field.name,
        type=str(field.type),
        infotype=name,
        method=method,
        domain=rule.domain or name,
        unreadable=unreadable,
        by=by,
        given=tuple((role, column) for role, column in given.items() if column != field.name)
        if method.name == "fake"
        else (),
        unique=unique and identifies,
        limits=limits,
        why=_with_limits(why, method, limits),
        ignores=tuple(sorted(rule.ignore)),
        leaves=leaves_of(rule, loaded, field, table),
    )


def _refuse_misfit(method: Method, limits: Limits, spot: Place) -> None:
    if (why := why_not(method, limits)) is not None:
        raise GateError("does-not-fit", f"`{method.name}` {why}", hint_for(limits), spot)


def _with_limits(why: str, method: Method, limits: Limits | None) -> str:
    if limits is None or (not limits.fixed and (not limits.checked or method.name == "keep")):
        return why
    stays = "kept" if method.name == "keep" else "moved inside"
    note = f"{stays}: it says which partition a row is in" if limits.fixed else "under a CHECK that nobody tried"
    return "; ".join(filter(None, (why, note)))


def _by(rule: Rule, goes: str, infotype: Infotype | None, column: str, key: str) -> tuple[str | None, str]:
    if goes == "never":
        return None, ""
    if rule.by is not None:
        return (None, "by value, as the profile says") if rule.by == "none" else (rule.by, "by the column it names")
    wanted = goes == "always" or (infotype is not None and infotype.by_subject)
    if wanted and key and key != column:
        return key, f"by {shown(key)}, so that one person's records hang together"
    return None, "by value: the table names no subject key" if wanted else "by value, so that tables still join on it"


def _has_text_form(type_: pa.DataType) -> bool:
    return not (pa.types.is_nested(type_) or pa.types.is_binary(type_) or pa.types.is_large_binary(type_))


def _refuse_two_forms(plans: Iterable[TablePlan]) -> None:
    """A value has one pseudonym in a domain: where one of its columns is compact, all are."""
    forms: dict[str, object] = {}
    for table in plans:
        for column in table.columns:
            form = getattr(column.method, "compact", None)
            if form is not None and forms.setdefault(column.domain, form) != form:
                place = Place(table=table.name, column=column.name)
                message = "`compact` is true for some columns of a domain only"
                raise UsageError("profile", message, "say it for all of them, or give this one a `domain`", place)


def _with_keys_by_name(plans: Sequence[TablePlan]) -> Iterable[TablePlan]:
    """Without a scan: a column named like another table's subject key, in the same domain, is held to be its key."""
    targets = {(t.key, t.column(t.key).domain): t for t in plans if t.key and _names_table(t)}
    for table in plans:
        keys = tuple(
            ForeignKey((column.name,), targets[column.name, column.domain].name, (column.name,))
            for column in table.columns
            if (column.name, column.domain) in targets and targets[column.name, column.domain].name != table.name
        )
        yield replace(table, foreign_keys=(*table.foreign_keys, *keys))


def _names_table(table: TablePlan) -> bool:
    """Whether the key's name stands for this table itself (`customer_id` in `customers`), not for another one."""
    stem = table.key.removesuffix("_id").casefold()
    return bool(stem) and table.name.rsplit("/", 1)[-1].casefold().startswith(stem)
