"""Opens an SQLite file to be read, so that nothing beside it is made, changed or removed.

A file with a write-ahead log or a hot journal beside it holds its latest rows only together with that: both are copied
into a private folder, opened there and unlinked at once, so that no name of them is left even where the run is killed.
Any other file is opened where it is: read-only with its locks, or, in WAL mode without a log, as immutable
(https://www.sqlite.org/wal.html#read_only_databases).
"""

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from masker.errors import InputError, Place
from masker.formats.sqlite.refusing import refusing

MAGIC = b"SQLite format 3\0"
_BESIDE = ("-wal", "-journal")
_HEADER = 100  # bytes, https://www.sqlite.org/fileformat2.html#the_database_header
_WAL = 2
_TRIES = 3

State = tuple[tuple[int, int, int] | None, ...]
"""Size, time and inode of the file and of what belongs to it: who has written meanwhile shows here."""


def state_of(path: Path) -> State:
    """The state of a database file and of its log and journal; None for what is not there."""
    return tuple(_stat(_real(path) + ending) for ending in ("", *_BESIDE))


@contextlib.contextmanager
def opened(path: Path, place: Place) -> Iterator[sqlite3.Connection]:
    """A connection inside one read transaction; raises `InputError` for what is no sound database, or locked."""
    check_header(path, place)
    with contextlib.ExitStack() as cleanup, refusing(place):
        if any(_size(_real(path) + ending) for ending in _BESIDE):
            connection = cleanup.enter_context(_private(path, place))
        else:
            connection = _connect(_real(path), "immutable=1" if _mode(path) == _WAL else "mode=ro")
            cleanup.callback(connection.close)
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield connection


def check_header(path: Path, place: Place) -> None:
    """Refuse what does not begin like a database, or is shorter than its own header says (`InputError`)."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER)
            size = os.fstat(file.fileno()).st_size
    except OSError:
        raise InputError("unreadable", "the file cannot be read", place=place) from None
    if not header:
        raise InputError("truncated", "the file is empty", place=place)
    if not header.startswith(MAGIC[: len(header)]):
        raise InputError("malformed", "the file is no SQLite database, or encrypted", "decrypt it first", place)
    page = int.from_bytes(header[16:18], "big")
    page = 65536 if page == 1 else page
    if len(header) < _HEADER or size < page:
        raise InputError("truncated", "the file ends inside its first page", place=place)
    if page < 512 or page & (page - 1):
        raise InputError("malformed", "the file's header is damaged", place=place)
    pages = int.from_bytes(header[28:32], "big")
    counted = header[24:28] == header[92:96]  # else an old SQLite wrote last, and the count is not kept
    if counted and size < page * pages and not _size(_real(path) + "-wal"):
        raise InputError("truncated", "the file has fewer pages than its header says", place=place)


def _mode(path: Path) -> int:
    with path.open("rb") as file:
        return max(file.read(20)[18:20])


def _connect(path: str, mode: str) -> sqlite3.Connection:
    # The rows are read by one thread at a time, but not always by the one that opened the file.
    uri = f"file:{quote(os.fsencode(path))}?{mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=1, check_same_thread=False)


@contextlib.contextmanager
def _private(path: Path, place: Place) -> Iterator[sqlite3.Connection]:
    folder = tempfile.mkdtemp(prefix="masker-")  # 0700
    with contextlib.ExitStack() as cleanup:
        cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
        copy = Path(folder, "copy")
        for _ in range(_TRIES):
            before = state_of(path)
            for ending in ("", *_BESIDE):
                copy.with_name(copy.name + ending).unlink(missing_ok=True)
                with contextlib.suppress(FileNotFoundError):
                    shutil.copyfile(_real(path) + ending, copy.with_name(copy.name + ending))
            if state_of(path) == before:
                break
        else:
            raise InputError("unreadable", "somebody writes to the file", "mask a copy that nobody writes to", place)
        connection = _connect(str(copy), "mode=rw")
        cleanup.callback(connection.close)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # the index of the log stays in memory
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        shutil.rmtree(folder, ignore_errors=True)
        yield connection


def _real(path: Path) -> str:
    return os.path.realpath(path)


def _size(path: str) -> int:
    state = _stat(path)
    return state[0] if state else 0


def _stat(path: str) -> tuple[int, int, int] | None:
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino
