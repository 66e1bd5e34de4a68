"""Real servers for the tests: a database for each test that wants one, dropped afterwards."""

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from masker.address import Address, address_of

_DEFAULTS = {
    "postgres": ("MASKER_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test"),
    "mysql": ("MASKER_TEST_MYSQL", "mysql://root@127.0.0.1:3306/test"),
}


class Servant:
    """A server, and what a test needs of it beside masker."""

    def __init__(self, server: str) -> None:
        name, default = _DEFAULTS[server]
        address = address_of(os.environ.get(name) or default)
        assert address is not None
        self.server, self.home = server, address
        self.made: list[str] = []
        self.users: list[str] = []

    def connect(self, database: str | None = None, **more: object):
        chosen = database or self.home.database
        if self.server == "postgres":
            import psycopg

            named = {"host": self.home.host, "port": self.home.port, "user": self.home.user, "dbname": chosen}
            password = {"password": self.home.password} if self.home.password else {}
            return psycopg.connect(**{**named, **password, **more}, autocommit=True)
        import pymysql

        return pymysql.connect(
            host=self.home.host or "127.0.0.1",
            port=self.home.port,
            user=self.home.user,
            password=self.home.password,
            database=database,
            autocommit=True,
            **more,
        )

    def run(self, *statements: str, database: str | None = None) -> list[tuple]:
        """Execute statements; gives the rows of the last one."""
        connection = self.connect(database)
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    def name(self) -> str:
        """A name for a database that this test may make."""
        name = f"mt_{secrets.token_hex(6)}"
        self.made.append(name)
        return name

    def database(self, *statements: str) -> str:
        """Make a database with something in it; gives its name."""
        name = self.name()
        self.run(f"create database {name}")
        self.run(*statements, database=name)
        return name

    def at(self, name: str, **changes: object) -> Address:
        return replace(self.home, database=name, **changes)

    def url(self, name: str, more: str = "") -> str:
        """Its URL with the test's password, where there is one."""
        user = f"{self.home.user}:{self.home.password}" if self.home.password else self.home.user
        scheme = "postgresql" if self.server == "postgres" else "mysql"
        return f"{scheme}://{user}@{self.home.host}:{self.home.port}/{name}{more}"

    def databases(self) -> set[str]:
        query = "select datname from pg_database" if self.server == "postgres" else "show databases"
        return {row[0] for row in self.run(query)}

    def clear(self) -> None:
        force = " with (force)" if self.server == "postgres" else ""
        for name in self.made:
            self.run(f"drop database if exists {name}{force}")
        for user in self.users:
            self.run(f"drop user if exists {user}")


def _servant(server: str) -> Iterator[Servant]:
    servant = Servant(server)
    try:
        servant.run("select 1")
    except Exception:  # whatever the driver raises: the service is not there
        if os.environ.get("MASKER_REQUIRE_SERVICES") == "1":
            raise
        pytest.skip(f"no {server} to test with")
    yield servant
    servant.clear()


@pytest.fixture
def postgres() -> Iterator[Servant]:
    yield from _servant("postgres")


@pytest.fixture
def mysql() -> Iterator[Servant]:
    yield from _servant("mysql")


@pytest.fixture(params=["postgres", "mysql"])
def server(request: pytest.FixtureRequest) -> Iterator[Servant]:
    yield from _servant(request.param)


PEOPLE = (
    "create table customers (customer_id integer primary key, first_name varchar(60), email varchar(120) unique,"
    " notes varchar(200))",
    "create table orders (order_id integer primary key, customer_id integer not null, total numeric(10,2),"
    " foreign key (customer_id) references customers (customer_id))",
    "create view big as select customer_id, count(*) as n from orders group by customer_id",
)
MARK = "canaryq7xw"


@pytest.fixture
def people(server: Servant) -> str:
    """The name of a database with customers and their orders, a mark in every text."""
    rows = ", ".join(f"({n}, '{MARK}{n}', '{MARK}.{n}@mail.example', 'Call {MARK}{n} please')" for n in range(1, 60))
    orders = ", ".join(f"({n}, {n % 59 + 1}, {n}.50)" for n in range(1, 200))
    return server.database(*PEOPLE, f"insert into customers values {rows}", f"insert into orders values {orders}")


Made = Callable[..., str]
