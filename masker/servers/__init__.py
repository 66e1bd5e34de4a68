"""Live databases as streams of dump bytes, to read from and to load into. One server a package.

What a server says in an error may hold a value, and a URL may hold a password: neither is ever shown.
"""

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from masker.address import Address
from masker.dumped import Dumped
from masker.registry import Registry

STAGING = "masker_staging_"
"""What the name of every database begins with that a run has not finished, or that was replaced; then 16 hex digits."""


@dataclass(frozen=True, slots=True)
class Tag:
    """What the table `masker_tag` of a copy holds: the label as text, the signed manifest, and the tables beside it.

    `tables` are called as in a dump: by their bare names where these differ, else `schema.table`.
    """

    label: str
    manifest: bytes
    tables: tuple[str, ...]


class Loading(Protocol):
    """A database in the making that nobody sees under DEST's name; `with` makes it, and leaves nothing behind."""

    def __enter__(self) -> "Loading": ...

    def __exit__(self, *failure: object) -> None: ...

    def fill(self, chunks: Iterable[bytes]) -> None:
        """Load a plain dump, piece by piece; once. Raises `OutputError` (`database`) where the server refuses."""
        ...

    def again(
        self, chunks: Iterable[bytes], tables: Collection[str]
    ) -> AbstractContextManager[tuple[Dumped, dict[str, str]]]:
        """Load the rows of some tables of the dump once more, beside what was loaded and without its triggers.

        Gives what the server wrote as a dump, and the name that each of `tables` has in it, for as long as it is open.
        Raises `GateError` (`mismatch`) where the server says that it takes a value for another one.
        """
        ...

    def dumped(self) -> Dumped:
        """What was loaded, read back as a dump."""
        ...

    def publish(self, label: str, manifest: bytes) -> None:
        """Put the tag in and make all of it visible as DEST. Raises `OutputError` (`exists`, ...).

        What is replaced stays whole until this is, and goes then.
        """
        ...


class Server(Protocol):
    """One kind of server. All raise `OutputError`: `database` (down, lost, refused), `permission`."""

    def read(self, address: Address) -> Dumped:
        """A snapshot of a database, without its tag; `InputError` (`not-found`) where there is none."""
        ...

    def identity(self, address: Address) -> tuple[str, ...]:
        """What tells server and database apart from all others, however they are spelled."""
        ...

    def check_free(self, address: Address) -> None:
        """Raise `OutputError` (`exists`) where a copy at `address` would meet something that is there already."""
        ...

    def load(self, address: Address, may_replace: Callable[[], None] | None = None) -> Loading:
        """Start a copy at `address`; entering raises what `check_free` raises.

        With `may_replace` a copy that is there is replaced, unless that raises: it is asked at the start and again
        right before.
        """
        ...

    def tag(self, address: Address) -> Tag | None:
        """The tag of a copy; None where there is no database, or no tag in it."""
        ...

    def set_manifest(self, address: Address, manifest: bytes) -> None:
        """Put another signed manifest into the tag of a copy."""
        ...

    def drop(self, address: Address, tables: Iterable[str]) -> bool:
        """Drop a copy whole; False, and nothing done, where it holds a table that is not among `tables`."""
        ...

    def clean(self, address: Address) -> int:
        """Drop what killed runs of this user left on the server; gives how many."""
        ...


SERVERS: Registry[Server] = Registry("server", "masker.servers", "SERVER")
