"""What has no file of its own, as the bytes of a plain dump: a live database, or an archive that its tool unpacks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from masker.errors import Place


@dataclass(frozen=True)
class Dumped:
    """Stands where a file to read stands: it has a name, and opens as often as it is asked to.

    Every `open` gives the same bytes, as a stream that is not seekable and raises `MaskerError` alone. `close` ends
    what holds the snapshot; no stream works after it. `has_tag`: a tag of masker is in it, though not in its bytes.
    `data` streams a database's rows alone, for their digest; `dialect` is whose SQL it is ("": its bytes tell);
    `table` opens the rows of one table.
    """

    name: str
    opener: Callable[[], BinaryIO]
    closer: Callable[[], None] = lambda: None
    has_tag: bool = False
    data: Callable[[], Iterator[bytes]] = lambda: iter(())
    dialect: str = ""
    table: Callable[[str], BinaryIO] | None = None

    def open(self) -> BinaryIO:
        """The dump from its first byte on; it is only ever read."""
        return self.opener()

    def only(self, table: str) -> "Dumped":
        """The rows of one table alone, called as the dump calls it; where they cannot be had alone, all of it."""
        one = self.table
        return self if one is None else replace(self, opener=lambda: one(table))

    def close(self) -> None:
        """Let go of the snapshot."""
        self.closer()

    @property
    def table_name(self) -> str:
        """The name for its one table, where a format has just one."""
        return self.name

    @property
    def place(self) -> Place:
        """Where errors about it happened."""
        return Place(file=self.name)
