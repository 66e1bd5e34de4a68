"""Reads ALTER: constraints that dump tools add after the rows, columns declared anew, partitions attached."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from masker.errors import InputError, Place
from masker.sql import Dialect
from masker.sql.building import Building, Key, Reading, is_among
from masker.sql.catalog import SqlColumn
from masker.sql.cursor import Cursor, Unread, split
from masker.sql.declared import Declared, read_column, read_item, starts_constraint, take_type
from masker.sql.pieces import Statement

# What an action of ALTER TABLE begins with: anything else is what follows where a statement was cut.
_ACTIONS = frozenset(
    "ADD ALGORITHM ALTER ATTACH AUTO_INCREMENT AVG_ROW_LENGTH CHANGE CHARACTER CHARSET CHECKSUM CLUSTER COLLATE "
    "COMMENT CONVERT DEFAULT DETACH DISABLE DISCARD DROP ENABLE ENCRYPTION ENGINE FORCE IMPORT INHERIT "
    "KEY_BLOCK_SIZE LOCK MAX_ROWS MIN_ROWS MODIFY NO NOT OF OPTIONS ORDER OWNER PACK_KEYS PARTITION REMOVE RENAME "
    "REPLICA RESET ROW_FORMAT SET STATS_AUTO_RECALC STATS_PERSISTENT STATS_SAMPLE_PAGES TABLESPACE VALIDATE WITH "
    "WITHOUT".split()
)


def alter(reading: Reading, cursor: Cursor, statement: Statement) -> None:
    """Read what follows ALTER; `Unread` where it cannot be."""
    if cursor.take_if("TYPE"):
        key = reading.key(cursor)
        if cursor.take_if("ADD", "VALUE") and key in reading.types:
            cursor.take_if("IF", "NOT", "EXISTS")
            reading.types[key] = replace(reading.types[key], values=(*reading.types[key].values, cursor.take().text))
        return
    cursor.take_if("IGNORE")
    if not cursor.take_if("TABLE"):
        return
    cursor.take_if("IF", "EXISTS")
    cursor.take_if("ONLY")
    key = reading.key(cursor)
    table = reading.tables.get(key)
    cursor.take_symbol("*")
    rest = cursor.tokens[cursor.at :]
    for action in split(rest, reading.dialect):
        inner = Cursor(action, reading.dialect)
        if not inner.sees_any(_ACTIONS):
            raise Unread
        if table is not None:
            _act(reading, inner, table, key)
        elif inner.sees("ADD"):
            raise InputError("malformed", "a constraint of a table that is not declared",
                             place=Place(table=key[1], line=statement.line))  # fmt: skip
    if table is not None:
        reading.read_conditions(table, statement.data)


def _act(reading: Reading, cursor: Cursor, table: Building, key: Key) -> None:
    declared = table.declared
    if cursor.take_if("ADD"):
        if not starts_constraint(cursor):
            cursor.take_if("COLUMN")
            cursor.take_if("IF", "NOT", "EXISTS")
            if cursor.sees_symbol("("):
                cursor = Cursor(cursor.take_group(), reading.dialect)
        read_item(cursor.tokens[cursor.at :], reading.dialect, reading.types, declared)
        for name, primary in declared.using_index:
            columns = reading.indexes.get(name)
            if columns is None:
                raise Unread
            if primary:
                declared.primary_key = columns
            elif columns not in declared.unique:
                declared.unique.append(columns)
        declared.using_index.clear()
    elif cursor.take_if("ATTACH", "PARTITION"):
        part = reading.tables.get(reading.key(cursor))
        if part is None:
            raise Unread
        part.partition_of = key
    elif cursor.take_if("INHERIT"):
        table.parents.append(reading.key(cursor))
    elif cursor.take_if("MODIFY") or cursor.take_if("CHANGE"):
        _redeclare(reading, cursor, declared)
    elif cursor.take_if("ALTER"):
        cursor.take_if("COLUMN")
        _alter_column(reading, cursor, table)
    elif cursor.take_if("RENAME"):
        _rename(reading, cursor, table, key)
    elif cursor.take_if("DROP", "COLUMN"):
        cursor.take_if("IF", "EXISTS")
        gone = cursor.take_name()
        declared.columns = [column for column in declared.columns if column.name != gone]


def _redeclare(reading: Reading, cursor: Cursor, declared: Declared) -> None:
    changes_name = cursor.tokens[cursor.at - 1].is_word("CHANGE")
    cursor.take_if("COLUMN")
    old = cursor.take_name() if changes_name else (cursor.look().text if cursor.look() else "")  # type: ignore[union-attr]
    fresh = Declared()
    read_column(cursor, reading.types, fresh)
    _replace_column(declared, old, lambda _: fresh.columns[0], reading.dialect)
    declared.unique += [columns for columns in fresh.unique if columns not in declared.unique]


def _alter_column(reading: Reading, cursor: Cursor, table: Building) -> None:
    name = cursor.take_name()
    if cursor.take_if("SET", "NOT", "NULL"):
        change: Mapping[str, object] = {"not_null": True}
    elif cursor.take_if("DROP", "NOT", "NULL"):
        change = {"not_null": False}
    elif cursor.take_if("ADD", "GENERATED") or cursor.take_if("SET", "DEFAULT", "NEXTVAL"):
        change = {"identity": True}
    elif cursor.take_if("TYPE") or cursor.take_if("SET", "DATA", "TYPE"):
        change = {"type": take_type(cursor, reading.types)}
    else:
        return
    inherited = (
        None
        if is_among(name, [c.name for c in table.declared.columns], reading.dialect)
        else _inherited(reading, table, name)
    )
    if inherited:
        table.declared.columns.append(inherited)
    _replace_column(table.declared, name, lambda c: replace(c, **change), reading.dialect)  # type: ignore[arg-type]


def _inherited(reading: Reading, table: Building, name: str) -> SqlColumn | None:
    """The column that the table has from a parent: pg_dump declares its default anew, but not the column."""
    for key in table.parents:
        parent = reading.tables.get(key)
        if parent is None or parent is table:
            continue
        own = next((column for column in parent.declared.columns if column.name == name), None)
        if found := own or _inherited(reading, parent, name):
            return found
    return None


def _rename(reading: Reading, cursor: Cursor, table: Building, key: Key) -> None:
    if cursor.take_if("TO") or (reading.dialect == "mysql" and cursor.take_if("AS")):
        reading.tables[key[0], cursor.take_qualified()[1]] = reading.tables.pop(key)
    elif not cursor.sees("CONSTRAINT") and not cursor.sees("INDEX"):
        # Keys and checks name the column too: no dump tool writes this.
        raise Unread


def _replace_column(declared: Declared, name: str, change: Callable[[SqlColumn], SqlColumn], dialect: Dialect) -> None:
    for index, column in enumerate(declared.columns):
        if is_among(name, [column.name], dialect):
            declared.columns[index] = change(column)
            return
    raise Unread
