"""What one run reads: a snapshot of tables, delivered as an ordered stream of parts.

Formats make these values, engines map them, writers take them back; none of them knows a key or a profile.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` of a table hold values of `ref` in `table` (declared by the source, or inferred from values)."""

    columns: tuple[str, ...]
    table: str
    ref: tuple[str, ...]
    declared: bool = False


Holds = Literal[
    "text", "integer", "decimal", "boolean", "date", "timestamp", "uuid", "inet", "mac", "json", "binary", "enum",
    "array", "other",
]  # fmt: skip
"""What a column can hold, where its values come as text: `other` is a type whose values only it can read."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a column takes, as its source declares it; None and False where it says nothing.

    Widths are in characters and in bytes of UTF-8; `minimum` and `maximum` are those of the integer type, `precision`
    and `scale` decimal digits. `values` are all that are allowed, `not_null` refuses NULL, `fixed` says that a value
    decides where its row lies (a partition) and may not change, `checked` that a condition reads the column which
    nobody but its server can judge. `neutral` is a value of the type that says nothing of anybody, of types that only
    the source knows.
    """

    holds: Holds = "text"
    max_characters: int | None = None
    max_bytes: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    precision: int | None = None
    scale: int | None = None
    values: tuple[str, ...] | None = None
    not_null: bool = False
    fixed: bool = False
    checked: bool = False
    neutral: str | None = None


@dataclass(frozen=True, slots=True)
class HeldKey:
    """Each cell of `column` holds, at `path`, values of `ref` in `table`: elements of an array, parts of JSON."""

    column: str
    path: str
    table: str
    ref: str


@dataclass(frozen=True, slots=True)
class TypedKey:
    """`id` holds a key of the table that the row's cell in `type` names: `targets` are (word, table, its column)."""

    type: str
    id: str
    targets: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A named set of rows: its Arrow schema (names unique), the keys that the source declares, and limits by column.

    A column without limits takes whatever its Arrow type takes. `part_of` names the table that it is a partition of
    ("": none). `ignores` says per column what the source does not look at when it compares values: `case`, `accents`,
    `blanks` (at the end). `at` says in JSON where in a document the rows and their cells stand.
    """

    name: str
    schema: pa.Schema
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    limits: Mapping[str, Limits] = field(default_factory=dict)
    part_of: str = ""
    ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    at: str = ""


def limits_of(schema: pa.Schema) -> dict[str, Limits]:
    """The limits of columns of bytes that are never NULL: the usual way for bytes gives NULL, so another is found."""
    return {
        field.name: Limits(holds="binary", not_null=True)
        for field in schema
        if not field.nullable and (pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type))
    }


@dataclass(frozen=True, slots=True)
class Rows:
    """A run of consecutive rows of one table.

    `batch` has the cells as Arrow columns. `origin` is private to the format: what it needs to give untouched cells
    their bytes back. `changed` names the columns that masking replaced (None before masking); a column that is in the
    table's schema and no longer in `batch` was dropped. Row order and count never change.
    """

    table: str
    batch: pa.RecordBatch
    origin: object = None
    changed: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """Source bytes between rows that the format lets pass in place (a CSV header line, a dump's statement)."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Remark(Text):
    """A comment for people that no tool wrote: what it tells of whom, nobody knows. It may be left out of a copy."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A text that a source says beside its rows (a DEFAULT, a view's condition), in memory only, never shown.

    `kind` and `line` tell the statement, `name` the object that it is about.
    """

    text: str = field(repr=False)
    kind: str = ""
    line: int = 0
    name: str = ""


Part = Rows | Text


class Source(Protocol):
    """One file of a snapshot, opened by its format: the tables in it and their parts, in order, as often as asked."""

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables in the file, in order."""
        ...

    def parts(self, table: str | None = None) -> Iterator[Part]:
        """Stream the parts from the start in bounded memory; with `table`, only that table's rows matter.

        Raises `InputError` at malformed or truncated input.
        """
        ...

    def without(self, rows: Rows, left_out: npt.NDArray[np.bool_], *, first: bool) -> Part:
        """A part of `parts` (not yet masked) as if the rows where `left_out`, shape (n,), had never been in the file.

        The rows that stay keep all their bytes, and so do blank lines. `first`: no row of the table stays before these.
        """
        ...


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a snapshot: where it stands below the snapshot's root, its format's name, and its opened source."""

    path: PurePosixPath
    format: str
    source: Source
    compression: str = ""


@dataclass(frozen=True)
class Snapshot:
    """All members of a SOURCE in path order; a single file is a snapshot of one member."""

    name: str
    members: tuple[Member, ...]
    is_folder: bool = False
    skipped: tuple[PurePosixPath, ...] = field(default=())

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables of all members; their names are unique in the snapshot."""
        return tuple(table for member in self.members for table in member.source.tables)
