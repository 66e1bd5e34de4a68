"""SOURCE stays as it is, its log is read with it, and what is no sound database is refused without a value."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from masker.errors import InputError, MaskerError
from masker.formats.sqlite.dumping import Dump
from masker.streams import InputFile
from masker.verify.reading import Reading
from masker.verify.sqlite_reader import open_sqlite

MARK = "canary-b7e2"


def state(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    return {p.name: (p.read_bytes(), p.stat().st_mtime_ns, p.stat().st_ino) for p in folder.iterdir()}


def dump(path: Path) -> bytes:
    return b"".join(Dump(InputFile(path)).chunks())


def rows_read(path: Path) -> list[object]:
    reader = open_sqlite(path, Reading()).reader("t", ("a",))
    return [value for batch in reader.batches() for value in batch["a"].to_pylist()]


def killed(folder: Path, script: str) -> Path:
    """A database that a program left which ended in the middle."""
    folder.mkdir()
    program = f"import sqlite3, os; c = sqlite3.connect('x.db', isolation_level=None); {script}; os._exit(0)"
    subprocess.run([sys.executable, "-c", program], cwd=folder, check=True)
    return folder / "x.db"


def with_log(folder: Path) -> Path:
    return killed(
        folder,
        "c.execute('PRAGMA journal_mode = WAL'); c.execute('CREATE TABLE t (a)');"
        "c.execute('PRAGMA wal_checkpoint(TRUNCATE)'); c.execute(\"INSERT INTO t VALUES ('in the log')\")",
    )


def with_hot_journal(folder: Path) -> Path:
    return killed(
        folder,
        "c.execute('CREATE TABLE t (a)'); c.execute(\"INSERT INTO t VALUES ('committed')\");"
        "c.execute('PRAGMA cache_size = 1'); c.execute('BEGIN'); c.execute('UPDATE t SET a = 0');"
        "c.executemany('INSERT INTO t VALUES (?)', [('x' * 3000,)] * 50)",
    )


@pytest.mark.parametrize(("make", "rows"), [(with_log, ["in the log"]), (with_hot_journal, ["committed"])])
@pytest.mark.parametrize("writable", [True, False])
def test_a_log_or_journal_counts_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], Path], rows: list[str], writable: bool
) -> None:
    path = make(tmp_path / "source")
    private = tmp_path / "private"
    private.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(private))
    assert any(other.stat().st_size for other in path.parent.iterdir() if other != path)
    before = state(path.parent)
    path.parent.chmod(0o700 if writable else 0o500)
    assert rows_read(path) == rows
    chunks = Dump(InputFile(path)).chunks()
    first = next(chunks)
    assert list(private.iterdir()) == [], "no copy of SOURCE has a name while it is read"
    data = first + b"".join(chunks)
    assert rows[0].encode() in data
    path.parent.chmod(0o700)
    assert state(path.parent) == before
    assert list(private.iterdir()) == []


def test_a_file_in_wal_mode_without_a_log_gets_none(tmp_path: Path) -> None:
    path = with_log(tmp_path / "source")
    sqlite3.connect(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO t VALUES (1)")
    connection.close()
    assert [other.name for other in path.parent.iterdir()] == ["x.db"]
    before = state(path.parent)
    assert b"in the log" in dump(path)
    assert rows_read(path) == ["in the log", "1"]
    assert state(path.parent) == before


def test_what_changes_between_two_passes_is_refused(tmp_path: Path) -> None:
    path = with_log(tmp_path / "source")
    read = Dump(InputFile(path))
    b"".join(read.chunks())
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO t VALUES (1)")
    connection.close()
    with pytest.raises(InputError, match="changed"):
        b"".join(read.chunks())


def sound(path: Path) -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a)")
        connection.executemany("INSERT INTO t VALUES (?)", [(f"{MARK}-{i}",) for i in range(2000)])
        connection.execute("CREATE INDEX i ON t (a)")
    connection.close()
    return path


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def header_only(path: Path) -> None:
    os.truncate(path, 50)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def encrypted(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(range(100, 116)))


def corrupted(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xff" * 4096)


def damaged_schema(path: Path) -> None:
    with path.open("r+b") as file:
        data = file.read(4096).replace(b"CREATE TABLE", b"CREATE TUBLE")
        file.seek(0)
        file.write(data)


def bad_page_size(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(16)
        file.write(b"\x00\x07")


def zipped(path: Path) -> None:
    archive = shutil.make_archive(str(path.with_suffix("")), "zip", path.parent, path.name)
    Path(archive).replace(path)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (truncated, {"truncated"}),
        (header_only, {"truncated"}),
        (empty, {"truncated"}),
        (encrypted, {"malformed"}),
        (corrupted, {"malformed"}),
        (damaged_schema, {"malformed", "unsupported"}),
        (bad_page_size, {"malformed"}),
        (zipped, {"malformed"}),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, harm: Callable[[Path], None], words: set[str]) -> None:
    path = sound(tmp_path / "x.db")
    harm(path)
    with pytest.raises(MaskerError) as caught:
        dump(path)
    assert isinstance(caught.value, InputError)
    assert caught.value.code in words
    assert MARK not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_locked_file_is_refused(tmp_path: Path) -> None:
    path = sound(tmp_path / "x.db")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    with pytest.raises(InputError, match="locked"):
        dump(path)
    writer.execute("ROLLBACK")
    writer.close()
