"""MySQL and MariaDB: reading in one snapshot, loading into a database under a name of its own, moved at the end."""

import contextlib
from collections.abc import Callable, Iterable

from masker.address import Address
from masker.dumped import Dumped
from masker.errors import InputError
from masker.label import KEY
from masker.servers import Loading, Tag
from masker.servers.mysql._half_made import MARK, clean, things
from masker.servers.mysql._read import Snapshot
from masker.servers.mysql._session import connect, execute, quoted, rows, server_errors
from masker.servers.mysql._staging import MysqlLoading, is_there


class _Mysql:
    """See `masker.servers.Server`."""

    def read(self, address: Address) -> Dumped:
        return Snapshot(address).dumped()

    def identity(self, address: Address) -> tuple[str, ...]:
        with contextlib.closing(connect(address, database="")) as connection, server_errors(address):
            # MariaDB has no server_uuid; its data folder on its host is what two servers cannot share.
            names = "'server_uuid', 'server_uid', 'hostname', 'port', 'datadir'"
            told = rows(connection, f"show global variables where variable_name in ({names})")
            folded = rows(connection, "select @@lower_case_table_names")[0][0] != "0"
        database = address.database.lower() if folded else address.database
        return "mysql", *(f"{name}={value}" for name, value in sorted(told)), database

    def check_free(self, address: Address) -> None:
        clean(address)  # what a killed run left at DEST is in nobody's way
        with contextlib.closing(connect(address, database="")) as connection, server_errors(address):
            is_there(connection, address)

    def load(self, address: Address, may_replace: Callable[[], None] | None = None) -> Loading:
        return MysqlLoading(address, may_replace)

    def tag(self, address: Address) -> Tag | None:
        try:
            connection = connect(address)
        except InputError as error:
            if error.code != "not-found":
                raise
            return None
        with contextlib.closing(connection), server_errors(address):
            held = things(connection, address.database)
            tables = [name for kind, name in held if kind == "table"]
            if KEY not in tables or MARK in tables:
                return None
            tags = rows(connection, f"select label, hex(manifest) from {KEY}")
            if len(tags) != 1:
                return None
        return Tag(tags[0][0], bytes.fromhex(tags[0][1]), tuple(name for name in tables if name != KEY))

    def set_manifest(self, address: Address, manifest: bytes) -> None:
        with contextlib.closing(connect(address)) as connection, server_errors(address):
            execute(connection, f"update {KEY} set manifest = 0x{manifest.hex()}")

    def drop(self, address: Address, tables: Iterable[str]) -> bool:
        tag = self.tag(address)
        if tag is None or not set(tag.tables) <= set(tables):
            return False
        with contextlib.closing(connect(address, database="")) as connection, server_errors(address):
            execute(connection, f"drop database {quoted(address.database)}")
        return True

    def clean(self, address: Address) -> int:
        return clean(address)


SERVER = _Mysql()
