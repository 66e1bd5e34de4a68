"""A dump's schema while its statements are read: tables half declared, types, unique indexes, the current schema."""

from dataclasses import dataclass, field, replace

from masker.errors import Place
from masker.sql import Dialect
from masker.sql.catalog import Check, SqlType
from masker.sql.conditions import allowed_values, columns_of
from masker.sql.cursor import Cursor
from masker.sql.declared import Declared

Key = tuple[str, str]
"""Schema and name of a table, folded; no schema is ""."""


@dataclass(slots=True)
class Building:
    """A table while its statements are read."""

    declared: Declared = field(default_factory=Declared)
    checks: list[Check] = field(default_factory=list)
    parents: list[Key] = field(default_factory=list)
    partition_of: Key | None = None
    partition_key: tuple[str, ...] = ()
    rowid: bool = True
    place: Place = field(default_factory=Place)


@dataclass(slots=True)
class Reading:
    """All that was read so far. `domain_rules` are NOT NULL and CHECKs of domains, as lists of values or None."""

    dialect: Dialect
    schema: str = ""
    tables: dict[Key, Building] = field(default_factory=dict)
    types: dict[Key, SqlType] = field(default_factory=dict)
    domain_rules: dict[Key, tuple[bool, tuple[tuple[str, ...] | None, ...]]] = field(default_factory=dict)
    indexes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def key(self, cursor: Cursor) -> Key:
        """Take a name: whose table it is where no schema is named is for the search path to say."""
        schema, name = cursor.take_qualified()
        return schema or self.schema, name

    def read_conditions(self, table: Building, source: bytes) -> None:
        """Turn the table's CHECKs into what they say of its columns."""
        names = [column.name for column in table.declared.columns]
        for condition in table.declared.conditions:
            columns = columns_of(condition.tokens, self.dialect, names)
            if self.dialect == "mysql" and len(columns) == 1 and condition.tokens[0].is_word("JSON_VALID"):
                # What MariaDB makes of its type JSON.
                _as_json(table.declared, columns[0])
                continue
            values = allowed_values(source, condition.tokens, self.dialect) if len(columns) == 1 else None
            table.checks.append(Check(condition.name, columns, values))
        table.declared.conditions.clear()


def _as_json(declared: Declared, name: str) -> None:
    declared.columns = [replace(c, type=SqlType("json")) if c.name == name else c for c in declared.columns]


def is_among(name: str, names: list[str], dialect: Dialect) -> bool:
    """Whether it is one of these names; only PostgreSQL minds the case."""
    return name in names or (dialect != "postgres" and name.casefold() in {each.casefold() for each in names})
