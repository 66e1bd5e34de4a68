"""SQLite's virtual tables: which module makes one, which columns an INSERT into it names, where its rows come from.

FTS3 and FTS4 (https://www.sqlite.org/fts3.html), FTS5 (https://www.sqlite.org/fts5.html), R*Tree
(https://www.sqlite.org/rtree.html). Any other module is unknown, and so would be what it holds.
"""

import re
from dataclasses import dataclass
from typing import Literal

from masker.errors import InputError, Place, shown
from masker.sql.blanks import BLANK

# The tables that a module makes and keeps by itself ("shadow tables").
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
_NAME = r"\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|\[[^\]]*\]|'(?:[^']|'')*'|[^\s(),;\"`\['.]+"
_STATEMENT = re.compile(
    rf"{BLANK}*CREATE{BLANK}+VIRTUAL{BLANK}+TABLE{BLANK}+(?:IF{BLANK}+NOT{BLANK}+EXISTS{BLANK}+)?"
    rf"(?:(?:{_NAME})\.)?(?P<name>{_NAME}){BLANK}*USING{BLANK}+(?P<module>{_NAME}){BLANK}*(?:\((?P<given>.*)\))?"
    rf"{BLANK}*;?{BLANK}*\Z",
    re.IGNORECASE | re.DOTALL,
)
_ARGUMENT = re.compile(
    r"(?:'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|\[[^\]]*\]|\((?:[^()]|\([^()]*\))*\)|[^,'\"`\[(])+"
)
_OPTION = re.compile(r"\s*(\w+)\s*=\s*(.*?)\s*\Z", re.DOTALL)
_COLUMN = re.compile(rf"{BLANK}*\+?{BLANK}*(?P<name>{_NAME})", re.DOTALL)
_TOKENIZE = re.compile(r"\s*tokenize\b", re.IGNORECASE)

# What fills an index from the table that it refers to.
_REBUILD = re.compile(
    rf"\s*INSERT\s+INTO\s+(?P<name>{_NAME})\s*\(\s*(?P=name)\s*\)\s*SELECT\s+'rebuild'\s*;?\s*\Z", re.IGNORECASE
)

Held = Literal["own", "others", "none"]


@dataclass(frozen=True, slots=True)
class VirtualTable:
    """A virtual table: its name, module and columns, and where its rows come from.

    `held`: `own` (it holds them), `others` (it indexes another table, and is rebuilt from that), `none` (there are no
    rows to read: a contentless index, or a view of one). `columns` are those that an INSERT of a row names: of a
    full-text table the key (`rowid`, `docid`) comes first. `types` are theirs: `integer`, `real` or `text`.
    """

    name: str
    module: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    held: Held

    @property
    def shadows(self) -> tuple[str, ...]:
        """The names of the tables that the module keeps for this one."""
        endings = (end for end in _SHADOWS[self.module] if end != "content" or self.held == "own")
        return tuple(f"{self.name}_{ending}" for ending in endings)


def virtual_table(sql: str, place: Place | None = None) -> VirtualTable | None:
    """Read a `CREATE VIRTUAL TABLE` statement; None where it is another one.

    Raises `InputError` (`unsupported`) at a module, or an option of one, that is not known.

    >>> virtual_table("CREATE VIRTUAL TABLE notes USING fts5(title, body UNINDEXED, tokenize='porter')").columns
    ('rowid', 'title', 'body')
    """
    found = _STATEMENT.match(sql)
    if found is None:
        return None
    name, module = _plain(found["name"]), _plain(found["module"]).lower()
    at = Place(place.file if place else None, name, line=place.line if place else None)
    if module not in _SHADOWS:
        what = f"a virtual table of the module `{shown(module)}`"
        raise InputError("unsupported", what, "drop the table in a copy of the file first", at)
    given = _ARGUMENT.findall(found["given"] or "")
    if module in _WITHOUT_ROWS:
        return VirtualTable(name, module, (), (), "none")
    if module.startswith("rtree"):
        number = "real" if module == "rtree" else "integer"
        types = ("integer", *("text" if text.strip().startswith("+") else number for text in given[1:]))
        return VirtualTable(name, module, tuple(map(_column, given)), types, "own")
    options = {pair[1].lower(): _plain(pair[2]) for text in given if (pair := _OPTION.match(text))}
    if {"languageid", "compress", "uncompress"} & options.keys():
        raise InputError("unsupported", "a full-text table with languages or compression", place=at)
    plain = [text for text in given if text.strip() and not _OPTION.match(text) and not _TOKENIZE.match(text)]
    if module != "fts5" and not plain and "content" not in options:
        plain = ["content"]  # what FTS3 and FTS4 call the column of a table that names none
    columns = ("rowid" if module == "fts5" else "docid", *map(_column, plain))
    types = ("integer", *("text" for _ in plain))
    held: Held = "own"
    if module != "fts3" and "content" in options:
        held = "others" if options["content"] else "none"
    return VirtualTable(name, module, columns, types, held)


def is_rebuild(sql: str) -> bool:
    """Whether a statement does nothing but fill a full-text index anew from the table that it refers to.

    >>> is_rebuild("INSERT INTO notes(notes) SELECT 'rebuild';"), is_rebuild("INSERT INTO notes(a) SELECT 'rebuild';")
    (True, False)
    """
    return _REBUILD.match(sql) is not None


def _column(text: str) -> str:
    found = _COLUMN.match(text)
    return _plain(found["name"]) if found else ""


def _plain(name: str) -> str:
    name = name.strip()
    if len(name) > 1 and name[0] in "\"`'":
        return name[1:-1].replace(name[0] * 2, name[0])
    return name[1:-1] if name.startswith("[") else name
