"""SQLite files: read as the dump of themselves, and written as fresh databases into which the masked dump is loaded.

SOURCE is opened read-only, its write-ahead log with it, and nothing is made beside it. A copy is built from the masked
rows and the schema alone (free pages, statistics, the pages of search indexes and what was deleted stay behind),
checked, and written out by `VACUUM INTO`. The label is the one row of its table `masker_tag`.
"""

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from masker.formats import ReadOptions, Sink
from masker.formats.sqlite.opening import MAGIC
from masker.label import Label
from masker.snapshot import Source
from masker.streams import InputFile

if TYPE_CHECKING:  # what reads and writes databases is loaded when there is one
    from masker.formats.sqlite.source import SqliteSource

BLOCK_BYTES = 1 << 20


class Sqlite:
    """The format `sqlite`, with the label in the table `masker_tag`."""

    name = "sqlite"
    suffixes = (".sqlite", ".sqlite3", ".db", ".db3")
    carries_label = True
    compresses_itself = True

    def sniff(self, head: bytes) -> bool:
        """Whether a file begins like an SQLite database that is not encrypted."""
        return head.startswith(MAGIC)

    def open(self, file: InputFile, options: ReadOptions) -> "SqliteSource":
        """Look through the database; raises `InputError` where it is damaged, locked or not understood."""
        from masker.formats.sqlite.source import SqliteSource

        return SqliteSource(file, min(options.block_bytes, BLOCK_BYTES))

    def sink(self, out: BinaryIO, source: Source, label: Label | None) -> Sink:
        """The writer of a copy, which is built in the system's folder for temporary files."""
        return self._sink(None, out, source, label)

    def sink_in(self, scratch: Path, out: BinaryIO, source: Source, label: Label | None) -> Sink:
        """The writer of a copy, which is built in `scratch`."""
        return self._sink(scratch, out, source, label)

    def _sink(self, scratch: Path | None, out: BinaryIO, source: Source, label: Label | None) -> Sink:
        from masker.formats.sqlite.sink import SqliteSink
        from masker.formats.sqlite.source import SqliteSource
        from masker.sql.dump.sink import SqlSink

        if not isinstance(source, SqliteSource):
            raise TypeError("the source is not an SQLite file")
        sink = SqliteSink(scratch, out, source.file.path.name, source.facts, label)
        return sink.over(SqlSink(cast(BinaryIO, sink.feed), None))


FORMAT = Sqlite()
