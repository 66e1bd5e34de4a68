"""Whether a database holds what the verified dump does: the same rows, in whatever order the server gives them.

Per table the rows are counted, per column its NULLs; and each column's values are summed up as keyed hashes (64 bits,
a random key), which is the same for the same values in any order. Rows as wholes are summed up too, so that values that
changed places show. A difference goes unseen with a probability of about 2^-64 a column.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from masker.errors import GateError, Place
from masker.manifest import Manifest
from masker.verify.cells import Cells
from masker.verify.fingerprints import mixed
from masker.verify.opening import Where
from masker.verify.reading import Files, Reading

_HINT = "nothing was published; does each masked value fit its column's type?"


@dataclass
class _Sums:
    rows: int = 0
    nulls: dict[str, int] = field(default_factory=dict)
    values: dict[str, int] = field(default_factory=dict)
    whole: int = 0


def require_arrived(manifest: Manifest, dump: Where, database: Where, *, kept_texts: bool, masked_texts: bool) -> None:
    """Compare each table of a manifest in both: rows and NULLs, and the values of kept and of masked columns as asked.

    A server gives a value back in its own style (`1.0` for `1` in a `numeric(3,1)`), so that texts may only be compared
    where it wrote them; it writes masked values for the first time here.
    Raises `GateError` (`mismatch`) with the table.
    """
    readings = Reading(format="sql")
    before, after = Files(), Files()
    for table in manifest.tables:
        names = tuple(column.name for column in table.columns if column.fate != "dropped")
        kept = {column.name for column in table.columns if column.fate == "kept"}
        here = _sums(before, dump, readings, names, table.name)
        there = _sums(after, database, readings, names, table.name)
        if here.rows != table.rows or here.rows != there.rows:
            raise GateError(
                "mismatch", "the database has more or fewer rows than were loaded", _HINT, Place(table=table.name)
            )
        for name in names:
            same = here.nulls[name] == there.nulls[name]
            as_text = kept_texts if name in kept else masked_texts
            if not same or (as_text and here.values[name] != there.values[name]):
                message = "the database does not hold the values that were loaded into it"
                raise GateError("mismatch", message, _HINT, Place(table=table.name, column=name))
        if here.values == there.values and here.whole != there.whole:
            raise GateError("mismatch", "the database mixes the rows that were loaded", _HINT, Place(table=table.name))


def _sums(files: Files, where: Where, reading: Reading, names: tuple[str, ...], table: str) -> _Sums:
    sums = _Sums(nulls=dict.fromkeys(names, 0), values=dict.fromkeys(names, 0))
    for batch in files.reader(where, reading, names, table).batches():
        sums.rows += batch.num_rows
        whole = np.zeros(batch.num_rows, dtype=np.uint64)
        for name in names:
            cells = Cells(batch[name])
            prints = np.where(cells.valid, cells.prints, np.uint64(0))
            sums.nulls[name] += int(batch.num_rows - np.count_nonzero(cells.valid))
            sums.values[name] = (sums.values[name] + int(prints.sum(dtype=np.uint64))) % (1 << 64)
            whole = mixed(whole, prints)
        sums.whole = (sums.whole + int(whole.sum(dtype=np.uint64))) % (1 << 64)
    return sums


def digest_of(chunks: Iterable[bytes]) -> str:
    """SHA-256 in hex of the rows of a database, as the server writes them in its own order."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
