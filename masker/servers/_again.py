"""The rows of some tables of a dump once more, under other names: what the server makes of them and nothing else does.

A table is filled beside its model, with the same columns, by the same statements under the same settings of the
session, and without triggers. What is then in one and not in the other, the server did not make of it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from masker.errors import Place
from masker.servers._statements import CopyIn, Execute, steps
from masker.sql import Dialect


def rows_again(
    chunks: Iterable[bytes],
    dialect: Dialect,
    place: Place,
    tables: Collection[str],
    named: Callable[[str, bytes], bytes],
) -> Iterator[Execute | CopyIn]:
    """What a dump sets for its session, and its rows of `tables`, which are called as a manifest calls them.

    `named(table, spelled)` gives the other name in SQL, asked for at each of the table's statements.
    """
    for step in steps(chunks, dialect, place):
        if not step.table:
            if isinstance(step, Execute) and _is_setting(step):
                yield step
        elif table := _among(step.table, tables, dialect):
            yield _renamed(step, table, named)
        elif isinstance(step, CopyIn):
            for _ in step.rows:
                pass


def _is_setting(step: Execute) -> bool:
    return step.kind == "SET" or (step.kind == "SELECT" and b"set_config" in step.data)


def _among(table: str, tables: Collection[str], dialect: Dialect) -> str:
    """The one that is meant: with its schema or without; only PostgreSQL minds case."""
    fold = str.casefold if dialect == "mysql" else str
    for wanted in (fold(table), fold(table).rpartition(".")[2]):
        for name in tables:
            if fold(name) == wanted:
                return name
    return ""


def _renamed(step: Execute | CopyIn, table: str, named: Callable[[str, bytes], bytes]) -> Execute | CopyIn:
    start, end = step.name
    text = step.query if isinstance(step, CopyIn) else step.data
    changed = text[:start] + named(table, text[start:end]) + text[end:]
    return replace(step, query=changed) if isinstance(step, CopyIn) else replace(step, data=changed)
