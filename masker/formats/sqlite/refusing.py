"""What SQLite says of a bad file, in masker's words: its own messages are never shown."""

import contextlib
import sqlite3
from collections.abc import Iterator

from masker.errors import InputError, OutputError, Place

# Primary result codes, https://www.sqlite.org/rescode.html
_BUSY, _LOCKED, _NOMEM, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _TOOBIG, _NOTADB = 5, 6, 7, 10, 11, 13, 14, 18, 26
_PERM, _READONLY = 3, 8
_SAID = {
    _BUSY: ("unreadable", "another program has locked the database", "wait for it, or mask a copy of the file"),
    _LOCKED: ("unreadable", "another program has locked the database", "wait for it, or mask a copy of the file"),
    _NOMEM: ("limit", "the database needs more memory than there is", ""),
    _IOERR: ("unreadable", "the file cannot be read to its end", ""),
    _CORRUPT: ("malformed", "the database is damaged", "`PRAGMA integrity_check` of the sqlite3 shell tells where"),
    _FULL: ("limit", "no space for the temporary copy of the database", "set TMPDIR to a place with more"),
    _CANTOPEN: ("unreadable", "the file cannot be opened", ""),
    _TOOBIG: ("limit", "a value is larger than SQLite allows", ""),
    _NOTADB: ("malformed", "the file is no SQLite database, or encrypted", "decrypt it first"),
}


@contextlib.contextmanager
def refusing(place: Place) -> Iterator[None]:
    """Turn what SQLite raises at a bad file into `InputError`, without its text, which may hold names and values."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None) or 0
        unknown = ("unsupported", "the database needs a feature that this SQLite lacks", "a newer SQLite may read it")
        word, message, hint = _SAID.get(code & 0xFF, unknown)
        if code == 0 and isinstance(error, sqlite3.OperationalError):
            # Python could not decode a name as UTF-8.
            word, message, hint = "encoding", "a name or a statement of the schema is no UTF-8", ""
    except UnicodeError:
        word, message, hint = "encoding", "a name or a statement of the schema is no UTF-8", ""
    else:
        return
    raise InputError(word, message, hint, place) from None


@contextlib.contextmanager
def unwritable() -> Iterator[None]:
    """Turn what SQLite raises where a file of the copy cannot be written into `OutputError`; all else stays."""
    try:
        yield
    except sqlite3.Error as error:
        code = (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
        if code == _FULL:
            raise OutputError(
                "no-space", "there is no space left for the copy", "free some, or write elsewhere"
            ) from None
        if code in {_IOERR, _CORRUPT, _NOTADB}:
            raise OutputError("output", "the database cannot be written to its end") from None
        if code in {_PERM, _READONLY, _CANTOPEN}:
            raise OutputError("permission", "the database cannot be written there") from None
        raise
