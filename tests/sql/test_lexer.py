"""The lexer: whatever is cut, the pieces are the dump, and what looks like SQL inside of a string stays a string."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_dumps import NAUGHTY, ROWS, Row, copies, inserts

from masker.errors import InputError, Place
from masker.sql import Dialect
from masker.sql.lexer import dialect_of, read_dump
from masker.sql.pieces import Piece, RowsEnd, RowsHead, RowsRun, Statement

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
SIZES = st.integers(1, 400)


def cut(
    data: bytes, dialect: Dialect, chunk: int = 1 << 16, block: int = 1 << 20, *, joining: bool = True
) -> list[Piece]:
    chunks = (data[start : start + chunk] for start in range(0, len(data), chunk))
    pieces = list(read_dump(chunks, dialect, Place(file="d.sql"), block_bytes=block, joining=joining))
    assert b"".join(piece.data for piece in pieces) == data
    lines = 1
    for piece in pieces:
        lead = piece.start if isinstance(piece, Statement) else 0
        if not isinstance(piece, RowsHead):
            assert piece.line == lines + piece.data.count(b"\n", 0, lead)
        lines += piece.data.count(b"\n")
    return pieces


def count(pieces: list[Piece]) -> int:
    runs = [piece for piece in pieces if isinstance(piece, RowsRun)]
    return sum(len(run.tuples.last) if run.tuples else run.data.count(b"\n") for run in runs)


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "sqlite"])
@given(rows=ROWS, each=st.integers(1, 5), chunk=SIZES, block=SIZES, joining=st.booleans())
def test_inserts_are_cut_the_same_however_they_arrive(
    dialect: Dialect, rows: list[Row], each: int, chunk: int, block: int, joining: bool
):
    data = inserts(rows, dialect, each=each)
    pieces = cut(data, dialect, chunk, block, joining=joining)
    assert count(pieces) == len(rows)
    assert [piece.kind for piece in pieces if isinstance(piece, Statement)] == [
        piece.kind for piece in cut(data, dialect, joining=False) if isinstance(piece, Statement)
    ] or joining


@given(rows=ROWS, chunk=SIZES, block=SIZES)
def test_copies_are_cut_the_same_however_they_arrive(rows: list[Row], chunk: int, block: int):
    pieces = cut(copies(rows), "postgres", chunk, block)
    assert count(pieces) == len(rows)


@pytest.mark.parametrize("tail", [" ON CONFLICT DO NOTHING;", " ON CONFLICT (n) DO NOTHING;", "\n;"])
def test_statements_that_end_alike_are_one_run(tail: str):
    data = inserts([(text, None, 1) for text in NAUGHTY], "postgres", each=1, tail=tail)
    pieces = cut(data, "postgres")
    assert count(pieces) == len(NAUGHTY)
    assert sum(isinstance(piece, RowsHead) for piece in pieces) == 2
    assert sum(isinstance(piece, RowsHead) for piece in cut(data, "postgres", joining=False)) == len(NAUGHTY)


def test_a_blank_more_before_a_row_begins_a_run_of_its_own():
    rows = [b"INSERT INTO t VALUES(1);", b"INSERT INTO t VALUES(2);", b"INSERT INTO t VALUES(3);"]
    dump = b"\n".join([*rows, b"INSERT INTO t VALUES (4);\n"])
    pieces = list(read_dump([dump], "sqlite", Place(), joining=True))
    runs = [piece.data for piece in pieces if isinstance(piece, RowsRun)]
    assert runs == [b"(1)", b"(2);\nINSERT INTO t VALUES(3)", b"(4)"]


@pytest.mark.parametrize("comma", [",", ", ", " ,\n    ", ",\n-- it's a comment (\n", ", /* it's; ), */ "])
def test_blanks_and_comments_stand_between_rows(comma: str):
    pieces = cut(inserts([(text, None, 1) for text in NAUGHTY], "mysql", each=9, comma=comma), "mysql", block=200)
    assert count(pieces) == len(NAUGHTY)


KINDS: list[tuple[Dialect, bytes, list[str]]] = [
    ("postgres", b"SET a = 'x;';\nSELECT 1;\n", ["SET", "SELECT", ""]),
    ("postgres", b"CREATE CAST f AS $x$ a; $$ b; $x$;\n\\connect d\nSET b=1;", ["CREATE CAST", "\\connect", "SET"]),
    ("postgres", b"/* a; /* b; */ c; */ CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);", ["CREATE RULE"]),
    (
        "postgres",
        b"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN 1 THEN 2 END; SELECT 3; END;\nSET a=1;",
        ["CREATE FUNCTION", "SET"],
    ),
    ("postgres", b"SET standard_conforming_strings = off;SET a = 'x\\';y';SET b=1;", ["SET", "SET", "SET"]),
    ("mysql", b"/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`%`*/ /*!50003 TRIGGER t FOR EACH ROW a*/;", ["CREATE TRIGGER"]),
    ("mysql", b"DELIMITER ;;\nDO BEGIN a; b; END;;\nDELIMITER ;\nUSE x;", ["DELIMITER", "DO", "DELIMITER", "USE"]),
    ("mysql", b"/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump\nSET a='\\';';\n", ["", "SET", ""]),
    ("mysql", b"SET sql_mode='NO_BACKSLASH_ESCAPES';SET a='x\\';# it's;\nSET b=1;", ["SET", "SET", "SET"]),
    ("sqlite", b"CREATE TRIGGER t BEGIN SELECT CASE 1 END; DELETE FROM b; END;\nCOMMIT;", ["CREATE TRIGGER", "COMMIT"]),
    ("sqlite", b'CREATE TABLE "a;" ([b;] A, `c;` A);CREATE UNIQUE INDEX i ON a;', ["CREATE TABLE", "CREATE INDEX"]),
]


@pytest.mark.parametrize(("dialect", "data", "kinds"), KINDS)
@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_statements_end_where_their_clients_end_them(dialect: Dialect, data: bytes, kinds: list[str], chunk: int):
    pieces = cut(data, dialect, chunk, chunk)
    found = [piece.kind for piece in pieces if isinstance(piece, Statement)]
    assert [kind if not kind.startswith("/*") else "" for kind in found] == kinds


CUT_SHORT: list[tuple[Dialect, bytes, int]] = [
    ("postgres", b"SET a = 1;\n\nSET b = 'x;\n", 3),
    ("postgres", b"\nCOPY t (a) FROM stdin;\n1\n2\n", 2),
    ("postgres", b"\nCOPY t (a) FROM stdin;\n1\n2", 2),
    ("mysql", b"INSERT INTO t VALUES (1,'a'),\n(2,'b", 1),
    ("mysql", b"INSERT INTO t VALUES (1,'a'),\n(2,'b')", 2),
    ("mysql", b"CREATE TABLE t (a int", 1),
    ("sqlite", b"-- x\n/* never closed", 1),
]


@pytest.mark.parametrize(("dialect", "data", "line"), CUT_SHORT)
@pytest.mark.parametrize("block", [1, 1 << 20])
def test_a_dump_that_is_cut_short_is_refused_with_the_line(dialect: Dialect, data: bytes, line: int, block: int):
    with pytest.raises(InputError) as caught:
        list(read_dump([data], dialect, Place(file="d.sql"), block_bytes=block))
    assert (caught.value.code, caught.value.place.line) == ("truncated", line)


@pytest.mark.parametrize(
    "options",
    [b"FORMAT binary", b"FORMAT csv, ESCAPE '!'", b"FORMAT csv, FORCE_NULL (a)", b"ENCODING 'sjis'", b"x 'y'"],
)
def test_copy_with_options_that_nobody_knows_is_refused(options: bytes):
    with pytest.raises(InputError) as caught:
        list(read_dump([b"COPY t FROM stdin WITH (%s);\n1\n\\.\n" % options], "postgres", Place()))
    assert caught.value.code == "unsupported"


def test_heads_say_table_and_columns_as_the_server_folds_them():
    pieces = cut(b'INSERT INTO Public."T""x" ("A", bC) VALUES (1, 2);', "postgres")
    (head,) = [piece for piece in pieces if isinstance(piece, RowsHead)]
    assert (head.table, head.columns) == ('public.T"x', ("A", "bc"))


def test_a_row_larger_than_a_block_is_still_one_row():
    pieces = cut(inserts([("x" * 5000, "y", 1), ("z", None, 2)], "mysql", each=2), "mysql", 100, 100)
    assert count(pieces) == 2


def test_an_end_of_copy_inside_of_a_line_ends_nothing():
    pieces = cut(b"COPY t (a) FROM stdin;\nx\\.\n\\.y\n\\.\n", "postgres", 3, 5)
    assert count(pieces) == 2
    assert [piece.data for piece in pieces if isinstance(piece, RowsEnd)] == [b"\\.\n"]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of real dumps")
@pytest.mark.parametrize("block", [1 << 20, 5000])
def test_real_dumps_are_their_pieces(block: int):
    found = 0
    for path in sorted(CORPUS.rglob("*.sql*")):
        if path.suffix != ".sqlite":
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            dialect = dialect_of(data[: 1 << 16])
            assert dialect is not None
            found += count(cut(data, dialect, 1 << 18, block))
    assert found > 400_000
