"""What MySQL's version comments declare for other servers, and what a dump's own triggers make, in a database copy."""

import base64
import json

import pytest
from desk import Desk, desk
from servers.conftest import Servant

__all__ = ["desk"]
DUMP = """-- MySQL dump 10.13
CREATE TABLE people (
  id int NOT NULL,
  email varchar(80) NOT NULL,
  /*!50705 place GEOMETRY */ /*!80003 SRID 0 */ /*!50705 NOT NULL,*/
  note varchar(20) /*!50600 DEFAULT NULL */,
  PRIMARY KEY (id)/*!50705 , SPATIAL KEY p (place)*/
);
CREATE TABLE searched (id int NOT NULL, email varchar(80));
DELIMITER ;;
CREATE TRIGGER `t` AFTER INSERT ON `people` FOR EACH ROW BEGIN
  INSERT INTO searched VALUES (NEW.id, NEW.email);
END;;
DELIMITER ;
INSERT INTO people VALUES
(1,'anna.berg@firma.example',/*!50705 0x00000000010100000000000000000000000000000000000000,*/'x'),
(2,'bert.beck@firma.example',/*!50705 0x00000000010100000000000000000000000000000000000000,*/NULL);
"""


@pytest.fixture
def copied(desk: Desk, mysql: Servant) -> tuple[str, str]:
    """The name of a copy in a database, and what the run told."""
    path = desk.folder / "in" / "d.sql"
    path.write_text(DUMP)
    dest = mysql.name()
    outcome = desk.mask(path, dest=mysql.url(dest))  # type: ignore[arg-type]
    assert outcome.exit == 0, outcome.stderr
    return dest, outcome.stderr


def test_a_column_that_the_server_does_not_have_is_told_and_not_missed(mysql, copied):
    dest, told = copied
    if not mysql.run("select version()")[0][0].count("MariaDB"):
        pytest.skip("MySQL executes the comment")
    assert "people.place is not in the copy" in told
    rows = mysql.run("select * from people order by note", database=dest)
    assert [len(row) for row in rows] == [3, 3]
    assert "firma.example" not in repr(rows)
    tag = mysql.run("select manifest from masker_tag", database=dest)[0][0]
    assert b"place" in base64.b64decode(json.loads(tag)["payload"])


def test_rows_that_the_dumps_own_trigger_makes_are_the_masked_ones(mysql, copied):
    dest, told = copied
    assert "searched has 2 rows that triggers of the dump made" in told
    query = "select count(*) from people p join searched s on s.id = p.id and s.email = p.email"
    assert mysql.run(query, database=dest) == [(2,)]


def test_the_copy_is_verified_against_its_dump_later(desk, mysql, copied):
    dest, _ = copied
    outcome = desk.run("verify", mysql.url(dest), "--against", desk.folder / "in" / "d.sql")
    assert outcome.exit == 0, outcome.stderr


def test_a_trigger_that_fills_what_the_dump_fills_too_still_stops_the_run(desk, mysql):
    path = desk.folder / "in" / "d.sql"
    path.write_text(DUMP + "INSERT INTO searched VALUES (3,'cora.cole@firma.example');\n")
    outcome = desk.mask(path, dest=mysql.url(mysql.name()))  # type: ignore[arg-type]
    assert (outcome.exit, "more or fewer rows" in outcome.stderr) == (1, True), outcome.stderr
