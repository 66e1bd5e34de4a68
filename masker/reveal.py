"""Turns reversible pseudonyms of a copy back, for those who hold its key: into a new file, never into the copy.

All that this needs beside the key stands in the copy's signed manifest. A cell that cannot be told comes back as the
pseudonym that it is, and is counted: nothing is guessed.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from masker.agreed import standing
from masker.agreement import Agreement
from masker.config import Config
from masker.crypto.keys import Keyring
from masker.crypto.root import KeySource
from masker.deflating import compressed_writer
from masker.errors import GateError, InputError, InternalError, KeyUnusable, Place, UsageError, shown
from masker.formats import FORMATS, BuildsFile, ReadOptions, Sink
from masker.formats._open import open_snapshot
from masker.keying import root_of
from masker.manifest import FOLDER_NAME, CopyColumn, CopyFile, CopyTable, Manifest, manifest_path
from masker.one_line import one_line
from masker.publish import Staging, check_apart
from masker.snapshot import Member, Rows
from masker.turning import Turning
from masker.verify.signed import verify_copy


@dataclass(frozen=True)
class RevealRequest:
    """What somebody asks to see: `columns` of the copy at `path`, or of one of its files; `out` None: stdout.

    `table` says which table is meant, where several have such columns. `reason` is for the audit log. `agreement`,
    where it is given, has to be the one of the copy and still to allow it.
    """

    path: Path
    columns: tuple[str, ...]
    out: Path | None
    table: str = ""
    reason: str = ""
    agreement: Agreement | None = None
    key: KeySource = field(default_factory=KeySource)
    config: Config = field(default_factory=Config)


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be turned back, for the audit log; names only where they are plain identifiers."""

    copy_id: str
    table: str
    columns: tuple[str, ...]
    key_id: str
    reason: str
    into: str
    agreed: str = ""

    def as_event(self) -> dict[str, str | int | bool]:
        """The facts of the event `reveal`."""
        agreed: dict[str, str | int | bool] = {"agreed": self.agreed} if self.agreed else {}
        return agreed | {
            "copy_id": self.copy_id,
            "table": shown(self.table),
            "columns": ", ".join(map(shown, self.columns)),
            "count": len(self.columns),
            "key_id": self.key_id,
            "reason": self.reason,
            "into": self.into,
        }


@dataclass(frozen=True, slots=True)
class Revealed:
    """How many cells of each column were turned back, and how many stay as they are because they cannot be told."""

    intent: Intent
    turned: Mapping[str, int]
    left: Mapping[str, int]


def reveal(
    request: RevealRequest,
    *,
    trusted: Mapping[str, bytes],
    now: datetime,
    announce: Callable[[Intent], None],
    stdout: BinaryIO | None = None,
) -> Revealed:
    """Write one file of a copy with `columns` turned back to `out` (0600, whole or not at all) or to `stdout`.

    `announce` is called before the first value is written; where it raises, nothing is written. Raises what
    `verify_copy` raises (an expired copy is refused); `UsageError` for a table or column that is not there, or an OUT
    inside the copy; `GateError` (`agreement`) as `agreed.standing` does, `does-not-fit` for a column that cannot be
    turned back; `KeyUnusable` for a missing or another key; `OutputError`.
    """
    one_line(request.reason, "--reason")
    copy = _copy_around(request.path)
    manifest, _ = verify_copy(copy, trusted, now)
    agreed = standing(manifest, request.agreement, now) if request.agreement else ""
    table, file = _meant(request, copy, manifest)
    columns = [_reversible(name, table, manifest) for name in request.columns]
    if request.out is not None:
        _refuse_near(copy, request.out)
    keyring = _keyring(request, copy, manifest)
    turnings = {column.name: Turning.of(column, keyring, table.name) for column in columns}
    intent = Intent(
        manifest.copy_id,
        table.name,
        request.columns,
        keyring.id,
        request.reason,
        "stdout" if request.out is None else "file",
        agreed,
    )
    source = copy / file.path if manifest.is_folder else copy
    turned, left = _write(source, file, table.name, turnings, request.out, stdout, lambda: announce(intent))
    return Revealed(intent, turned, left)


def _copy_around(path: Path) -> Path:
    """The copy that a path names: itself where a manifest stands beside or in it, else the folder copy around it."""
    if not manifest_path(path).exists() and path.is_file():
        for folder in path.absolute().parents:
            if (folder / FOLDER_NAME).is_file():
                return folder
    return path


def _meant(request: RevealRequest, copy: Path, manifest: Manifest) -> tuple[CopyTable, CopyFile]:
    """The one table that is meant, and the file that holds it."""
    if not request.columns:
        raise UsageError("usage", "no column is named", "`--columns a,b`")
    if len(set(request.columns)) < len(request.columns):
        raise UsageError("usage", "a column is named twice")
    tables = [table for table in manifest.tables if request.table in ("", table.name)]
    if manifest.is_folder and not request.path.is_dir():
        inside = os.path.relpath(os.path.realpath(request.path), os.path.realpath(copy))
        tables = [table for table in tables if table.file == Path(inside).as_posix()]
    if not tables:
        raise UsageError("unknown-name", "the copy has no such table", "`masker verify` lists what a copy holds")
    wanted = set(request.columns)
    holding = [table for table in tables if wanted <= {column.name for column in table.columns}]
    if not holding:
        raise UsageError("unknown-name", "no table of the copy has these columns", place=_place(tables))
    if len(holding) > 1:
        raise UsageError("usage", f"{len(holding)} tables have these columns", "say which one with `--table`")
    table = holding[0]
    if table.more:
        hint = "make a copy of one dump, and reveal that"
        raise InputError("unsupported", "the rows of this table stand in several dumps", hint, Place(table=table.name))
    file = next(file for file in manifest.files if not manifest.is_folder or file.path == table.file)
    return table, file


def _place(tables: list[CopyTable]) -> Place:
    return Place(table=tables[0].name) if len(tables) == 1 else Place()


def _reversible(name: str, table: CopyTable, manifest: Manifest) -> CopyColumn:
    column = next(column for column in table.columns if column.name == name)
    place = Place(table=table.name, column=name)
    if column.fate != "masked" or not column.parameters:
        what = f"masked by `{shown(column.method)}`" if column.fate == "masked" else column.fate
        hint = "only what `encrypt`, `fpe` and `permute` made is, and not with ids that a profile lets stay"
        raise GateError("does-not-fit", f"the column is {what}: it cannot be turned back", hint, place)
    if manifest.ephemeral:
        message = "the key of this copy was made for its run and is gone: nothing of it can be turned back"
        raise GateError("does-not-fit", message, "mask with `--key-file` where that may be needed", place)
    return column


def _refuse_near(copy: Path, out: Path) -> None:
    try:
        check_apart(copy, out)
    except UsageError:
        raise UsageError("usage", "OUT must not be the copy or lie inside it", "choose a place apart from it") from None


def _keyring(request: RevealRequest, copy: Path, manifest: Manifest) -> Keyring:
    root = root_of(request.key, request.config, apart_from=(copy, *([request.out] if request.out else [])))
    if root is None:
        raise KeyUnusable("key", "turning values back needs the key that masked them", "name it with `--key-file`")
    keyring = Keyring(
        root,
        customer=manifest.agreement,
        purpose=manifest.purpose,
        recipient=manifest.recipient if manifest.own_pseudonyms else "",
    )
    if keyring.id != manifest.key_id:
        raise KeyUnusable("key", "this is another key than the one that masked the copy", f"it was {manifest.key_id}")
    return keyring


def _write(
    source: Path,
    file: CopyFile,
    table: str,
    turnings: Mapping[str, Turning],
    out: Path | None,
    stdout: BinaryIO | None,
    announce: Callable[[], None],
) -> tuple[Counter[str], Counter[str]]:
    """Copy the file with the columns of `table` turned back; gives the counts of turned and of left cells."""
    options = ReadOptions(encoding=file.encoding, delimiter=file.delimiter, header=file.header)
    member = open_snapshot(source, options, file.format, allow_remask=True).members[0]
    turned: Counter[str] = Counter(dict.fromkeys(turnings, 0))
    left: Counter[str] = Counter(dict.fromkeys(turnings, 0))
    # A file of one table is called after the file, and not as the manifest calls its table.
    alone = len(member.source.tables) == 1
    with _target(out, stdout) as (stream, scratch):
        announce()
        with compressed_writer(stream, member.compression) as writer:
            sink = _sink(member, writer, scratch)
            for part in member.source.parts():
                if isinstance(part, Rows):
                    mine = alone or part.table == table
                    part = _turned(part, turnings, turned, left) if mine else replace(part, changed=frozenset())
                sink.write(sink.prepare(part))
            with _told_of_keys(table):
                sink.close()
        # Verified before it was read, and still the same afterwards: then it was what was read.
        with source.open("rb") as again:
            if hashlib.file_digest(again, "sha256").hexdigest() != file.sha256:
                raise GateError("digest", "the copy changed while it was read", place=Place(file=source.name))
    return turned, left


@contextmanager
def _told_of_keys(table: str) -> Iterator[None]:
    """Say what to do where a database will not hold originals at one end of a key and pseudonyms at the other."""
    try:
        yield
    except GateError as error:
        if error.code != "orphans":
            raise
        what = "a foreign key joins these columns, and an SQLite file cannot hold originals at one of its ends only"
        hint = "mask into a dump (`-o COPY.sql`), of which any column can be turned back"
        raise GateError("orphans", what, hint, Place(table=table)) from None


def _sink(member: Member, writer: BinaryIO, scratch: Path | None) -> Sink:
    """The writer of a file without a label: what holds originals is no copy."""
    format_ = FORMATS[member.format]
    if scratch is not None and isinstance(format_, BuildsFile):
        return format_.sink_in(scratch, writer, member.source, None)
    return format_.sink(writer, member.source, None)


def _turned(part: Rows, turnings: Mapping[str, Turning], turned: Counter[str], left: Counter[str]) -> Rows:
    columns = list(part.batch.columns)
    for name, turning in turnings.items():
        at = part.batch.schema.get_field_index(name)
        if at < 0:
            raise InternalError("internal", "a column of the manifest is not in the copy")
        columns[at], lost = turning(columns[at])
        left[name] += lost
        turned[name] += len(columns[at]) - columns[at].null_count - lost
    batch = pa.RecordBatch.from_arrays(columns, schema=part.batch.schema)
    return Rows(part.table, batch, part.origin, frozenset(turnings))


def _target(out: Path | None, stdout: BinaryIO | None) -> AbstractContextManager[tuple[BinaryIO, Path | None]]:
    """Where to write, and a private folder for what has to be built first, where there is one."""
    if out is not None:
        return _staged(out)
    if stdout is None:
        raise UsageError("usage", "no place to write to is named", "`-o FILE`, or `-o -` for standard output")
    return nullcontext((stdout, None))


@contextmanager
def _staged(out: Path) -> Iterator[tuple[BinaryIO, Path | None]]:
    with Staging(out, folder=False) as staging:
        with staging.create() as file:
            yield cast(BinaryIO, file), staging.scratch()
        staging.release()
