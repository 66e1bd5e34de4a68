"""Where faults are seeded: real runs of `masker.run.mask` over the snapshot, with one step of them gone wrong."""

import contextlib
import functools
import io
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import masker.prepare
import masker.run
import masker.writing
from masker.formats import ReadOptions
from masker.plan.bind import Masking
from masker.profile.load import LoadedProfile, load_profile
from masker.request import Request
from masker.snapshot import Rows
from masker.verify.problems import Verification
from masker.verify.proof import Proof
from tests.verify.seeded.snapshot import BLOCK_BYTES

Values = list[Any]
Tree = dict[str, bytes]


@dataclass
class Bench:
    """One run to go wrong: faults patch masking through it; `staged` has what was about to be published."""

    source: Path
    profile: Path
    key: Path
    dest: Path
    patch: pytest.MonkeyPatch
    engine: str = "inline"
    verify: bool = True
    staged: Tree = field(default_factory=dict)
    before_verifying: Callable[[Path], None] = lambda root: None

    def mask(self) -> masker.run.Outcome:
        """The run, whatever is patched by now."""
        real = masker.run.verify_against

        def watched(promises: Any, source: Path, copy: Path, **more: Any) -> Verification:
            self.before_verifying(copy)
            self.staged = tree(copy)
            return real(promises, source, copy, **more) if self.verify else Verification((), 0, 0, {})

        self.patch.setattr(masker.run, "verify_against", watched)
        self.patch.setattr(masker.prepare, "load_profile", _loaded)
        if not self.verify:
            for gate in ("require_containers", "require_true"):
                self.patch.setattr(Proof, gate, lambda *given: None)
        expires = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
        request = Request(
            source=self.source,
            dest=self.dest,
            purpose="test-patch",
            expires=expires,
            profile=str(self.profile),
            key_file=self.key,
            engine=self.engine,
            jobs=2,
            options=ReadOptions(block_bytes=BLOCK_BYTES),
        )
        return masker.run.mask(request)

    def rows(self, table: str, change: Callable[[pa.RecordBatch, pa.RecordBatch, int], pa.RecordBatch]) -> None:
        """Change each masked batch of a table; `change` gets the batch before and after, and its number."""
        real, count, lock = Masking.__call__, iter(range(1 << 30)), threading.Lock()

        def call(masking: Masking, rows: Rows) -> Any:
            masked, tally = real(masking, rows)
            if rows.table != table or not rows.batch.num_rows:
                return masked, tally
            with lock:
                batch = change(rows.batch, masked.batch, next(count))
            return Rows(masked.table, batch, masked.origin, masked.changed), tally

        self.patch.setattr(Masking, "__call__", call)

    def values(self, table: str, column: str, change: Callable[[Values, Values, int], Values]) -> None:
        """Change the masked values of one column; `change` gets those before and after, and the batch's number."""

        def changed(before: pa.RecordBatch, after: pa.RecordBatch, number: int) -> pa.RecordBatch:
            new = change(before[column].to_pylist(), after[column].to_pylist(), number)
            return with_column(after, column, pa.array(new, after[column].type))

        self.rows(table, changed)

    def bytes_of(self, kind: str, change: Callable[[bytes], bytes]) -> None:
        """Change all bytes that the sink of one format (`csv`, `jsonl`, `json`, `parquet`) writes."""
        real = masker.writing.compressed_writer

        @contextlib.contextmanager
        def writer(file: Any, compression: str) -> Iterator[Any]:
            with real(file, compression) as out:
                held = io.BytesIO()
                yield held
                data = held.getvalue()
                out.write(change(data) if kind_of(data) == kind else data)

        self.patch.setattr(masker.writing, "compressed_writer", writer)

    def lines(self, kind: str, change: Callable[[list[bytes]], list[bytes]]) -> None:
        """Change the lines of a text file, each with its line end."""
        self.bytes_of(kind, lambda data: b"".join(change(data.splitlines(keepends=True))))


@functools.cache
def _loaded(name: str) -> LoadedProfile:
    # Reading YAML takes a third of a run over so few rows, and is the same for every fault.
    return load_profile(name)


def with_column(batch: pa.RecordBatch, name: str, column: pa.Array) -> pa.RecordBatch:
    """The batch with one column replaced."""
    columns = [column if field.name == name else batch[field.name] for field in batch.schema]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def kind_of(data: bytes) -> str:
    """The format of a file of the snapshot, by its first bytes; of a dump, whose it is."""
    if data.startswith(b"-- masker:"):
        return "mysql" if b"ENGINE=" in data else "postgres"
    return {b"PAR1": "parquet", b"[": "json", b"{": "jsonl"}.get(data[:4] if data[:4] == b"PAR1" else data[:1], "csv")


def tree(root: Path) -> Tree:
    """All files below a folder."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else os.fsencode(path.readlink())
        for path in sorted(root.rglob("*"))
        if path.is_file() or path.is_symlink()
    }
