"""Two streams of rows in step: batches of equal length, and what of the copy cannot be read."""

import contextlib
from collections.abc import Iterator

import pyarrow as pa

from masker.errors import InputError
from masker.verify.reading import Reader


class CopyFailsError(Exception):
    """The copy cannot be read."""


def side_by_side(
    before: Iterator[pa.RecordBatch], after: Iterator[pa.RecordBatch], counts: list[int]
) -> Iterator[tuple[pa.RecordBatch, pa.RecordBatch]]:
    """Pairs of batches of equal length; `counts` grows by the rows of each side, and in the end has them all."""
    old = new = None
    while True:
        old = old if old is not None and old.num_rows else next(before, None)
        new = new if new is not None and new.num_rows else next(after, None)
        if old is None or new is None:
            break
        rows = min(old.num_rows, new.num_rows)
        counts[0], counts[1] = counts[0] + rows, counts[1] + rows
        if rows:
            yield old.slice(0, rows), new.slice(0, rows)
        old, new = old.slice(rows), new.slice(rows)
    counts[0] += (old.num_rows if old else 0) + sum(batch.num_rows for batch in before)
    counts[1] += (new.num_rows if new else 0) + sum(batch.num_rows for batch in after)


def copied(reader: Reader) -> Iterator[pa.RecordBatch]:
    """The rows of the copy; raises `CopyFailsError` where they cannot be read."""
    with reading_the_copy():
        yield from reader.batches()


@contextlib.contextmanager
def reading_the_copy() -> Iterator[None]:
    """What cannot be read is the copy's fault, not SOURCE's: raises `CopyFailsError`."""
    try:
        yield
    except InputError as error:
        raise CopyFailsError(f"a file of the copy cannot be read: {error.message}") from None
