"""SQL dumps: pg_dump (COPY and INSERT), mysqldump and its kin, SQLite's `.dump`; one table for each that is declared.

All cells are text columns: what the server would print, NULL is null. Masked cells are written in their own style
(quoted, bare, `_binary`, hex, COPY), and all else is copied byte for byte, so that a copy under an all-`keep` plan is
the source with one line more: the label, a comment at the top. A dropped column is NULL in every row, since the DDL
still has it. Only statements of an allow-list may pass. The dump has to be UTF-8.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

from masker.errors import InputError
from masker.formats import ReadOptions, Sink
from masker.label import Label
from masker.snapshot import Source
from masker.sql.dump.label import label_end
from masker.sql.dump.unicode import head_as_utf8
from masker.streams import InputFile

if TYPE_CHECKING:  # what reads and writes dumps is loaded when there is one
    from masker.sql.dump.source import SqlSource

# The processor's cache holds the arrays of a block of this size.
BLOCK_BYTES = 1 << 20
_SQL = re.compile(
    rb"\s*(?:--|/\*|#|\\|\.|(?:CREATE|INSERT|REPLACE|COPY|SET|DROP|ALTER|BEGIN|START|USE|PRAGMA|SELECT|DELIMITER"
    rb"|LOCK|GRANT|COMMENT|TRUNCATE|SOURCE)\b)",
    re.I,
)


class SqlDump:
    """The format `sql`."""

    name = "sql"
    suffixes = (".sql", ".pgsql")
    carries_label = True

    def sniff(self, head: bytes) -> bool:
        """Whether the first bytes are text that begins like a dump.

        >>> SqlDump().sniff(b"-- MySQL dump"), SqlDump().sniff(b"PGDMP\\x01\\x0e")
        (True, False)
        """
        head = head_as_utf8(head)
        return b"\0" not in head and _SQL.match(head) is not None

    def is_copy(self, head: bytes) -> bool:
        """Whether the first bytes carry a copy's label."""
        return label_end(head_as_utf8(head)) > 0

    def open(self, file: InputFile, options: ReadOptions) -> "SqlSource":
        """Read the dump once, to its end; raises `InputError` where it cannot be masked as a whole."""
        return self.open_together([file], options)[0]

    def open_together(self, files: Sequence[InputFile], options: ReadOptions) -> "list[SqlSource]":
        """Open the dumps of one folder, which may declare tables for each other."""
        from masker.sql.dump.opening import open_dumps

        if options.encoding.lower().replace("_", "-") not in ("", "utf-8", "utf8"):
            what = "a dump is read as UTF-8"
            raise InputError("encoding", what, "convert it, and what it says of its encoding", files[0].place)
        return open_dumps(files, min(options.block_bytes, BLOCK_BYTES))

    def sink(self, out: BinaryIO, source: Source, label: Label | None) -> Sink:
        """The writer of a copy; the label is a comment in its first line."""
        from masker.sql.dump.sink import SqlSink
        from masker.sql.dump.source import SqlSource

        return SqlSink(out, label, source if isinstance(source, SqlSource) else None)


FORMAT = SqlDump()
