"""Loads SQL into real servers and asks them: a database of its own for each test, dropped after."""

import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

POSTGRES = os.environ.get("MASKER_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
MYSQL = os.environ.get("MASKER_TEST_MYSQL", "mysql://root@127.0.0.1:3306/")


class Postgres:
    """A database of a PostgreSQL server; SQL goes through psql, as a dump does."""

    dialect = "postgres"

    def __init__(self, name: str) -> None:
        self.name = name

    def _psql(self, database: str, sql: bytes) -> str:
        url = urlsplit(POSTGRES)._replace(path=f"/{database}").geturl()
        command = ["psql", "-X", "-q", "-At", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", "-"]
        done = subprocess.run(command, input=sql, capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        return done.stdout.decode()

    def load(self, sql: bytes) -> None:
        self._psql(self.name, sql)

    def ask(self, query: str) -> list[tuple[str, ...]]:
        return [tuple(line.split("\t")) for line in self._psql(self.name, query.encode()).splitlines()]

    def make(self) -> None:
        self._psql("postgres", f'CREATE DATABASE "{self.name}"'.encode())

    def drop(self) -> None:
        self._psql("postgres", f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)'.encode())


class MySql:
    """A database of a MariaDB or MySQL server; SQL goes through its client."""

    dialect = "mysql"

    def __init__(self, name: str) -> None:
        self.name = name

    def _client(self, database: str, sql: bytes) -> str:
        url = urlsplit(MYSQL)
        command = ["mariadb", "-h", url.hostname or "", "-P", str(url.port or 3306), "-u", url.username or "root", "-N"]
        if url.password:
            command.append(f"-p{url.password}")
        command += ["--default-character-set=utf8mb4", "-r", *([database] if database else [])]
        done = subprocess.run(command, input=sql, capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        return done.stdout.decode()

    def load(self, sql: bytes) -> None:
        self._client(self.name, sql)

    def ask(self, query: str) -> list[tuple[str, ...]]:
        return [tuple(line.split("\t")) for line in self._client(self.name, query.encode()).splitlines()]

    def make(self) -> None:
        self._client("", f"CREATE DATABASE `{self.name}` CHARACTER SET utf8mb4".encode())

    def drop(self) -> None:
        self._client("", f"DROP DATABASE IF EXISTS `{self.name}`".encode())


@contextmanager
def server(dialect: str) -> Iterator[Postgres | MySql]:
    """A fresh database of the server; skips where there is none, unless services are required."""
    name = f"masker_ddl_{uuid.uuid4().hex[:12]}"
    database = Postgres(name) if dialect == "postgres" else MySql(name)
    try:
        database.make()
    except (RuntimeError, OSError):
        if os.environ.get("MASKER_REQUIRE_SERVICES") == "1":
            raise
        pytest.skip(f"no {dialect} server")
    try:
        yield database
    finally:
        database.drop()
