"""Gives both ends of every declared key one way: the same method, by value, in one domain; or refuses, and names both.

Columns that keys connect, directly or by others, form a group. Its way is that of the column that the others refer to;
a domain or a way for unreadable values that one of them names holds for all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from itertools import combinations

from masker.errors import GateError, Place, shown
from masker.methods import Method
from masker.plan import ColumnPlan, TablePlan
from masker.profile import Rule, TableRules
from masker.profile.load import LoadedProfile
from masker.snapshot import ForeignKey, Table

Column = tuple[str, str]
_NOT_COMPARED = ("infotype", "locale")
_FOLDS = {"fake": {"case", "blanks"}}  # what a method does not look at anyway, by its canonical form


def joined(plans: Sequence[TablePlan], tables: Sequence[Table], loaded: LoadedProfile) -> list[TablePlan]:
    """The plans with one way for the columns of each group.

    Raises `GateError` (`orphans`) where two columns that join were decided apart: kept and masked, by other methods or
    parameters, in other domains, or by whose value it is; and (`does-not-fit`) where the source takes spellings for one
    value that the method tells apart.
    """
    columns = {(plan.name, column.name): column for plan in plans for column in plan.columns}
    subjects = {plan.name: plan.subject for plan in plans}
    joining = _Joining(columns, loaded, {table.name: table.ignores for table in tables})
    pairs: list[tuple[Column, Column]] = []
    children: set[Column] = set()
    for plan in plans:
        for key in plan.foreign_keys:
            if not key.declared:
                continue
            both = [((plan.name, name), (key.table, ref)) for name, ref in zip(key.columns, key.ref, strict=True)]
            moved = [pair for pair in both if _moves_with_its_row(key, *pair, columns, subjects)]
            pairs += [pair for pair in both if pair not in moved]
            children |= {child for child, _ in both}
    # A partition is a piece of its table: whoever refers to that refers to this.
    ends = {column for pair in pairs for column in pair}
    for plan in plans:
        pieces = [((plan.name, column.name), (plan.part_of, column.name)) for column in plan.columns]
        pairs += [pair for pair in pieces if pair[1] in columns and ends.intersection(pair)]
    decided: dict[Column, ColumnPlan] = {}
    for group in groups(pairs):
        group.sort(key=lambda column: (column in children, list(columns).index(column)))
        decided |= joining.one_way(group, pairs)
    return [
        replace(plan, columns=tuple(decided.get((plan.name, column.name), column) for column in plan.columns))
        for plan in plans
    ]


class _Joining:
    def __init__(
        self,
        columns: Mapping[Column, ColumnPlan],
        loaded: LoadedProfile,
        ignored: Mapping[str, Mapping[str, tuple[str, ...]]],
    ) -> None:
        self.columns, self.loaded, self.ignored = columns, loaded, ignored

    def one_way(self, group: list[Column], pairs: Iterable[tuple[Column, Column]]) -> dict[Column, ColumnPlan]:
        """The plans of a group's columns; its first column is the one that others refer to."""
        for child, parent in pairs:
            lost = self.columns[parent].fate in ("dropped", "nulled")
            if child in group and lost and self.columns[child].fate not in ("dropped", "nulled"):
                self._refuse(child, parent, f"refers to {_name(parent)}, which the copy does not have")
        active = [column for column in group if self.columns[column].fate in ("kept", "masked")]
        if not active or all(self.columns[column].fate == "kept" for column in active):
            return {}
        for one, other in combinations(active, 2):
            self._require_agreement(one, other)
        lead = self.columns[active[0]]
        rules = [rule for column in active if (rule := self._rule(column))]
        domain = next((rule.domain for rule in rules if rule.domain), lead.domain)
        unreadable = next(
            (self.columns[column].unreadable for column in active if (r := self._rule(column)) and r.unreadable),
            lead.unreadable,
        )
        ignores = tuple(sorted({word for column in active for word in self.columns[column].ignores}))
        joins_over = self._require_spelling(active, lead.method, ignores)
        decided = {}
        for column in active:
            own, infotype = self.columns[column], self.columns[column].infotype
            decided[column] = replace(
                own, method=lead.method, domain=domain, unreadable=unreadable, ignores=ignores, joins_over=joins_over,
                by=None, given=(),
                infotype=lead.infotype if infotype in ("other", "none") else infotype,
                why=own.why if own.by is None and own.why else "by value, so that tables still join on it",
            )  # fmt: skip
        return decided

    def _require_agreement(self, one: Column, other: Column) -> None:
        a, b = self.columns[one], self.columns[other]
        first, second = self._rule(one), self._rule(other)
        if a.fate != b.fate:
            kept, masked = (one, other) if a.fate == "kept" else (other, one)
            self._refuse(kept, masked, f"is kept, and {_name(masked)} that it joins with is masked")
        if not _alike(a.method, b.method):
            ways = f"`{b.method.name}`, and {_name(one)} that it joins with by `{a.method.name}`"
            if a.method.name == b.method.name:
                ways = f"`{a.method.name}` with other parameters than {_name(one)} that it joins with"
            self._refuse(other, one, f"is masked by {ways}")
        if first and second and first.domain and second.domain and first.domain != second.domain:
            self._refuse(other, one, f"is masked in another domain than {_name(one)} that it joins with")
        ways_differ = not _alike(a.unreadable, b.unreadable)
        if first and second and first.unreadable and second.unreadable and ways_differ:
            self._refuse(other, one, f"has another `unreadable` way than {_name(one)} that it joins with")
        for column, rule in ((one, first), (other, second)):
            if rule and rule.by not in (None, "none"):
                against = other if column == one else one
                self._refuse(column, against, f"joins with {_name(against)}, and `by` makes it go by whose value it is")

    def _require_spelling(self, active: list[Column], method: Method, ignores: tuple[str, ...]) -> tuple[str, ...]:
        if method.name == "permute":
            return ()
        folds = set(ignores) | (_FOLDS.get(method.name, set()) if getattr(method, "canonical", "") == "fold" else set())
        for column in active:
            told_apart = set(self.ignored.get(column[0], {}).get(column[1], ())) - folds
            if told_apart:
                words = ", ".join(sorted(told_apart))
                message = f"the source joins {_name(column)} whatever its {words}; `{method.name}` tells them apart"
                place = self.loaded.place("tables", column[0], "columns", column[1])
                raise GateError("does-not-fit", message, f"say `ignore: [{words}]` in the column's rule", place)
        return tuple(sorted({word for table, name in active for word in self.ignored.get(table, {}).get(name, ())}))

    def _refuse(self, column: Column, other: Column, message: str) -> None:
        place = self.loaded.place("tables", column[0], "columns", column[1])
        if place.line is None or place.line == 1:
            place = Place(table=column[0], column=column[1])
        hint = f"give it the rule of {_name(other)}, or say `references:` and no method"
        raise GateError("orphans", f"{_name(column)} {message}", hint, place)

    def _rule(self, column: Column) -> Rule | None:
        return self.loaded.profile.tables.get(column[0], TableRules()).columns.get(column[1])


def _moves_with_its_row(
    key: ForeignKey,
    child: Column,
    parent: Column,
    columns: Mapping[Column, ColumnPlan],
    subjects: Mapping[str, str],
) -> bool:
    """Whether both ends go by the same subject, which the same key joins too: dates that move with their person."""
    a, b = columns[child], columns[parent]
    if a.by is None or b.by is None or subjects[child[0]] != subjects[parent[0]]:
        return False
    return (a.by, b.by) in zip(key.columns, key.ref, strict=True) and _alike(a.method, b.method)


def _alike(one: Method, other: Method) -> bool:
    if one.name != other.name:
        return False
    names = [field.name for field in fields(one) if field.name not in _NOT_COMPARED]  # type: ignore[arg-type]
    return all(getattr(one, name) == getattr(other, name) for name in names)


def groups(pairs: Iterable[tuple[Column, Column]]) -> list[list[Column]]:
    """The columns that pairs connect, directly or by others; each is in one group."""
    group_of: dict[Column, list[Column]] = {}
    for one, other in pairs:
        first, second = group_of.setdefault(one, [one]), group_of.setdefault(other, [other])
        if first is not second:
            first += second
            group_of |= dict.fromkeys(second, first)
    return list({id(group): group for group in group_of.values()}.values())


def _name(column: Column) -> str:
    return f"{shown(column[0])}.{shown(column[1])}"
