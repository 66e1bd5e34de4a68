"""Which keys a snapshot has: those that its source declares, those of the profile, and those that the scan inferred.

What is declared, by either, wins over what was inferred from values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from masker.errors import GateError, Place, UsageError, shown
from masker.findings import TableFindings
from masker.paths import read_path
from masker.profile import SAME, Rule, TableRules
from masker.profile.keys import Inside
from masker.profile.load import LoadedProfile
from masker.snapshot import ForeignKey, HeldKey, Table, TypedKey

_GONE = "the profile refers to a column that SOURCE does not have"


@dataclass(frozen=True, slots=True)
class TableKeys:
    """The keys of one table; `own` names the ids of `typed` whose other types go the column's own way."""

    foreign: tuple[ForeignKey, ...] = ()
    held: tuple[HeldKey, ...] = ()
    typed: tuple[TypedKey, ...] = ()
    own: frozenset[str] = frozenset()


def keys_of(tables: Sequence[Table], loaded: LoadedProfile) -> dict[str, TableKeys]:
    """The declared keys of every table, by the source and by the profile.

    Raises `GateError`: `orphans` where the source declares a key of a table or column that is not there, `drift` where
    the profile does; `UsageError` for keys that make no sense, with their line.
    """
    columns = {table.name: table.schema.names for table in tables}
    found = {}
    for table in tables:
        for key in table.foreign_keys:
            _require_there(table, key, columns)
        rules = loaded.profile.tables.get(table.name, TableRules())
        reading = _Reading(table, loaded, columns)
        named = (*reading.of_columns(rules), *reading.of_several(rules))
        declared = tuple(replace(key, declared=True) for key in table.foreign_keys)
        own = frozenset(each.id for each in rules.polymorphic if each.other == "own")
        more = tuple(key for key in named if key not in declared)
        found[table.name] = TableKeys((*declared, *more), reading.held(rules), reading.typed(rules), own)
    return found


def with_inferred(keys: TableKeys, found: TableFindings | None) -> tuple[ForeignKey, ...]:
    """The declared keys, then what a scan inferred of columns of which nothing is declared."""
    taken = {key.columns for key in keys.foreign}
    taken |= {(each.column,) for each in keys.held} | {(each.id,) for each in keys.typed}
    # A part of a declared key says less than the whole: that it points there too goes without saying.
    parts = {(name, key.table) for key in keys.foreign for name in key.columns}
    inferred = found.foreign_keys if found else ()
    return keys.foreign + tuple(
        key
        for key in inferred
        if key.columns not in taken and not all((name, key.table) in parts for name in key.columns)
    )


def followed(loaded: LoadedProfile) -> LoadedProfile:
    """The profile with the whole rule in every column that goes the way of the one that it refers to.

    Of the profile alone, so that it is the same whichever tables are there. Raises `UsageError` where columns follow
    each other in a circle or one that has no rule.
    """
    tables = loaded.profile.tables
    columns = {name: list(rules.columns) for name, rules in tables.items()}
    changed = {}
    for name, rules in tables.items():
        ways = {}
        for column, rule in rules.columns.items():
            way, at, seen = rule, (name, column), {(name, column)}
            while way.method == SAME:
                place = loaded.place("tables", name, "columns", column)
                to = next((each for each in way.references if isinstance(each, str)), None)
                there = _split(to, columns) if to else None
                if there is None or there in seen:
                    message = "a column without a method refers to one that has a rule of its own"
                    raise UsageError("profile", message, "say `method`, and `references: table.column`", place)
                seen.add(there)
                way, at = tables[there[0]].columns[there[1]], there
            ways[column] = rule if at == (name, column) else _taken(rule, way, at[1])
        changed[name] = rules.model_copy(update={"columns": ways})
    return replace(loaded, profile=loaded.profile.model_copy(update={"tables": changed}))


def _taken(rule: Rule, way: Rule, column: str) -> Rule:
    from masker.plan.ways import named_infotype

    infotype = way.infotype or named_infotype(column) or "other"
    taken = {"infotype": infotype, "references": rule.references, "ignore": rule.ignore or way.ignore}
    return way.model_copy(update=taken)


@dataclass(frozen=True)
class _Reading:
    table: Table
    loaded: LoadedProfile
    columns: Mapping[str, Sequence[str]]

    def of_columns(self, rules: TableRules) -> list[ForeignKey]:
        return [
            ForeignKey((column,), table, (ref,), declared=True)
            for column, rule in rules.columns.items()
            for each in rule.references
            if isinstance(each, str)
            for table, ref in [self.target(each, "columns", column, "references")]
        ]

    def of_several(self, rules: TableRules) -> list[ForeignKey]:
        found = []
        for number, each in enumerate(rules.references):
            path = ("references", str(number))
            self.require(each.columns, *path)
            targets = [self.target(to, *path, "to") for to in each.to]
            if len(each.columns) != len(targets) or len({table for table, _ in targets}) != 1:
                message = "a key of several columns refers to as many columns of one table"
                raise UsageError("profile", message, "see `masker show profile-schema`", self.place(*path))
            found.append(ForeignKey(each.columns, targets[0][0], tuple(ref for _, ref in targets), declared=True))
        return found

    def held(self, rules: TableRules) -> tuple[HeldKey, ...]:
        found = []
        for column, rule in rules.columns.items():
            for each in rule.references:
                if not isinstance(each, Inside):
                    continue
                path = ("columns", column, "references")
                if rule.method != "keep" or any(isinstance(other, str) for other in rule.references):
                    message = "what stands beside keys inside of a cell can only be kept"
                    raise UsageError(
                        "profile", message, "say `method: keep`, or mask the whole cell", self.place(*path)
                    )
                read_path(each.path, self.place(*path))
                found.append(HeldKey(column, each.path, *self.target(each.to, *path)))
        return tuple(found)

    def typed(self, rules: TableRules) -> tuple[TypedKey, ...]:
        found = []
        for number, each in enumerate(rules.polymorphic):
            path = ("polymorphic", str(number))
            self.require((each.type, each.id), *path)
            rule = rules.columns.get(each.type)
            if rule is not None and rule.method != "keep":
                message = f"{shown(each.type)} says whose key {shown(each.id)} is, so it can only be kept"
                raise UsageError("profile", message, "say `keep`", self.place("columns", each.type))
            targets = ((word, *self.target(to, *path, "tables", word)) for word, to in each.tables.items())
            found.append(TypedKey(each.type, each.id, tuple(targets)))
        return tuple(found)

    def target(self, to: str, *path: str) -> tuple[str, str]:
        there = _split(to, self.columns)
        if there is None:
            raise GateError("drift", _GONE, "write `table.column`", self.place(*path))
        return there

    def require(self, names: tuple[str, ...], *path: str) -> None:
        if set(names) - set(self.columns[self.table.name]):
            raise GateError("drift", "the profile names a column that SOURCE does not have",
                            place=self.place(*path))  # fmt: skip

    def place(self, *path: str) -> Place:
        return self.loaded.place("tables", self.table.name, *path)


def _split(to: str, columns: Mapping[str, Sequence[str]]) -> tuple[str, str] | None:
    """`table.column` at the point that makes it one: names of tables hold points too (`sales.orders.id`)."""
    points = [place for place, letter in enumerate(to) if letter == "."]
    ways = ((to[:point], to[point + 1 :]) for point in points)
    return next(((table, column) for table, column in ways if column in columns.get(table, ())), None)


def _require_there(table: Table, key: ForeignKey, columns: Mapping[str, Sequence[str]]) -> None:
    place = Place(table=table.name, column=key.columns[0])
    if key.table not in columns or set(key.ref) - set(columns[key.table]):
        message = f"a foreign key refers to {shown(key.table)}, which SOURCE does not have"
        raise GateError("orphans", message, "give the other table too", place)
