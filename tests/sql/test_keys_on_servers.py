"""What a real server joins in a dump, it joins in the masked dump: keys of every kind, in its own spelling."""

from pathlib import Path

import pytest
from loading import server

from masker.api import mask

POSTGRES = """-- PostgreSQL database dump
CREATE EXTENSION IF NOT EXISTS citext;
CREATE TABLE people (n int NOT NULL, id int PRIMARY KEY, mail citext UNIQUE, code char(6) UNIQUE, boss int);
CREATE TABLE firms (n int NOT NULL, id bigint PRIMARY KEY);
CREATE TABLE areas (n int NOT NULL, country text, code text, PRIMARY KEY (country, code));
CREATE TABLE orders (n int NOT NULL, mail citext, code char(6), country text, area text,
  watchers int[], payload jsonb, kind text, owner bigint, day text, UNIQUE (mail, day));
INSERT INTO people VALUES (1, 70001, 'Anna@Firma.example', 'AB1', NULL), (2, 70002, 'bob@firma.example', 'ab2', 70001),
  (3, 70003, 'cleo@firma.example', 'C 3', 70003);
INSERT INTO firms VALUES (1, 70001), (2, 9000000001);
INSERT INTO areas VALUES (1, 'DE', 'north'), (2, 'DE', 'south'), (3, 'FR', 'north');
INSERT INTO orders VALUES
  (1, 'ANNA@firma.example', 'AB1', 'DE', 'north', '{70001,NULL,70003}', '{"buyer": {"id": 70002}, "x": [1]}',
   'P', 70001, 'a'),
  (2, 'bob@firma.example', 'ab2', 'DE', NULL, '{}', '{"buyer": null}', 'F', 70001, 'a'),
  (3, NULL, NULL, 'FR', 'north', NULL, '{}', 'F', 9000000001, 'b'),
  (4, 'anna@Firma.example', 'C 3', NULL, NULL, '{70002,12345}', NULL, 'P', 99999, 'b');
ALTER TABLE people ADD FOREIGN KEY (boss) REFERENCES people (id);
ALTER TABLE orders ADD FOREIGN KEY (mail) REFERENCES people (mail);
ALTER TABLE orders ADD FOREIGN KEY (code) REFERENCES people (code);
ALTER TABLE orders ADD FOREIGN KEY (country, area) REFERENCES areas (country, code);
"""
PROFILE = """masker: 1
name: keys
extends: test-env
tables:
  people:
    columns:
      n: keep
      id: permute
      mail: {method: fake, infotype: email}
      code: {method: fpe, ignore: [blanks]}
      boss: permute
  firms: {columns: {n: keep, id: {method: permute, domain: firms}}}
  areas: {columns: {n: keep, country: keep, code: fpe}}
  orders:
    columns:
      n: keep
      mail: {references: people.mail}
      code: {references: people.code}
      country: keep
      area: {references: areas.code}
      watchers: {method: keep, unreadable: "null", references: {path: "$[*]", to: people.id}}
      payload: {method: keep, unreadable: "null", references: {path: $.buyer.id, to: people.id}}
      kind: keep
      owner: permute
      day: keep
    polymorphic: {type: kind, id: owner, tables: {P: people.id, F: firms.id}}
"""
JOINS = [
    "SELECT a.n, b.n FROM people a JOIN people b ON a.boss = b.id ORDER BY 1, 2",
    "SELECT a.n, b.n FROM orders a JOIN people b ON a.mail = b.mail ORDER BY 1, 2",
    "SELECT a.n, b.n FROM orders a JOIN people b ON a.code = b.code ORDER BY 1, 2",
    "SELECT a.n, b.n FROM orders a JOIN areas b ON a.country = b.country AND a.area = b.code ORDER BY 1, 2",
    "SELECT a.n, b.n FROM orders a JOIN people b ON b.id = ANY (a.watchers) ORDER BY 1, 2",
    "SELECT a.n, b.n FROM orders a JOIN people b ON (a.payload #>> '{buyer,id}')::int = b.id ORDER BY 1, 2",
    "SELECT a.n, b.n FROM orders a JOIN people b ON a.kind = 'P' AND a.owner = b.id ORDER BY 1, 2",
    "SELECT a.n, b.n FROM orders a JOIN firms b ON a.kind = 'F' AND a.owner = b.id ORDER BY 1, 2",
]


@pytest.fixture(autouse=True)
def own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))


def masked(folder: Path, sql: str, profile: str) -> bytes:
    (folder / "source.sql").write_text(sql)
    (folder / "p.yaml").write_text(profile)
    mask(folder / "source.sql", folder / "copy.sql", profile=folder / "p.yaml", purpose="test-patch", expires="1d")
    return (folder / "copy.sql").read_bytes()


def test_postgres_joins_the_copy_as_its_source(tmp_path: Path) -> None:
    with server("postgres") as before, server("postgres") as after:
        before.load(POSTGRES.encode())
        after.load(masked(tmp_path, POSTGRES, PROFILE))
        found = [before.ask(join) for join in JOINS]
        assert all(found)
        assert [after.ask(join) for join in JOINS] == found
        told = "SELECT id FROM people UNION SELECT unnest(watchers) FROM orders"
        assert not set(before.ask(told)) & set(after.ask(told)) - {("",)}


MYSQL = """-- MySQL dump 10.19

CREATE TABLE `parts` (`n` int NOT NULL, `code` varchar(20) NOT NULL, PRIMARY KEY (`code`))
  ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `uses` (`n` int NOT NULL, `part` varchar(20), KEY `k` (`part`),
  CONSTRAINT `f` FOREIGN KEY (`part`) REFERENCES `parts` (`code`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4
  COLLATE=utf8mb4_general_ci;
INSERT INTO `parts` VALUES (1,'ABC-1'),(2,'Émile'),(3,'x 7');
INSERT INTO `uses` VALUES (1,'abc-1'),(2,'ABC-1 '),(3,'emile'),(4,'ÉMILE'),(5,'X 7'),(6,NULL);
"""


@pytest.mark.parametrize("way", ["fpe", "hash, length: 12"])
def test_mariadb_joins_spellings_in_the_copy_as_in_its_source(tmp_path: Path, way: str) -> None:
    profile = f"""masker: 1
name: keys
extends: test-env
tables:
  parts: {{columns: {{n: keep, code: {{method: {way}, ignore: [accents, blanks, case]}}}}}}
  uses: {{columns: {{n: keep, part: {{references: parts.code}}}}}}
"""
    join = "SELECT a.n, b.n FROM uses a JOIN parts b ON a.part = b.code ORDER BY 1, 2"
    with server("mysql") as before, server("mysql") as after:
        before.load(MYSQL.encode())
        after.load(masked(tmp_path, MYSQL, profile))
        assert len(before.ask(join)) == 5
        assert after.ask(join) == before.ask(join)
