"""From a verified dump into a database: staged as a dump, checked, loaded, compared, and only then made visible.

What is verified is the masked dump, side by side with SOURCE: a database may give its rows back in another order (of
masked keys), and says nothing of what stood around them. Then it is loaded under a name of its own, and its rows are
compared with the dump's, table by table and column by column, in whatever order they come. A server writes some values
in its own style (`1.0` for `1` in a `numeric(3,1)`): tables that differ are loaded once more where no trigger is, and
what the server made of the dump there, it has to be. An SQLite file whose SOURCE is a dump comes about likewise.
"""

import contextlib
import secrets
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Self

from masker.address import Address
from masker.database_copies import require_free
from masker.errors import OutputError, shown
from masker.formats.sqlite.dumped import sqlite_dump
from masker.formats.sqlite.loading import Loading
from masker.label import Label
from masker.manifest import Manifest
from masker.publish import Staging, held_signals
from masker.servers import SERVERS
from masker.servers import Loading as ServerLoading
from masker.servers._stream import CHUNK
from masker.verify.arrived import digest_of, require_same, unlike
from masker.verify.loaded import Loaded
from masker.verify.opening import raw_blocks


class Arrival(Staging):
    """A `Staging` whose copy ends up in a database; `arrive` before `publish`. It stages where `TMPDIR` says."""

    plain = True

    def __init__(self, dest: Address, label: Label, may_replace: Callable[[], None] | None = None) -> None:
        super().__init__(Path(tempfile.gettempdir()) / f"masker-{secrets.token_hex(8)}.sql", folder=False)
        self._address, self._label, self._may_replace_copy = dest, label, may_replace
        self._loading: ServerLoading | None = None
        self.notices: list[str] = []

    def __enter__(self) -> Self:
        require_free(self._address, self._may_replace_copy)
        return super().__enter__()

    def arrive(self, manifest: Manifest) -> Manifest:
        """Load the staged dump; gives the manifest with the digest of the database in the place of the file's.

        Raises `OutputError` (`exists`, `database`, ...), `GateError` (`mismatch`).
        """
        server = SERVERS[self._address.server]
        self._loading = self._cleanup.enter_context(server.load(self._address, self._may_replace_copy))
        self._loading.fill(raw_blocks(self.root))
        with contextlib.closing(self._loading.dumped()) as database:
            loaded = Loaded(self.root, database)
            manifest = self._as_taken(manifest, loaded.passed_over(manifest.tables))
            manifest = self._with_made(manifest, loaded.made(manifest.tables))
            if doubtful := unlike(manifest.tables, loaded):
                with self._loading.again(raw_blocks(self.root), [table.name for table in doubtful]) as (
                    once_more,
                    names,
                ):
                    require_same(doubtful, database, once_more, names)
            digest = digest_of(database.data())
        (staged,) = manifest.files
        return replace(manifest, files=(replace(staged, sha256=digest),))

    def _as_taken(self, manifest: Manifest, gone: Mapping[str, Collection[str]]) -> Manifest:
        """The manifest with the columns as dropped that a version comment declares, and the server does not have."""
        self.notices += [
            f"{shown(table)}.{shown(name)} is not in the copy: a version comment of the dump declares it, "
            "which this server does not execute"
            for table, names in gone.items()
            for name in sorted(names)
        ]
        tables = []
        for table in manifest.tables:
            names = gone.get(table.name, ())
            columns = (replace(c, fate="dropped", parameters={}) if c.name in names else c for c in table.columns)
            tables.append(replace(table, columns=tuple(columns)))
        return replace(manifest, tables=tuple(tables))

    def _with_made(self, manifest: Manifest, made: Mapping[str, int]) -> Manifest:
        """The manifest with the rows that triggers of the dump made in tables that it does not fill."""
        self.notices += [f"{shown(name)} has {rows} rows that triggers of the dump made" for name, rows in made.items()]
        tables = (
            replace(table, rows=made[table.name], made=True) if table.name in made else table
            for table in manifest.tables
        )
        return replace(manifest, tables=tuple(tables))

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
        # Rows and NULLs have to be the dump's; SQLite writes numbers in its own style, so that texts may differ.
        unlike(manifest.tables, Loaded(dump, read))
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


def arrived(staging: Staging, manifest: Manifest) -> tuple[Manifest, list[str]]:
    """`arrive` of a copy in the making, and what the database lacks, in sentences.

    A copy that was staged as what it will be is where it has to be.
    """
    if isinstance(staging, Arrival | SqliteArrival):
        manifest = staging.arrive(manifest)
    return manifest, staging.notices if isinstance(staging, Arrival) else []
