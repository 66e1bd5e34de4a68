"""The catalog of every dump in the corpus is what the real server says after it has loaded the same DDL."""

import gzip
import sqlite3
import subprocess
from pathlib import Path

import pytest
from sql.loading import server

from masker.errors import Place
from masker.sql.allowed import judge
from masker.sql.catalog import Catalog
from masker.sql.ddl import read_catalog
from masker.sql.lexer import read_dump
from masker.sql.naming import find_table
from masker.sql.pieces import RowsHead, Statement

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
POSTGRES = (
    "chinook/Chinook_PostgreSql.sql",
    "chinook/chinook_neon_pgdump.sql",
    "northwind_pg/northwind.sql",
    "northwind_pg/realdump/northwind.pgdump15-copy.sql",
    "northwind_pg/realdump/northwind.pgdump15-custom.dump",
    "pagila/pagila_neon_pgdump.sql",
    "pagila/pagila_pynonymizer.sql.gz",
    "pagila/realdump/pagila_neon.pgdump15-inserts.sql",
    "sakila_pg/postgres-sakila-schema.sql",
)
MYSQL = (
    "chinook/Chinook_MySql.sql",
    "ruoyi_cn/ry_20260319.sql",
    "ruoyi_cn/realdump/ruoyi.mariadbdump.sql",
    "sakila_mysql/sakila-mv-schema.sql",
    "sakila_mysql/realdump/sakila.mariadbdump.sql",
    "sakila_mysqldump/sakila.sql.gz",
)
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus")


def pieces(name, dialect):
    path = CORPUS / name
    if path.suffix == ".dump":
        data = subprocess.run(["pg_restore", "-f", "-", path], capture_output=True, check=True).stdout
    else:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(read_dump([data], dialect, Place(file=path.name)))


def catalog_of(found, dialect) -> Catalog:
    return read_catalog([piece for piece in found if isinstance(piece, Statement)], dialect)


def schema_of(found) -> bytes:
    kept = [
        piece.data
        for piece in found
        if isinstance(piece, Statement)
        and not piece.kind.startswith(("USE", "CREATE DATABASE", "DROP DATABASE", "CREATE SCHEMA", "DROP SCHEMA"))
        and not piece.data.lstrip().startswith(b"\\c ")
        and "setval" not in piece.data.decode().lower()
    ]
    return b"".join(kept).replace(b"sakila.", b"")


@pytest.mark.parametrize(("name", "dialect"), [(n, "postgres") for n in POSTGRES] + [(n, "mysql") for n in MYSQL])
def test_every_dump_is_read_and_every_row_has_a_table(name, dialect):
    found = pieces(name, dialect)
    catalog = catalog_of(found, dialect)
    assert {judge(piece, dialect) for piece in found if isinstance(piece, Statement)} == {"pass"}
    assert all(find_table(catalog, piece.table) for piece in found if isinstance(piece, RowsHead))


@pytest.mark.parametrize("name", POSTGRES)
def test_catalog_is_what_postgresql_says(name):
    found = pieces(name, "postgres")
    catalog = catalog_of(found, "postgres")
    with server("postgres") as database:
        database.load(schema_of(found))
        columns = database.ask(
            "SELECT c.relname, a.attname, a.attnotnull, a.attgenerated <> '', "
            "format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE a.atttypid END, a.atttypmod) "
            "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid "
            "WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped "
            "AND c.relnamespace = 'public'::regnamespace ORDER BY 1, a.attnum"
        )
        keys = set(database.ask(
            "SELECT c.relname, k.contype, (SELECT string_agg(attname, ',' ORDER BY n) FROM unnest(k.conkey) "
            "WITH ORDINALITY u(num, n) JOIN pg_attribute a ON a.attnum = num AND a.attrelid = c.oid), r.relname "
            "FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_class r ON r.oid = k.confrelid "
            "WHERE k.contype IN ('p', 'u', 'f') AND c.relnamespace = 'public'::regnamespace"
        ))  # fmt: skip
        indexes = set(database.ask(
            "SELECT c.relname, (SELECT string_agg(attname, ',' ORDER BY n) FROM unnest(i.indkey::int[]) "
            "WITH ORDINALITY u(num, n) JOIN pg_attribute a ON a.attnum = num AND a.attrelid = c.oid) FROM pg_index i "
            "JOIN pg_class c ON c.oid = i.indrelid WHERE i.indisunique AND NOT i.indisprimary AND i.indpred IS NULL "
            "AND c.relkind IN ('r', 'p') "
            "AND c.relnamespace = 'public'::regnamespace"
        ))  # fmt: skip
        parts = set(database.ask("SELECT inhrelid::regclass, inhparent::regclass FROM pg_inherits i JOIN pg_class c "
                                 "ON c.oid = inhrelid WHERE c.relispartition AND c.relkind IN ('r', 'p')"))  # fmt: skip
    tables = sorted(catalog.tables.values(), key=lambda table: table.name)
    assert columns == [
        (t.name, c.name, "ft"[c.not_null], "ft"[c.generated], written(c.type)) for t in tables for c in t.columns
    ]
    assert {(t.name, "p", ",".join(t.primary_key), "") for t in tables if t.primary_key} == {
        key for key in keys if key[1] == "p"
    }
    assert {(t.name, "f", ",".join(k.columns), k.table) for t in tables for k in t.foreign_keys} == {
        key for key in keys if key[1] == "f"
    }
    assert {(t.name, ",".join(u)) for t in tables for u in t.unique} == indexes
    assert {(t.name, t.partition_of) for t in tables if t.partition_of} == parts


def written(type_):
    names = {"varchar": "character varying", "char": "character", "timestamptz": "timestamp with time zone",
             "timestamp": "timestamp without time zone", "double": "double precision",
             "enum": "mpaa_rating"}  # fmt: skip
    numbers = [str(n) for n in (type_.length, type_.precision, type_.scale) if n is not None]
    numbered = f"({','.join(numbers)})" if numbers else ""
    return names.get(type_.name, type_.name) + numbered + ("[]" if type_.array else "")


@pytest.mark.parametrize("name", MYSQL)
def test_catalog_is_what_mariadb_says(name):
    found = pieces(name, "mysql")
    catalog = catalog_of(found, "mysql")
    with server("mysql") as database:
        database.load(b"SET FOREIGN_KEY_CHECKS=0;\n" + schema_of(found))
        here = f"table_schema = '{database.name}'"
        columns = set(database.ask(
            "SELECT c.table_name, column_name, is_nullable = 'NO', character_maximum_length, data_type FROM "
            "information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name) "
            f"WHERE c.{here} AND table_type = 'BASE TABLE'"
        ))  # fmt: skip
        keys = set(database.ask(
            "SELECT table_name, constraint_name = 'PRIMARY', GROUP_CONCAT(column_name ORDER BY ordinal_position), "
            f"referenced_table_name FROM information_schema.key_column_usage WHERE {here} "
            "GROUP BY table_name, constraint_name, referenced_table_name"
        ))  # fmt: skip
    # MariaDB leaves out what `/*!50705 … */` says to MySQL; so do its rows.
    ours = {(t, c.name): c for t, table in catalog.tables.items() for c in table.columns if c.type.name != "geometry"}
    assert {column[:2] for column in columns} == set(ours)
    for table, name_, not_null, length, kind in columns:
        column = ours[table, name_]
        assert not_null == str(int(column.not_null))
        assert SAME.get(kind, kind) == column.type.name
        if kind in ("char", "varchar", "binary", "varbinary"):
            assert length == str(column.type.length)
    expected = {(t.name, "1", ",".join(t.primary_key), "NULL") for t in catalog.tables.values() if t.primary_key}
    expected |= {(t.name, "0", ",".join(u), "NULL") for t in catalog.tables.values() for u in t.unique}
    expected |= {(t.name, "0", ",".join(k.columns), k.table) for t in catalog.tables.values() for k in t.foreign_keys}
    assert keys == expected


SAME = {"int": "integer", "decimal": "numeric"}


def test_catalog_is_what_sqlite_says():
    connection = sqlite3.connect(f"file:{CORPUS / 'chinook/Chinook_Sqlite.sqlite'}?mode=ro&immutable=1", uri=True)
    written_ = [row[0] for row in connection.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")]
    catalog = catalog_of(list(read_dump([";\n".join([*written_, ""]).encode()], "sqlite", Place())), "sqlite")
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert set(catalog.tables) == names
    for table in catalog.tables.values():
        info = list(connection.execute(f'PRAGMA table_info("{table.name}")'))
        assert [row[1] for row in info] == [column.name for column in table.columns]
        assert [row[1] for row in sorted(info, key=lambda row: row[5]) if row[5]] == list(table.primary_key)
        assert [bool(row[3]) for row in info] == [column.not_null for column in table.columns]
        keys = {(row[3], row[2], row[4]) for row in connection.execute(f'PRAGMA foreign_key_list("{table.name}")')}
        assert keys == {(key.columns[0], key.table, key.ref[0]) for key in table.foreign_keys}
    connection.close()
