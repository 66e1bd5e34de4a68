"""Steps 4 and 5 of a run: one file after the other masked by the engine and written into the staging folder."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from masker.address import Address
from masker.deflating import compressed_writer
from masker.engines import ENGINES
from masker.formats import FORMATS, BuildsFile, Foresees, TellsNotices, WritesPlainly
from masker.label import Label
from masker.left_out import Cut, LeftOut, batches_of
from masker.manifest import CopyFile
from masker.plan.bind import Masking, Tally
from masker.progress import Progress, tell
from masker.publish import Staging
from masker.quoting import Quotes, quoted_by
from masker.record import Counts
from masker.request import Request
from masker.snapshot import Member, Part, Remark, Rows, Snapshot, Text
from masker.streams import split_compression


def write_file(
    member: Member,
    staging: Staging,
    masking: Masking,
    left_out: LeftOut,
    label: Label,
    request: Request,
    counts: Counts,
    progress: Progress | None,
) -> CopyFile:
    """Mask one file into the staging folder: read here, mask and render in the engine, write here, in order."""
    path, before = member.path if staging.folder else None, counts.rows.total()
    compression = "" if staging.plain else member.compression if staging.folder else _compression_of(request.dest)
    with staging.create(path) as file, compressed_writer(cast(BinaryIO, file), compression) as out:
        found = FORMATS[member.format]
        if isinstance(found, BuildsFile):
            sink = found.sink_in(staging.scratch(path), out, member.source, label)
        else:
            sink = found.sink(out, member.source, label)

        if staging.plain and isinstance(sink, WritesPlainly):
            sink.write_plainly()
        if isinstance(sink, Foresees):
            changed = {t.name: [c.name for c in t.columns if c.fate != "kept"] for t in masking.plan.tables}
            sink.foresee(changed, left_out.marks.keys())

        def step(part: Part | Cut) -> tuple[object, Tally | None]:
            if isinstance(part, Cut):
                part = part.made(member.source)
            if not isinstance(part, Rows):
                if isinstance(part, Remark) and not masking.plan.remarks:
                    remarks.append(part)  # what only counts: threads share it
                    part = _left_out(part)
                return sink.prepare(part), None
            quotes.look(part)
            masked, tally = masking(part)
            return sink.prepare(masked), tally

        remarks: list[Remark] = []
        quotes = Quotes(quoted_by(member.source), masking.plan)
        jobs = request.jobs or os.cpu_count() or 1
        for prepared, tally in ENGINES[request.engine].run(step, left_out.parts(member.source, counts.read), jobs):
            sink.write(prepared)
            if tally is not None:
                counts.add(tally)
                tell(progress, "mask", tally.table, counts.rows[tally.table])
        sink.close()
        quotes.require()
    counts.remarks += len(remarks)
    for told in (member.source, sink):
        counts.noticed += told.notices if isinstance(told, TellsNotices) else ()
    return CopyFile(
        path=member.path.as_posix() if staging.folder else request.dest.name,
        sha256=file.sha256,
        rows=counts.rows.total() - before,
        format=member.format,
        encoding=request.options.encoding,
        delimiter=request.options.delimiter,
        header=request.options.header,
        sequences=tuple(sorted(getattr(sink, "moved", ()))),
    )


def _compression_of(dest: Path | Address) -> str:
    """How a single file is compressed: as the name says that it gets. A server is given the dump as it is."""
    return split_compression(dest.name)[1] if isinstance(dest, Path) else ""


def _left_out(remark: Remark) -> Text:
    """What stands in the place of a comment: a blank keeps the words around it apart."""
    return Text(b" " if remark.data.startswith(b"/*") else b"")


def rows_of(snapshot: Snapshot, progress: Progress | None, table: str) -> Iterator[pa.RecordBatch]:
    """The rows of a table, read to decide which of them stay out."""
    done = 0
    for batch in batches_of(snapshot, table):
        yield batch
        done += len(batch)
        tell(progress, "leave out", table, done)
