"""What the CREATE TABLE statements of a dump say of columns, as far as cells can be held to it.

A small reading of its own: names, what the server computes, lengths, NOT NULL, and lists of allowed values. What it
does not understand promises nothing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from masker.verify.dump_words import MYSQL, POSTGRES, names_in, path_after, words_of
from masker.verify.reading import Said

_TABLE = re.compile(
    rb"\s*CREATE\s+(?:(?:GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED)\s+)*TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([^(]+?)\s*\(", re.I
)
_INHERITS = re.compile(rb"\)\s*INHERITS\s*\(([^()]*)\)", re.I)
_ENUM = re.compile(rb"\s*CREATE\s+TYPE\s+(\S+)\s+AS\s+ENUM\s*\(", re.I)
# Where a version comment begins and ends, outside of literals: what stands for it in a body.
_MARKED = re.compile(r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|(/\*M?![0-9]*)|(\*/)", re.S)
_BEGINS, _ENDS = "\x01", "\x02"
_MARKS = re.compile(rf"[\s{_BEGINS}{_ENDS}]*")
_PART = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|[(),]|[^'\"`(),]+")
_NO_COLUMN = re.compile(
    r"(?:CONSTRAINT|PRIMARY\s+KEY|FOREIGN\s+KEY|(?:FULLTEXT|SPATIAL)\s+(?:KEY|INDEX)|(?:KEY|INDEX)\s*[`\w]*\s*\("
    r"|UNIQUE\s*(?:KEY|INDEX|\(|[`\w]+\s*\()|CHECK\s*\(|EXCLUDE\s+USING|LIKE\s+\S+|PERIOD\s+FOR)",
    re.I,
)
_LENGTH = re.compile(r"(?:n?varchar|character varying|n?char|character|varchar2)\s*\(\s*(\d+)\s*\)(?!\s*\[)", re.I)
_VALUES = re.compile(r"enum\s*\(", re.I)
_GENERATED = re.compile(r"\bGENERATED\s+ALWAYS\s+AS\s*\(|\bAS\s*\(.*\)\s*(?:STORED|VIRTUAL|PERSISTENT)\b", re.I | re.S)
_NOT_NULL = re.compile(r"\bNOT\s+NULL\b|\bPRIMARY\s+KEY\b", re.I)
_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_IN = re.compile(
    r"CHECK\s*\(+\s*[\"`]?(\w+)[\"`]?\)?(?:::[\w ]+)?\s*(?:IN\s*\(|=\s*ANY\s*\(+ARRAY\[)((?:[^()\[\]]|\(\d+\))*)[)\]]",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Declared:
    """A column; `length` in characters, `values` all that it may hold (None: any), `type` its first word.

    `conditional`: a version comment of MySQL's declares it, so that some servers do not have it.
    """

    name: str
    generated: bool = False
    not_null: bool = False
    length: int | None = None
    values: tuple[str, ...] | None = None
    type: str = ""
    conditional: bool = False


def declared_tables(said: Iterable[Said], dialect: str) -> dict[str, tuple[Declared, ...]]:
    """The columns of each table, in order, by the table's full name as the dump writes it."""
    said = [*said]
    enums: dict[str, tuple[str, ...]] = {}
    for one in said:
        if found := _ENUM.match(one.text):
            name = names_in(found.group(1), dialect)[-1]
            enums[name] = tuple(_literals(one.text[found.end() :].decode("utf-8", "replace")))
    tables: dict[str, tuple[Declared, ...]] = {}
    path: tuple[str, ...] = ()
    for one in said:
        changed = path_after(one.text, dialect)
        path = path if changed is None else changed
        if found := _TABLE.match(one.text):
            name = table_made(one.text, dialect)
            name = name if "." in name or not path else f"{path[0]}.{name}"
            body = _bare(one.text[found.end() :], dialect)
            own = tuple(_columns(body, dialect, enums))
            above = _inherited(one.text, dialect, tables, path) if dialect == POSTGRES else ()
            named = {column.name: column for column in own}
            tables[name] = (*(named.pop(column.name, column) for column in above), *named.values())
    return tables


def _inherited(
    statement: bytes, dialect: str, tables: dict[str, tuple[Declared, ...]], path: tuple[str, ...]
) -> tuple[Declared, ...]:
    """The columns of the tables that this one inherits from, each once, in order."""
    found = _INHERITS.search(statement)
    columns: dict[str, Declared] = {}
    for part in found.group(1).split(b",") if found else ():
        name = ".".join(names_in(part.strip(), dialect))
        name = name if "." in name or not path else f"{path[0]}.{name}"
        for column in tables.get(name, ()):
            columns.setdefault(column.name, column)
    return tuple(columns.values())


def table_made(statement: bytes, dialect: str) -> str:
    """The full name of the table that a CREATE TABLE makes, as it is written; "" of any other statement."""
    found = _TABLE.match(statement)
    return ".".join(names_in(found.group(1), dialect)) if found else ""


def _bare(text: bytes, dialect: str) -> str:
    words = words_of(dialect)
    last = words.apart.groups
    plain = words.apart.sub(lambda m: b" " if m.group(last) else m.group(), text).decode("utf-8", "replace")
    # What MySQL executes out of a comment is no comment.
    return _MARKED.sub(_mark, plain) if dialect == MYSQL else plain


def _mark(found: re.Match[str]) -> str:
    return f" {_BEGINS} " if found.group(1) else f" {_ENDS} " if found.group(2) else found.group()


def _columns(body: str, dialect: str, enums: dict[str, tuple[str, ...]]) -> Iterator[Declared]:
    parts = [*_told_apart(_parted(body))]
    body = body.replace(_BEGINS, " ").replace(_ENDS, " ")
    lists: dict[str, tuple[str, ...]] = {}
    for found in _IN.finditer(body):
        lists[found.group(1).lower()] = tuple(_literals(found.group(2)))
    for part, conditional in parts:
        if not part or _NO_COLUMN.match(part):
            continue
        names = names_in(part.encode(), dialect)
        if not names:
            continue
        rest = re.sub(r"^(?:\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]|\S+)\s*", "", part)
        words = rest.split("(")[0].split()
        values = lists.get(names[0].lower())
        if _VALUES.match(rest):
            values = tuple(_literals(next(_parted_at(rest[rest.index("(") + 1 :]), "")))
        elif words and (type_ := names_in(words[0].encode(), dialect)) and (known := enums.get(type_[-1])):
            values = known
        length = _LENGTH.match(rest)
        yield Declared(
            names[0],
            generated=_GENERATED.search(rest) is not None,
            not_null=_NOT_NULL.search(_LITERAL.sub("''", rest)) is not None,
            length=int(length.group(1)) if length and dialect != "sqlite" else None,
            values=values,
            type=_type(rest),
            conditional=conditional,
        )


def _told_apart(parts: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Each part without the marks of version comments, and whether it begins in such a comment."""
    depth = 0
    for part in parts:
        lead = _MARKS.match(part)
        begun = depth + (_steps(lead.group()) if lead else 0)
        depth += _steps(part)
        yield part.replace(_BEGINS, " ").replace(_ENDS, " ").strip(), begun > 0


def _steps(text: str) -> int:
    return text.count(_BEGINS) - text.count(_ENDS)


def _type(rest: str) -> str:
    """The name of a type as one word, `varchar` for `character varying`; "" of an array."""
    words = rest.replace("(", " ").lower().split()
    if not words or "[" in rest:
        return ""
    return "varchar" if words[:2] == ["character", "varying"] else words[0].rstrip(",")


def _parted(body: str) -> Iterator[str]:
    """The parts between the commas of the outermost brackets, up to where those close."""
    depth, held = 0, ""
    for token in _PART.findall(body):
        if token == ")" and depth == 0:
            break
        if token == "," and depth == 0:
            yield held
            held = ""
            continue
        depth += {"(": 1, ")": -1}.get(token, 0)
        held += token
    yield held


def _parted_at(text: str) -> Iterator[str]:
    yield text[: _closing(text)]


def _closing(text: str) -> int:
    at = 0
    for token in _PART.findall(text):
        if token == ")":
            break
        at += len(token)
    return at


def _literals(text: str) -> Iterator[str]:
    for found in _LITERAL.finditer(text):
        yield found.group(1).replace("''", "'")
