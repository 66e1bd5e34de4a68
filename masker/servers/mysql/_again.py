"""Rows of a dump once more in a MySQL or MariaDB database: see `masker.servers._again`."""

import contextlib
import secrets
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from masker.address import Address
from masker.dumped import Dumped
from masker.errors import GateError, Place
from masker.servers._again import rows_again
from masker.servers._statements import CopyIn
from masker.servers.mysql._load import asked, has_warned
from masker.servers.mysql._read import Snapshot
from masker.servers.mysql._session import connect, execute, quoted, server_errors


@contextlib.contextmanager
def again(
    staged: Address, shown: Address, chunks: Iterable[bytes], tables: Collection[str]
) -> Iterator[tuple[Dumped, dict[str, str]]]:
    """Fill tables beside those of the database `staged`; gives a dump of them, and what it calls each of `tables`.

    They have names of their own, and are gone at the end. `shown` is what errors call the database.
    Raises `GateError` (`mismatch`) where the server warns that it cuts a value: the modes that dumps set let it.
    """
    space = f"masker_again_{secrets.token_hex(8)}_"
    names: dict[str, str] = {}
    with contextlib.closing(connect(staged)) as connection, server_errors(shown):

        def named(table: str, spelled: bytes) -> bytes:
            if table not in names:
                names[table] = f"{space}{len(names)}"
                model = spelled.rpartition(b".")[2].strip()
                execute(connection, f"create table {quoted(names[table])} like ".encode() + model)
            return quoted(names[table]).encode()

        for step in rows_again(chunks, "mysql", shown.place, tables, named):
            if isinstance(step, CopyIn):
                continue
            with server_errors(shown, line=step.line):
                execute(connection, asked(step, b";"))
                if step.table and has_warned(connection):
                    message = "the database cut a value that was loaded into it"
                    hint = "nothing was published; does each masked value fit its column's type?"
                    raise GateError("mismatch", message, hint, Place(table=step.table))
        with contextlib.closing(Snapshot(staged, beginning=space).dumped()) as dumped:
            yield replace(dumped, name=shown.name), names
        for name in names.values():
            execute(connection, f"drop table {quoted(name)}")
