"""Subsets of dumps load into real servers with all constraints, and have the rows that the server itself picks."""

from pathlib import Path

import pytest
from sql.loading import server

from masker.api import mask, verify

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
TAG = {"purpose": "test-patch", "expires": "14d"}
SCHEMA = """
CREATE TABLE countries (code varchar(2) NOT NULL PRIMARY KEY, spoken varchar(20));
CREATE TABLE customers (customer_id integer NOT NULL PRIMARY KEY, email varchar(40), country varchar(2) NOT NULL,
  referred_by integer, FOREIGN KEY (country) REFERENCES countries (code));
CREATE TABLE orders (shop integer NOT NULL, number integer NOT NULL, customer_id integer NOT NULL,
  PRIMARY KEY (shop, number), FOREIGN KEY (customer_id) REFERENCES customers (customer_id));
CREATE TABLE items (shop integer NOT NULL, number integer NOT NULL, line integer NOT NULL, price numeric(10,2),
  PRIMARY KEY (shop, number, line), FOREIGN KEY (shop, number) REFERENCES orders (shop, number));
"""
AFTER = """
ALTER TABLE customers ADD CONSTRAINT referred FOREIGN KEY (referred_by) REFERENCES customers (customer_id);
"""


def dump(*, one_row: bool) -> str:
    people = range(1000, 1080)
    rows: dict[str, list[str]] = {
        "countries": ["('DE','German')", "('FR','French')"],
        "customers": [
            f"({n},'p{n}@mail.example','{'DE' if n % 4 else 'FR'}',{n + 1 if n % 7 == 3 else 'NULL'})" for n in people
        ],
        "orders": [f"({n % 2},{n},{1000 + n % 80})" for n in range(200)],
        "items": [f"({n % 2},{n % 200},{n},{n}.50)" for n in range(500)],
    }
    text = SCHEMA
    for name, lines in rows.items():
        for each in [[line] for line in lines] if one_row else [lines]:
            text += f"INSERT INTO {name} VALUES {','.join(each)};\n"
    return text + AFTER


@pytest.mark.parametrize("one_row", [True, False])
@pytest.mark.parametrize("dialect", ["postgres", "mysql"])
def test_a_subset_has_the_rows_that_the_server_picks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dialect: str, one_row: bool
) -> None:
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))
    source = tmp_path / "shop.sql"
    source.write_text(
        f"-- {'PostgreSQL database' if dialect == 'postgres' else 'MySQL'} dump\n\n" + dump(one_row=one_row)
    )
    where = "customers: country = 'FR' and customer_id < 1040"
    manifest = mask(source, tmp_path / "out.sql", where=where, **TAG).manifest  # type: ignore[arg-type]
    assert verify(tmp_path / "out.sql", against=source, where=where) == manifest
    with server(dialect) as database:
        database.load(source.read_bytes())
        belonging = """with recursive belonging as (
            select customer_id from customers where country = 'FR' and customer_id < 1040
            union select c.customer_id from customers c join belonging b on c.referred_by = b.customer_id),
          needed as (select customer_id from belonging
            union select c.referred_by from customers c join needed n on c.customer_id = n.customer_id
            where c.referred_by is not null) """
        orders = "from orders where customer_id in (select customer_id from belonging)"
        wanted = [
            database.ask(belonging + query)[0][0]
            for query in (
                "select count(*) from needed",
                f"select count(*) {orders}",
                f"select count(*) from items where (shop, number) in (select shop, number {orders})",
            )
        ]
    with server(dialect) as database:
        database.load((tmp_path / "out.sql").read_bytes())
        tables = ("customers", "orders", "items")
        found = [database.ask(f"select count(*) from {name}")[0][0] for name in tables]
        assert found == wanted
        assert {table.name: str(table.rows) for table in manifest.tables} == {
            "countries": "2", **dict(zip(tables, wanted, strict=True))
        }  # fmt: skip


@pytest.mark.parametrize("name", ["chinook/chinook_neon_pgdump.sql"])
def test_samples_of_real_dumps_load_with_all_their_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if not (CORPUS / name).exists():
        pytest.skip("the corpus is not here")
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))
    manifest = mask(CORPUS / name, tmp_path / "out.sql", subset="10%", **TAG).manifest  # type: ignore[arg-type]
    assert any(0 < table.rows < table.rows + table.outside for table in manifest.tables)
    with server("postgres") as database:
        database.load((tmp_path / "out.sql").read_bytes())
        keys = database.ask(
            "select count(*), count(*) filter (where convalidated) from pg_constraint where contype = 'f'"
        )
        assert keys[0][0] == keys[0][1] != "0"
