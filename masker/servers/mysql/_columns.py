"""How MySQL and MariaDB are to write the rows of a table as literals: exactly, whatever the type.

The server itself quotes and joins: binary values as 0x…, bits as b'…', floats with all the digits that they have
(FLOAT is printed with six otherwise), zero dates and enumerations as their texts. Generated columns are left out.
"""

from dataclasses import dataclass

from masker.servers.mysql._session import quoted

_NUMBERS = frozenset("tinyint smallint mediumint int integer bigint decimal numeric double real year".split())
_BINARY = frozenset(
    "binary varbinary tinyblob blob mediumblob longblob geometry point linestring polygon multipoint multilinestring "
    "multipolygon geometrycollection geomcollection vector".split()
)
COLUMNS = """
select table_name, column_name, data_type, ifnull(numeric_scale, ''), extra from information_schema.columns
where table_schema = database() order by table_name, ordinal_position
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as information_schema tells of it; `scale` is "" where none was declared."""

    name: str
    type: str
    scale: str
    extra: str

    @property
    def is_stored(self) -> bool:
        """Whether a dump holds it: the server computes all others."""
        extra = self.extra.upper()
        return not any(word in extra for word in ("VIRTUAL", "STORED GENERATED", "PERSISTENT"))


def as_literal(column: Column) -> str:
    """The SQL expression that gives a column's value as a literal's text, never NULL."""
    name = quoted(column.name)
    if column.type == "bit":
        return f"ifnull(concat('b''', bin({name}), ''''), 'NULL')"
    if column.type in _BINARY:
        return f"ifnull(if(length({name}) = 0, '''''', concat('0x', hex({name}))), 'NULL')"
    if column.type == "float" and not column.scale:
        return f"ifnull({name} + 0e0, 'NULL')"
    if column.type in _NUMBERS or column.type == "float":
        return f"ifnull({name}, 'NULL')"
    # QUOTE gives the word NULL for NULL.
    return f"quote(cast({name} as char character set utf8mb4))"


def row_query(table: str, columns: list[Column]) -> str:
    """The query for all rows of a table, each as one text `(1,'a',NULL)`, in the order of the table itself.

    An index that covers it would give another order, and be chosen by statistics that change.
    """
    cells = ", ',', ".join(f"convert({as_literal(column)} using utf8mb4)" for column in columns)
    return f"select concat('(', {cells}, ')') from {quoted(table)} use index ()"
