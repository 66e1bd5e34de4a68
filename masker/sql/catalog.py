"""What a dump's DDL declares: tables, columns, types and constraints, as plain values.

Names are as the server folds them. A table is called by its bare name where the dump has no second table of that name
in another schema, else `schema.table`.
"""

from dataclasses import dataclass, field

from masker.snapshot import ForeignKey
from masker.sql import Dialect


@dataclass(frozen=True, slots=True)
class SqlType:
    """A column's type. `name` in lower case without parameters (`varchar`, `numeric`, `enum`, `timestamptz`, ...).

    `length` is in characters (bytes for binary types), `precision` and `scale` in decimal digits; `values` are those of
    an enum or set; `array` says that each cell holds many. Of a domain, the type that it stands on, `domain` its name.
    """

    name: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    unsigned: bool = False
    array: bool = False
    values: tuple[str, ...] = ()
    domain: str = ""


@dataclass(frozen=True, slots=True)
class SqlColumn:
    """A column. `generated`: the server computes it, so that no dump holds it; `identity`: the server numbers it."""

    name: str
    type: SqlType
    not_null: bool = False
    generated: bool = False
    identity: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """A CHECK: the columns that it reads, and where it is a list of allowed values of one column, those."""

    name: str
    columns: tuple[str, ...]
    values: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class SqlTable:
    """A table with what its DDL promises of it. `schema` is "" where the dialect or the dump has none.

    `partition_of` names the table that it is a partition of ("" for none), `partition_key` the columns that tell a row
    of a partitioned table which partition it belongs to.
    """

    name: str
    schema: str
    columns: tuple[SqlColumn, ...]
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    partition_of: str = ""
    partition_key: tuple[str, ...] = ()

    def column(self, name: str) -> SqlColumn:
        """The column of that name; `KeyError` where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Catalog:
    """All tables that a dump's DDL declares, by name, in the order of their declaration."""

    dialect: Dialect
    tables: dict[str, SqlTable] = field(default_factory=dict)
