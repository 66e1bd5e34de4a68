"""Where a SOURCE or DEST is: a path, or a database's address that a URL gives.

`postgresql://user@host:port/database?schema=crm`, `mysql://user@host/database`; `sqlite:///folder/file.db` is the path
`folder/file.db`. A password may stand in a URL, since other programs take it there too, but it is better said in
`PGPASSWORD`, `.pgpass` or `MYSQL_PWD`: others can see a command line. It is part of no text that an address gives.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from masker.errors import Place, UsageError

Server = Literal["postgres", "mysql"]
_SERVERS: dict[str, Server] = {
    "postgresql": "postgres",
    "postgres": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
}
_SCHEMES: dict[Server, str] = {"postgres": "postgresql", "mysql": "mysql"}
_PORTS: dict[Server, int] = {"postgres": 5432, "mysql": 3306}
_OPTIONS: dict[Server, frozenset[str]] = {
    "postgres": frozenset(["schema", "host", "sslmode", "sslrootcert"]),
    "mysql": frozenset(["socket", "sslrootcert"]),
}
SQLITE_ENDINGS = (".sqlite", ".sqlite3", ".db", ".db3")
"""How SQLite files are named: what stands at a path is told by its ending alone."""
_HINT = "postgresql://user@host:port/database?schema=name, mysql://user@host:port/database or sqlite:///file.db"


@dataclass(frozen=True, slots=True)
class Address:
    """A database on a server. `str` gives it as a URL without its password, and so does the ledger.

    `host` is "" for what the client takes by itself; a folder (PostgreSQL) or file (MySQL) is a Unix socket. `schema`
    is one of PostgreSQL's, "" for the whole database.
    """

    server: Server
    host: str
    port: int
    user: str
    database: str
    schema: str = ""
    options: tuple[tuple[str, str], ...] = ()
    password: str = field(default="", repr=False, compare=False)

    def __str__(self) -> str:
        user = quote(self.user, safe="") + "@" if self.user else ""
        socket = self.host if self.host.startswith("/") else ""
        host = "" if socket else f"[{self.host}]" if ":" in self.host else quote(self.host, safe="")
        port = f":{self.port}" if host else ""
        named = {"schema": self.schema, "host" if self.server == "postgres" else "socket": socket, **dict(self.options)}
        query = "&".join(f"{name}={quote(value, safe='/')}" for name, value in named.items() if value)
        place = f"{self.scheme}://{user}{host}{port}/{quote(self.database, safe='')}"
        return place + (f"?{query}" if query else "")

    @property
    def scheme(self) -> str:
        """What its URL begins with."""
        return _SCHEMES[self.server]

    @property
    def name(self) -> str:
        """What its copy is called: the database, with a schema `database.schema`."""
        return f"{self.database}.{self.schema}" if self.schema else self.database

    @property
    def place(self) -> Place:
        """Where errors about it happened."""
        return Place(database=self.name)

    def option(self, name: str) -> str:
        """A further option of its URL, "" where it does not stand there."""
        return dict(self.options).get(name, "")

    def beside(self, database: str) -> "Address":
        """Another database on the same server, for the same user."""
        return replace(self, database=database, schema="")


def address_of(text: str) -> Address | None:
    """The address that a URL of a server gives; None for everything else.

    >>> str(address_of("postgresql://anna:secret@db.example/crm?schema=sales"))
    'postgresql://anna@db.example:5432/crm?schema=sales'
    """
    scheme, mark, _ = text.partition("://")
    server = _SERVERS.get(scheme.lower())
    if not mark or server is None:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port or _PORTS[server]
        query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise UsageError("usage", "the URL of a database cannot be read", _HINT) from None
    database = unquote(parts.path.removeprefix("/"))
    known = dict(query)
    if len(known) != len(query) or not known.keys() <= _OPTIONS[server] or parts.fragment:
        names = ", ".join(sorted(_OPTIONS[server]))
        raise UsageError("usage", "the URL of a database has options that masker does not know", f"known: {names}")
    if not database or "/" in database or "\0" in text:
        raise UsageError("usage", "the URL names no database", _HINT)
    return Address(
        server=server,
        host=known.pop("host", "") or known.pop("socket", "") or unquote(parts.hostname or ""),
        port=port,
        user=unquote(parts.username or ""),
        database=database,
        schema=known.pop("schema", ""),
        options=tuple(sorted(known.items())),
        password=unquote(parts.password or ""),
    )


def place_of(given: str | Path | Address) -> Path | Address:
    """The path or the address that a user names. Raises `UsageError` for a URL that masker has no reader for.

    >>> place_of("sqlite:///crm.db"), place_of("customers.csv")
    (PosixPath('crm.db'), PosixPath('customers.csv'))
    """
    if not isinstance(given, str):
        return given
    if (address := address_of(given)) is not None:
        return address
    scheme, mark, rest = given.partition("://")
    if not mark or not scheme.isalnum():
        return Path(given)
    if scheme.lower() != "sqlite" or not rest.startswith("/") or rest == "/":
        raise UsageError("usage", "a URL of this kind is not supported", _HINT)
    path = Path(unquote(rest[1:]))
    if not path.name.lower().endswith(SQLITE_ENDINGS):
        message = "a URL of SQLite names a file by one of its endings"
        raise UsageError("usage", message, f"known endings: {' '.join(SQLITE_ENDINGS)}")
    return path


def files_among(*places: Path | Address) -> tuple[Path, ...]:
    """Those of `places` that are paths."""
    return tuple(place for place in places if isinstance(place, Path))


def file_of(given: str | Path) -> Path:
    """The path that a user names where no database can stand; raises `UsageError` for one."""
    place = place_of(given)
    if isinstance(place, Address):
        raise UsageError("usage", "this does not work for a database", "name a file or a folder")
    return place
