"""The verifier's own reader of dumps: what real dump tools write, what the corpus holds, and what is damaged."""

import gzip
import itertools
import random
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.errors import GateError, InputError
from masker.verify.dump_reader import DumpTables
from masker.verify.opening import Where
from masker.verify.reading import FORM, KIND, LEAD, Reading, open_reader
from tests.sql.loading import MYSQL, POSTGRES, server

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
DUMPS = (
    sorted(path.relative_to(CORPUS).as_posix() for path in CORPUS.rglob("*.sql*") if path.suffix != ".sqlite")
    if CORPUS.is_dir()
    else []
)
NAUGHTY = [
    *(
        "",
        "NULL",
        "null",
        "\\N",
        "\\",
        "\\\\",
        "\\.",
        "'",
        "''",
        "\\'",
        '"',
        "`",
        ";",
        ");",
        "),(",
        "--",
        "-- x",
        "/*",
        "*/",
    ),
    *("$$", "$a$", "$1", "#", "\t", "\n", "\r", "\r\n", "\b", "\x1a", "\x7f", "%", "\\%", "\\_", "E'", "x'41'", "0x41"),
    *(
        "INSERT INTO `t` VALUES (1,'a');\n",
        "COPY t FROM stdin;\n\\.\n",
        "DELIMITER ;;\n",
        "\\restrict x",
        "🙂",
        "ä\u0301",
    ),
    *(
        "\u2028",
        "\u00a0",
        "\ufeff",
        "(",
        ")",
        ",",
        " ",
        " a ",
        "007",
        "1.10",
        "-0",
        "true",
        "DEFAULT",
        "now()",
        "{a,b}",
    ),
]
Row = tuple[str, ...]


def naughty_rows(count: int) -> list[tuple[str | None, str | None]]:
    """Rows of two texts, always the same."""
    made = random.Random(7)

    def text() -> str | None:
        return None if made.random() < 0.05 else "".join(made.choices(NAUGHTY, k=made.randint(0, 4)))

    return [*((one, one) for one in NAUGHTY), *((text(), text()) for _ in range(count))]


def read(where: Where, table: str, columns: Row) -> list[tuple[str | None, ...]]:
    reader = open_reader(where, Reading("sql"), columns, table)
    rows: list[tuple[str | None, ...]] = []
    for batch in reader.batches():
        assert all(batch[name].type == pa.string() for name in columns)
        rows += zip(*(batch[name].to_pylist() for name in columns), strict=True)
    assert reader.records() == len(rows)
    return rows


PG_DUMPS = [[], ["--inserts"], ["--column-inserts"], ["--rows-per-insert=7"]]
MY_DUMPS = [[], ["--skip-extended-insert"], ["--complete-insert"], ["--hex-blob", "--no-tablespaces", "--compact"]]


def test_what_pg_dump_writes_is_read_as_it_was(tmp_path: Path) -> None:
    rows = naughty_rows(300)
    with server("postgres") as database:
        cells = ",".join(f"({i},{_pg(a)},{_pg(b)},{i}.10)" for i, (a, b) in enumerate(rows))
        database.load(
            f'CREATE TABLE "T x" (id int, a text, "B b" text, n numeric);INSERT INTO "T x" VALUES {cells};'.encode()
        )
        url = urlsplit(POSTGRES)._replace(path=f"/{database.name}").geturl()
        for flags in PG_DUMPS:
            path = tmp_path / "dump.sql"
            path.write_bytes(subprocess.run(["pg_dump", *flags, "-d", url], capture_output=True, check=True).stdout)
            found = read(path, "T x", ("id", "a", "B b", "n"))
            assert found == [(str(i), a, b, f"{i}.10") for i, (a, b) in enumerate(rows)], flags


def test_what_mariadb_dump_writes_is_read_as_it_was(tmp_path: Path) -> None:
    rows = naughty_rows(300)
    with server("mysql") as database:
        cells = ",".join(f"({i},{_my(a)},{_my(b)},{i}.10,{_my(a)})" for i, (a, b) in enumerate(rows))
        table = "CREATE TABLE `T x` (id int, a text, `B b` text, n decimal(9,2), bin blob) CHARACTER SET utf8mb4;"
        database.load(f"{table}INSERT INTO `T x` VALUES {cells};".encode())
        url = urlsplit(MYSQL)
        for flags in MY_DUMPS:
            command = [
                "mariadb-dump",
                "-h",
                url.hostname or "",
                "-P",
                str(url.port or 3306),
                "-u",
                url.username or "root",
            ]
            command += [f"-p{url.password}"] if url.password else []
            path = tmp_path / "dump.sql"
            path.write_bytes(subprocess.run([*command, *flags, database.name], capture_output=True, check=True).stdout)
            found = read(path, "T x", ("id", "a", "B b", "n", "bin"))
            assert found == [(str(i), a, b, f"{i}.10", a) for i, (a, b) in enumerate(rows)], flags


def _pg(text: str | None) -> str:
    return "NULL" if text is None else f"convert_from(decode('{text.encode().hex()}','hex'),'UTF8')"


def _my(text: str | None) -> str:
    return "NULL" if text is None else f"CONVERT(X'{text.encode().hex()}' USING utf8mb4)"


@pytest.mark.parametrize("name", DUMPS or [pytest.param("", marks=pytest.mark.skip("no corpus"))])
def test_every_dump_of_the_corpus_is_read(name: str) -> None:
    dump = DumpTables(CORPUS / name, Reading())
    schema = DumpTables(CORPUS / SCHEMA_OF[name], Reading()) if name in SCHEMA_OF else dump
    for table in dump.names:
        reader = dump.reader(table, columns_of(dump, schema, table))
        assert sum(batch.num_rows for batch in reader.batches()) == reader.records()


SCHEMA_OF = {"sakila_mysql/sakila-mv-data.sql": "sakila_mysql/sakila-mv-schema.sql"}


def columns_of(dump: DumpTables, schema: DumpTables, table: str) -> Row:
    for stretch in dump.scanned.stretches[table]:
        if stretch.heading.columns is not None:
            return stretch.heading.columns
    return tuple(column.name for column in schema.declared(table) or () if not column.generated)


@pytest.mark.parametrize(
    ("dialect", "name"),
    [
        ("postgres", "northwind_pg/realdump/northwind.pgdump15-inserts.sql"),
        ("postgres", "chinook/chinook_neon_pgdump.sql"),
        ("mysql", "sakila_mysql/realdump/sakila.mariadbdump.sql"),
        ("mysql", "ruoyi_cn/ry_20260319.sql"),
    ],
)
def test_rows_are_as_many_as_the_server_counts(dialect: str, name: str) -> None:
    if not (CORPUS / name).is_file():
        pytest.skip("no corpus")
    dump = DumpTables(CORPUS / name, Reading())
    assert dump.dialect == dialect
    mark = '"' if dialect == "postgres" else "`"
    quoted = [".".join(f"{mark}{part}{mark}" for part in table.split(".")) for table in dump.names]
    with server(dialect) as database:
        database.load((CORPUS / name).read_bytes())
        counts = database.ask("\nUNION ALL ".join(f"SELECT {i}, count(*) FROM {q}" for i, q in enumerate(quoted)) + ";")
    found = {dump.names[int(number)]: int(count) for number, count in counts}
    assert found == dump.scanned.counts


MYSQL_DUMP = b"""\
/*!40101 SET NAMES utf8mb4 */;
CREATE TABLE `t` (`a` int, `b` text, `c` text GENERATED ALWAYS AS (concat(`b`)) VIRTUAL, `d` varchar(9));
INSERT INTO `t` (`a`, `b`, `D`) VALUES (1,'it\\'s',NULL), (2, "two" , ''),( 3,_binary 'x\\0',sysdate());
INSERT INTO `t` VALUES (4,'a;b',DEFAULT,N'q') ;
DELIMITER ;;
CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN INSERT INTO u VALUES (1); END ;;
DELIMITER ;
"""


def test_literals_of_mysql_are_read_in_all_their_forms(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes(MYSQL_DUMP)
    found = read(tmp_path / "a.sql", "t", ("a", "b", "d"))
    assert found == [("1", "it's", None), ("2", "two", ""), ("3", "x\0", None), ("4", "a;b", "q")]


SQLITE_DUMP = b"""\
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE t(a, "b" TEXT);
INSERT INTO t VALUES(1,'it''s');
INSERT INTO t VALUES(2.5,X'c3a4');
INSERT INTO t VALUES(NULL,'a\\nb');
CREATE TABLE sqlite_sequence(name,seq);
INSERT INTO sqlite_sequence VALUES('t',9);
CREATE TRIGGER x AFTER INSERT ON t BEGIN INSERT INTO t VALUES(new.a, CASE WHEN 1 THEN 'x' END); END;
COMMIT;
"""


def test_a_dump_of_sqlite_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes(SQLITE_DUMP)
    dump = DumpTables(tmp_path / "a.sql", Reading())
    assert (dump.dialect, dump.names) == ("sqlite", ("t",))
    assert read(tmp_path / "a.sql", "t", ("a", "b")) == [("1", "it's"), ("2.5", "ä"), (None, "a\\nb")]


def test_cells_come_with_their_literals_and_what_stands_around_them(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes(MYSQL_DUMP)
    batch = next(iter(open_reader(tmp_path / "a.sql", Reading(), ("a", "b", "d"), "t").batches()))
    assert batch[KIND + "b"].to_pylist() == ["'it\\'s'", '"two"', "_binary 'x\\0'"]
    assert batch[FORM + "d"].null_count == 2
    assert len(set(batch[FORM].to_pylist())) == 3
    assert len(set(batch[LEAD].to_pylist())) == 3


def test_a_compressed_dump_and_a_stream_are_read_as_the_plain_one(tmp_path: Path) -> None:
    class Stream:
        name = "a server"

        def open(self) -> object:
            return (tmp_path / "a.sql").open("rb")

    (tmp_path / "a.sql").write_bytes(MYSQL_DUMP)
    (tmp_path / "b.sql.gz").write_bytes(gzip.compress(MYSQL_DUMP))
    plain = read(tmp_path / "a.sql", "t", ("a", "b", "d"))
    assert read(tmp_path / "b.sql.gz", "t", ("a", "b", "d")) == plain
    assert read(Stream(), "t", ("a", "b", "d")) == plain  # type: ignore[arg-type]


def test_tables_are_found_with_and_without_their_schema(tmp_path: Path) -> None:
    text = "".join(f"COPY {name} (a) FROM stdin;\n{i}\n\\.\n" for i, name in enumerate(("x.t", "y.t", "y.u")))
    (tmp_path / "a.sql").write_text(text)
    assert read(tmp_path / "a.sql", "y.t", ("a",)) == [("1",)]
    assert read(tmp_path / "a.sql", "u", ("a",)) == [("2",)]
    with pytest.raises(GateError):
        open_reader(tmp_path / "a.sql", Reading(), ("a",), "t")


@pytest.mark.parametrize("columns", [("a",), ("a", "b", "d", "e"), ("a", "x", "d")])
def test_other_columns_than_the_promised_ones_are_refused(columns: Row, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes(MYSQL_DUMP)
    with pytest.raises((GateError, InputError)):
        list(open_reader(tmp_path / "a.sql", Reading(), columns, "t").batches())


BAD = {
    "a literal that never ends": (b"INSERT INTO t VALUES (1,'secret7", "truncated"),
    "a statement that never ends": (b"CREATE TABLE t (a int", "truncated"),
    "a COPY that never ends": (b"COPY t (a) FROM stdin;\nsecret7\n", "truncated"),
    "a COPY with options": (b"COPY t (a) FROM stdin WITH (FORMAT binary);\nsecret7\n\\.\n", "unsupported"),
    "a cell too many": (b"COPY t (a) FROM stdin;\nsecret7\tx\n\\.\n", "malformed"),
    "a tuple too long": (b"INSERT INTO t VALUES (1,'secret7');\n", "malformed"),
    "a row in brackets too deep": (b"INSERT INTO t VALUES (((((('secret7'))))));\n", "truncated"),
    "words between rows": (b"INSERT INTO t VALUES (1) secret7 (2);\nx", "truncated"),
}


@pytest.mark.parametrize("which", BAD)
def test_a_damaged_dump_is_refused_without_a_value(which: str, tmp_path: Path) -> None:
    data, code = BAD[which]
    (tmp_path / "a.sql").write_bytes(data)
    with pytest.raises(InputError) as refused:
        list(open_reader(tmp_path / "a.sql", Reading(), ("a",), "t").batches())
    assert refused.value.code == code
    assert "secret7" not in f"{refused.value} {refused.value.hint} {refused.value.place}"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(MYSQL_DUMP)), st.binary(max_size=6), st.integers(0, 30), st.booleans())
def test_whatever_is_damaged_is_an_error_of_ours(at: int, put: bytes, cut: int, mysql: bool) -> None:
    data = MYSQL_DUMP if mysql else SQLITE_DUMP
    path = Path(_scratch(data[:at] + put + data[at + cut :]))
    try:
        dump = DumpTables(path, Reading())
        for table in dump.names:
            for batch in itertools.islice(dump.reader(table, columns_of(dump, dump, table)).batches(), 9):
                batch.validate(full=True)
    except (InputError, GateError):
        return
    finally:
        path.unlink()


def _scratch(data: bytes) -> str:
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".sql", delete=False) as file:
        file.write(data)
    return file.name
