"""The tables that a document is read as: one for its own members, one for the elements of each array, and their names.

A column is the path of a value from its row on, `address.city`. Elements that are no objects are a column named after
their array, `tags[]`. The wrappers of MongoDB's extended JSON (`{"$oid": ...}`) have no place in a name.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from masker.formats.json.cells import type_of
from masker.formats.json.documents.census import Census, Column
from masker.formats.json.documents.steps import ELEMENT, ROOT, Step

_PLAIN = re.compile(r"[^\W\d][\w -]*\Z")
# MongoDB Extended JSON (v2), https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/
_WRAPPERS = frozenset(
    "$oid $date $numberLong $numberInt $numberDouble $numberDecimal $uuid $symbol $code $timestamp $binary".split()
)
Of = tuple[int, int]
"""Which rows: their place (-1: the document itself) and their kind."""


@dataclass(frozen=True, slots=True)
class TableLayout:
    """One table: its rows, and in order its columns with the schema that they make. `at` tells a reader where all is.

    `self_columns` are those that stand for a whole row or for its key: they can be masked, and not left out. `words`
    tell the kind of the rows: they stay.
    """

    of: Of
    name: str
    columns: tuple[Column, ...]
    schema: pa.Schema
    at: str
    self_columns: frozenset[str]
    words: frozenset[str]


def layouts(census: Census, stem: str, *, lines: bool) -> tuple[TableLayout, ...]:
    """The tables of a document in the order in which they appear."""
    columns: dict[Of, list[Column]] = {}
    for column, of in census.row_of.items():
        columns.setdefault(of, []).append(column)
    names = _table_names(census, columns, stem, lines=lines)
    return tuple(_layout(census, of, members, names[of], lines=lines) for of, members in columns.items())


def _layout(census: Census, of: Of, members: list[Column], name: str, *, lines: bool) -> TableLayout:
    row = () if of[0] < 0 else census.tree.steps(of[0])
    paths = {column: census.tree.steps(column[0])[len(row) :] for column in members}
    last = next((step for step in reversed(row) if isinstance(step, str)), "")
    named = _unique([(column, _column_names(column, path, row, last)) for column, path in paths.items()])
    schema = pa.schema([pa.field(named[column], type_of(census.kinds[column])) for column in members])
    told = {
        "lines": lines,
        "rows": _told(row),
        "kinds": _told_kinds(census, of),
        "columns": {named[column]: [*_told(path), *([0] if column[2] else [])] for column, path in paths.items()},
    }
    own = frozenset(named[column] for column in members if not paths[column])
    words = frozenset(named[column] for column in members if column[0] in census.splits.words.values())
    return TableLayout(of, name, tuple(members), schema, json.dumps(told, ensure_ascii=False), own, words)


def _told(steps: Iterable[Step]) -> list[str | bool | None]:
    """Steps for a reader of its own: a name, null for any element, true for any member."""
    return [step if isinstance(step, str) else None if step is ELEMENT else True for step in steps]


def _told_kinds(census: Census, of: Of) -> list[object]:
    """Where the word stands that tells of which kind rows are, and what it says: of these rows, or of those around."""
    if not census.splits.words or of[0] < 0:
        return []
    texts = {number: (row, text) for (row, text), number in census.splits.numbers.items()}
    at = of[0]
    while at not in census.splits.words:
        if at == ROOT:
            return []
        at = census.tree.parent[at]
    word = census.tree.steps(census.splits.words[at])[len(census.tree.steps(at)) :]
    return [len(census.tree.steps(at)), _told(word), texts[of[1]][1] if of[1] else None]


def _column_names(column: Column, path: tuple[Step, ...], row: tuple[Step, ...], last: str) -> tuple[str, ...]:
    """Names for a column, the nicest first; the last is like no other's."""
    if column[2]:
        return ("key", "(key)")
    if not path:
        own = f"{last}[]" if last and row and row[-1] is ELEMENT and row[-2:-1] != (ELEMENT,) else "value"
        return (own, "(value)")
    bare = tuple(step for step in path if step not in _WRAPPERS)
    return (_written(bare or path), _written(path), json.dumps(_told(path)))


def _unique(wanted: Sequence[tuple[Column, tuple[str, ...]]]) -> dict[Column, str]:
    """To each the first of its names that it shares with no other's."""
    taken: dict[Column, str] = {}
    for level in range(3):
        left = [(column, names[min(level, len(names) - 1)]) for column, names in wanted if column not in taken]
        counts: dict[str, int] = {}
        for _, name in left:
            counts[name] = counts.get(name, 0) + 1
        used = set(taken.values())
        taken |= {column: name for column, name in left if counts[name] == 1 and name not in used}
    return taken


def _written(path: Iterable[Step]) -> str:
    """Steps as a name: dots between, what is no plain word in quotes and brackets."""
    text = ""
    for step in path:
        if not isinstance(step, str):
            text += "[]" if step is ELEMENT else ".*"
        elif _PLAIN.match(step.lstrip("@$#")):
            text += f".{step}" if text else step
        else:
            text += f"[{json.dumps(step, ensure_ascii=False)}]"
    return text


def _table_names(census: Census, columns: Mapping[Of, object], stem: str, *, lines: bool) -> dict[Of, str]:
    """The file's own name for the document, or for all where it is but a wrapper of one array; else with the path."""
    tree, splits = census.tree, census.splits
    rows = {of: () if of[0] < 0 else tree.steps(of[0]) for of in columns}
    wrapper = 0
    if not lines and () not in rows.values():
        while len({row[: wrapper + 1] for row in rows.values()}) == 1 and isinstance(_at(rows, wrapper), str):
            wrapper += 1
    texts = {number: (row, text) for (row, text), number in splits.numbers.items()}
    alone = len(splits.words) == 1
    wanted: dict[Of, tuple[str, str]] = {}
    for of, row in rows.items():
        kind = texts.get(of[1])
        if kind:
            head = len(tree.steps(kind[0]))
            around = _table_name(stem, () if alone else row[wrapper:head])
            wanted[of] = (
                _table_name(f"{around}.{kind[1]}", row[head:]),
                _whole(f"{_whole(stem, row[:head])}.{kind[1]}", row[head:]),
            )
            continue
        wanted[of] = (_table_name(stem, row[wrapper:]), _whole(stem, row))
    nicest = [nice for nice, _ in wanted.values()]
    return {of: nice if nicest.count(nice) == 1 else whole for of, (nice, whole) in wanted.items()}


def _at(rows: Mapping[Of, tuple[Step, ...]], index: int) -> Step | None:
    row = next(iter(rows.values()))
    return row[index] if index < len(row) else None


def _whole(stem: str, steps: tuple[Step, ...]) -> str:
    return f"{stem}.{_written(steps)}" if steps else stem


def _table_name(stem: str, steps: tuple[Step, ...]) -> str:
    """The stem and the names, without the first mark behind each name that says: of any element, of any member."""
    path = [step for i, step in enumerate(steps) if isinstance(step, str) or (i and not isinstance(steps[i - 1], str))]
    return f"{stem}.{_written(path)}" if path else stem
