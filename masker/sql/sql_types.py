"""Reads a column's type from its tokens: `character varying(20)[]`, `int(11) unsigned`, `enum('a','b')`, `mood`."""

from collections.abc import Mapping, Sequence

from masker.sql import Dialect
from masker.sql.catalog import SqlType
from masker.sql.cursor import Cursor, split
from masker.sql.lexemes import Token

_ONE_NAME = {
    "character varying": "varchar",
    "char varying": "varchar",
    "national varchar": "varchar",
    "national character varying": "varchar",
    "nvarchar": "varchar",
    "nvarchar2": "varchar",
    "varchar2": "varchar",
    "character": "char",
    "bpchar": "char",
    "nchar": "char",
    "national char": "char",
    "national character": "char",
    "bit varying": "varbit",
    "double precision": "double",
    "float8": "double",
    "float4": "real",
    "int2": "smallint",
    "int4": "integer",
    "int": "integer",
    "int8": "bigint",
    "middleint": "mediumint",
    "bool": "boolean",
    "decimal": "numeric",
    "dec": "numeric",
    "fixed": "numeric",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
    "time with time zone": "timetz",
    "time without time zone": "time",
    "long varchar": "mediumtext",
    "long": "mediumtext",
}
SERIALS = {"serial": "integer", "serial4": "integer", "bigserial": "bigint", "serial8": "bigint",
           "smallserial": "smallint", "serial2": "smallint"}  # fmt: skip
"""PostgreSQL's types that number their column, and the type that the column then has."""
_IN_DIGITS = frozenset("numeric float double real".split())
_IN_FRACTIONS = frozenset("time timetz timestamp timestamptz datetime interval year".split())
_DISPLAY_WIDTH = frozenset("tinyint smallint mediumint integer bigint".split())


def read_type(tokens: Sequence[Token], dialect: Dialect, known: Mapping[tuple[str, str], SqlType]) -> SqlType:
    """The type; `known` holds the dump's enums and domains by schema and name. No tokens: a type without a name."""
    cursor = Cursor(tokens, dialect)
    words: list[str] = []
    parameters: list[Token] = []
    schema = ""
    array = unsigned = False
    while not cursor.done:
        if cursor.sees_symbol("("):
            group = cursor.take_group()
            parameters = parameters or group
        elif cursor.sees_symbol("["):
            cursor.take_group() if dialect == "postgres" else cursor.skip()
            array = True
        elif cursor.sees("ARRAY") and words:
            cursor.take()
            array = True
        elif cursor.sees_any(frozenset(["UNSIGNED", "SIGNED", "ZEROFILL"])) and words:
            unsigned |= not cursor.take().is_word("SIGNED")
        elif cursor.take_symbol("."):
            schema = words.pop() if words else ""
        elif cursor.sees_name():
            token = cursor.take()
            if token.kind == "word":
                words.append(token.text.lower())
            else:
                words.append(cursor.tokens[cursor.at - 1].text)
        else:
            cursor.take()
    return _typed(" ".join(words), schema, parameters, known, dialect, array=array, unsigned=unsigned)


def _typed(
    name: str,
    schema: str,
    parameters: Sequence[Token],
    known: Mapping[tuple[str, str], SqlType],
    dialect: Dialect,
    *,
    array: bool,
    unsigned: bool,
) -> SqlType:
    declared = known.get((schema, name)) or (None if schema else _anywhere(known, name))
    if declared is not None:
        return SqlType(
            declared.name, declared.length, declared.precision, declared.scale, declared.unsigned,
            array or declared.array, declared.values, declared.domain,
        )  # fmt: skip
    if dialect == "sqlite":
        # SQLite takes any words for a type, and holds values to none of its numbers.
        return SqlType(name, _whole(parameters[:1]))
    for suffix in (" binary", " ascii", " unicode", " byte"):
        name = name.removesuffix(suffix)
    name = _ONE_NAME.get(name, name)
    if name in ("enum", "set") and dialect == "mysql":
        values = tuple(token.text for token in parameters if token.kind == "string")
        return SqlType(name, values=values)
    numbers = [_whole(part) for part in split(parameters, dialect)]
    first = numbers[0] if numbers else None
    if name in _IN_DIGITS:
        scale = numbers[1] if len(numbers) > 1 else (0 if name == "numeric" else None)
        digits = (first, scale) if first is not None else (None, None)
        if first is None and dialect == "mysql" and name == "numeric":
            digits = (10, 0)
        return SqlType(name, precision=digits[0], scale=digits[1], unsigned=unsigned, array=array)
    if name in _IN_FRACTIONS:
        return SqlType(name, precision=first, array=array)
    if name == "boolean" and dialect == "mysql":
        return SqlType("tinyint", 1)
    if name in _DISPLAY_WIDTH:
        # How wide numbers are shown holds nothing back; `tinyint(1)` is how MySQL says boolean.
        return SqlType(name, 1 if (name, first) == ("tinyint", 1) else None, unsigned=unsigned, array=array)
    if name in ("char", "binary", "bit") and first is None:
        first = 1
    return SqlType(name, first, unsigned=unsigned, array=array)


def _anywhere(known: Mapping[tuple[str, str], SqlType], name: str) -> SqlType | None:
    return next((type_ for (_, each), type_ in known.items() if each == name), None)


def _whole(part: Sequence[Token]) -> int | None:
    digits = part[-1].text if part and part[-1].kind == "number" else ""
    return int(digits) if digits.isdecimal() else None
