"""Whether a manifest tells the truth: digests of the files as they lie there, rows and NULLs as the verifier counted.

Counting and digesting happen while masking; this looks again, with the verifier's eyes, before anything is signed.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from masker.errors import GateError, Place
from masker.manifest import Manifest
from masker.promises import TablePromise
from masker.verify.problems import Problem
from masker.verify.signed import check_digest


@dataclass
class Counted:
    """A check that only counts: rows per table, NULLs of SOURCE per table and column."""

    rows: Counter[str] = field(default_factory=Counter)
    nulls: Counter[tuple[str, str]] = field(default_factory=Counter)

    def take(self, table: TablePromise, before: pa.RecordBatch, after: pa.RecordBatch, first_row: int) -> None:
        """Count n rows."""
        self.rows[table.name] += before.num_rows
        for column in table.columns:
            self.nulls[table.name, column.name] += before[column.name].null_count

    def finish(self) -> list[Problem]:
        """Nothing is wrong with a count alone."""
        return []


def require_true(manifest: Manifest, copy: Path, counted: Counted) -> None:
    """Raise `GateError`: `digest` where a file is not the one that is told of, `mismatch` where a count is wrong."""
    for file in manifest.files:
        check_digest(copy / file.path if manifest.is_folder else copy, file)
    for table in manifest.tables:
        place = Place(table.file or None, table.name)
        if table.rows != counted.rows[table.name]:
            raise GateError("mismatch", "the manifest has another number of rows than the copy", place=place)
        for column in table.columns:
            if column.nulls != counted.nulls[table.name, column.name]:
                at = Place(place.file, table.name, column.name)
                raise GateError("mismatch", "the manifest has another number of NULLs than SOURCE", place=at)
