"""Finishes a catalog once all statements are read: what is inherited, whom keys mean, and what tables are called."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from masker.errors import InputError
from masker.snapshot import ForeignKey
from masker.sql import Dialect
from masker.sql.building import Building, Key
from masker.sql.catalog import Catalog, SqlColumn, SqlTable
from masker.sql.declared import Reference


def finished(tables: Mapping[Key, Building], dialect: Dialect) -> Catalog:
    """The catalog of all tables; `InputError` (`malformed`) where a key or a parent leads nowhere."""
    counts = Counter(name for _, name in tables)
    names = {key: key[1] if counts[key[1]] == 1 else ".".join(part for part in key if part) for key in tables}
    finish = _Finish(tables, names, dialect)
    return Catalog(dialect, {names[key]: finish.table(key) for key in tables})


def find_table(catalog: Catalog, written: str, path: Sequence[str] = ()) -> SqlTable | None:
    """The table that a dump's statement means by `name` or `schema.name`, already folded; None where there is none.

    A bare name means the table in the first schema of `path` that has it; else one that several schemas have means
    none of them.
    """
    for schema in path if "." not in written else ():
        for table in catalog.tables.values():
            if (table.schema, table.name) == (schema, written):
                return table
    if found := catalog.tables.get(written):
        return found
    bare = [table for table in catalog.tables.values() if f"{table.schema}.{table.name}" == written]
    bare = bare or [table for table in catalog.tables.values() if table.name == written]
    if not bare and catalog.dialect != "postgres":
        loose = written.casefold()
        bare = [table for table in catalog.tables.values()
                if loose in (table.name.casefold(), f"{table.schema}.{table.name}".casefold())]  # fmt: skip
    if not bare and "." in written:
        # A dump may name the schema in one place and leave it to the search path in another.
        bare = [t for t in catalog.tables.values() if not t.schema and t.name == written.split(".", 1)[1]]
    return bare[0] if len(bare) == 1 else None


class _Finish:
    def __init__(self, tables: Mapping[Key, Building], names: Mapping[Key, str], dialect: Dialect) -> None:
        self.tables = tables
        self.names = names
        self.dialect = dialect

    def table(self, key: Key) -> SqlTable:
        building = self.tables[key]
        columns = self._columns(key, ())
        family = [self.tables[each] for each in self._ancestors(key)]
        primary = self._named(next((b.declared.primary_key for b in family if b.declared.primary_key), ()), columns)
        unique = [self._named(group, columns) for each in family for group in each.declared.unique]
        keys = [(each, reference) for each in family for reference in each.declared.references]
        partition_of = building.partition_of and self._find(building.partition_of, building)
        foreign = [self._foreign(reference, columns, each) for each, reference in keys]
        return SqlTable(
            name=key[1],
            schema=key[0],
            columns=self._filled(columns, primary, rowid=building.rowid),
            primary_key=primary,
            unique=tuple(dict.fromkeys(group for group in unique if group != primary)),
            foreign_keys=tuple(dict.fromkeys(each for each in foreign if each)),
            checks=tuple(dict.fromkeys(check for each in family for check in each.checks)),
            partition_of=self.names[partition_of] if partition_of else "",
            partition_key=self._key_of_parts(key),
        )

    def _key_of_parts(self, key: Key) -> tuple[str, ...]:
        """What a row may not change: the columns by which the table and all that it is a partition of are cut."""
        found = [column for each in self._ancestors(key) for column in self.tables[each].partition_key]
        return tuple(dict.fromkeys(found))

    def _ancestors(self, key: Key) -> list[Key]:
        """The table and the partitioned tables above it, whose keys hold for its rows too."""
        line = [key]
        while above := self.tables[line[-1]].partition_of:
            found = self._find(above, self.tables[line[-1]])
            if found in line:
                break
            line.append(found)
        return line

    def _columns(self, key: Key, seen: tuple[Key, ...]) -> list[SqlColumn]:
        building = self.tables[key]
        if key in seen:
            raise InputError("malformed", "tables inherit from each other in a circle", place=building.place)
        columns: dict[str, SqlColumn] = {}
        for parent in building.parents:
            for column in self._columns(self._find(parent, building), (*seen, key)):
                columns.setdefault(column.name, column)
        return list({**columns, **{column.name: column for column in building.declared.columns}}.values())

    def _find(self, key: Key, asking: Building) -> Key:
        found = self._lookup(key)
        if found is None:
            raise InputError("malformed", "the table builds on one that is not declared", place=asking.place)
        return found

    def _lookup(self, key: Key) -> Key | None:
        if key in self.tables:
            return key
        loose = [each for each in self.tables if self._folds(each[1]) == self._folds(key[1])
                 and (not key[0] or not each[0] or self._folds(each[0]) == self._folds(key[0]))]  # fmt: skip
        return loose[0] if len(loose) == 1 else None

    def _folds(self, name: str) -> str:
        return name if self.dialect == "postgres" else name.casefold()

    def _named(self, group: Sequence[str], columns: Sequence[SqlColumn]) -> tuple[str, ...]:
        """A key's columns as they are declared: only PostgreSQL minds the case."""
        known = {self._folds(column.name): column.name for column in columns}
        return tuple(known.get(self._folds(name), name) for name in group)

    def _foreign(self, key: Reference, columns: Sequence[SqlColumn], asking: Building) -> ForeignKey | None:
        target = self._lookup(key.table)
        if target is None:
            if self.dialect == "sqlite":
                # SQLite itself takes such a schema.
                return None
            message = "a foreign key refers to a table that is not declared"
            raise InputError("malformed", message, "dump that table too", asking.place)
        there = self._columns(target, ())
        lines = (self.tables[each].declared.primary_key for each in self._ancestors(target))
        ref = self._named(key.ref or next((line for line in lines if line), ()), there)
        if len(ref) != len(key.columns) or not {column.name for column in there}.issuperset(ref):
            raise InputError("malformed", "a foreign key refers to columns that are not declared", place=asking.place)
        return ForeignKey(self._named(key.columns, columns), self.names[target], ref, declared=True)

    def _filled(self, columns: Sequence[SqlColumn], primary: tuple[str, ...], *, rowid: bool) -> tuple[SqlColumn, ...]:
        """The columns with what their primary key says of them."""
        if self.dialect != "sqlite":
            return tuple(replace(c, not_null=c.not_null or c.name in primary) for c in columns)
        alone = len(primary) == 1
        filled = []
        for column in columns:
            numbered = alone and rowid and column.name in primary and column.type.name == "integer"
            not_null = column.not_null or numbered or (not rowid and column.name in primary)
            filled.append(replace(column, identity=column.identity or numbered, not_null=not_null))
        return tuple(filled)
