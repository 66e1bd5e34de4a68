"""Rows that stand inside of statements: where masking takes them for a part of a body, a default or a comment.

Masking copies a statement as it stands, so rows in it come unmasked, whether or not they are also rows of a table. The
masking side refuses them by its tokens; this looks again with patterns of its own: at what the statements say, and at
what their literals say once more. A row is one of constants alone: what a trigger makes of NEW or a variable is none.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from masker.errors import Place, shown
from masker.promises import Promises, TablePromise
from masker.verify.problems import Problem
from masker.verify.reading import Said
from masker.verify.statement_names import NAME, bare, named

_STRING = r"(?:(?:[NEXB]|_[A-Za-z]\w*+\s*+)?'(?:[^'\\]|''|\\.)*+'(?:\s*+::[\w .\[\]\"]++)?)"
_CONSTANT = rf"(?:{_STRING}|[-+]?\.?\d[\w.]*+|\b(?:NULL|TRUE|FALSE|DEFAULT)\b|\w++\(\s*+\d*+\s*+\))"
_CELL = re.compile(rf"\s*+({_CONSTANT})\s*+", re.I | re.S)
_ROW = re.compile(rf"\s*+\(\s*+{_CONSTANT}(?:\s*+,\s*+{_CONSTANT})*+\s*+\)", re.I | re.S)
_INSERT = re.compile(
    rf"\b(?:INSERT|REPLACE)\s++(?:\w++\s++){{0,3}}?INTO\s++({NAME})\s*+(?:\(([^()']*+)\))?\s*+"
    r"(?:OVERRIDING\s++\w++\s++VALUE\s++)?VALUES?\s*+(?=\()",
    re.I,
)
_COPY = re.compile(rf"^[^\S\n]*+COPY\s++{NAME}[^;\n]*?\sFROM\s++STDIN\b|^\\\.\r?$", re.I | re.M)
_TOKEN = re.compile(
    rf"{_STRING}|\"(?:[^\"]|\"\")*+\"|`[^`]*+`|--[^\n]*+|/\*M?!?\d*+|\*/|[\w.$]++|[-+]\d[\w.]*+|\S", re.I | re.S
)
_DECLARES = re.compile(r"CREATE\b(?:\s+\w+)*?\s+(TABLE|INDEX|SEQUENCE|DOMAIN|TYPE)\b", re.I)
_LISTED = re.compile(r"\bPARTITION\s+BY\s+LIST\b", re.I)
_BOUNDS = frozenset(["FROM", "TO", "IN", "WITH", "VALUES", ","])
_SAYS_NOTHING = re.compile(r"(?:NULL|TRUE|FALSE|DEFAULT|\w++\(.*\)|[NE]?'')\Z", re.I | re.S)
_COUNTER = re.compile(r"\(\s*+'((?:[^']|'')*+)'\s*+,\s*+\d{1,19}\s*+\)")
_ESCAPES = {"\\n": "\n", "\\'": "'", '\\"': '"', "\\\\": "\\", "''": "'"}
_ESCAPED = re.compile(r"\\[n'\"\\]|''")
_DEEPEST = 3
_HINT = "take the rows out of the statement in SOURCE, or name it under `statements: {keep: […]}` in the profile"


def hidden_rows(promises: Promises, said: Mapping[str, Sequence[Said]]) -> Iterator[Problem]:
    """The statements of a copy, `said` by the file's name, that hold rows which were to be masked; none is told twice.

    Nothing is looked for where every column was kept. Statements that the owner named (`promises.quoting`) may hold
    what they hold.
    """
    if all(column.fate == "kept" for table in promises.tables for column in table.columns):
        return
    names = frozenset(promises.quoting)
    for file, every in said.items():
        for one in every:
            if one.kind != "\\." and not named(one, names) and (rows := _held(one, promises)):
                what = f"a `{shown(one.kind)}` statement" if one.kind else "a comment"
                message = f"rows of a table stand in {what}, where no method reaches them"
                yield Problem("leak", message, Place(file=file or None, line=one.line), rows, _HINT)


def _held(one: Said, promises: Promises) -> int:
    """How many rows a statement holds, at least; 0 where it holds none."""
    text = one.text.decode("utf-8", "replace")
    found = _listed(text) if _DECLARES.match(text.lstrip()) else 0
    for _ in range(_DEEPEST):
        found = max(found, _inserted(text, promises), 0 if one.kind == "COPY" else len(_COPY.findall(text)))
        less = _ESCAPED.sub(lambda escape: _ESCAPES[escape.group()], text)
        if found or less == text:
            break
        text = less
    return found


def _counts(table: str, row: str, promises: Promises) -> bool:
    """Whether a row is a counter of SQLite's own: the name of a table that was promised, and a number."""
    counter = _COUNTER.fullmatch(row.strip()) if bare(table).casefold() == "sqlite_sequence" else None
    return counter is not None and _promised(counter.group(1).replace("''", "'"), promises) is not None


def _inserted(text: str, promises: Promises) -> int:
    rows = 0
    for insert in _INSERT.finditer(text):
        table = _promised(bare(insert.group(1)), promises)
        listed = [bare(name) for name in insert.group(2).split(",")] if insert.group(2) else None
        at = insert.end()
        while row := _ROW.match(text, at):
            rows += not _counts(insert.group(1), row.group(), promises) and _tells(row.group(), table, listed)
            at = row.end()
            if not (comma := re.compile(r"\s*+,").match(text, at)):
                break
            at = comma.end()
    return rows


def _promised(name: str, promises: Promises) -> TablePromise | None:
    wanted = name.casefold()
    found = (table for table in promises.tables if table.name.rpartition(".")[2].casefold() == wanted)
    return next(found, None)


def _tells(row: str, table: TablePromise | None, listed: Sequence[str] | None) -> bool:
    """Whether a row says something of a column that was not kept; of a table that nobody promised, anything."""
    cells = _CELL.findall(row[row.index("(") + 1 : -1])
    if table is None:
        return len(cells) > 1 and not all(map(_SAYS_NOTHING.match, cells))
    names = [column.name for column in table.columns] if listed is None else listed
    kept = {column.name.casefold() for column in table.columns if column.fate == "kept"}
    # Columns that the server computes are not promised; a row of another width is not judged by its columns.
    told = names if len(names) == len(cells) else [""] * len(cells)
    return any(
        name.casefold() not in kept and not _SAYS_NOTHING.match(cell) for name, cell in zip(told, cells, strict=True)
    )


def _listed(text: str) -> int:
    """Rows, or lone values after a comma, among what a statement declares."""
    found, depth = 0, 0
    opened: list[tuple[bool, list[bool]]] = []
    is_body = False  # of the columns of a table
    is_table = "TABLE" in (_DECLARES.match(text.lstrip()) or [""])[0].upper()
    may_list = _LISTED.search(text) is not None
    before = ""
    for token in _TOKEN.findall(text):
        if token.startswith(("--", "/*", "*/")):
            continue
        if token == "(":
            opened.append((before in (",", ")", ";") or before.upper() in ("VALUES", "VALUE"), []))
            depth += 1
            is_body = is_table and (is_body if depth > 1 else before.upper() not in _BOUNDS)
        elif token == ")" and opened:
            loose, cells = opened.pop()
            depth -= 1
            if loose and len(cells) > 1 and all(cells) and not may_list:
                found += 1
        elif token == ")":
            found += 1
        elif opened and token != ",":
            constant = _CELL.fullmatch(token) is not None
            cells = opened[-1][1]
            if before in ("(", ","):
                cells.append(constant)
                found += is_body and depth == 1 and before == "," and constant
            elif cells:
                cells[-1] = False
        before = token
    return found
