"""COPY with options: what the server writes so is read as it is by both readers, and written back byte for byte."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loading import server
from small_dumps import copied, opened, rows_of

from masker.errors import GateError
from masker.verify.dump_reader import DumpTables
from masker.verify.reading import Reading

HEAD = "-- PostgreSQL database dump\nCREATE TABLE t (n int, a text, b text);\n"
OPTIONS = [
    "WITH (FORMAT csv)",
    "WITH (FORMAT csv, DELIMITER ';', HEADER)",
    "WITH (FORMAT csv, DELIMITER E'\\t', NULL 'NULL', QUOTE '''', HEADER true)",
    "WITH (FORMAT csv, FORCE_QUOTE *)",
    "WITH CSV HEADER",
    "CSV DELIMITER '|' NULL 'x' QUOTE '!'",
    "WITH DELIMITER '|' NULL 'x'",
    "WITH (DELIMITER ',', NULL '')",
    "WITH (DELIMITER ';', HEADER)",
    "WITH (FORMAT text, ENCODING 'utf8')",
    "DELIMITERS '|' WITH NULL AS 'nix'",
]
VALUES = [
    *(None, "x", "plain", "a,b;c|d\te", 'say "hi" !', "it's", "two\nlines", "cr\r\nlf", " blanks ", "\\N", "\\", "ü"),
    "NULL",
]
ASKED = "SELECT n, coalesce(encode(convert_to(a, 'UTF8'), 'hex'), '-') FROM t ORDER BY n"
relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)


def put(folder: Path, data: bytes, name: str = "d.sql") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def both(path: Path, block: int = 1 << 20) -> list[dict[str, str | None]]:
    source = opened(path, block)
    read = rows_of(source)
    assert rows_of(source, "t") == read
    tables = DumpTables(path, Reading())
    reader = tables.reader("t", ("n", "a", "b"))
    seen = [{name: row[name] for name in ("n", "a", "b")} for batch in reader.batches() for row in batch.to_pylist()]
    assert (seen, reader.records()) == (read, len(read))
    return read


def into(options: str) -> str:
    """The options for reading what these wrote."""
    return options.replace(", FORCE_QUOTE *", "")


@pytest.mark.parametrize("options", [each for each in OPTIONS if "DELIMITERS" not in each])
def test_what_the_server_writes_is_read_as_it_is(tmp_path, options):
    rows = [(n, value, other) for n, (value, other) in enumerate(zip(VALUES, reversed(VALUES), strict=True))]
    quoted = ", ".join(
        f"({n}, " + ", ".join("NULL" if v is None else "'" + v.replace("'", "''") + "'" for v in (a, b)) + ")"
        for n, a, b in rows
    )
    with server("postgres") as database:
        database.load(f"CREATE TABLE t (n int, a text, b text); INSERT INTO t VALUES {quoted};".encode())
        if "NULL ''" in options or "csv" not in options.lower():
            database.load(b"UPDATE t SET a = 'y' WHERE a IN ('', 'x'); UPDATE t SET b = 'y' WHERE b IN ('', 'x');")
        expected = database.ask(ASKED)
        written = database._psql(database.name, f"COPY (SELECT * FROM t ORDER BY n) TO stdout {options};".encode())
        dump = f"{HEAD}COPY t (n, a, b) FROM stdin {into(options)};\n{written}\\.\n"
        path = put(tmp_path, dump.encode())
        read = both(path)
        assert [(row["n"], "-" if row["a"] is None else row["a"].encode().hex()) for row in read] == expected
        source = opened(path)
        assert copied(source) == path.read_bytes()
        anew = copied(source, anew=True)
        assert both(put(tmp_path, anew, "anew.sql")) == read
        database.load(b"DROP TABLE t;")
        database.load(anew)
        assert (
            database.ask("SELECT n, coalesce(encode(convert_to(a, 'UTF8'), 'hex'), '-') FROM t ORDER BY n") == expected
        )


CELLS = st.none() | st.text('ab";,\n\r\\|x.é', max_size=6)


@relaxed
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=9), block=st.sampled_from([1, 40, 1 << 20]))
def test_csv_is_read_and_written_as_it_means(tmp_path, rows, block):
    def cell(text):
        return "" if text is None else '"' + text.replace('"', '""') + '"'

    lines = "".join(f"{n},{cell(a)},{cell(b)}\n" for n, (a, b) in enumerate(rows))
    if "\n\\.\n" in lines or "\n\\.\r" in lines:
        return
    path = put(tmp_path, f'{HEAD}COPY t FROM stdin CSV HEADER;\n"n",a,"b\n"\n{lines}\\.\n'.encode())
    assert both(path, block) == [{"n": str(n), "a": a, "b": b} for n, (a, b) in enumerate(rows)]
    source = opened(path, block)
    assert copied(source) == path.read_bytes()
    assert both(put(tmp_path, copied(source, anew=True), "anew.sql")) == both(path)


def test_a_text_that_would_be_read_as_null_is_refused(tmp_path):
    source = opened(put(tmp_path, f"{HEAD}COPY t FROM stdin WITH NULL '7';\n7\ta\tb\n8\t\\x37\tc\n\\.\n".encode()))
    assert [row["a"] for row in rows_of(source)] == ["a", "7"]
    with pytest.raises(GateError) as caught:
        copied(source, anew=True)
    assert caught.value.code == "does-not-fit"


def test_old_words_are_read_too(tmp_path):
    path = put(tmp_path, f"{HEAD}COPY t FROM stdin USING DELIMITERS '|' WITH NULL AS 'x';\n1|a\\|b|x\n\\.\n".encode())
    assert both(path) == [{"n": "1", "a": "a|b", "b": None}]
