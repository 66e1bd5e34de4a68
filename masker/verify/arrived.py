"""Whether a database holds what the verified dump does: the same rows, in whatever order the server gives them.

Per table the rows are counted, per column its NULLs; and each column's values are summed up as keyed hashes (64 bits,
a random key), which is the same for the same values in any order. Rows as wholes are summed up too, so that values that
changed places show. A difference goes unseen with a probability of about 2^-64 a column.

Texts are compared, whatever their type. A server writes some types in its own style, so that a table whose texts
differ is compared with what the same server made of the same rows apart (`require_same`). Not compared are columns in
which the dump leaves a cell to the server (`now()`, `DEFAULT`, or the statement does not list the column): of those,
only NULLs are counted. Nor are columns that the server passed over, and tables whose rows triggers made (`loaded.py`).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker.errors import GateError, Place
from masker.manifest import CopyTable
from masker.verify.cells import Cells
from masker.verify.fingerprints import mixed
from masker.verify.loaded import Loaded
from masker.verify.opening import Where
from masker.verify.reading import KIND, Reader
from masker.verify.texts import text_column

_HINT = "nothing was published; does each masked value fit its column's type, and no trigger change it?"
_SAYS_NULL = text_column(["NULL", "\\N"])


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A table whose texts differ from those that were loaded: all its columns, and those that can be compared."""

    name: str
    columns: tuple[str, ...]
    compared: tuple[str, ...]


@dataclass
class _Sums:
    rows: int = 0
    nulls: dict[str, int] = field(default_factory=dict)
    values: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    whole: int = 0


def unlike(tables: Iterable[CopyTable], loaded: Loaded) -> tuple[Doubtful, ...]:
    """Compare each table in both; gives those whose texts differ.

    Raises `GateError` (`mismatch`) with the table where it has more or fewer rows, or NULLs that nothing explains.
    """
    found = []
    for table in tables:
        if table.made:
            continue
        names = tuple(column.name for column in table.columns if column.fate != "dropped")
        every = tuple(column.name for column in table.columns)  # a dump has those that were dropped, too
        here = _sums(loaded.in_dump(table.name, every), names)
        there = _sums(loaded.in_database(table.name, names), names)
        if here.rows != table.rows or here.rows != there.rows:
            message = "the database has more or fewer rows than were loaded"
            raise GateError("mismatch", message, _HINT, Place(table=table.name))
        compared = tuple(name for name in names if not here.left[name])
        for name in set(names) - set(compared):
            if not here.nulls[name] - here.left[name] <= there.nulls[name] <= here.nulls[name]:
                raise _other(table.name, name)
        if compared != names:
            here = _sums(loaded.in_dump(table.name, every), names, compared)
            there = _sums(loaded.in_database(table.name, names), names, compared)
        if _differing(here, there, compared) or here.whole != there.whole:
            found.append(Doubtful(table.name, names, compared))
    return tuple(found)


def require_same(doubtful: Iterable[Doubtful], database: Where, again: Where, names: Mapping[str, str]) -> None:
    """Compare tables with those in `again`, where they are called as `names` says, and the server wrote both.

    Raises `GateError` (`mismatch`) with the table, and the column where it is one.
    """
    twice = Loaded(again, database)
    for table in doubtful:
        here = _sums(twice.in_dump(names.get(table.name, ""), table.columns), table.columns, table.compared)
        there = _sums(twice.in_database(table.name, table.columns), table.columns, table.compared)
        for name in _differing(here, there, table.compared):
            raise _other(table.name, name)
        if here.rows != there.rows or here.whole != there.whole:
            message = "the database mixes the rows that were loaded"
            raise GateError("mismatch", message, _HINT, Place(table=table.name))


def _sums(reader: Reader, names: Sequence[str], compared: Sequence[str] = ()) -> _Sums:
    """Of the columns `names`; rows as wholes of those that are `compared` (default: all)."""
    sums = _Sums(nulls=dict.fromkeys(names, 0), values=dict.fromkeys(names, 0), left=dict.fromkeys(names, 0))
    for batch in reader.batches():
        sums.rows += batch.num_rows
        whole = np.zeros(batch.num_rows, dtype=np.uint64)
        for name in names:
            cells = Cells(batch[name])
            prints = np.where(cells.valid, cells.prints, np.uint64(0))
            nulls = int(batch.num_rows - np.count_nonzero(cells.valid))
            sums.nulls[name] += nulls
            sums.left[name] += nulls and _left(batch[KIND + name], nulls)
            sums.values[name] = (sums.values[name] + int(prints.sum(dtype=np.uint64))) % (1 << 64)
            if not compared or name in compared:
                whole = mixed(whole, prints)
        sums.whole = (sums.whole + int(whole.sum(dtype=np.uint64))) % (1 << 64)
    return sums


def _left(raws: pa.Array, nulls: int) -> int:
    """How many of a column's cells without a value do not say NULL themselves."""
    return nulls - int(pc.sum(pc.is_in(pc.utf8_upper(raws), value_set=_SAYS_NULL)).as_py() or 0)


def _differing(here: _Sums, there: _Sums, compared: Iterable[str]) -> list[str]:
    return [
        name for name in compared if here.nulls[name] != there.nulls[name] or here.values[name] != there.values[name]
    ]


def _other(table: str, column: str) -> GateError:
    message = "the database does not hold the values that were loaded into it"
    return GateError("mismatch", message, _HINT, Place(table=table, column=column))


def digest_of(chunks: Iterable[bytes]) -> str:
    """SHA-256 in hex of the rows of a database, as the server writes them in its own order."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
