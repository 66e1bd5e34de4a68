"""Opens dumps: one alone, or those of a folder together, where one declares the tables that another fills."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from masker.errors import InputError, Place
from masker.snapshot import Table
from masker.sql import Dialect
from masker.sql.as_table import table_of
from masker.sql.catalog import Catalog
from masker.sql.ddl import read_catalog
from masker.sql.dump.index import Filled, Index, Opened, at, read_index
from masker.sql.dump.label import label_end
from masker.sql.dump.source import SqlSource, filled_table
from masker.sql.dump.unicode import unmarked
from masker.sql.lexer import dialect_of
from masker.sql.naming import find_table

_HEAD_BYTES = 1 << 16
_UNLIKE = "two dumps of the folder fill a table that neither declares, with other columns"


def open_dumps(files: Sequence[Opened], block_bytes: int) -> list[SqlSource]:
    """The sources of dumps that may belong together; raises `InputError` where one cannot be read.

    Where each declares what it fills, each has its own catalog; else all have one over the DDL of all.
    """
    files = [unmarked(file) for file in files]
    heads = [_head(file) for file in files]
    dialects = _dialects(files, heads)
    indexes = [read_index(file, dialect, block_bytes) for file, dialect in zip(files, dialects, strict=True)]
    _check_includes(files, indexes)
    catalogs = _catalogs(files, indexes)
    rows: Counter[str] = Counter()
    sources = []
    together = all(catalog is catalogs[0] for catalog in catalogs)
    for file, head, index, catalog in zip(files, heads, indexes, catalogs, strict=True):
        names = {written: _name(catalog, filled) for written, filled in index.filled.items()}
        for name in set(names.values()):
            rows[name] += 1
            if rows[name] > 1 and not together:
                raise _twice(file.place)
        sources.append((file, head, index, catalog, names))
    made = []
    ddl = tuple(statement for index in indexes for statement in index.statements)
    known: dict[str, Table] = {}
    family: dict[str, list[SqlSource]] = {}
    for file, head, index, catalog, names in sources:
        tables = _tables(file, index, catalog, names, {name for name in rows if name not in names.values()})
        held = tuple(table for table in tables if table.name in known)
        if any(table.schema != known[table.name].schema for table in held):
            raise InputError("unsupported", _UNLIKE, "give the schema's dump too, in the same folder", file.place)
        tables = tuple(table for table in tables if table.name not in known)
        known |= {table.name: table for table in tables}
        seekable = not getattr(file, "compression", "") and hasattr(file, "path")
        label = label_end(head)
        source = SqlSource(
            file, index, catalog, tables, names, block_bytes, seekable, label, ddl, held=held, family=family
        )
        for table in (*tables, *held):
            family.setdefault(table.name, []).append(source)
        made.append(source)
    return made


def _head(file: Opened) -> bytes:
    with file.open() as stream:
        return stream.read(_HEAD_BYTES)


def _dialects(files: Sequence[Opened], heads: Sequence[bytes]) -> list[Dialect]:
    found = [_said(file) or dialect_of(head) for file, head in zip(files, heads, strict=True)]
    known = {dialect for dialect in found if dialect}
    only = next(iter(known)) if len(known) == 1 else None
    dialects: list[Dialect] = []
    for dialect, file in zip(found, files, strict=True):
        chosen = dialect or only
        if chosen is None:
            what = "nothing tells whether the dump is PostgreSQL's, MySQL's or SQLite's"
            hint = "leave in what the dump tool wrote at its top, such as `-- PostgreSQL database dump`"
            raise InputError("unsupported", what, hint, file.place)
        dialects.append(chosen)
    return dialects


def _said(file: Opened) -> Dialect | None:
    said: Dialect | None = getattr(file, "dialect", None)
    return said or None


def _check_includes(files: Sequence[Opened], indexes: Sequence[Index]) -> None:
    """Refuse what reads in a file that is not masked with it."""
    known = {path.absolute() for path in map(_path, files) if path is not None}
    for file, index in zip(files, indexes, strict=True):
        path = _path(file)
        for name, line in index.includes:
            if (
                path is None
                or PurePath(name).is_absolute()
                or Path(os.path.normpath(path.absolute().parent / name)) not in known
            ):
                what = "the dump reads in a file that is not one of those to be masked"
                hint = "give the folder that holds both, and name the file without a path from the root"
                raise InputError("unsupported", what, hint, replace(file.place, line=line))


def _path(file: Opened) -> Path | None:
    path = getattr(file, "path", None)
    return path if isinstance(path, Path) else None


def _catalogs(files: Sequence[Opened], indexes: Sequence[Index]) -> list[Catalog]:
    own = [_own(file, index, alone=len(files) == 1) for file, index in zip(files, indexes, strict=True)]
    whole = [catalog for catalog in own if catalog is not None]
    if len(whole) == len(files) and (
        len(files) == 1
        or all(
            find_table(catalog, filled.table, filled.path)
            for catalog, index in zip(whole, indexes, strict=True)
            for filled in index.filled.values()
        )
    ):
        return whole
    if len({index.dialect for index in indexes}) > 1:
        what = "dumps of different servers, of which one fills tables that it does not declare"
        raise InputError("unsupported", what, "mask them one by one", files[0].place)
    # Whatever their names, what creates tables is read before what alters or fills them.
    order = sorted(range(len(files)), key=lambda n: not any(s.kind == "CREATE TABLE" for s in indexes[n].statements))
    statements = [statement for number in order for statement in indexes[number].statements]
    try:
        catalog = read_catalog(statements, indexes[0].dialect)
    except InputError as error:
        raise at(error, files[order[0]].place) from None
    return [catalog] * len(files)


def _own(file: Opened, index: Index, *, alone: bool) -> Catalog | None:
    """The catalog of a dump by itself; None where it does not stand alone and others may help."""
    try:
        return read_catalog(index.statements, index.dialect)
    except InputError as error:
        if alone:
            raise at(error, file.place) from None
        return None


def _name(catalog: Catalog, filled: Filled) -> str:
    """What a table that is filled is called: as the catalog does, else as it is written."""
    declared = find_table(catalog, filled.table, filled.path)
    if declared is None:
        return filled.table
    return next(name for name, table in catalog.tables.items() if table is declared)


def _tables(file: Opened, index: Index, catalog: Catalog, names: dict[str, str], others: set[str]) -> tuple[Table, ...]:
    """The tables of one dump: those that it declares and no other holds, and those that it fills without DDL."""
    declares = any(statement.kind == "CREATE TABLE" for statement in index.statements)
    tables = [
        table_of(table, index.dialect, name)
        for name, table in catalog.tables.items()
        if name in names.values() or (declares and name not in others)
    ]
    for written, name in names.items():
        if name not in catalog.tables:
            tables.append(filled_table(name, index.filled[written], file.place))
    return tuple(table for table in tables if len(table.schema))


def _twice(place: Place) -> InputError:
    what = "two dumps of the folder declare and fill the same table"
    return InputError("unsupported", what, "mask them one by one", place)
