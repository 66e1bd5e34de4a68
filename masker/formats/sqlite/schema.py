"""What is in an SQLite database: which tables hold rows of their own, which are rebuilt from others, what never counts.

The shadow tables of FTS and R*Tree, which hold the same words once more, and what `ANALYZE` sampled are never read.
"""

import re
import sqlite3
from dataclasses import dataclass

from masker.errors import InputError, Place, shown
from masker.label import KEY

# Tables that a module makes and keeps by itself: https://www.sqlite.org/fts5.html#fts5_data_structures,
# https://www.sqlite.org/fts3.html#shadow_tables, https://www.sqlite.org/rtree.html#internals
_SHADOWS = {
    "fts5": ("data", "idx", "content", "docsize", "config"),
    "fts4": ("content", "segments", "segdir", "docsize", "stat"),
    "fts3": ("content", "segments", "segdir", "docsize", "stat"),
    "rtree": ("node", "parent", "rowid"),
    "rtree_i32": ("node", "parent", "rowid"),
    "fts5vocab": (),
    "fts4aux": (),
}
_WITHOUT_ROWS = {"fts5vocab", "fts4aux"}
_BLANK = r"(?:\s|--[^\n]*(?:\n|\Z)|/\*.*?(?:\*/|\Z))"
_NAME = r"\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|\[[^\]]*\]|'(?:[^']|'')*'|[^\s(\"`\[']+"
_VIRTUAL = re.compile(
    rf"CREATE{_BLANK}+VIRTUAL{_BLANK}+TABLE{_BLANK}+(?:{_NAME}){_BLANK}*USING{_BLANK}+({_NAME}){_BLANK}*(?:\((.*)\))?",
    re.IGNORECASE | re.DOTALL,
)
_ARGUMENT = re.compile(r"(?:'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]|\((?:[^()]|\([^()]*\))*\)|[^,'\"`\[(])+")
_OPTION = re.compile(r"\s*(\w+)\s*=\s*(.*?)\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """One object of the schema: its kind (`table`, `index`, `view`, `trigger`), name and statement."""

    kind: str
    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Module:
    """What makes a virtual table, and where its rows come from.

    `rows`: `own` (it holds them), `others` (of another table: rebuilt from that), `none` (there are none to read).
    """

    name: str
    rows: str


@dataclass(frozen=True, slots=True)
class Database:
    """The objects of a database in the order of their making, and the modules of its virtual tables by name."""

    tables: tuple[Entry, ...]
    virtual: tuple[Entry, ...]
    modules: dict[str, Module]
    others: tuple[Entry, ...]
    numbered: bool
    analyzed: bool


def read_database(connection: sqlite3.Connection, file: str) -> Database:
    """Read the schema; raises `InputError` (`unsupported`) where a virtual table's module is not known here."""
    entries, names = [], set()
    for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY rowid"):
        names.add(name)
        if sql is not None and not name.lower().startswith("sqlite_") and name != KEY:
            entries.append(Entry(kind, name, sql))
    modules = {
        entry.name: _module(entry, found, file)
        for entry in entries
        if entry.kind == "table" and (found := _VIRTUAL.match(entry.sql))
    }
    shadows = {
        f"{name}_{ending}".lower()
        for name, module in modules.items()
        for ending in _SHADOWS[module.name]
        if ending != "content" or module.rows == "own"
    }
    kept = [entry for entry in entries if entry.kind != "table" or entry.name.lower() not in shadows]
    return Database(
        tables=tuple(entry for entry in kept if entry.kind == "table" and entry.name not in modules),
        virtual=tuple(entry for entry in kept if entry.name in modules and entry.kind == "table"),
        modules=modules,
        others=tuple(entry for entry in kept if entry.kind != "table"),
        numbered="sqlite_sequence" in names,
        analyzed="sqlite_stat1" in names,
    )


def columns_of(connection: sqlite3.Connection, table: str, module: Module | None) -> tuple[str, ...]:
    """The columns that an INSERT of the table's rows names: none that is generated, an FTS table's key among them."""
    listed = connection.execute("SELECT name, hidden FROM pragma_table_xinfo(?) ORDER BY cid", (table,))
    plain = tuple(name for name, hidden in listed if not hidden)
    if module is None or module.name.startswith("rtree"):
        return plain
    return ("rowid" if module.name == "fts5" else "docid", *plain)


def _module(entry: Entry, found: re.Match[str], file: str) -> Module:
    name, place = found[1].strip("\"'`[]").lower(), Place(file, entry.name)
    if name not in _SHADOWS:
        what = f"a virtual table of the module {shown(name)}"
        raise InputError("unsupported", what, "drop the table in a copy of the file first", place)
    options = _options(found[2] or "")
    if name.startswith("fts") and {"languageid", "compress", "uncompress"} & options.keys():
        raise InputError("unsupported", "a full-text table with languages or compression", place=place)
    if name in _WITHOUT_ROWS:
        return Module(name, "none")
    if name == "fts3" or "content" not in options:
        return Module(name, "own")
    return Module(name, "others" if options["content"] else "none")


def _options(arguments: str) -> dict[str, str]:
    pairs = (found for part in _ARGUMENT.findall(arguments) if (found := _OPTION.match(part)))
    return {pair[1].lower(): pair[2].strip("\"'`[]") for pair in pairs}
