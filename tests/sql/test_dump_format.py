"""SQL dumps: every cell as the server would print it, every untouched byte as it was, nothing that must not pass."""

import gzip
import io
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_dumps import HEADS, NAUGHTY, ROWS, Row, copied, copies, inserts, opened, rows_of

from masker.errors import GateError, InputError
from masker.formats import FORMATS, ReadOptions
from masker.formats._open import open_snapshot
from masker.label import Label
from masker.snapshot import Rows, Source

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
LABEL = Label("0" * 26, "test-system", "qa", "2030-01-01T00:00:00Z")
BLOCKS = st.sampled_from([1, 60, 1 << 20])
relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)


def put(folder: Path, data: bytes, name: str = "d.sql") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def expected(rows: list[Row]) -> list[dict[str, str | None]]:
    return [{"a": a, "b": b, "n": str(n)} for a, b, n in rows]


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "sqlite"])
@relaxed
@given(rows=ROWS, each=st.integers(1, 5), block=BLOCKS)
def test_inserts_are_read_and_written_as_they_mean(
    tmp_path: Path, dialect: str, rows: list[Row], each: int, block: int
):
    data = inserts(rows, dialect, each=each)
    source = opened(put(tmp_path, data), block)
    assert rows_of(source) == rows_of(source, "t") == expected(rows)
    assert copied(source) == data
    anew = put(tmp_path, copied(source, anew=True), "anew.sql")
    assert rows_of(opened(anew)) == expected(rows)


@relaxed
@given(rows=ROWS, block=BLOCKS)
def test_copies_are_read_and_written_as_they_mean(tmp_path: Path, rows: list[Row], block: int):
    data = copies(rows)
    source = opened(put(tmp_path, data), block)
    assert rows_of(source) == rows_of(source, "t") == expected(rows)
    assert copied(source) == data
    anew = put(tmp_path, copied(source, anew=True), "anew.sql")
    assert rows_of(opened(anew)) == expected(rows)


@relaxed
@given(rows=ROWS, each=st.integers(1, 5), block=BLOCKS, seed=st.integers(0, 2**12 - 1), style=st.sampled_from("mcs"))
def test_rows_left_out_leave_a_dump_of_the_others(
    tmp_path: Path, rows: list[Row], each: int, block: int, seed: int, style: str
):
    data = copies(rows) if style == "c" else inserts(rows, "mysql" if style == "m" else "sqlite", each=each)
    source = opened(put(tmp_path, data), block)
    gone = np.array([seed >> number & 1 for number in range(len(rows))], np.bool_)
    left = put(tmp_path, narrowed(source, gone), "left.sql")
    assert rows_of(opened(left)) == [row for row, out in zip(expected(rows), gone, strict=True) if not out]
    if not gone.any():
        assert left.read_bytes() == data


def narrowed(source: Source, gone: np.ndarray) -> bytes:
    out = io.BytesIO()
    sink = FORMATS["sql"].sink(out, source, None)
    taken = 0
    for part in source.parts():
        if isinstance(part, Rows):
            count = part.batch.num_rows
            part = source.without(part, gone[taken : taken + count], first=not taken)
            taken += count
        sink.write(sink.prepare(part))
    return out.getvalue()


CELLS = {
    "NULL": None, "null": None, "DEFAULT": None, "sysdate()": None, "current_timestamp(6)": None,
    "-1.50": "-1.50", "1e5": "1e5", "TRUE": "TRUE", "''": "", "'a''b'": "a'b", "N'x'": "x", "_binary 'a\\0b'": "a\0b",
    "_utf8mb4'é'": "é", "0x4142": "AB", "X'4142'": "AB", "0xFF00": "0xff00", "b'0101'": "0101",
    "'\\%\\_\\a\\Z'": "\\%\\_a\x1a", "'ä\\n'": "ä\n",
}  # fmt: skip


@pytest.mark.parametrize("written", CELLS)
def test_literals_of_mysql_mean_what_the_server_prints(tmp_path: Path, written: str):
    data = f"{HEADS['mysql']}INSERT INTO `t` (`n`, `a`) VALUES ( 1 , {written} ),\n(2,'z');\n".encode()
    source = opened(put(tmp_path, data))
    assert rows_of(source) == [{"a": CELLS[written], "b": None, "n": "1"}, {"a": "z", "b": None, "n": "2"}]
    assert copied(source) == data
    assert rows_of(opened(put(tmp_path, copied(source, anew=True), "anew.sql"))) == rows_of(source)


@pytest.mark.parametrize("written", ["E'a\\n\\'b'", "e'a\\n''b'"])
def test_escape_strings_of_postgres_are_read(tmp_path: Path, written: str):
    data = f"{HEADS['postgres']}INSERT INTO t (a) VALUES ({written}), ('a\\n');\n".encode()
    source = opened(put(tmp_path, data))
    assert [row["a"] for row in rows_of(source)] == ["a\n'b", "a\\n"]
    assert rows_of(opened(put(tmp_path, copied(source, anew=True), "anew.sql"))) == rows_of(source)


@pytest.mark.parametrize("written", ["'a' || 'b'", "concat('a','b')", "'a' 'b'", "(select 1)", "'x'::date"])
def test_expressions_that_may_hold_data_are_refused_with_their_line(tmp_path: Path, written: str):
    path = put(tmp_path, f"{HEADS['mysql']}INSERT INTO `t` (`a`) VALUES ('z'),\n({written});\n".encode())
    with pytest.raises(InputError) as caught:
        rows_of(opened(path))
    assert (caught.value.code, caught.value.place.line) == ("malformed", 5)


def test_a_blob_that_is_no_text_is_read_as_hex_digits(tmp_path: Path):
    head = HEADS["mysql"].replace("`b` text", "`b` blob").encode()
    data = head + b"INSERT INTO `t` VALUES ('a','\x89PNG\\0\xff',1),('b',_binary '\xfe',2),('c','text',3);\n"
    source = opened(put(tmp_path, data))
    assert [row["b"] for row in rows_of(source)] == ["0x89504e4700ff", "0xfe", "text"]
    assert copied(source) == data
    anew = opened(put(tmp_path, copied(source, anew=True), "anew.sql"))
    assert rows_of(anew) == rows_of(source)


def test_text_that_is_no_utf8_is_refused(tmp_path: Path):
    for data in (inserts([("x", "y", 1)], "mysql", each=1), copies([("x", "y", 1)])):
        with pytest.raises(InputError) as caught:
            rows_of(opened(put(tmp_path, data.replace(b"x", b"\xe4"))))
        assert caught.value.code == "encoding"


def test_another_declared_encoding_is_refused_where_it_matters(tmp_path: Path):
    for text, refused in (("x", False), ("ä", True)):
        data = inserts([(text, "y", 1)], "mysql", each=1).replace(b"utf8mb4", b"gbk")
        source = opened(put(tmp_path, data))
        if not refused:
            assert len(rows_of(source)) == 1
            continue
        with pytest.raises(InputError) as caught:
            rows_of(source)
        assert caught.value.code == "encoding"


def test_masked_cells_keep_their_own_style(tmp_path: Path):
    data = (
        HEADS["mysql"].encode() + b"INSERT INTO `t` VALUES ('7',_binary 'x',7),(NULL,0x41,NULL),(sysdate(),b'1',8);\n"
    )
    source = opened(put(tmp_path, data))
    out = io.BytesIO()
    sink = FORMATS["sql"].sink(out, source, None)
    for part in source.parts():
        if isinstance(part, Rows):
            columns = [["8", None, "9"], ["y'", "B", "0"], ["9", None, "x"]]
            batch = pa.RecordBatch.from_arrays(
                [pa.array(each, pa.string()) for each in columns], schema=part.batch.schema
            )
            part = replace(part, batch=batch, changed=frozenset("abn"))
        sink.write(sink.prepare(part))
    assert out.getvalue().endswith(b"VALUES ('8',_binary 'y\\'',9),(NULL,0x42,NULL),(sysdate(),b'0','x');\n")


def test_a_dropped_column_is_null_in_every_row(tmp_path: Path):
    for data, gone in ((inserts([("x", "y", 1)], "sqlite", each=1), b"(NULL,"), (copies([("x", "y", 1)]), b"\\N\ty")):
        source = opened(put(tmp_path, data))
        out = io.BytesIO()
        sink = FORMATS["sql"].sink(out, source, None)
        for part in source.parts():
            if isinstance(part, Rows):
                part = replace(part, batch=part.batch.drop_columns(["a"]), changed=frozenset("a"))
            sink.write(sink.prepare(part))
        assert gone in out.getvalue()


def test_a_copy_says_so_in_its_first_line_and_is_not_masked_again(tmp_path: Path):
    source = opened(put(tmp_path, copies([("x", "y", 1)])))
    out = io.BytesIO()
    sink = FORMATS["sql"].sink(out, source, LABEL)
    for part in source.parts():
        sink.write(sink.prepare(part))
    assert out.getvalue().startswith(b"-- masker: " + LABEL.as_text().encode() + b"\n")
    copy = put(tmp_path, out.getvalue(), "copy.sql")
    with pytest.raises(GateError) as caught:
        opened(copy)
    assert caught.value.code == "already-masked"
    (member,) = open_snapshot(copy, ReadOptions(), allow_remask=True).members
    assert copied(member.source) == copies([("x", "y", 1)])


def test_schema_and_data_of_one_folder_belong_together(tmp_path: Path):
    schema, data = (
        HEADS["mysql"].encode(),
        inserts([("x", None, 1)], "mysql", each=1).removeprefix(HEADS["mysql"].encode()),
    )
    put(tmp_path, data, "a_data.sql"), put(tmp_path, schema, "b_schema.sql")
    snapshot = open_snapshot(tmp_path, ReadOptions())
    assert [table.name for table in snapshot.tables] == ["t"]
    assert rows_of(snapshot.members[0].source, "t") == expected([("x", None, 1)])


def test_an_included_file_has_to_be_in_the_folder(tmp_path: Path):
    put(tmp_path, HEADS["postgres"].encode() + b"\\i rows.sql\n", "main.sql")
    with pytest.raises(InputError) as caught:
        open_snapshot(tmp_path, ReadOptions())
    assert (caught.value.code, caught.value.place.line) == ("unsupported", 3)
    put(tmp_path, copies([("x", "y", 1)]).removeprefix(HEADS["postgres"].encode()), "rows.sql")
    snapshot = open_snapshot(tmp_path, ReadOptions())
    assert copied(snapshot.members[0].source) == (tmp_path / "main.sql").read_bytes()
    (tmp_path / "main.sql").write_bytes(HEADS["postgres"].encode() + b"\\i /etc/passwd\n")
    with pytest.raises(InputError):
        open_snapshot(tmp_path, ReadOptions())


REFUSED = {
    b"UPDATE t SET a = 'x';\n": "unsupported",
    b"INSERT INTO t SELECT * FROM t;\n": "unsupported",
    b"INSERT INTO t VALUES (1, 2);\n": "malformed",
    b"INSERT INTO t VALUES ('x', 'y', 1) ON CONFLICT (n) DO UPDATE SET a = 'z';\n": "unsupported",
    b"INSERT INTO t (a, c) VALUES ('x', 'y');\n": "malformed",
    b"INSERT INTO u VALUES ('x', 'y');\n": "unsupported",
    b"COPY t (a, b) FROM stdin;\nx\ty\tz\n\\.\n": "malformed",
    b"COPY t (a, b) FROM stdin;\nx\\\ny\tz\n\\.\n": "malformed",
    b"\\! rm -rf x\n": "unsupported",
}


@pytest.mark.parametrize("data", REFUSED)
def test_what_cannot_be_masked_is_refused(tmp_path: Path, data: bytes):
    with pytest.raises(InputError) as caught:
        rows_of(opened(put(tmp_path, HEADS["postgres"].encode() + data)))
    assert caught.value.code == REFUSED[data]
    assert caught.value.place.line is not None


def test_rows_without_ddl_are_read_by_their_list_of_columns(tmp_path: Path):
    data = (
        b"-- PostgreSQL database dump\nINSERT INTO t (a, b) VALUES ('x', 'y');\nINSERT INTO t (b, c) VALUES ('z', 1);\n"
    )
    rows = rows_of(opened(put(tmp_path, data)), "t")
    assert rows == [{"a": "x", "b": "y", "c": None}, {"a": None, "b": "z", "c": "1"}]


def test_crlf_dumps_are_read(tmp_path: Path):
    data = copies([("x", None, 1), ("y", "z", 2)]).replace(b"\n", b"\r\n")
    source = opened(put(tmp_path, data))
    assert rows_of(source) == expected([("x", None, 1), ("y", "z", 2)])
    assert copied(source, anew=True) == data


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of real dumps")
@pytest.mark.parametrize("block", [1 << 20, 3000])
def test_real_dumps_are_copied_byte_for_byte(tmp_path: Path, block: int):
    for path in sorted(CORPUS.rglob("*.sql*")):
        is_large = block < 1 << 20 and path.stat().st_size > 300_000
        if path.suffix == ".sqlite" or is_large or path.parent.name in ("sakila_mysql", "sakila_pg"):
            continue
        source = opened(path, block)
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        assert copied(source) == data, path.name
    for name in ("sakila_mysql", "sakila_pg") if block == 1 << 20 else ():
        shutil.copytree(CORPUS / name, tmp_path / name, ignore=shutil.ignore_patterns("realdump", "*.yaml"))
        for member in open_snapshot(tmp_path / name, ReadOptions(block_bytes=block)).members:
            assert copied(member.source) == (tmp_path / name / member.path).read_bytes()


def test_naughty_texts_are_among_those_tested():
    assert len(set(NAUGHTY)) == len(NAUGHTY)
