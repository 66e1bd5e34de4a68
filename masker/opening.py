"""Opens what a user names as SOURCE: files by their formats, a database or an archive as a dump."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from masker.address import Address
from masker.dumped import Dumped
from masker.errors import GateError, InputError, OutputError, Place, UsageError
from masker.formats import FORMATS, CompressesItself, ReadOptions, WritesOneKind
from masker.formats._open import format_named, open_snapshot
from masker.formats.sqlite.dumped import sqlite_dump
from masker.publish import check_apart
from masker.servers import SERVERS
from masker.servers._archive import archive_of
from masker.snapshot import Member, Snapshot
from masker.streams import split_compression

DUMP = "sql"
"""The format of dumps."""
SQLITE = "sqlite"
"""The format of SQLite files."""


@dataclass(frozen=True)
class Opened:
    """An opened SOURCE: its snapshot, and what the verifier reads it by. `close` lets go of a database."""

    snapshot: Snapshot
    where: Path | Dumped

    def close(self) -> None:
        """Let go of the snapshot of a database; nothing of it can be read afterwards."""
        if isinstance(self.where, Dumped):
            self.where.close()


def open_source(
    place: Path | Address,
    options: ReadOptions,
    input_format: str = "",
    *,
    dest: Path | Address | None = None,
    allow_remask: bool = False,
) -> Opened:
    """Open SOURCE, as a dump where `dest` asks for one.

    Raises what `open_snapshot` and `Server.read` raise, and `UsageError` where `dest` is named as an archive.
    """
    if isinstance(place, Address):
        if input_format:
            raise UsageError("usage", "`--input-format` is for files", "leave it out for a database")
        where = SERVERS[place.server].read(place)
    elif not input_format and (dump := dump_of(place, dest)) is not None:
        if isinstance(dest, Path) and archive_of(place) is not None:
            _require_dump_name(dest)
        if not allow_remask:
            _refuse_copy(place)
        where = dump
    else:
        return Opened(open_snapshot(place, options, input_format, allow_remask=allow_remask), place)
    try:
        if where.has_tag and not allow_remask:
            what = "the source is a masked copy already: it holds the tag of masker"
            raise GateError("already-masked", what, "`--allow-remask` masks it again", where.place)
        source = FORMATS[DUMP].open(where, options)  # type: ignore[arg-type]
        return Opened(Snapshot(where.name, (Member(PurePosixPath(where.name), DUMP, source),)), where)
    except BaseException:
        where.close()
        raise


def dump_of(place: Path, dest: Path | Address | None) -> Dumped | None:
    """A file that is read as a dump: an archive of pg_dump, and an SQLite file whose copy `dest` is to be a dump."""
    if (archive := archive_of(place)) is not None:
        return archive
    if isinstance(dest, Path) and dest.name.lower().endswith(FORMATS[DUMP].suffixes):
        return sqlite_dump(place)
    return None


@contextlib.contextmanager
def closed_on_failure(opened: Opened) -> Iterator[None]:
    """Close SOURCE where what follows fails; else it stays open."""
    try:
        yield
    except BaseException:
        opened.close()
        raise


def _require_dump_name(dest: Path) -> None:
    """Refuse a name of DEST that says what SOURCE is and the copy is not: of an archive a plain dump is made."""
    if format_named(split_compression(dest.name)[0]) != DUMP:
        message = "the copy of this source is a plain SQL dump, and the name of DEST does not say so"
        raise UsageError("usage", message, "name it .sql, and load it with `psql -f COPY.sql`, not with pg_restore")


def _refuse_copy(path: Path) -> None:
    """An archive is never masker's own, but it may lie in a copy."""
    for folder in Path(os.path.realpath(path)).parents:
        if (folder / "masker.json").is_file():
            raise GateError("already-masked", "the source lies in a masked copy", "`--allow-remask` masks it again")


def require_apart(source: Path | Address, dest: Path | Address) -> None:
    """Refuse (`UsageError`) a DEST that is SOURCE, however it is spelled; the server says which database is which."""
    if isinstance(source, Path) and isinstance(dest, Path):
        check_apart(source, dest)
        return
    if not isinstance(source, Address) or not isinstance(dest, Address) or source.server != dest.server:
        return
    if source.schema and dest.schema and source.schema != dest.schema:
        return
    try:
        same = SERVERS[source.server].identity(source) == SERVERS[dest.server].identity(dest)
    except InputError:  # one of them does not exist: opening says which
        return
    if same:
        raise UsageError("usage", "DEST must not be SOURCE, lie inside it or contain it", "choose another database")


def require_free(dest: Path | Address, *, replace: bool) -> None:
    """Refuse a database at DEST that holds anything, before SOURCE is read.

    Whether it may be replaced is looked at when staging begins, and so are files.
    """
    if not isinstance(dest, Address):
        return
    try:
        SERVERS[dest.server].check_free(dest)
    except OutputError as error:
        if error.code != "exists" or not replace:
            raise


def becomes_sqlite(snapshot: Snapshot, dest: Path | Address) -> bool:
    """Whether a dump is to become an SQLite file."""
    if isinstance(dest, Address) or not dest.name.lower().endswith(FORMATS[SQLITE].suffixes):
        return False
    return _dialect(snapshot) == SQLITE and snapshot.members[0].format == DUMP


def _dialect(snapshot: Snapshot) -> str:
    """Whose SQL the one dump of a snapshot is; "" where it is none."""
    if snapshot.is_folder:
        return ""
    return getattr(getattr(snapshot.members[0].source, "catalog", None), "dialect", "")


def require_loadable(snapshot: Snapshot, dest: Path | Address) -> None:
    """Refuse (`UsageError`) to load into a database what is no dump, or one of another kind of server.

    A file whose name says its format has to be of that format.
    """
    if not isinstance(dest, Address):
        _require_kind(snapshot, dest.name)
        if not snapshot.is_folder and not becomes_sqlite(snapshot, dest):
            _require_named(snapshot.members[0].format, dest.name)
        return
    if _dialect(snapshot) != dest.server:
        message = "only a dump or a database of the same kind can be loaded into this database"
        raise UsageError("usage", message, "name a file as DEST")


def _require_kind(snapshot: Snapshot, name: str) -> None:
    """Refuse a name of a copy that says another kind of file than its format writes."""
    for member in snapshot.members:
        found = FORMATS[member.format]
        said = (member.path.name if snapshot.is_folder else name).lower()
        if (
            not isinstance(found, WritesOneKind)
            or said.endswith(found.copy_suffix)
            or not said.endswith(found.suffixes)
        ):
            continue
        message = f"the copy of a file of the format {member.format} is named {found.copy_suffix}"
        hint = "mask this file by itself" if snapshot.is_folder else f"name DEST with the ending {found.copy_suffix}"
        raise UsageError("usage", message, hint, Place(file=member.path.as_posix()))


def _require_named(written: str, name: str) -> None:
    """Refuse a name of DEST that says another format than the copy has, or a compression that nobody could read."""
    plain, compression = split_compression(name)
    said = format_named(plain)
    fitting = " ".join(FORMATS[written].suffixes)
    if said not in ("", written):
        if said == SQLITE:
            message = "the copy of this file is no SQLite database, as the ending of DEST says"
            raise UsageError("usage", message, "name it .sql, and load it with `sqlite3 NEW.db < COPY.sql`")
        message = f"the copy is a file of the format {written}, and the ending of DEST says {said}"
        raise UsageError("usage", message, f"name it with one of {fitting}")
    if compression and isinstance(FORMATS[written], CompressesItself):
        message = f"a file of the format {written} is not compressed as a whole"
        raise UsageError("usage", message, f"leave the ending .{compression} away")
