"""What a dump is cut into: statements, and runs of rows. Joined in order, the pieces are the dump, byte for byte.

`data` is UTF-8 wherever the dump says what its encoding is; `raw` are the dump's own bytes. `codec` is that of the
piece ("": it is UTF-8, or nobody knows).
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from masker.sql.charsets import from_utf8
from masker.sql.copy_options import TEXT, CopyOptions

if TYPE_CHECKING:
    from masker.sql.tuples import Tuples


@dataclass(frozen=True, slots=True)
class Statement:
    """One whole statement, client command or comment block, with the blanks and comments that lead to it.

    `kind` is its leading words in upper case, as many as tell what it does (`SET`, `CREATE TABLE`, `ALTER TABLE`,
    `\\restrict`, `DELIMITER`, `` for comments and blanks alone). `start` is where in `data` its first word stands;
    `line` is the 1-based line of the dump on which that word is.
    """

    data: bytes
    kind: str
    line: int
    start: int = 0
    codec: str = ""

    @property
    def raw(self) -> bytes:
        """The statement as it stands in the dump."""
        return from_utf8(self.data, self.codec)


@dataclass(frozen=True, slots=True)
class RowsHead:
    """What opens rows: `COPY t (a, b) FROM stdin;` with its line end, or `INSERT INTO t (a, b) VALUES` up to a tuple.

    `table` is as the catalog names it (schema-qualified where the dump qualifies it), `columns` None where the
    statement lists none and the table's own order counts. `backslashes`: in its plain `'…'` a backslash escapes.
    `options` say how COPY's rows are written; the last `skipped` bytes are their header line, which is no row. A
    `table` without a schema is in the first one of `path` that has it.
    """

    data: bytes
    table: str
    columns: tuple[str, ...] | None
    style: Literal["copy", "insert"]
    line: int
    backslashes: bool = False
    codec: str = ""
    options: CopyOptions = TEXT
    skipped: int = 0
    path: tuple[str, ...] = ()

    @property
    def written(self) -> str:
        """What tells this table from others of the dump: its name, and where it is looked for if it has no schema."""
        return self.table if "." in self.table or not self.path else f"{self.table} in {', '.join(self.path)}"

    @property
    def raw(self) -> bytes:
        """The head as it stands in the dump."""
        return from_utf8(self.data, self.codec)


@dataclass(frozen=True, slots=True)
class RowsRun:
    """Whole rows of the last `RowsHead`, in bounded memory: COPY lines, or tuples with the separators between them.

    Separators before the first tuple and after the last one belong to the runs too, so that nothing lies between.
    Where the lexer joins statements with the very same head (a dump with one row a statement), their rows are one run:
    what separates two rows is then the end of one statement and the head of the next. `tuples` is where the rows and
    cells of an INSERT stand in `data`, None for COPY.
    """

    data: bytes
    line: int
    tuples: "Tuples | None" = field(default=None, compare=False, repr=False)
    codec: str = ""

    @property
    def raw(self) -> bytes:
        """The rows as they stand in the dump."""
        return from_utf8(self.data, self.codec)


@dataclass(frozen=True, slots=True)
class RowsEnd:
    """What closes rows: `\\.` with its line end; or all from the last tuple's end to the terminator (`;`, `ON …;`)."""

    data: bytes
    line: int
    codec: str = ""

    @property
    def raw(self) -> bytes:
        """The end as it stands in the dump."""
        return from_utf8(self.data, self.codec)


Piece = Statement | RowsHead | RowsRun | RowsEnd
