"""Builds a fresh database file from the bytes of a dump, statement by statement, in a private folder.

Nothing is journalled or synced: what fails is thrown away. What a statement may do is bounded: no other file is
attached, no extension loaded, no setting changed but those of a dump. `VACUUM INTO` writes the finished file, so that
it has no free pages and no order of writing.
"""

import re
import sqlite3
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from masker.errors import GateError, InputError, OutputError, Place
from masker.formats.sqlite.refusing import unwritable
from masker.label import KEY, Label
from masker.sql.blanks import BLANK
from masker.staged import create_file

Orphans = Mapping[tuple[str, str, int], int]
"""Rows without a parent by table, parent and number of the foreign key, as `PRAGMA foreign_key_check` counts them."""

_SETTINGS = {"encoding", "page_size", "auto_vacuum", "application_id", "user_version", "foreign_keys"}
_SKIPPED = re.compile(rf"{BLANK}*(?:BEGIN|COMMIT|END|ROLLBACK)\b[\w\s]*;\s*\Z", re.I | re.S)
_SETTING = re.compile(rf"{BLANK}*PRAGMA\b", re.I | re.S)
_CLASHES = {1555, 2067, 2579}  # SQLITE_CONSTRAINT_PRIMARYKEY, _UNIQUE, _ROWID: https://www.sqlite.org/rescode.html
_NOMEM, _TOOBIG = 7, 18
_BLOCK = 1 << 20
_TRIES = 64  # semicolons that may stand in texts at the end of a block before it has to grow


class Loading:
    """A database in the making: `feed` it a dump, then `finish`; `close` removes what is left of it."""

    def __init__(self, folder: Path, file: str) -> None:
        self._building, self._final = folder / "building.db", folder / "final.db"
        self._file, self.table = file, ""
        self._held = bytearray()
        self._wanted = _BLOCK
        with self._failing():
            create_file(self._building).close()
            self._connection = sqlite3.connect(self._building, isolation_level=None, check_same_thread=False)
            weakref.finalize(self, self._connection.close)
            directory = str(folder).replace("'", "''")
            for setting in (
                "journal_mode = OFF",
                "synchronous = OFF",
                "locking_mode = EXCLUSIVE",
                "foreign_keys = OFF",
                "trusted_schema = OFF",
                f"temp_store_directory = '{directory}'",  # where sorting an index spills
            ):
                self._connection.execute(f"PRAGMA {setting}").fetchall()
            self._connection.set_authorizer(_allowed)

    def feed(self, data: bytes) -> None:
        """Take the next bytes; whatever ends a statement runs it.

        Raises `GateError` (`collision`, `does-not-fit`) where masked rows break a constraint.
        """
        self._held += data
        ends_statement = data.rstrip().endswith(b";")
        if not ends_statement and len(self._held) < self._wanted:
            return
        end = len(self._held)
        for _ in range(_TRIES):
            end = self._held.rfind(b";", 0, end)
            if end < 0:
                break
            text = self._text(end + 1)
            if sqlite3.complete_statement(text):
                del self._held[: end + 1]
                self._run(text)
                self._wanted = _BLOCK
                return
            if ends_statement:
                return
        self._wanted = 2 * len(self._held)

    def finish(
        self, label: Label | None, orphans: Orphans | None, *, counters: Mapping[str, int], analyzed: bool
    ) -> Iterator[bytes]:
        """The bytes of the finished file, after its checks; `orphans` are those that SOURCE has (None: nobody knows).

        `counters` are the last numbers given out in tables whose numbers stayed; any other table counts on from its
        own highest.
        """
        text = self._text()
        if text.strip():
            self._run(text)
        with self._failing():
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")
            self._connection.set_authorizer(None)
            for table, last in counters.items():
                self._connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
                self._connection.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (table, last))
            if label is not None:
                self._connection.execute(f"CREATE TABLE {KEY} (label TEXT NOT NULL)")
                self._connection.execute(f"INSERT INTO {KEY} VALUES (?)", (label.as_text(),))
            if analyzed:
                self._connection.execute("ANALYZE")
            if self._connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                raise OutputError("output", "the database that was made fails its integrity check")
            found = {} if orphans is None else orphans_of(self._connection, orphans)
            for (table, _, _), number in found.items():
                what = "rows lost their parent row"
                raise GateError("orphans", f"{what}: {number}", place=Place(self._file, table))
            create_file(self._final).close()
            self._connection.execute("VACUUM INTO ?", (str(self._final),))
            self._connection.execute("PRAGMA temp_store_directory = ''")
            self._connection.close()
        with self._final.open("rb") as file:
            while block := file.read(_BLOCK):
                yield block

    def close(self) -> None:
        """Remove the files; what `finish` did not give is lost."""
        self._connection.close()
        for path in (self._building, self._final):
            path.unlink(missing_ok=True)

    def _text(self, end: int | None = None) -> str:
        try:
            text = self._held[:end].decode()
        except UnicodeDecodeError:
            raise InputError("encoding", "a statement is no UTF-8", place=Place(self._file)) from None
        if "\0" in text:
            raise InputError("malformed", "a statement holds a NUL", place=Place(self._file))
        return text

    def _run(self, text: str) -> None:
        if _SKIPPED.match(text):
            return
        with self._failing():
            if not self._connection.in_transaction and not _SETTING.match(text):
                self._connection.execute("BEGIN")
            try:
                self._connection.execute(text)
            except (sqlite3.Warning, sqlite3.ProgrammingError):
                # Several statements at once.
                self._connection.executescript(text)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        place = Place(self._file, self.table or None)
        try:
            with unwritable():
                yield
        except sqlite3.IntegrityError as error:
            clash = getattr(error, "sqlite_errorcode", 0) in _CLASHES
            word, what = ("collision", "unique values") if clash else ("does-not-fit", "the types or checks")
            raise GateError(word, f"masked rows do not keep {what} of their table", place=place) from None
        except sqlite3.Error as error:
            code = (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
            if code in {_NOMEM, _TOOBIG}:
                raise InputError("limit", "a statement is larger than SQLite allows", place=place) from None
            what = "a statement that this SQLite cannot run"
            raise InputError("unsupported", what, "does it need an extension, or a newer SQLite?", place) from None


def orphans_of(connection: sqlite3.Connection, known: Orphans | None = None) -> dict[tuple[str, str, int], int]:
    """Rows without a parent, by foreign key; with `known`, only the keys that have more of them than it says."""
    found: dict[tuple[str, str, int], int] = {}
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    for (table,) in tables:
        name = table.replace('"', '""')
        try:
            for row in connection.execute(f'PRAGMA foreign_key_check("{name}")'):
                key = (row[0], row[2], row[3])
                found[key] = found.get(key, 0) + 1
        except sqlite3.OperationalError:
            # A key that refers to columns which are not unique; SQLite cannot check it, here or in SOURCE.
            continue
    return {key: number for key, number in found.items() if known is None or number > known.get(key, 0)}


def _allowed(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    if action in {sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH}:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in {"load_extension", "fts3_tokenizer"}:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and (first or "").lower() not in _SETTINGS:
        # FTS5 asks for the version of the data by a PRAGMA of its own.
        return sqlite3.SQLITE_OK if (first or "").lower() == "data_version" else sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK
