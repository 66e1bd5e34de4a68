"""A copy by itself, without its SOURCE: its rows through the verifier's readers, scanned and counted."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from masker.errors import GateError, InputError, Place
from masker.manifest import Manifest
from masker.promises import TablePromise
from masker.verify.against import readings
from masker.verify.chained import chained
from masker.verify.containers import container_problems
from masker.verify.lacking import copy_reader
from masker.verify.opening import Where
from masker.verify.problems import HINTS, Problem
from masker.verify.reading import Files, Reading, with_documents
from masker.verify.redetect import Redetection, Seen
from masker.verify.sides import below


def tables_of(manifest: Manifest, copy: Where) -> Iterator[tuple[TablePromise, Iterator[pa.RecordBatch]]]:
    """The tables of a copy with their rows; raises `InputError` and `GateError` where it cannot be read."""
    read_as, files = with_documents(readings(manifest), manifest.promises), Files()
    for table in manifest.promises.tables:
        readers = [
            copy_reader(files, below(copy, file), read_as.get(file, Reading()), table)
            for file in (table.file, *table.more)
        ]
        yield table, chained(readers).batches()


def require_clean(manifest: Manifest, copy: Where) -> tuple[Seen, ...]:
    """Scan a copy without its SOURCE: what it holds beside what its plan names, where that is no leak.

    Raises `GateError`: `leak` where a kept column holds identifiers that the plan does not name, or a file holds more
    than its cells and its label; `mismatch` where the copy cannot be read as promised.
    """
    redetection = Redetection()
    for table, batches in tables_of(manifest, copy):
        place = Place(table.file or None, table.name)
        row = 1
        try:
            for batch in batches:
                redetection.take(table, batch, batch, row)
                row += batch.num_rows
        except InputError as error:
            raise GateError("mismatch", f"the copy cannot be read: {error.message}", place=place) from None
    problems: list[Problem] = redetection.finish()
    if isinstance(copy, Path):
        problems += container_problems(manifest.promises, copy, None)
    for problem in problems:
        raise GateError(problem.code, problem.message, problem.hint or HINTS[problem.code], problem.place)
    return redetection.seen
