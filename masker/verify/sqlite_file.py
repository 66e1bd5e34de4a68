"""The verifier's way to open an SQLite file: nothing beside it is made or changed, and its log is read with it.

A file with a log or a journal beside it is copied together with that into a private folder that has no name any more
once it is open; any other file is read in place and taken to be one that nobody writes to.
"""

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from masker.errors import InputError, Place

_BLOCK = 1 << 20
_CORRUPT, _NOTADB = 11, 26  # https://www.sqlite.org/rescode.html


@contextlib.contextmanager
def connected(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to read; TEXT comes as `Text`. Raises `InputError`, also for what SQLite says while it is read."""
    place = Place(file=path.name)
    try:
        with contextlib.ExitStack() as cleanup:
            connection = _opened(path.resolve(), cleanup)
            connection.text_factory = Text.of
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("BEGIN")
            yield connection
    except sqlite3.Error as error:
        damaged = (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF in {_CORRUPT, _NOTADB}
        what = "the database is damaged, or none" if damaged else "the database cannot be read"
        raise InputError("malformed" if damaged else "unreadable", what, place=place) from None
    except OSError:
        raise InputError("unreadable", "the file cannot be read", place=place) from None


class Text(str):
    """A TEXT value. Bytes that are no UTF-8 stand as `\\xNN`, and `exact` is False."""

    __slots__ = ("exact",)
    exact: bool

    @classmethod
    def of(cls, data: bytes) -> "Text":
        """What SQLite gives as a text."""
        try:
            text = cls(data.decode())
            text.exact = True
        except UnicodeDecodeError:
            text = cls(data.decode("utf-8", "backslashreplace"))
            text.exact = False
        return text


def _opened(path: Path, cleanup: contextlib.ExitStack) -> sqlite3.Connection:
    beside = [path.with_name(path.name + ending) for ending in ("-wal", "-journal")]
    live = [log for log in beside if log.is_file() and log.stat().st_size]
    if not live:
        connection = sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True, isolation_level=None)
        cleanup.callback(connection.close)
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        return connection
    with tempfile.TemporaryDirectory(prefix="masker-") as folder:
        for file in (path, *live):
            with file.open("rb") as old, Path(folder, file.name).open("wb") as new:
                while block := old.read(_BLOCK):
                    new.write(block)
        connection = sqlite3.connect(Path(folder, path.name).as_uri(), uri=True, isolation_level=None)
        cleanup.callback(connection.close)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
    return connection
