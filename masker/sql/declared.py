"""Reads what stands between the brackets of CREATE TABLE, and after ADD and MODIFY: columns and constraints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from masker.sql import Dialect
from masker.sql.catalog import SqlColumn, SqlType
from masker.sql.cursor import Cursor, Unread, column_list
from masker.sql.lexemes import Token
from masker.sql.sql_types import SERIALS, read_type

Known = Mapping[tuple[str, str], SqlType]

_ENDS_A_TYPE = {
    "postgres": frozenset(
        "CONSTRAINT NOT NULL PRIMARY UNIQUE CHECK DEFAULT REFERENCES GENERATED COLLATE DEFERRABLE INITIALLY "
        "STORAGE COMPRESSION OPTIONS USING".split()
    ),
    "mysql": frozenset(
        "CONSTRAINT NOT NULL PRIMARY UNIQUE CHECK DEFAULT REFERENCES GENERATED AS COLLATE COMMENT AUTO_INCREMENT KEY "
        "ON CHARSET STORED VIRTUAL PERSISTENT INVISIBLE VISIBLE SRID REF_SYSTEM_ID COLUMN_FORMAT STORAGE COMPRESSED "
        "WITH WITHOUT FIRST AFTER ENGINE_ATTRIBUTE".split()
    ),
    "sqlite": frozenset("CONSTRAINT NOT NULL PRIMARY UNIQUE CHECK DEFAULT REFERENCES GENERATED AS COLLATE ON".split()),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key as written: `columns`, and `ref` of the table (schema, name); no `ref` means its primary key."""

    columns: tuple[str, ...]
    table: tuple[str, str]
    ref: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A CHECK as written; `column` is the one that it stands at ("" at the table)."""

    name: str
    tokens: tuple[Token, ...]
    column: str = ""


@dataclass(slots=True)
class Declared:
    """What the items of a table declare, gathered in order."""

    columns: list[SqlColumn] = field(default_factory=list)
    primary_key: tuple[str, ...] = ()
    unique: list[tuple[str, ...]] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    using_index: list[tuple[str, bool]] = field(default_factory=list)


def read_item(item: Sequence[Token], dialect: Dialect, known: Known, into: Declared) -> None:
    """Add one item, a column or a constraint; `Unread` where it is neither."""
    cursor = Cursor(item, dialect)
    if starts_constraint(cursor):
        _read_constraint(cursor, into)
    else:
        read_column(cursor, known, into)


def starts_constraint(cursor: Cursor) -> bool:
    """Whether a constraint or an index stands here rather than a column."""
    if cursor.sees_any(frozenset("CONSTRAINT PRIMARY UNIQUE CHECK FOREIGN".split())):
        return True
    if cursor.dialect == "postgres":
        after = cursor.look(1)
        return cursor.sees("EXCLUDE") and after is not None and (after.is_word("USING") or after.is_symbol("("))
    words = frozenset("KEY INDEX FULLTEXT SPATIAL".split())
    return cursor.dialect == "mysql" and (cursor.sees_any(words) or cursor.sees("PERIOD", "FOR"))


def _read_constraint(cursor: Cursor, into: Declared) -> None:
    dialect = cursor.dialect
    name = ""
    kinds = frozenset("PRIMARY UNIQUE CHECK FOREIGN".split())
    if cursor.take_if("CONSTRAINT") and not cursor.sees_any(kinds):
        name = cursor.take_name()
    if cursor.take_if("PRIMARY", "KEY"):
        columns = _key_columns(cursor, into, primary=True)
        into.primary_key = columns or into.primary_key
    elif cursor.take_if("UNIQUE"):
        columns = _key_columns(cursor, into, primary=False)
        if columns:
            into.unique.append(columns)
    elif cursor.take_if("FOREIGN", "KEY"):
        while not cursor.sees_symbol("("):
            cursor.take()
        columns = column_list(cursor.take_group(), dialect)
        if not cursor.take_if("REFERENCES"):
            raise Unread
        into.references.append(_reference(cursor, columns))
    elif cursor.take_if("CHECK"):
        into.conditions.append(Condition(name, tuple(cursor.take_group())))
    # Every other constraint and index says nothing that a catalog holds.


def _key_columns(cursor: Cursor, into: Declared, *, primary: bool) -> tuple[str, ...]:
    """The columns of PRIMARY KEY or UNIQUE past the keywords; none where it names an index that has them."""
    while not cursor.sees_symbol("("):
        if cursor.take_if("USING", "INDEX"):
            into.using_index.append((cursor.take_qualified()[1], primary))
            return ()
        cursor.take()
    return column_list(cursor.take_group(), cursor.dialect)


def _reference(cursor: Cursor, columns: tuple[str, ...]) -> Reference:
    table = cursor.take_qualified()
    ref = column_list(cursor.take_group(), cursor.dialect) if cursor.sees_symbol("(") else ()
    return Reference(columns, table, ref)


def read_column(cursor: Cursor, known: Known, into: Declared) -> None:
    """Add the column that stands here, with the constraints that it carries."""
    name = cursor.take_name()
    type_ = take_type(cursor, known)
    serial = type_.name in SERIALS and cursor.dialect == "postgres"
    if serial:
        type_ = SqlType(SERIALS[type_.name])
    not_null = identity = serial
    if cursor.dialect == "mysql" and type_.name == "serial":
        type_, not_null, identity = SqlType("bigint", unsigned=True), True, True
        into.unique.append((name,))
    generated = False
    constraint = ""
    while not cursor.done:
        if cursor.take_if("CONSTRAINT"):
            constraint = cursor.take_name()
        elif cursor.take_if("NOT", "NULL"):
            not_null = True
        elif cursor.take_if("PRIMARY", "KEY") or cursor.take_if("KEY"):
            into.primary_key = (name,)
        elif cursor.take_if("UNIQUE"):
            cursor.take_if("KEY")
            into.unique.append((name,))
        elif cursor.take_if("CHECK"):
            into.conditions.append(Condition(constraint, tuple(cursor.take_group()), name))
        elif cursor.take_if("REFERENCES"):
            into.references.append(_reference(cursor, (name,)))
        elif cursor.take_if("GENERATED"):
            cursor.take_if("ALWAYS") or cursor.take_if("BY", "DEFAULT")
            cursor.take_if("ON", "NULL")
        elif cursor.take_if("AS", "IDENTITY"):
            identity = not_null = True
        elif cursor.take_if("AS") or cursor.take_if("AUTO_INCREMENT") or cursor.take_if("AUTOINCREMENT"):
            as_expression = cursor.tokens[cursor.at - 1].is_word("AS")
            generated |= as_expression
            identity |= not as_expression
        elif cursor.take_if("DEFAULT"):
            identity |= cursor.dialect == "postgres" and cursor.sees("NEXTVAL")
            cursor.skip()
        elif cursor.take_if("ON"):
            _skip_action(cursor)
        elif cursor.take_if("COLLATE") or cursor.take_if("COMMENT"):
            cursor.take()
        else:
            cursor.skip()
    into.columns.append(SqlColumn(name, type_, not_null, generated, identity))


def take_type(cursor: Cursor, known: Known) -> SqlType:
    """The type that stands here, up to what no longer belongs to it."""
    start = cursor.at
    while not cursor.done and not cursor.sees_any(_ENDS_A_TYPE[cursor.dialect]):
        if cursor.sees("CHARACTER", "SET") and cursor.at > start:
            break
        cursor.skip()
    type_ = read_type(cursor.tokens[start : cursor.at], cursor.dialect, known)
    if cursor.take_if("CHARACTER", "SET"):
        cursor.take()
    return type_


def _skip_action(cursor: Cursor) -> None:
    """What follows ON: DELETE SET NULL, UPDATE CURRENT_TIMESTAMP(6), CONFLICT REPLACE."""
    cursor.take()
    if cursor.take_if("SET"):
        cursor.take()
    elif cursor.take_if("NO"):
        cursor.take_if("ACTION")
    elif not cursor.done:
        cursor.take()
