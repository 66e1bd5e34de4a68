"""Reads the catalog of a dump from its DDL, statement by statement.

Statements are cut into tokens here and columns and constraints are read from those; sqlglot reads the expressions of
CHECKs (`conditions.py`). A statement that declares a table and cannot be read stops the run: a column that nobody
knows of would never be masked.
"""

from collections.abc import Iterable
from dataclasses import replace

from masker.errors import InputError, Place
from masker.sql import Dialect
from masker.sql.altering import alter
from masker.sql.building import Building, Key, Reading, is_among
from masker.sql.catalog import Catalog, Check, SqlColumn, SqlType
from masker.sql.conditions import allowed_values, columns_of
from masker.sql.cursor import Cursor, NoUtf8, Unread, column_list, split
from masker.sql.declared import Declared, read_item, starts_constraint, take_type
from masker.sql.lexemes import Token, tokens
from masker.sql.naming import finished
from masker.sql.pieces import Statement
from masker.sql.virtual import virtual_table

_READ = frozenset("CREATE ALTER DROP SET USE SELECT".split())
_TABLE_WORDS = frozenset("GLOBAL LOCAL TEMPORARY TEMP UNLOGGED OR REPLACE".split())  # between CREATE and TABLE
# What the options of a table begin with; those of MySQL are many, and named by plug-ins too.
_OPTIONS = {
    "postgres": frozenset(
        "DEFAULT FOR INHERITS ON OPTIONS PARTITION SERVER TABLESPACE USING WITH WITHOUT AS SELECT".split()
    ),
    "sqlite": frozenset("AS SELECT STRICT WITHOUT".split()),
}
_ANY_VALUE = frozenset(["HASH", "KEY", "LINEAR"])


def read_catalog(statements: Iterable[Statement], dialect: Dialect) -> Catalog:
    """The tables that the statements declare, in order; dropped ones are gone.

    Views, and the tables that dump tools write in a view's place, are no tables. Raises `InputError` (`malformed`,
    `unsupported`) with kind and line where a table cannot be read, and where a foreign key leads nowhere.
    """
    reader = _Reader(dialect)
    for statement in statements:
        if statement.kind.split(" ", 1)[0].upper() in _READ:
            reader.read(statement)
    return finished(reader.reading.tables, dialect)


class _Reader:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.reading = Reading(dialect)

    def read(self, statement: Statement) -> None:
        cursor = Cursor(tokens(statement.data, self.dialect), self.dialect)
        if not cursor.done and cursor.tokens[-1].is_symbol(";"):
            cursor = Cursor(cursor.tokens[:-1], self.dialect)
        try:
            self._read(cursor, statement)
        except NoUtf8:
            raise InputError("encoding", "a name that is no UTF-8", place=Place(line=statement.line)) from None
        except Unread:
            message = f"a `{statement.kind}` statement cannot be read"
            raise InputError("malformed", message, place=Place(line=statement.line)) from None

    def _read(self, cursor: Cursor, statement: Statement) -> None:
        if cursor.take_if("SET", "SEARCH_PATH"):
            cursor.take()
            self.reading.schema = "" if cursor.done or not cursor.sees_name() else cursor.take_name()
        elif cursor.take_if("USE"):
            self.reading.schema = cursor.take_name()
        elif cursor.take_if("ALTER"):
            alter(self.reading, cursor, statement)
        elif cursor.take_if("DROP"):
            self._drop(cursor)
        elif cursor.take_if("CREATE"):
            self._create(cursor, statement)

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
                self.reading.tables.pop(self.reading.key(cursor), None)

    def _create_table(self, cursor: Cursor, statement: Statement) -> None:
        if_not_exists = cursor.take_if("IF", "NOT", "EXISTS")
        key = self.reading.key(cursor)
        if key in self.reading.tables:
            if if_not_exists:
                return
            raise InputError("malformed", "a table is declared twice", place=Place(table=key[1], line=statement.line))
        table = Building(place=Place(table=key[1], line=statement.line))
        if cursor.take_if("PARTITION", "OF"):
            table.partition_of = self.reading.key(cursor)
            table.parents.append(table.partition_of)
        elif not cursor.sees_symbol("("):
            message = "a table that is made from a query, a type or another table"
            raise InputError("unsupported", message, place=table.place)
        if cursor.sees_symbol("("):
            self._read_items(cursor, table)
        self._read_options(cursor, table)
        self.reading.read_conditions(table, statement.data)
        self.reading.tables[key] = table

    def _create_virtual(self, statement: Statement) -> None:
        place = Place(line=statement.line)
        found = virtual_table(statement.data.decode("utf-8", "surrogateescape"), place)
        if found is None:
            raise Unread
        if found.held == "own":
            columns = [SqlColumn(*pair) for pair in zip(found.columns, map(SqlType, found.types), strict=True)]
            declared = Declared(columns, primary_key=found.columns[:1])
            self.reading.tables["", found.name] = Building(declared, place=Place(table=found.name, line=statement.line))

    def _read_items(self, cursor: Cursor, table: Building) -> None:
        for item in split(cursor.take_group(), self.dialect):
            inner = Cursor(item, self.dialect)
            if inner.take_if("LIKE") and self.dialect == "postgres":
                table.parents.append(self.reading.key(inner))
            elif table.partition_of and not starts_constraint(Cursor(item, self.dialect)):
                # Of a partition, columns are named without a type, to add defaults.
                continue
            else:
                read_item(item, self.dialect, self.reading.types, table.declared)
        for index, column in enumerate(table.declared.columns):
            table.declared.columns[index] = self._by_domain(column, table)

    def _by_domain(self, column: SqlColumn, table: Building) -> SqlColumn:
        rule = self.reading.domain_rules.get(self._domain_key(column.type.domain))
        if not rule:
            return column
        not_null, conditions = rule
        table.checks += [Check("", (column.name,), values) for values in conditions]
        return replace(column, not_null=column.not_null or not_null)

    def _domain_key(self, domain: str) -> Key:
        return next((key for key in self.reading.domain_rules if key[1] == domain), ("", ""))

    def _read_options(self, cursor: Cursor, table: Building) -> None:
        begins = _OPTIONS.get(self.dialect)
        if not cursor.done and begins and not cursor.sees_any(begins):
            raise Unread
        while not cursor.done:
            if cursor.take_if("INHERITS"):
                for part in split(cursor.take_group(), self.dialect):
                    table.parents.append(self.reading.key(Cursor(part, self.dialect)))
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

    def _create_type(self, cursor: Cursor) -> None:
        key = self.reading.key(cursor)
        if cursor.take_if("AS", "ENUM"):
            values = tuple(token.text for token in cursor.take_group() if token.kind == "string")
            self.reading.types[key] = SqlType("enum", values=values)

    def _create_domain(self, cursor: Cursor, statement: Statement) -> None:
        key = self.reading.key(cursor)
        cursor.take_if("AS")
        type_ = take_type(cursor, self.reading.types)
        self.reading.types[key] = replace(type_, domain=key[1])
        not_null = False
        conditions: list[tuple[str, ...] | None] = []
        while not cursor.done:
            if cursor.take_if("NOT", "NULL"):
                not_null = True
            elif cursor.take_if("CHECK"):
                inner = cursor.take_group()
                conditions.append(allowed_values(statement.data, inner, self.dialect) if inner else None)
            else:
                cursor.skip()
        self.reading.domain_rules[key] = not_null, tuple(conditions)

    def _create_unique_index(self, cursor: Cursor) -> None:
        cursor.take_if("CONCURRENTLY")
        cursor.take_if("IF", "NOT", "EXISTS")
        index = "" if cursor.sees("ON") else cursor.take_qualified()[1]
        while not cursor.take_if("ON"):
            cursor.take()
        cursor.take_if("ONLY")
        table = self.reading.tables.get(self.reading.key(cursor))
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
        columns = tuple(name for name in written if is_among(name, known, self.dialect)) or written
        self.reading.indexes[index] = columns
        # Where only some rows are held to it, values may repeat in the table.
        if not partial and columns not in table.declared.unique:
            table.declared.unique.append(columns)

    def _drop(self, cursor: Cursor) -> None:
        if not (cursor.take_if("TABLE") or cursor.take_if("VIEW") or cursor.take_if("FOREIGN", "TABLE")):
            return
        cursor.take_if("IF", "EXISTS")
        while cursor.sees_name():
            self.reading.tables.pop(self.reading.key(cursor), None)
            if not cursor.take_symbol(","):
                return


def _pass_view_words(cursor: Cursor) -> None:
    """Take what stands between CREATE and VIEW: ALGORITHM=…, DEFINER=…, SQL SECURITY …, MATERIALIZED, RECURSIVE."""
    for ahead in range(24):
        token = cursor.look(ahead)
        if token is None or token.is_symbol("(") or token.is_word("FUNCTION", "PROCEDURE", "TRIGGER", "INDEX"):
            return
        if token.is_word("VIEW"):
            cursor.at += ahead
            return
