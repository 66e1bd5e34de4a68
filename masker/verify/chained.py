"""The rows of a table that stand in several files, one file's behind the other's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from masker.verify.reading import Reader


def chained(readers: Sequence[Reader]) -> Reader:
    """One reader for all; of one, itself."""
    return readers[0] if len(readers) == 1 else Chained(tuple(readers))


@dataclass(frozen=True, slots=True)
class Chained:
    """Several readers as one."""

    readers: tuple[Reader, ...]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows of each, in order."""
        for reader in self.readers:
            yield from reader.batches()

    def records(self) -> int:
        """The number of records of all."""
        return sum(reader.records() for reader in self.readers)
