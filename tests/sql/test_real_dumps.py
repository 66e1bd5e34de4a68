"""Naughty texts through the real servers: what their dump tools write is read back, and what is written anew loads."""

import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from loading import MYSQL, POSTGRES, MySql, Postgres, server
from small_dumps import NAUGHTY, copied, opened, rows_of

TEXTS = [*NAUGHTY, None]
BYTES = [b"", b"text", b"it's\\", bytes(range(256)), "Zoë".encode(), None]
POSTGRES_WAYS = {
    "copy": [],
    "inserts": ["--inserts"],
    "lists": ["--column-inserts", "--on-conflict-do-nothing"],
    "many": ["--rows-per-insert=7"],
}
MYSQL_WAYS = {
    "default": [],
    "single": ["--skip-extended-insert"],
    "lists": ["--complete-insert", "--insert-ignore"],
    "hex": ["--hex-blob"],
    "compatible": ["--replace", "--compact"],
}


def hexed(value: str | bytes | None) -> str | None:
    return None if value is None else (value.encode() if isinstance(value, str) else value).hex()


def literal(value: str | bytes | None, kind: str) -> str:
    digits = hexed(value)
    if digits is None:
        return "NULL"
    return {
        "pg-text": f"convert_from('\\x{digits}', 'UTF8')",
        "pg-bytes": f"'\\x{digits}'",
        "my-text": f"CONVERT(x'{digits}' USING utf8mb4)",
        "my-bytes": f"x'{digits}'",
    }[kind]


def filled(database: Postgres | MySql) -> None:
    short, binary, boolean = ("pg", "bytea", "boolean") if database.dialect == "postgres" else ("my", "blob", "bit(3)")
    flag = "true" if database.dialect == "postgres" else "b'101'"
    rows = [
        f"({n}, {literal(text, short + '-text')}, {literal(BYTES[n % len(BYTES)], short + '-bytes')}, {flag}, -1.50)"
        for n, text in enumerate(TEXTS)
    ]
    database.load(
        f"CREATE TABLE t (n integer PRIMARY KEY, a text, b {binary}, f {boolean}, d numeric(8,2));\n"
        f"INSERT INTO t VALUES {','.join(rows)};\n".encode()
    )


def dumped(database: Postgres | MySql, ways: list[str]) -> bytes:
    if database.dialect == "postgres":
        url = urlsplit(POSTGRES)._replace(path=f"/{database.name}").geturl()
        command = ["pg_dump", *ways, "-d", url]
    else:
        url = urlsplit(MYSQL)
        command = ["mariadb-dump", *ways, "-h", url.hostname or "", "-P", str(url.port or 3306)]
        command += ["-u", url.username or "root", *([f"-p{url.password}"] if url.password else []), database.name]
    try:
        return subprocess.run(command, capture_output=True, check=True).stdout
    except FileNotFoundError:
        pytest.skip(f"no {command[0]}")


def stored(database: Postgres | MySql) -> list[tuple[str, ...]]:
    if database.dialect == "postgres":
        return database.ask("SELECT n, encode(convert_to(a, 'UTF8'), 'hex'), encode(b, 'hex'), f, d FROM t ORDER BY n")
    return database.ask("SELECT n, lower(hex(a)), lower(hex(b)), hex(f), d FROM t ORDER BY n")


@pytest.mark.parametrize(
    ("dialect", "ways"),
    [("postgres", ways) for ways in POSTGRES_WAYS.values()] + [("mysql", ways) for ways in MYSQL_WAYS.values()],
    ids=[*POSTGRES_WAYS, *MYSQL_WAYS],
)
def test_naughty_texts_survive_dump_masker_and_load(tmp_path: Path, dialect: str, ways: list[str]):
    with server(dialect) as database:
        filled(database)
        path = tmp_path / "d.sql"
        path.write_bytes(dumped(database, ways))
        before = stored(database)
    source = opened(path, 300)
    rows = sorted(rows_of(source), key=lambda row: int(row["n"] or 0))
    assert [row["a"] for row in rows] == TEXTS
    assert {row["d"] for row in rows} == {"-1.50"}
    assert copied(source) == path.read_bytes()
    with server(dialect) as fresh:
        fresh.load((b"" if "--compact" not in ways else b"SET NAMES utf8mb4;\n") + copied(source, anew=True))
        assert stored(fresh) == before
