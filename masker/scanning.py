"""A scan of a source by itself: open it, and say what personal data its tables hold."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from masker.address import Address
from masker.errors import shown
from masker.findings import Findings
from masker.formats import ReadOptions, ReadsUneven
from masker.ner import Recogniser, recogniser
from masker.opening import open_source
from masker.progress import Progress, tell
from masker.scan import scan as scan_tables
from masker.snapshot import Member, Rows, Snapshot


def scan(
    source: Path | Address,
    *,
    rows: int | None = None,
    ignore_names: bool = False,
    ner: str = "",
    options: ReadOptions | None = None,
    input_format: str = "",
    progress: Progress | None = None,
) -> Findings:
    """What personal data is in `source`; `rows` limits what is read of each table, `ner` is `NAME=PATH` of a model."""
    model = recogniser(ner) if ner else None
    opened = open_source(source, replace(options or ReadOptions(), uneven=True), input_format, allow_remask=True)
    with contextlib.closing(opened):
        found = scan_snapshot(opened.snapshot, rows=rows, ignore_names=ignore_names, model=model, progress=progress)
        told = [m.source.uneven_rows for m in opened.snapshot.members if isinstance(m.source, ReadsUneven)]
        return replace(found, notices=tuple(notice for notices in told for notice in notices))


def scan_snapshot(
    snapshot: Snapshot,
    *,
    rows: int | None = None,
    ignore_names: bool = False,
    model: Recogniser | None = None,
    progress: Progress | None = None,
) -> Findings:
    """Scan all tables of an opened snapshot."""

    def reader(member: Member, table: str) -> Callable[[], Iterator[pa.RecordBatch]]:
        def read() -> Iterator[pa.RecordBatch]:
            done = 0
            for part in member.source.parts(table):
                if isinstance(part, Rows) and part.table == table:
                    yield part.batch
                    done += len(part.batch)
                    tell(progress, "scan", table, done)

        return read

    tables = ((table, reader(member, table.name)) for member in snapshot.members for table in member.source.tables)
    return scan_tables(tables, source=shown(snapshot.name), rows=rows, ignore_names=ignore_names, model=model)
