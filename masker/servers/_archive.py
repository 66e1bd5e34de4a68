"""Archives of pg_dump (custom, directory and tar format) as the bytes of a plain dump, by `pg_restore -f -`.

PostgreSQL documentation, pg_restore. Owners, grants and large objects' owners are left out.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from masker.dumped import Dumped
from masker.errors import InputError, Place
from masker.servers._stream import CHUNK, stream_of

_CUSTOM = b"PGDMP"
_DIRECTORY = "toc.dat"
_TAR_NAME = _DIRECTORY.encode() + b"\0"
_PG_RESTORE = "pg_restore --no-owner --no-privileges --no-publications --no-subscriptions --no-security-labels".split()
_RESTRICT = re.compile(rb"^\\(?:un)?restrict \w+\n", re.MULTILINE)
_TAIL = 4 << 10
_HINT = "is the file whole, and pg_restore as new as the pg_dump that wrote it?"


def archive_of(path: Path) -> Dumped | None:
    """The archive at `path` as a dump; None where there is none. Raises `InputError` where pg_restore is missing."""
    try:
        if path.is_dir():
            found = (path / _DIRECTORY).is_file() and _begins(path / _DIRECTORY, _CUSTOM)
        else:
            found = path.is_file() and (_begins(path, _CUSTOM) or _begins(path, _TAR_NAME))
    except OSError:
        return None
    if not found:
        return None
    if shutil.which("pg_restore") is None:
        hint = "install the client tools of PostgreSQL"
        raise InputError("unsupported", "this archive needs the program pg_restore", hint, Place(file=path.name))
    return Dumped(path.name, lambda: stream_of(_chunks(path)))


def _begins(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def _chunks(path: Path) -> Iterator[bytes]:
    command = [*_PG_RESTORE, "--file=-", "--", str(path.absolute())]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    out = cast(BinaryIO, process.stdout)
    try:
        # The key of \\restrict differs from run to run; it stands near both ends, and no data stands there.
        held = _RESTRICT.sub(b"", out.read(CHUNK), count=1)
        while data := out.read(CHUNK):
            held += data
            yield held[:-_TAIL]
            held = held[-_TAIL:]
        rest, complete, end = held.rpartition(b"-- PostgreSQL database dump complete")
        yield rest + complete + _RESTRICT.sub(b"", end) if complete else held
        if process.wait():
            raise InputError("malformed", "pg_restore could not read the archive", _HINT, Place(file=path.name))
    finally:
        process.kill()
        out.close()
        process.wait()
