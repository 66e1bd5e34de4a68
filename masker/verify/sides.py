"""Both sides of a comparison: which files they have, how those are read, and what stands in them beside rows."""

import contextlib
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from masker.errors import GateError, InputError, Place
from masker.manifest import FOLDER_NAME
from masker.promises import Promises, TablePromise
from masker.verify.beside import beside_problems
from masker.verify.chained import chained
from masker.verify.dump_ddl import Declared
from masker.verify.lacking import copy_reader
from masker.verify.opening import Where
from masker.verify.problems import Problem
from masker.verify.reading import MANY, Declares, Files, Reader, Reading, Said, Tables, format_of


def below(where: Where, file: str) -> Where:
    """The file of a copy or SOURCE that a table is in; what is no path has one only."""
    return where / file if isinstance(where, Path) else where


@dataclass
class Sides:
    """SOURCE and its copy; `readings` says by `TablePromise.file` how files are read that do not tell by themselves."""

    source: Where
    copy: Where
    readings: Mapping[str, Reading]
    _before: Files = field(default_factory=lambda: Files(as_noted=False))
    _after: Files = field(default_factory=Files)
    _files: list[str] = field(default_factory=list)

    def ordered(self, promises: Promises) -> list[TablePromise]:
        """The tables in the order in which they are read with least effort: of a dump, as they come in it."""
        ranks: dict[tuple[str, str], int] = {}
        seeks = isinstance(self.source, Path) and not isinstance(self.copy, Path)
        files, where = (self._after, self.copy) if seeks else (self._before, self.source)
        self._files = self._dumps(promises)
        for file in self._files:
            with contextlib.suppress(InputError, GateError):  # told of with each of its tables
                tables = files.tables(below(where, file), self._told(file) if seeks else self._reading(file))
                ranks |= {(file, name): i for i, name in enumerate(tables.names if tables else ())}
                names = {table.name: tables.full_name(table.name) for table in promises.tables if tables}
                ranks |= {(file, name): ranks.get((file, full), -1) for name, full in names.items()}
        return sorted(promises.tables, key=lambda table: ranks.get((table.file, table.name), -1))

    def before(self, table: TablePromise) -> Reader:
        """All rows and columns of SOURCE."""
        names = tuple(column.name for column in table.columns)
        return chained(
            [
                self._before.reader(below(self.source, file), self._reading(file), names, table.name)
                for file in (table.file, *table.more)
            ]
        )

    def rows(self, table: TablePromise) -> Iterator[pa.RecordBatch]:
        """The rows of `before`."""
        return self.before(table).batches()

    def after(self, table: TablePromise) -> Reader:
        """The copy's rows, without the columns that were to be dropped; those of a dump are there, and NULL."""
        return chained(
            [
                copy_reader(self._after, below(self.copy, file), self._told(file), table)
                for file in (table.file, *table.more)
            ]
        )

    def declared(self, table: TablePromise) -> tuple[Declared, ...]:
        """What the copy's DDL says of a table's columns; nothing where there is none."""
        for file in dict.fromkeys((table.file, *self._files)):
            with contextlib.suppress(InputError, GateError):
                tables = self._after.tables(below(self.copy, file), self._told(file))
                if isinstance(tables, Declares) and (found := tables.declared(table.name)):
                    return found
        return ()

    def said(self, promises: Promises) -> dict[str, list[Said]]:
        """What the files of the copy hold beside rows, by their names; of one that cannot be read, nothing."""
        found = {}
        for file in self._dumps(promises):
            with contextlib.suppress(InputError, GateError):  # told of with each of its tables
                if tables := self._both(file):
                    found[file] = [*tables[1].said()]
        return found

    def beside(self, promises: Promises, shortened: Collection[str] | None) -> Iterator[Problem]:
        """Compare what the files hold beside rows; of the tables `shortened`, rows were left out on purpose.

        None: the copy is no file, and only whether it has rows of other tables is looked at.
        """
        for file in self._dumps(promises):
            with contextlib.suppress(InputError, GateError):
                if tables := self._both(file):
                    yield from _beside(*tables, promises, file, shortened)

    def _dumps(self, promises: Promises) -> list[str]:
        """The files with tables, and dumps that fill none: other files have the rows of what they declare."""
        more = [file for file, reading in self.readings.items() if reading.format in MANY]
        return [*dict.fromkeys([*(file for table in promises.tables for file in (table.file, *table.more)), *more])]

    def _both(self, file: str) -> tuple[Tables, Tables] | None:
        before = self._before.tables(below(self.source, file), self._reading(file))
        after = self._after.tables(below(self.copy, file), self._told(file))
        return None if before is None or after is None else (before, after)

    def _reading(self, file: str) -> Reading:
        reading = self.readings.get(file, Reading())
        known = reading.format or format_of(below(self.source, file)) or format_of(below(self.copy, file))
        return replace(reading, format=known, computed=True)

    def _told(self, file: str) -> Reading:
        """How to read the copy: in the dialect that SOURCE shows."""
        tables = self._before.tables(below(self.source, file), self._reading(file))
        reading = replace(self._reading(file), computed=False)
        return reading if tables is None else replace(reading, dialect=tables.dialect)


def _beside(
    before: Tables, after: Tables, promises: Promises, file: str, shortened: Collection[str] | None
) -> Iterator[Problem]:
    tables = [table.name for table in promises.tables if file in (table.file, *table.more)]
    for side in (before, after):
        if stray := set(side.names) - {side.full_name(name) for name in tables}:
            message = "there are rows of a table that nobody promised"
            yield Problem("mismatch", message, Place(file=file or None), len(stray))
    if shortened is None:
        return
    whole = {before.full_name(name) for name in tables if name not in shortened}
    sides = ([*before.said()], [*after.said()])
    yield from beside_problems(
        *sides, dialect=before.dialect, file=file or None, rows_of=whole, shortened=len(whole) < len(tables)
    )


def unexpected_files(copy: Path, expected: Collection[str]) -> list[str]:
    """POSIX paths below a folder that are neither expected nor its manifest; links count, empty folders do not."""
    found = []
    for folder, folders, names in os.walk(copy):
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        for name in (*names, *links):
            path = Path(folder) / name
            relative = path.relative_to(copy).as_posix()
            if relative == FOLDER_NAME or (relative in expected and not path.is_symlink()):
                continue
            found.append(relative)
    return sorted(found)
