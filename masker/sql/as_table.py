"""A table of the catalog as a snapshot knows tables: text columns, keys, and what each column takes."""

from collections.abc import Iterable

import pyarrow as pa

from masker.snapshot import Holds, Limits, Table
from masker.sql import Dialect
from masker.sql.catalog import SqlColumn, SqlTable

_POSTGRES: dict[str, Holds] = {
    **dict.fromkeys(["varchar", "char", "text", "citext", "name"], "text"),
    **dict.fromkeys(["smallint", "integer", "bigint", "oid"], "integer"),
    **dict.fromkeys(["numeric", "real", "double", "float"], "decimal"),
    **dict.fromkeys(["timestamp", "timestamptz"], "timestamp"),
    **dict.fromkeys(["inet", "cidr"], "inet"),
    **dict.fromkeys(["macaddr", "macaddr8"], "mac"),
    **dict.fromkeys(["json", "jsonb"], "json"),
    "boolean": "boolean", "date": "date", "uuid": "uuid", "bytea": "binary", "enum": "enum",
}  # fmt: skip
_MYSQL: dict[str, Holds] = {
    **dict.fromkeys(["varchar", "char", "tinytext", "text", "mediumtext", "longtext"], "text"),
    **dict.fromkeys(["tinyint", "smallint", "mediumint", "integer", "bigint", "year"], "integer"),
    **dict.fromkeys(["numeric", "float", "double", "real"], "decimal"),
    **dict.fromkeys(["datetime", "timestamp"], "timestamp"),
    **dict.fromkeys(["binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"], "binary"),
    **dict.fromkeys(["enum", "set"], "enum"),
    **dict.fromkeys(["inet4", "inet6"], "inet"),
    "date": "date", "json": "json", "uuid": "uuid",
}  # fmt: skip
_NEUTRAL: dict[Dialect, dict[str, str]] = {
    "postgres": {
        "tsvector": "redacted", "tsquery": "redacted", "xml": "<redacted/>", "ltree": "redacted", "hstore": '"x"=>NULL',
        "interval": "00:00:00", "time": "00:00:00", "timetz": "00:00:00+00", "money": "0", "varbit": "0",
        "pg_lsn": "0/0", "point": "(0,0)", "line": "{1,0,0}", "lseg": "[(0,0),(0,0)]", "box": "(0,0),(0,0)",
        "path": "[(0,0)]", "polygon": "((0,0))", "circle": "<(0,0),0>", "jsonpath": "$",
        **dict.fromkeys("int4range int8range numrange daterange tsrange tstzrange".split(), "empty"),
        **dict.fromkeys(
            "int4multirange int8multirange nummultirange datemultirange tsmultirange tstzmultirange".split(), "{}"
        ),
    },
    # Of spatial types the server's own bytes: four of a reference system, then a point as OGC well-known binary.
    "mysql": {
        "time": "00:00:00", "bit": "0", "year": "2000",
        **dict.fromkeys(["geometry", "point"], "0x000000000101000000" + "00" * 16),
    },
    "sqlite": {},
}  # fmt: skip
_IGNORED = {"char": ("blanks",), "citext": ("case",)}
_BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "integer": 32, "bigint": 64}
_YEARS = (1901, 2155)  # MySQL's YEAR, and 0
_BYTES = {"tiny": 2**8 - 1, "": 2**16 - 1, "medium": 2**24 - 1, "long": 2**32 - 1}
_NAME_CHARACTERS = 63
_HIGHEST_OID = 2**32 - 1


def table_of(table: SqlTable, dialect: Dialect, name: str = "", columns: Iterable[str] | None = None) -> Table:
    """The table under `name` (default: its own), with the columns that a dump holds: none that the server computes.

    `columns` says which ones the rows have, where a dump does not hold all; keys that need another one are left out.
    """
    held = [c for c in table.columns if not c.generated and (columns is None or c.name in set(columns))]
    names = {column.name for column in held}
    return Table(
        name=name or table.name,
        schema=pa.schema([pa.field(column.name, pa.string()) for column in held]),
        primary_key=table.primary_key if names.issuperset(table.primary_key) else (),
        unique=tuple(group for group in table.unique if names.issuperset(group)),
        foreign_keys=tuple(key for key in table.foreign_keys if names.issuperset(key.columns)),
        limits={column.name: _limits(column, table, dialect) for column in held},
        part_of=table.partition_of,
        ignores={column.name: ignored for column in held if (ignored := _ignored(column, dialect))},
    )


def _ignored(column: SqlColumn, dialect: Dialect) -> tuple[str, ...]:
    """What the server does not look at when it compares values; of MySQL's collations the widest is assumed."""
    if dialect == "mysql":
        return ("accents", "blanks", "case") if _MYSQL.get(column.type.name) == "text" else ()
    return _IGNORED.get(column.type.name, ()) if dialect == "postgres" and not column.type.array else ()


def _limits(column: SqlColumn, table: SqlTable, dialect: Dialect) -> Limits:
    type_ = column.type
    holds = holds_of(column, dialect)
    minimum, maximum = _bounds(column, holds, dialect)
    values = type_.values or None if type_.name == "enum" else None
    listed = [c.values for c in table.checks if c.columns == (column.name,) and c.values is not None]
    for each in listed:
        values = each if values is None else tuple(value for value in values if value in each)
    enforced = dialect != "sqlite"
    return Limits(
        holds=holds,
        max_characters=_characters(column, holds) if enforced else None,
        max_bytes=_bytes(column, dialect),
        minimum=minimum,
        maximum=maximum,
        precision=type_.precision if enforced else None,
        scale=type_.scale if enforced else None,
        values=values,
        not_null=column.not_null,
        fixed=column.name in table.partition_key,
        neutral=_neutral(column, dialect),
        checked=any(column.name in check.columns and check.values is None for check in table.checks),
    )


def _neutral(column: SqlColumn, dialect: Dialect) -> str | None:
    if column.type.array:
        return "{}"
    if dialect == "postgres" and column.type.name == "bit":
        return "0" * (column.type.length or 1)
    return _NEUTRAL[dialect].get(column.type.name)


def holds_of(column: SqlColumn, dialect: Dialect) -> Holds:
    """What a column holds, by its type; in SQLite, which holds values to little, by the rules of column affinity."""
    type_ = column.type
    if type_.array:
        return "array"
    if dialect == "sqlite":
        return _affinity(type_.name)
    if dialect == "mysql" and (type_.name, type_.length) == ("tinyint", 1):
        return "boolean"
    return (_POSTGRES if dialect == "postgres" else _MYSQL).get(type_.name, "other")


def _affinity(name: str) -> Holds:
    """Datatypes in SQLite, §3.1 (https://www.sqlite.org/datatype3.html), and what the names of dates promise apps."""
    if "int" in name:
        return "integer"
    if any(word in name for word in ("char", "clob", "text")):
        return "text"
    if "blob" in name:
        return "binary"
    if any(word in name for word in ("real", "floa", "doub", "dec", "num")):
        return "decimal"
    if "bool" in name:
        return "boolean"
    # Dates are kept as text or as numbers, and what has no type holds anything.
    return "text"


def _bounds(column: SqlColumn, holds: Holds, dialect: Dialect) -> tuple[int | None, int | None]:
    type_ = column.type
    if type_.name == "oid":
        return 0, _HIGHEST_OID
    if type_.name == "year":
        return _YEARS
    bits = 64 if dialect == "sqlite" else _BITS.get(type_.name, 64)
    if holds != "integer":
        return None, None
    return (0, 2**bits - 1) if type_.unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _characters(column: SqlColumn, holds: Holds) -> int | None:
    if column.type.name == "name":
        return _NAME_CHARACTERS
    return column.type.length if holds == "text" else None


def _bytes(column: SqlColumn, dialect: Dialect) -> int | None:
    name = column.type.name
    if dialect != "mysql":
        return None
    if name in ("binary", "varbinary"):
        return column.type.length
    for ending in ("text", "blob"):
        if name.endswith(ending):
            return _BYTES[name.removesuffix(ending)]
    return None
