"""PostgreSQL sequences of masked columns: each goes on behind the largest number that was written.

MySQL and SQLite look at the rows themselves; a PostgreSQL sequence hands out what `setval` says, and where keys were
permuted it would hand out numbers that rows have already.
"""

import re
from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from masker.sql.lexemes import Token, tokens
from masker.sql.pieces import Statement

Owners = Mapping[str, frozenset[tuple[str, str]]]
"""The columns (table and column as dumps write them, without a schema) that a sequence numbers, by its bare name."""

_SETVAL = re.compile(rb"(\bsetval\s*\(\s*'((?:[^']|'')+)'(?:\s*::\s*regclass)?\s*,\s*)([0-9]+)", re.I)


def owners_of(statements: Iterable[Statement]) -> Owners:
    """Which columns take their numbers from which sequence: by DEFAULT, OWNED BY, or as an identity."""
    found: dict[str, set[tuple[str, str]]] = {}
    for statement in statements:
        if b"nextval" in statement.data or b"OWNED BY" in statement.data or b"SEQUENCE NAME" in statement.data:
            cut = [token for token in tokens(statement.data, "postgres") if token.kind != "comment"]
            for sequence, owner in _owned(cut):
                found.setdefault(_bare(sequence), set()).add(owner)
    return {sequence: frozenset(columns) for sequence, columns in found.items()}


def largest(column: pa.Array) -> int | None:
    """The largest integer of a text column; None where it has none, or others than integers."""
    try:
        found: int | None = pc.max(pc.cast(column, pa.int64())).as_py()
    except pa.ArrowInvalid:
        return None
    return found


def moved(data: bytes, owners: Owners, written: Mapping[tuple[str, str], int]) -> tuple[bytes, str]:
    """A statement whose `setval` is at least what was `written` into the sequence's columns; and which sequence moved.

    Rows that come after the statement cannot be known yet: see `moves_behind`.
    """
    found = _SETVAL.search(data)
    if found is None:
        return data, ""
    name, new = _next(found, owners, written)
    if new == int(found[3]):
        return data, ""
    return data[: found.start(3)] + str(new).encode() + data[found.end(3) :], name


def moves_behind(set_: Iterable[bytes], owners: Owners, written: Mapping[tuple[str, str], int]) -> dict[str, bytes]:
    """By sequence the statement to end the dump with, where rows behind its last `setval` in `set_` went beyond it.

    Scripts and old versions of pg_dump set a sequence before the rows. With two arguments, as the verifier knows it.
    """
    last = {found[2]: found for data in set_ if (found := _SETVAL.search(data))}
    behind = {}
    for literal, found in last.items():
        name, new = _next(found, owners, written)
        if new > int(found[3]):
            behind[name] = b"SELECT pg_catalog.setval('%s', %d);\n" % (literal, new)
    return behind


def _next(found: re.Match[bytes], owners: Owners, written: Mapping[tuple[str, str], int]) -> tuple[str, int]:
    name = _bare(found[2].decode("utf-8", "replace"))
    numbers = [written[column] for column in owners.get(name, ()) if column in written]
    return name, max([int(found[3]), *numbers])


def _owned(cut: list[Token]) -> Iterable[tuple[str, tuple[str, str]]]:
    words = [token.text.upper() if token.kind == "word" else "" for token in cut]
    if words[:2] == ["CREATE", "TABLE"] or words[:2] == ["CREATE", "UNLOGGED"]:
        yield from _defaults(cut, words)
    elif words[:2] == ["ALTER", "SEQUENCE"] and "OWNED" in words:
        path = _path(cut, words.index("OWNED") + 2)
        if len(path) > 1:
            yield _path(cut, 2)[-1], (path[-2], path[-1])
    elif words[:2] == ["ALTER", "TABLE"] and "COLUMN" in words:
        table = _path(cut, 3 if words[2] == "ONLY" else 2)[-1]
        column = _folded(cut[words.index("COLUMN") + 1])
        if "SEQUENCE" in words:
            yield _path(cut, words.index("SEQUENCE") + 2)[-1], (table, column)
        elif "NEXTVAL" in words:
            yield from ((token.text, (table, column)) for token in cut if token.kind == "string")


def _defaults(cut: list[Token], words: list[str]) -> Iterable[tuple[str, tuple[str, str]]]:
    start = next((number for number, token in enumerate(cut) if token.is_symbol("(")), len(cut))
    name = words.index("TABLE") + (4 if "EXISTS" in words[:start] else 1)
    table, column, depth = _path(cut, name)[-1], "", 0
    for number, token in enumerate(cut[start:], start):
        depth += token.is_symbol("(") - token.is_symbol(")")
        if depth == 1 and (token.is_symbol("(") or token.is_symbol(",")) and number + 1 < len(cut):
            column = _folded(cut[number + 1])
        elif words[number] == "NEXTVAL" and number + 2 < len(cut) and cut[number + 2].kind == "string":
            yield cut[number + 2].text, (table, column)


def _path(cut: list[Token], start: int) -> list[str]:
    """The names of a qualified name that begins at a token."""
    names = [_folded(cut[start])]
    while start + 2 < len(cut) and cut[start + 1].is_symbol("."):
        start += 2
        names.append(_folded(cut[start]))
    return names


def _folded(token: Token) -> str:
    return token.text.lower() if token.kind == "word" else token.text


def _bare(name: str) -> str:
    """A sequence's own name of a qualified one as text."""
    last = name.rsplit(".", 1)[-1]
    return last[1:-1].replace('""', '"') if last[:1] == '"' else last.lower()
