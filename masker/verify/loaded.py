"""A verified dump and the database that it was loaded into; and what the server rightly made otherwise of it.

A column that the dump declares in a version comment (`/*!50705 … */`) which the server does not execute is not there
(MariaDB passes over 50700 to 99999: https://mariadb.com/kb/en/comment-syntax/). A table that the dump does not fill may
have rows which a trigger of the dump made from others while those were loaded: from masked rows, as loading it always
does.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from masker.manifest import CopyTable
from masker.verify.dump_ddl import Declared
from masker.verify.opening import Where
from masker.verify.reading import Declares, Files, Reader, Reading, Tables

_TRIGGER = re.compile(rb"\A\s*(?:/\*M?![0-9]*\s*)?CREATE\b[^;]{0,400}?\bTRIGGER\b", re.I)


@dataclass
class Loaded:
    """Both sides, each looked through once; the dump is read in the dialect of the database."""

    dump: Where
    database: Where
    _before: Files = field(default_factory=Files)
    _after: Files = field(default_factory=Files)

    @property
    def there(self) -> Tables:
        """The tables of the database."""
        return _tables(self._after, self.database, "")

    @property
    def here(self) -> Tables:
        """The tables of the dump."""
        return _tables(self._before, self.dump, self.there.dialect)

    def in_dump(self, table: str, columns: tuple[str, ...]) -> Reader:
        """A table of the dump."""
        return self.here.reader(table, columns)

    def in_database(self, table: str, columns: tuple[str, ...]) -> Reader:
        """A table of the database."""
        return self.there.reader(table, columns)

    def passed_over(self, tables: Iterable[CopyTable]) -> Mapping[str, frozenset[str]]:
        """By table the columns that the database lacks because they stand in version comments which are not for it."""
        found = {}
        for table in tables:
            there = _declared(self.there, table.name)
            have = {column.name.casefold() for column in there}
            here = [column.name for column in _declared(self.here, table.name) if column.conditional]
            if gone := frozenset(name for name in here if there and name.casefold() not in have):
                found[table.name] = gone
        return found

    def made(self, tables: Iterable[CopyTable]) -> Mapping[str, int]:
        """How many rows each table has that the dump does not fill, but a trigger of the dump names."""
        here, there = self.here, self.there
        triggers = b"\n".join(one.text for one in here.said() if _TRIGGER.search(one.text))
        found = {}
        for table in tables:
            bare = re.escape(table.name.rpartition(".")[2].encode())
            named = re.search(rb"(?<![\w$])" + bare + rb"(?![\w$])", triggers)
            if named and not table.rows and not here.full_name(table.name) and there.full_name(table.name):
                columns = tuple(column.name for column in _declared(there, table.name))
                found[table.name] = there.reader(table.name, columns).records()
        return {name: rows for name, rows in found.items() if rows}


def _tables(files: Files, where: Where, dialect: str) -> Tables:
    found = files.tables(where, Reading(format="sql", dialect=dialect))
    if found is None:
        raise TypeError("a dump has tables")
    return found


def _declared(tables: Tables, name: str) -> tuple[Declared, ...]:
    return (tables.declared(name) or ()) if isinstance(tables, Declares) else ()
