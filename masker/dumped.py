"""What has no file of its own, as the bytes of a plain dump: a live database, or an archive that its tool unpacks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from masker.errors import Place


@dataclass(frozen=True)
class Dumped:
    """Stands where the path of a dump stands: it has a name, and opens as often as it is asked to.

    Every `open` gives the same bytes, as a stream that is not seekable and raises `MaskerError` alone. `close` ends
    what holds the snapshot; no stream works after it. `server_made`: a server wrote all values, in its own style.
    """

    name: str
    opener: Callable[[], BinaryIO]
    closer: Callable[[], None] = lambda: None
    server_made: bool = True

    def open(self, mode: str = "rb") -> BinaryIO:
        """The dump from its first byte on; it is only ever read."""
        return self.opener()

    def close(self) -> None:
        """Let go of the snapshot."""
        self.closer()

    @property
    def path(self) -> "Dumped":
        """Itself: what it is read by."""
        return self

    @property
    def table_name(self) -> str:
        """The name for its one table, where a format has just one."""
        return self.name

    @property
    def place(self) -> Place:
        """Where errors about it happened."""
        return Place(file=self.name)

    @property
    def suffixes(self) -> list[str]:
        """That of a dump: the bytes are one."""
        return [".sql"]

    def __truediv__(self, file: str) -> "Dumped":
        """It is a single file: the only path below it is the empty one."""
        if str(file) not in ("", "."):
            raise ValueError("a dump has no files")
        return self

    def is_dir(self) -> bool:
        """False: it is read as a single file."""
        return False

    def is_file(self) -> bool:
        """True: it is read as a single file."""
        return True

    def exists(self) -> bool:
        """True: it was opened already."""
        return True
