"""From a verified dump into a database: staged as a dump, checked, loaded, compared, and only then made visible.

What is verified is the masked dump, side by side with SOURCE: a database may give its rows back in another order (of
masked keys), and says nothing of what stood around them. Then it is loaded under a name of its own, and its rows are
compared with the dump's, table by table and column by column, in whatever order they come. An SQLite file whose SOURCE
is a dump comes about in the same way.
"""

import contextlib
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Self

from masker.address import Address
from masker.database_copies import require_free
from masker.errors import OutputError
from masker.formats.sqlite.dumped import sqlite_dump
from masker.formats.sqlite.loading import Loading
from masker.label import Label
from masker.manifest import Manifest
from masker.publish import Staging, held_signals
from masker.servers import SERVERS
from masker.servers import Loading as ServerLoading
from masker.servers._stream import CHUNK
from masker.verify.arrived import digest_of, require_arrived


class Arrival(Staging):
    """A `Staging` whose copy ends up in a database; `arrive` before `publish`. It stages where `TMPDIR` says."""

    plain = True

    def __init__(self, dest: Address, label: Label, may_replace: Callable[[], None] | None = None) -> None:
        super().__init__(Path(tempfile.gettempdir()) / f"masker-{secrets.token_hex(8)}.sql", folder=False)
        self._address, self._label, self._may_replace_copy = dest, label, may_replace
        self._loading: ServerLoading | None = None

    def __enter__(self) -> Self:
        require_free(self._address, self._may_replace_copy)
        return super().__enter__()

    def arrive(self, manifest: Manifest, *, same_texts: bool) -> Manifest:
        """Load the staged dump; gives the manifest with the digest of the database in the place of the file's.

        `same_texts`: SOURCE's values are written as this kind of server writes them, so that each that is kept must
        come back as it was. Where the server says that it cut one, all must. Raises `OutputError` (`exists`,
        `database`, ...), `GateError` (`mismatch`).
        """
        server = SERVERS[self._address.server]
        self._loading = self._cleanup.enter_context(server.load(self._address, self._may_replace_copy))
        with self.root.open("rb") as file:
            warned = self._loading.fill(iter(partial(file.read, CHUNK), b""))
        with contextlib.closing(self._loading.dumped()) as database:
            require_arrived(manifest, self.root, database, kept_texts=same_texts or warned, masked_texts=warned)
            digest = digest_of(database.data())
        (staged,) = manifest.files
        return replace(manifest, files=(replace(staged, sha256=digest),))

    def publish(self, manifest: bytes, visible: Callable[[], None] | None = None) -> None:
        """Make the database visible together with its tag; a signal that comes meanwhile finds it done."""
        if self._loading is None:
            raise RuntimeError("it did not arrive")
        with held_signals() as interrupted:
            interrupted()
            self._loading.publish(self._label.as_text(), manifest)
            if visible is not None:
                visible()


class SqliteArrival(Staging):
    """A `Staging` of an SQLite file whose SOURCE is a dump; `arrive` before `publish`."""

    plain = True

    def __init__(self, dest: Path, label: Label, may_replace: Callable[[Path], None] | None = None) -> None:
        super().__init__(dest, folder=False, may_replace=may_replace)
        self._label, self._ending = label, ".sql"

    @property
    def root(self) -> Path:
        """The masked dump, and once it arrived the file that was made of it."""
        return self.path / (self.dest.name + self._ending)

    def arrive(self, manifest: Manifest) -> Manifest:
        """Load the staged dump into a file; gives the manifest with that file in the place of the dump.

        Raises `GateError` (`mismatch`, `collision`, `does-not-fit`), and `InputError` (`unsupported`) for what SQLite
        cannot run.
        """
        for file in self._created:
            file.close()
        loading = Loading(self.scratch(), self.dest.name)
        self._cleanup.callback(loading.close)
        dump = self.root
        with dump.open("rb") as written:
            for block in iter(partial(written.read, CHUNK), b""):
                loading.feed(block)
        self._ending = ""
        with self.create() as made:
            for block in loading.finish(self._label, None, counters={}, analyzed=False):
                made.write(block)
        read = sqlite_dump(self.root)
        if read is None:
            raise OutputError("output", "the file that was made is no SQLite database")
        require_arrived(manifest, dump, read, kept_texts=False, masked_texts=False)
        dump.unlink()
        loading.close()
        (staged,) = manifest.files
        return replace(manifest, files=(replace(staged, sha256=made.sha256, format="sqlite"),))


def staging_of(
    dest: Path | Address,
    label: Label,
    *,
    folder: bool,
    becomes_sqlite: bool,
    may_replace: Callable[[Path | Address], None] | None,
) -> Staging:
    """Where a copy at `dest` is made; `becomes_sqlite`: an SQLite file, of a dump."""
    if isinstance(dest, Address):
        return Arrival(dest, label, None if may_replace is None else partial(may_replace, dest))
    if becomes_sqlite:
        return SqliteArrival(dest, label, may_replace)
    return Staging(dest, folder=folder, may_replace=may_replace)


def arrived(staging: Staging, manifest: Manifest, *, same_texts: bool) -> Manifest:
    """`arrive` of a copy in the making; a copy that was staged as what it will be is where it has to be."""
    if isinstance(staging, SqliteArrival):
        return staging.arrive(manifest)
    return staging.arrive(manifest, same_texts=same_texts) if isinstance(staging, Arrival) else manifest
