"""Reads the catalog of a dump from its DDL, statement by statement.

Statements are cut into tokens here and columns and constraints are read from those; sqlglot reads the expressions of
CHECKs (`conditions.py`). A statement that declares a table and cannot be read stops the run: a column that nobody
knows of would never be masked.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from masker.errors import InputError, Place
from masker.sql import Dialect
from masker.sql.catalog import Catalog, Check, SqlColumn, SqlType
from masker.sql.conditions import allowed_values, columns_of
from masker.sql.cursor import Cursor, Unread, column_list, split
from masker.sql.declared import Declared, read_column, read_item, starts_constraint, take_type
from masker.sql.lexemes import Token, tokens
from masker.sql.naming import Key, finished
from masker.sql.pieces import Statement
from masker.sql.virtual import virtual_table

_READ = frozenset("CREATE ALTER DROP SET USE SELECT".split())
_TABLE_WORDS = frozenset("GLOBAL LOCAL TEMPORARY TEMP UNLOGGED OR REPLACE".split())  # between CREATE and TABLE
_ANY_VALUE = frozenset(["HASH", "KEY", "LINEAR"])


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


def read_catalog(statements: Iterable[Statement], dialect: Dialect) -> Catalog:
    """The tables that the statements declare, in order; dropped ones are gone.

    Views, and the tables that dump tools write in a view's place, are no tables. Raises `InputError` (`malformed`,
    `unsupported`) with kind and line where a table cannot be read, and where a foreign key leads nowhere.
    """
    reader = _Reader(dialect)
    for statement in statements:
        if statement.kind.split(" ", 1)[0].upper() in _READ:
            reader.read(statement)
    return finished(reader.tables, dialect)


class _Reader:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.schema = ""
        self.tables: dict[Key, Building] = {}
        self.types: dict[Key, SqlType] = {}
        self.domain_rules: dict[Key, tuple[bool, tuple[str, ...] | None]] = {}
        self.indexes: dict[str, tuple[str, ...]] = {}

    def read(self, statement: Statement) -> None:
        cursor = Cursor(tokens(statement.data, self.dialect), self.dialect)
        if not cursor.done and cursor.tokens[-1].is_symbol(";"):
            cursor = Cursor(cursor.tokens[:-1], self.dialect)
        try:
            self._read(cursor, statement)
        except Unread:
            message = f"a `{statement.kind}` statement cannot be read"
            raise InputError("malformed", message, place=Place(line=statement.line)) from None

    def _read(self, cursor: Cursor, statement: Statement) -> None:
        if cursor.take_if("SET", "SEARCH_PATH"):
            cursor.take()
            self.schema = "" if cursor.done or not cursor.sees_name() else cursor.take_name()
        elif cursor.take_if("USE"):
            self.schema = cursor.take_name()
        elif cursor.take_if("ALTER"):
            self._alter(cursor, statement)
        elif cursor.take_if("DROP"):
            self._drop(cursor)
        elif cursor.take_if("CREATE"):
            self._create(cursor, statement)

    def _key(self, cursor: Cursor) -> Key:
        schema, name = cursor.take_qualified()
        return schema or self.schema, name

    def _create(self, cursor: Cursor, statement: Statement) -> None:
        while cursor.sees_any(_TABLE_WORDS):
            cursor.take()
        if cursor.take_if("TABLE"):
            self._create_table(cursor, statement)
        elif cursor.take_if("VIRTUAL", "TABLE"):
            self._create_virtual(statement)
        elif cursor.take_if("TYPE"):
            self._create_type(cursor)
        elif cursor.take_if("DOMAIN"):
            self._create_domain(cursor, statement)
        elif cursor.take_if("UNIQUE", "INDEX"):
            self._create_unique_index(cursor)
        else:
            _pass_view_words(cursor)
            if cursor.take_if("VIEW"):
                cursor.take_if("IF", "NOT", "EXISTS")
                self.tables.pop(self._key(cursor), None)

    def _create_table(self, cursor: Cursor, statement: Statement) -> None:
        if_not_exists = cursor.take_if("IF", "NOT", "EXISTS")
        key = self._key(cursor)
        if key in self.tables:
            if if_not_exists:
                return
            raise InputError("malformed", "a table is declared twice", place=Place(table=key[1], line=statement.line))
        table = Building(place=Place(table=key[1], line=statement.line))
        if cursor.take_if("PARTITION", "OF"):
            table.partition_of = self._key(cursor)
            table.parents.append(table.partition_of)
        elif not cursor.sees_symbol("("):
            message = "a table that is made from a query, a type or another table"
            raise InputError("unsupported", message, place=table.place)
        if cursor.sees_symbol("("):
            self._read_items(cursor, table)
        self._read_options(cursor, table)
        self._read_conditions(table, statement.data)
        self.tables[key] = table

    def _create_virtual(self, statement: Statement) -> None:
        place = Place(line=statement.line)
        found = virtual_table(statement.data.decode("utf-8", "surrogateescape"), place)
        if found is None:
            raise Unread
        if found.held == "own":
            columns = [SqlColumn(*pair) for pair in zip(found.columns, map(SqlType, found.types), strict=True)]
            declared = Declared(columns, primary_key=found.columns[:1])
            self.tables["", found.name] = Building(declared, place=Place(table=found.name, line=statement.line))

    def _read_items(self, cursor: Cursor, table: Building) -> None:
        for item in split(cursor.take_group(), self.dialect):
            inner = Cursor(item, self.dialect)
            if inner.take_if("LIKE") and self.dialect == "postgres":
                table.parents.append(self._key(inner))
            elif table.partition_of and not starts_constraint(Cursor(item, self.dialect)):
                # Of a partition, columns are named without a type, to add defaults.
                continue
            else:
                read_item(item, self.dialect, self.types, table.declared)
        for index, column in enumerate(table.declared.columns):
            table.declared.columns[index] = self._by_domain(column, table)

    def _by_domain(self, column: SqlColumn, table: Building) -> SqlColumn:
        rule = self.domain_rules.get(self._domain_key(column.type.domain))
        if not rule:
            return column
        not_null, values = rule
        if values is not None:
            table.checks.append(Check("", (column.name,), values))
        return replace(column, not_null=column.not_null or not_null)

    def _domain_key(self, domain: str) -> Key:
        return next((key for key in self.domain_rules if key[1] == domain), ("", ""))

    def _read_options(self, cursor: Cursor, table: Building) -> None:
        while not cursor.done:
            if cursor.take_if("INHERITS"):
                for part in split(cursor.take_group(), self.dialect):
                    table.parents.append(self._key(Cursor(part, self.dialect)))
            elif cursor.take_if("PARTITION", "BY"):
                group = self._partition_group(cursor)
                names = [column.name for column in table.declared.columns]
                table.partition_key = columns_of(group, self.dialect, names)
                return
            elif cursor.take_if("WITHOUT", "ROWID"):
                table.rowid = False
            elif cursor.sees("SELECT") or cursor.sees("AS"):
                raise InputError("unsupported", "a table that is made from a query", place=table.place)
            else:
                cursor.skip()

    def _partition_group(self, cursor: Cursor) -> list[Token]:
        """What a row's partition is found by; nothing where the server takes any value (HASH and KEY in one table)."""
        anything = self.dialect == "mysql" and (cursor.take_if("LINEAR") or cursor.sees_any(_ANY_VALUE))
        while not cursor.done and not cursor.sees_symbol("("):
            cursor.take()
        return [] if anything or cursor.done else cursor.take_group()

    def _read_conditions(self, table: Building, source: bytes) -> None:
        names = [column.name for column in table.declared.columns]
        for condition in table.declared.conditions:
            columns = columns_of(condition.tokens, self.dialect, names)
            values = allowed_values(source, condition.tokens, self.dialect) if len(columns) == 1 else None
            table.checks.append(Check(condition.name, columns, values))
        table.declared.conditions.clear()

    def _create_type(self, cursor: Cursor) -> None:
        key = self._key(cursor)
        if cursor.take_if("AS", "ENUM"):
            values = tuple(token.text for token in cursor.take_group() if token.kind == "string")
            self.types[key] = SqlType("enum", values=values)

    def _create_domain(self, cursor: Cursor, statement: Statement) -> None:
        key = self._key(cursor)
        cursor.take_if("AS")
        type_ = take_type(cursor, self.types)
        self.types[key] = replace(type_, domain=key[1])
        not_null, values = False, None
        while not cursor.done:
            if cursor.take_if("NOT", "NULL"):
                not_null = True
            elif cursor.take_if("CHECK"):
                inner = cursor.take_group()
                values = allowed_values(statement.data, inner, self.dialect) if inner else None
            else:
                cursor.skip()
        self.domain_rules[key] = not_null, values

    def _create_unique_index(self, cursor: Cursor) -> None:
        cursor.take_if("CONCURRENTLY")
        cursor.take_if("IF", "NOT", "EXISTS")
        index = "" if cursor.sees("ON") else cursor.take_qualified()[1]
        while not cursor.take_if("ON"):
            cursor.take()
        cursor.take_if("ONLY")
        table = self.tables.get(self._key(cursor))
        while not cursor.sees_symbol("("):
            cursor.take()
        written = column_list(cursor.take_group(), self.dialect)
        partial = False
        while not cursor.done:
            partial |= cursor.sees("WHERE")
            cursor.skip()
        if table is None:
            return
        known = [column.name for column in table.declared.columns]
        columns = tuple(name for name in written if _is_among(name, known, self.dialect)) or written
        self.indexes[index] = columns
        # Where only some rows are held to it, values may repeat in the table.
        if not partial and columns not in table.declared.unique:
            table.declared.unique.append(columns)

    def _drop(self, cursor: Cursor) -> None:
        if not (cursor.take_if("TABLE") or cursor.take_if("VIEW") or cursor.take_if("FOREIGN", "TABLE")):
            return
        cursor.take_if("IF", "EXISTS")
        while cursor.sees_name():
            self.tables.pop(self._key(cursor), None)
            if not cursor.take_symbol(","):
                return

    def _alter(self, cursor: Cursor, statement: Statement) -> None:
        if cursor.take_if("TYPE"):
            key = self._key(cursor)
            if cursor.take_if("ADD", "VALUE") and key in self.types:
                cursor.take_if("IF", "NOT", "EXISTS")
                self.types[key] = replace(self.types[key], values=(*self.types[key].values, cursor.take().text))
            return
        cursor.take_if("IGNORE")
        if not cursor.take_if("TABLE"):
            return
        cursor.take_if("IF", "EXISTS")
        cursor.take_if("ONLY")
        key = self._key(cursor)
        table = self.tables.get(key)
        cursor.take_symbol("*")
        rest = cursor.tokens[cursor.at :]
        for action in split(rest, self.dialect):
            inner = Cursor(action, self.dialect)
            if table is not None:
                self._act(inner, table, key)
            elif inner.sees("ADD"):
                raise InputError("malformed", "a constraint of a table that is not declared",
                                 place=Place(table=key[1], line=statement.line))  # fmt: skip
        if table is not None:
            self._read_conditions(table, statement.data)

    def _act(self, cursor: Cursor, table: Building, key: Key) -> None:
        declared = table.declared
        if cursor.take_if("ADD"):
            if not starts_constraint(cursor):
                cursor.take_if("COLUMN")
                cursor.take_if("IF", "NOT", "EXISTS")
                if cursor.sees_symbol("("):
                    cursor = Cursor(cursor.take_group(), self.dialect)
            read_item(cursor.tokens[cursor.at :], self.dialect, self.types, declared)
            for name, primary in declared.using_index:
                columns = self.indexes.get(name)
                if columns is None:
                    raise Unread
                if primary:
                    declared.primary_key = columns
                elif columns not in declared.unique:
                    declared.unique.append(columns)
            declared.using_index.clear()
        elif cursor.take_if("ATTACH", "PARTITION"):
            part = self.tables.get(self._key(cursor))
            if part is None:
                raise Unread
            part.partition_of = key
        elif cursor.take_if("INHERIT"):
            table.parents.append(self._key(cursor))
        elif cursor.take_if("MODIFY") or cursor.take_if("CHANGE"):
            self._redeclare(cursor, declared)
        elif cursor.take_if("ALTER"):
            cursor.take_if("COLUMN")
            self._alter_column(cursor, declared)
        elif cursor.take_if("RENAME"):
            self._rename(cursor, table, key)
        elif cursor.take_if("DROP"):
            if cursor.take_if("COLUMN"):
                cursor.take_if("IF", "EXISTS")
                gone = cursor.take_name()
                declared.columns = [column for column in declared.columns if column.name != gone]

    def _redeclare(self, cursor: Cursor, declared: Declared) -> None:
        changes_name = cursor.tokens[cursor.at - 1].is_word("CHANGE")
        cursor.take_if("COLUMN")
        old = cursor.take_name() if changes_name else (cursor.look().text if cursor.look() else "")  # type: ignore[union-attr]
        fresh = Declared()
        read_column(cursor, self.types, fresh)
        _replace_column(declared, old, lambda _: fresh.columns[0], self.dialect)
        declared.unique += [columns for columns in fresh.unique if columns not in declared.unique]

    def _alter_column(self, cursor: Cursor, declared: Declared) -> None:
        name = cursor.take_name()
        if cursor.take_if("SET", "NOT", "NULL"):
            change: Mapping[str, object] = {"not_null": True}
        elif cursor.take_if("DROP", "NOT", "NULL"):
            change = {"not_null": False}
        elif cursor.take_if("ADD", "GENERATED") or cursor.take_if("SET", "DEFAULT", "NEXTVAL"):
            change = {"identity": True}
        elif cursor.take_if("TYPE") or cursor.take_if("SET", "DATA", "TYPE"):
            change = {"type": take_type(cursor, self.types)}
        else:
            return
        _replace_column(declared, name, lambda column: replace(column, **change), self.dialect)  # type: ignore[arg-type]

    def _rename(self, cursor: Cursor, table: Building, key: Key) -> None:
        if cursor.take_if("TO") or (self.dialect == "mysql" and cursor.take_if("AS")):
            self.tables[key[0], cursor.take_qualified()[1]] = self.tables.pop(key)
        elif not cursor.sees("CONSTRAINT") and not cursor.sees("INDEX"):
            # Keys and checks name the column too: no dump tool writes this.
            raise Unread


def _replace_column(declared: Declared, name: str, change: Callable[[SqlColumn], SqlColumn], dialect: Dialect) -> None:
    for index, column in enumerate(declared.columns):
        if _is_among(name, [column.name], dialect):
            declared.columns[index] = change(column)
            return
    raise Unread


def _is_among(name: str, names: list[str], dialect: Dialect) -> bool:
    return name in names or (dialect != "postgres" and name.casefold() in {each.casefold() for each in names})


def _pass_view_words(cursor: Cursor) -> None:
    """Take what stands between CREATE and VIEW: ALGORITHM=…, DEFINER=…, SQL SECURITY …, MATERIALIZED, RECURSIVE."""
    for ahead in range(24):
        token = cursor.look(ahead)
        if token is None or token.is_symbol("(") or token.is_word("FUNCTION", "PROCEDURE", "TRIGGER", "INDEX"):
            return
        if token.is_word("VIEW"):
            cursor.at += ahead
            return
