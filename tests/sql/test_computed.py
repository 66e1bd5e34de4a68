"""What mariadb-dump says of columns that the server computes is left to the server: the copy says DEFAULT."""

import sqlite3
from pathlib import Path

import pytest
from desk import Desk
from desk import desk as desk
from loading import server
from small_dumps import copied, opened, rows_of

from masker.errors import InputError
from masker.verify.dump_reader import DumpTables
from masker.verify.reading import Reading

HEAD = """-- MariaDB dump 10.19
CREATE TABLE `people` (
  `id` int(11) NOT NULL,
  `low` varchar(60) GENERATED ALWAYS AS (lcase(`email`)) STORED,
  `email` varchar(60) DEFAULT NULL,
  `n` int(11) DEFAULT NULL,
  `cut` varchar(9) GENERATED ALWAYS AS (left(`email`,3)) VIRTUAL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
"""
INTO = "INSERT INTO `people` VALUES\n"
ROWS = INTO + "(1,'ann@x.example','ANN@x.example',7,'ANN'),\n(2,NULL,NULL,8,NULL),\n(3,default,'B',9,'B');\n"
LEFT = INTO + "(1,DEFAULT,'ANN@x.example',7,DEFAULT),\n(2,NULL,NULL,8,NULL),\n(3,default,'B',9,DEFAULT);\n"


def put(folder: Path, text: str) -> Path:
    path = folder / "d.sql"
    path.write_text(text)
    return path


@pytest.mark.parametrize("block", [1, 60, 1 << 20])
def test_what_was_computed_is_left_to_the_server(tmp_path: Path, block: int) -> None:
    source = opened(put(tmp_path, HEAD + ROWS), block)
    assert rows_of(source)[0] == {"id": "1", "email": "ANN@x.example", "n": "7"}
    assert copied(source).decode() == HEAD + LEFT
    assert copied(source, anew=True).decode() == HEAD + LEFT


def test_a_server_computes_it_again(tmp_path: Path) -> None:
    copy = copied(opened(put(tmp_path, HEAD + ROWS))).replace(b"ANN@", b"ZOE@")
    with server("mysql") as database:
        database.load(copy)
        assert database.ask("SELECT low, cut FROM people WHERE id = 1") == [("zoe@x.example", "ZOE")]


def test_the_verifier_takes_it_from_a_source_and_not_from_a_copy(tmp_path: Path) -> None:
    path, columns = put(tmp_path, HEAD + ROWS), ("id", "email", "n")
    [*DumpTables(path, Reading(computed=True)).reader("people", columns).batches()]
    with pytest.raises(InputError, match="a column that the server computes"):
        [*DumpTables(path, Reading()).reader("people", columns).batches()]
    left = put(tmp_path, HEAD + LEFT)
    [*DumpTables(left, Reading()).reader("people", columns).batches()]


def test_a_whole_run_shows_nothing_of_it(desk: Desk) -> None:
    people = [f"({n},'canaryq7xw{n}@x.example','Canaryq7xw{n}@x.example',{n},'Can')" for n in range(30)]
    source = desk.put("d.sql", (HEAD + INTO + ",\n".join(people) + ";\n").encode())
    outcome = desk.mask(source, dest=desk.folder / "out.sql")
    assert outcome.exit == 0, outcome.stderr
    made = (desk.folder / "out.sql").read_bytes()
    assert b"canaryq7xw" not in made.lower()
    assert made.count(b"DEFAULT,") == 30 + HEAD.count("DEFAULT,")
    assert desk.run("verify", desk.folder / "out.sql", "--against", source).exit == 0


def test_other_servers_take_no_such_value(tmp_path: Path) -> None:
    text = "-- PostgreSQL database dump\nCREATE TABLE t (a text, b text GENERATED ALWAYS AS (a) STORED);\n"
    with pytest.raises(InputError, match="malformed"):
        rows_of(opened(put(tmp_path, text + "INSERT INTO t VALUES ('x', 'x');\n")))


def test_sqlite_lists_no_value_of_a_computed_column(tmp_path: Path) -> None:
    made = sqlite3.connect(":memory:")
    made.executescript(
        "CREATE TABLE t (a TEXT, b TEXT AS (upper(a)) STORED, n INT, c TEXT GENERATED ALWAYS AS (lower(a)));"
        "INSERT INTO t VALUES ('Ann', 1), ('Ben', 2);"
    )
    path = put(tmp_path, "PRAGMA foreign_keys=OFF;\n" + "\n".join(made.iterdump()) + "\n")
    made.close()
    assert "INSERT INTO" in path.read_text()
    rows = [{"a": "Ann", "n": "1"}, {"a": "Ben", "n": "2"}]
    assert rows_of(opened(path)) == rows
    batches = DumpTables(path, Reading()).reader("t", ("a", "n")).batches()
    assert [{name: row[name] for name in "an"} for batch in batches for row in batch.to_pylist()] == rows
