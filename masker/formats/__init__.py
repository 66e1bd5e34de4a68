"""File formats: how a file becomes a stream of parts and a stream of parts becomes a file. One format a module."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable

from masker.label import Label
from masker.registry import Registry
from masker.snapshot import Part, Source
from masker.streams import InputFile


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user or the profile says of the input; "" and None mean: the format finds out by itself or refuses.

    `uneven`: a CSV row with more or fewer cells than the header is read as far as it goes (for a scan, which writes
    nothing), its last cell with all that is too much.
    """

    encoding: str = ""
    delimiter: str = ""
    header: bool = True
    block_bytes: int = 4 << 20
    uneven: bool = False


class Sink(Protocol):
    """Writes the parts of one file, in order. `prepare` is pure and may run in any thread; `write` runs in one."""

    def prepare(self, part: Part) -> object:
        """Render a part; pure."""
        ...

    def write(self, prepared: object) -> None:
        """Write what `prepare` gave, in the order of the parts."""
        ...

    def close(self) -> None:
        """Finish the file (footers, closing brackets); does not close the underlying stream."""
        ...


class Format(Protocol):
    """One file format. `suffixes` are lower case with the dot (".csv"), without compression endings.

    `open` reads what it needs to know the tables and raises `InputError` where the file is malformed, truncated or
    unsupported. `sink` gives the writer of a copy of `source` into the binary stream `out`; a format that can carry a
    label puts `label` in. Parts come back with `batch` masked, and bytes of untouched cells must be the original's.
    """

    name: str
    suffixes: tuple[str, ...]
    carries_label: bool

    def sniff(self, head: bytes) -> bool:
        """Whether the first bytes of a file look like this format."""
        ...

    def open(self, file: InputFile, options: ReadOptions) -> Source:
        """Open a file for reading, as often as its parts are asked for."""
        ...

    def sink(self, out: BinaryIO, source: Source, label: Label | None) -> Sink:
        """Start a copy of `source` in `out`."""
        ...


@runtime_checkable
class BuildsFile(Protocol):
    """A format whose copies are built as files of their own before their bytes are known."""

    def sink_in(self, scratch: Path, out: BinaryIO, source: Source, label: Label | None) -> Sink:
        """`Format.sink`, with a private folder to build in.

        The sink leaves nothing of the copy there but, where masking gave rows new keys, `ORDER`.
        """
        ...


@runtime_checkable
class TellsNotices(Protocol):
    """A source of which a copy lacks something that masking does not take: its user is told."""

    @property
    def notices(self) -> tuple[str, ...]:
        """What that is, a sentence each, without values."""
        ...


@runtime_checkable
class ReadsUneven(Protocol):
    """A source that, with `ReadOptions.uneven`, reads rows that no copy can have."""

    @property
    def uneven_rows(self) -> tuple[str, ...]:
        """How many those of the last pass were, in a sentence without values; nothing where there were none."""
        ...


@runtime_checkable
class Foresees(Protocol):
    """A sink that has to know more of the plan than its parts tell: a dump sets numbers before the rows come."""

    def foresee(self, changed: Mapping[str, Collection[str]], shortened: Collection[str] = ()) -> None:
        """Say, before the first part, which columns of which tables will be written anew, here or in other files.

        `shortened` are the tables of which rows stay out.
        """
        ...


@runtime_checkable
class WritesOneKind(Protocol):
    """A format that reads several kinds of files and writes one of them, whatever it read."""

    @property
    def copy_suffix(self) -> str:
        """The ending that names of copies have to have, with the dot."""
        ...


@runtime_checkable
class CompressesItself(Protocol):
    """A format whose files are compressed inside, or read from anywhere: none of them is compressed as a whole."""

    compresses_itself: bool


@runtime_checkable
class SharesTables(Protocol):
    """A source with rows of tables that are another file's."""

    @property
    def shared(self) -> Collection[str]:
        """The names of these tables."""
        ...


@runtime_checkable
class WritesPlainly(Protocol):
    """A sink that writes a copy in the encoding of SOURCE, where no server is to read it."""

    def write_plainly(self) -> None:
        """Say, before the first part, that one is."""
        ...


ORDER = "order.db"
"""In the folder where a database was built: in which order its rows came (an SQLite file).

`keys` (name, number, place, key) names the columns by which the rows of a table go, `o<number>` (at, k0, k1, ...) has
the values of these in the copy, row by row.
"""


@runtime_checkable
class OpensTogether(Protocol):
    """A format whose files in one folder may need each other: a dump of the schema and one of the data."""

    def open_together(self, files: Sequence[InputFile], options: ReadOptions) -> Sequence[Source]:
        """Open all of them, in order; raises as `Format.open` does."""
        ...


@runtime_checkable
class TellsCopies(Protocol):
    """A format whose label stands in a file's first bytes."""

    def is_copy(self, head: bytes) -> bool:
        """Whether the first bytes carry the label of a copy."""
        ...


@runtime_checkable
class HoldsTag(Protocol):
    """A source that may hold the label of a copy among its tables."""

    @property
    def has_tag(self) -> bool:
        """Whether it does."""
        ...


FORMATS: Registry[Format] = Registry("format", "masker.formats", "FORMAT")
