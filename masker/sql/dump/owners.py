"""Which columns take their numbers from which sequence: by DEFAULT, in PostgreSQL by OWNED BY and as identity too."""

import re
from collections.abc import Iterable, Iterator, Mapping

from masker.sql.lexemes import Token, tokens
from masker.sql.pieces import Statement

Owners = Mapping[str, frozenset[tuple[str, str]]]
"""The columns (table and column as dumps write them, without a schema) that a sequence numbers, by its bare name."""

_SAYS = re.compile(rb"nextval|owned\s+by|sequence\s+name|identity|serial", re.I)
_ASKS = re.compile(rb"nextval|next\s+value\s+for", re.I)
_SERIAL = {"SERIAL", "BIGSERIAL", "SMALLSERIAL", "SERIAL2", "SERIAL4", "SERIAL8"}
_LONGEST = 63  # bytes of a name: PostgreSQL documentation, 4.1.1


def owners_of(statements: Iterable[Statement]) -> Owners:
    """Which columns take their numbers from which sequence."""
    found: dict[str, set[tuple[str, str]]] = {}
    for statement in statements:
        if _SAYS.search(statement.data):
            cut = cut_of(statement.data)
            for sequence, owner in _owned(cut):
                found.setdefault(bare(sequence), set()).add(owner)
    return {sequence: frozenset(columns) for sequence, columns in found.items()}


def mariadb_owners(statements: Iterable[Statement]) -> Owners:
    """Which columns take their numbers from which sequence of MariaDB: `DEFAULT nextval(s)`, `NEXT VALUE FOR s`."""
    found: dict[str, set[tuple[str, str]]] = {}
    for statement in statements:
        if statement.kind == "CREATE TABLE" and _ASKS.search(statement.data):
            cut = tokens(statement.data, "mysql")
            words = words_of(cut)
            table = _last_of(cut, named_at(words, words.index("TABLE") + 1))
            for column, number in columns_of(cut):
                if words[number] == "NEXTVAL":
                    found.setdefault(_last_of(cut, number + 2), set()).add((table, column))
                elif words[number : number + 3] == ["NEXT", "VALUE", "FOR"]:
                    found.setdefault(_last_of(cut, number + 3), set()).add((table, column))
    return {sequence: frozenset(columns) for sequence, columns in found.items()}


def _last_of(cut: list[Token], start: int) -> str:
    """The last part of a qualified name, in its own case."""
    while start + 2 < len(cut) and cut[start + 1].is_symbol("."):
        start += 2
    return cut[start].text


def cut_of(statement: bytes) -> list[Token]:
    """The tokens of a statement but comments."""
    return [token for token in tokens(statement, "postgres") if token.kind != "comment"]


def words_of(cut: list[Token]) -> list[str]:
    """The words among tokens in upper case, "" for all else."""
    return [token.text.upper() if token.kind == "word" else "" for token in cut]


def _owned(cut: list[Token]) -> Iterable[tuple[str, tuple[str, str]]]:
    words = words_of(cut)
    if words[:2] == ["CREATE", "TABLE"] or words[:2] == ["CREATE", "UNLOGGED"]:
        yield from _defaults(cut, words)
    elif words[:2] == ["ALTER", "SEQUENCE"] and "OWNED" in words:
        path = path_of(cut, words.index("OWNED") + 2)
        if len(path) > 1:
            yield path_of(cut, named_at(words, 2))[-1], (path[-2], path[-1])
    elif words[:2] == ["ALTER", "TABLE"] and "COLUMN" in words:
        table = path_of(cut, named_at(words, 2))[-1]
        column = folded(cut[words.index("COLUMN") + 1])
        if "SEQUENCE" in words:
            yield path_of(cut, words.index("SEQUENCE") + 2)[-1], (table, column)
        elif "NEXTVAL" in words:
            yield from ((token.text, (table, column)) for token in cut if token.kind == "string")


def _defaults(cut: list[Token], words: list[str]) -> Iterable[tuple[str, tuple[str, str]]]:
    table = path_of(cut, named_at(words, words.index("TABLE") + 1))[-1]
    for column, number in columns_of(cut):
        if words[number] == "NEXTVAL" and number + 2 < len(cut) and cut[number + 2].kind == "string":
            yield cut[number + 2].text, (table, column)
        elif words[number] in _SERIAL or words[number] == "IDENTITY":
            own = f"{table}_{column}_seq"
            if len(own) <= _LONGEST:
                yield f'"{own}"', (table, column)


def columns_of(cut: list[Token]) -> Iterator[tuple[str, int]]:
    """The tokens in the brackets of a CREATE TABLE by their numbers, each with the column that it is about."""
    start = next((number for number, token in enumerate(cut) if token.is_symbol("(")), len(cut))
    column, depth = "", 0
    for number, token in enumerate(cut[start:], start):
        depth += token.is_symbol("(") - token.is_symbol(")")
        if depth == 1 and (token.is_symbol("(") or token.is_symbol(",")) and number + 1 < len(cut):
            column = folded(cut[number + 1])
        yield column, number


def named_at(words: list[str], start: int) -> int:
    """Where a name begins that `IF [NOT] EXISTS` or `ONLY` may stand before."""
    while start < len(words) - 1 and words[start] in ("IF", "NOT", "EXISTS", "ONLY"):
        start += 1
    return start


def path_of(cut: list[Token], start: int) -> list[str]:
    """The names of a qualified name that begins at a token."""
    names = [folded(cut[start])]
    while start + 2 < len(cut) and cut[start + 1].is_symbol("."):
        start += 2
        names.append(folded(cut[start]))
    return names


def folded(token: Token) -> str:
    """A name as PostgreSQL takes it."""
    return token.text.lower() if token.kind == "word" else token.text


def bare(name: str) -> str:
    """A sequence's own name of a qualified one as text."""
    last = name.rsplit(".", 1)[-1]
    return last[1:-1].replace('""', '"') if last[:1] == '"' else last.lower()
