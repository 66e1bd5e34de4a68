"""The same customer in a dump, in its CSV export and in the live database has the same pseudonym under the same key."""

import base64
import contextlib
import csv
import hashlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.conftest import Servant

from masker.api import mask

Rows = list[tuple[str, ...]]
COLUMNS = "n customer_id first_name last_name email phone born seen points vip note".split()
MADE = {
    "postgres": "customer_id bigint, first_name text, last_name varchar(60), email text, phone varchar(20), born date,"
    " seen timestamp, points integer, vip boolean, note text",
    "mysql": "customer_id bigint, first_name text, last_name varchar(60), email text, phone varchar(20), born date,"
    " seen datetime, points integer, vip boolean, note text",
    "sqlite": "customer_id INTEGER, first_name TEXT, last_name TEXT, email TEXT, phone TEXT, born DATE,"
    " seen TEXT, points INTEGER, vip BOOLEAN, note TEXT",
}
VALUES = [
    "1, 10007, 'Anna', 'Berg', 'anna.berg@firma.example', '+49 30 5550101', '1980-02-29', '2024-03-01 09:30:00', 12,"
    " true, 'calls \"often\", writes'",
    "2, 10023, 'Zoë', 'O''Neil', 'zoe@firma.example', '+49 30 5550102', '1999-12-31', '2024-03-01 00:00:00', 0, false,"
    " NULL",
    "3, 99999999, 'Anna', 'Berg', 'Anna.Berg@Firma.example', NULL, NULL, NULL, -5, NULL, '007'",
    "4, 10007, 'Bert', 'Groß', NULL, '0155 0103', '1980-02-29', '2023-11-05 23:59:59', 1000000, true, 'a\\nb'",
]
PROFILE = """masker: 1
name: same
extends: test-env
tables:
  customers:
    subject: {is: customer, key: customer_id}
    columns:
      n: keep
      customer_id: permute
      first_name: fake
      last_name: fake
      email: {method: fake, by: none}
      phone: fpe
      born: {method: shift_date, infotype: birth_date}
      seen: {method: shift_date, infotype: other}
      points: {method: fpe, infotype: other}
      vip: keep
      note: {method: fpe, infotype: other}
"""


def made_in(dialect: str) -> list[str]:
    rows = ", ".join(f"({row})" for row in VALUES)
    newline = "chr(10)" if dialect == "postgres" else "char(10)"
    rows = rows.replace(
        "'a\\nb'", f"concat('a', {newline}, 'b')" if dialect != "sqlite" else f"'a' || {newline} || 'b'"
    )
    return [f"CREATE TABLE customers (n integer PRIMARY KEY, {MADE[dialect]})", f"INSERT INTO customers VALUES {rows}"]


def text_of(cell: object) -> str:
    """As PostgreSQL, MySQL and SQLite print it; their drivers give other types."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(int(cell))
    return str(cell)


def in_csv(path: Path) -> Rows:
    with path.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert head == COLUMNS
    return sorted(tuple({"t": "1", "f": "0"}.get(cell, cell) for cell in row) for row in rows)


def export(rows: list[tuple], path: Path) -> None:
    path.parent.mkdir()
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        out.writerows([["" if cell is None else cell for cell in row] for row in rows])


@pytest.fixture
def masked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[object, object], None]:
    """Masks with the same key and the same profile, whatever the source."""
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "key").write_text(base64.b64encode(hashlib.sha256(b"same").digest()).decode() + "\n")
    (tmp_path / "key").chmod(0o600)
    (tmp_path / "p.yaml").write_text(PROFILE)

    def run(source: object, dest: object) -> None:
        given = {"profile": tmp_path / "p.yaml", "key_file": tmp_path / "key"}
        mask(str(source), str(dest), purpose="test-patch", expires="1d", **given)

    return run


def rows_in(server: Servant, name: str) -> Rows:
    query = f"select {', '.join(COLUMNS)} from customers order by n"
    return sorted(tuple(map(text_of, row)) for row in server.run(query, database=name))


def test_in_a_servers_dump_export_and_database(server: Servant, masked, tmp_path: Path) -> None:
    source = server.database(*made_in(server.server))
    at = server.home
    environment = {"PGPASSWORD": at.password, "MYSQL_PWD": at.password} if at.password else {}
    where = ["-h", at.host or "127.0.0.1", "-U" if server.server == "postgres" else "-u", at.user]
    tool = ["pg_dump", "-p"] if server.server == "postgres" else ["mariadb-dump", "-P"]
    command = [*tool, str(at.port), *where, source]
    if shutil.which(tool[0]) is None:
        pytest.skip(f"no {tool[0]}")
    done = subprocess.run(command, capture_output=True, check=True, env={**os.environ, **environment})
    (tmp_path / "dump.sql").write_bytes(done.stdout)
    query = f"select {', '.join(COLUMNS)} from customers order by n"
    if server.server == "postgres":
        connection = server.connect(source)
        with contextlib.closing(connection), connection.cursor() as cursor:
            (tmp_path / "folder").mkdir()
            with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)") as copy:
                (tmp_path / "folder" / "customers.csv").write_bytes(b"".join(map(bytes, copy)))
    else:
        export(server.run(query, database=source), tmp_path / "folder" / "customers.csv")
    masked(tmp_path / "folder", tmp_path / "out")
    from_dump, from_database = server.name(), server.name()
    masked(tmp_path / "dump.sql", server.url(from_dump))
    masked(server.url(source), server.url(from_database))
    found = in_csv(tmp_path / "out" / "customers.csv")
    assert rows_in(server, from_dump) == rows_in(server, from_database) == found
    differs_from(found, rows_in(server, source))


def test_in_an_sqlite_files_dump_export_and_itself(masked, tmp_path: Path) -> None:
    source = tmp_path / "s.db"
    with contextlib.closing(sqlite3.connect(source)) as connection:
        for statement in made_in("sqlite"):
            connection.execute(statement)
        connection.commit()
        (tmp_path / "dump.sql").write_text("\n".join(connection.iterdump()) + "\n", encoding="utf-8")
        original = connection.execute("SELECT * FROM customers ORDER BY n").fetchall()
    export(original, tmp_path / "folder" / "customers.csv")
    masked(tmp_path / "folder", tmp_path / "out")
    masked(tmp_path / "dump.sql", tmp_path / "copy.sql")
    masked(f"sqlite:///{source}", tmp_path / "copy.db")
    with contextlib.closing(sqlite3.connect(tmp_path / "loaded.db")) as connection:
        connection.executescript((tmp_path / "copy.sql").read_text(encoding="utf-8"))
    found = in_csv(tmp_path / "out" / "customers.csv")
    for path in (tmp_path / "loaded.db", tmp_path / "copy.db"):
        with contextlib.closing(sqlite3.connect(path)) as connection:
            rows = connection.execute("SELECT * FROM customers ORDER BY n").fetchall()
        assert sorted(tuple(map(text_of, row)) for row in rows) == found
    differs_from(found, sorted(tuple(map(text_of, row)) for row in original))


def differs_from(masked: Rows, original: Rows) -> None:
    for name, *pairs in zip(COLUMNS, *(zip(*rows, strict=True) for rows in (masked, original)), strict=True):
        filled = [(new, old) for new, old in zip(*pairs, strict=True) if old]
        assert (name in ("n", "vip")) == all(new == old for new, old in filled)
