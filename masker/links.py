"""What leads from rows of one table to rows of another, as values that can be joined: keyed hashes of keys, never keys.

Foreign keys, keys inside of cells and keys whose table another cell names are one here. A key that leads to a table
leads to its partitions as well. NULL in a key leads nowhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from masker.columns import Bools, as_text, flags, text_array
from masker.key_sets import KeyHasher
from masker.paths import read_path
from masker.plan import TablePlan
from masker.plan.inside import find
from masker.plan.json_values import UnreadableError
from masker.scan.hashing import Hashes

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Link:
    """`columns` of a table hold values of `ref` in `table`: whole cells, or what stands in them at `path`.

    With `type`, those rows alone whose cell there is `word`.
    """

    table: str
    ref: tuple[str, ...]
    columns: tuple[str, ...]
    path: str = ""
    type: str = ""
    word: str = ""

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that say where it leads."""
        return (*self.columns, self.type) if self.type else self.columns


Links = Mapping[str, Sequence[Link]]
"""What leads out of each table."""


def links_of(tables: Sequence[TablePlan]) -> dict[str, tuple[Link, ...]]:
    """The links between tables of a plan; what leads to other tables is not among them."""
    parts: dict[str, list[str]] = {table.name: [table.name] for table in tables}
    above = {table.name: table.part_of for table in tables}
    for table in tables:
        name = table.part_of
        while name in parts and table.name not in parts[name]:
            parts[name].append(table.name)
            name = above[name]
    return {table.name: tuple(_links(table, parts)) for table in tables}


def ends_of(tables: Sequence[TablePlan]) -> "Ends":
    """The ends of links between tables of a plan."""
    return Ends({(table.name, column.name): column.ignores for table in tables for column in table.columns})


def _links(table: TablePlan, parts: Mapping[str, Sequence[str]]) -> list[Link]:
    found = [Link(key.table, key.ref, key.columns) for key in table.foreign_keys]
    found += [Link(held.table, (held.ref,), (held.column,), path=held.path) for held in table.held]
    found += [
        Link(target, (ref,), (typed.id,), type=typed.type, word=word)
        for typed in table.typed
        for word, target, ref in typed.targets
    ]
    return [
        Link(part, link.ref, link.columns, link.path, link.type, link.word)
        for link in found
        for part in parts.get(link.table, ())
    ]


class Ends:
    """The hashes at both ends of links; `ignores` says by table and column what does not tell values apart."""

    def __init__(self, ignores: Mapping[tuple[str, str], tuple[str, ...]] | None = None) -> None:
        self._hash, self._ignores = KeyHasher(), ignores or {}

    def there(self, table: str, batch: pa.RecordBatch, ref: tuple[str, ...]) -> tuple[Hashes, Bools]:
        """A hash a row of what links lead to, and whether there is one; both of shape (n,)."""
        return self._hash([(batch.column(name), self._ignores.get((table, name), ())) for name in ref])

    def here(self, table: str, batch: pa.RecordBatch, link: Link) -> tuple[Numbers, Hashes]:
        """The rows that a link leads out of (a row once for each of its keys), and the hashes of these; shape (k,)."""
        if link.path:
            return self._inside(table, batch, link)
        hashes, valid = self.there(table, batch, link.columns)
        if link.type:
            text = as_text(batch.column(link.type))
            valid = valid & _says(text, link.word)
        rows = np.flatnonzero(valid)
        return rows, hashes[rows]

    def _inside(self, table: str, batch: pa.RecordBatch, link: Link) -> tuple[Numbers, Hashes]:
        steps = read_path(link.path)
        rows: list[int] = []
        keys: list[str | None] = []
        for row, cell in enumerate(as_text(batch.column(link.columns[0])).to_pylist()):
            try:
                found = [each.text for each in find(cell, steps)] if cell else []
            except UnreadableError:
                continue
            rows += [row] * len(found)
            keys += found
        ignores = self._ignores.get((table, link.columns[0]), ())
        hashes, _ = self._hash([(text_array(keys), ignores)])
        return np.fromiter(rows, dtype=np.int64, count=len(rows)), hashes


def _says(text: pa.Array, word: str) -> Bools:
    import pyarrow.compute as pc

    return flags(pc.is_in(text, value_set=text_array([word])))
