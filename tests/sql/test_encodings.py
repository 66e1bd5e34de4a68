"""Dumps that are not plain UTF-8: every cell as the server would read it, every byte as it was, and one verifier."""

import codecs
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_dumps import copied, copies, inserts, opened, rows_of

from masker.errors import GateError, InputError
from masker.sql.charsets import codec_of, from_utf8, to_utf8
from masker.sql.fitted import fitted
from masker.sql.literals import texts_of
from masker.verify.dump_reader import DumpTables
from masker.verify.reading import Reading

relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
POSTGRES = b"-- PostgreSQL database dump\nSET client_encoding = '%s';\n"
LETTERS = st.text("aüÄßé€\\'\n\tŸ", max_size=9)
ROWS = st.lists(st.tuples(st.none() | LETTERS, st.none() | LETTERS, st.integers(0, 99)), min_size=1, max_size=9)
UNICODE = {
    "UTF-8": (codecs.BOM_UTF8, "utf-8"),
    "UTF-16LE": (codecs.BOM_UTF16_LE, "utf-16-le"),
    "UTF-16BE": (codecs.BOM_UTF16_BE, "utf-16-be"),
}


def put(folder: Path, data: bytes, name: str = "d.sql") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def verified(path: Path, columns: tuple[str, ...] = ("a", "b", "n")) -> list[dict[str, str | None]]:
    """The rows of `t` as the verifier reads them."""
    batches = DumpTables(path, Reading()).reader("t", columns).batches()
    return [{name: row[name] for name in columns} for batch in batches for row in batch.to_pylist()]


def expected(rows) -> list[dict[str, str | None]]:
    return [{"a": a, "b": b, "n": str(n)} for a, b, n in rows]


@pytest.mark.parametrize("style", ["mysql", "postgres", "copy"])
@relaxed
@given(rows=ROWS, block=st.sampled_from([1, 50, 1 << 20]))
def test_rows_of_another_encoding_are_read_and_written_as_they_mean(tmp_path, style, rows, block):
    if style == "mysql":
        text = inserts(rows, "mysql", each=2).decode().replace("utf8mb4", "latin1")
    else:
        text = (
            POSTGRES.decode() % "WIN1252" + (copies(rows) if style == "copy" else inserts(rows, style, each=2)).decode()
        )
    path = put(tmp_path, text.encode("cp1252"))
    source = opened(path, block)
    assert rows_of(source) == rows_of(source, "t") == verified(path) == expected(rows)
    assert copied(source) == path.read_bytes()
    anew = put(tmp_path, copied(source, anew=True), "anew.sql")
    assert rows_of(opened(anew)) == verified(anew) == expected(rows)


@pytest.mark.parametrize("form", UNICODE)
@relaxed
@given(rows=ROWS)
def test_a_byte_order_mark_says_how_a_dump_is_read_and_written(tmp_path, form, rows):
    mark, codec = UNICODE[form]
    path = put(tmp_path, mark + inserts(rows, "mysql", each=2).decode().replace("\n", "\r\n").encode(codec))
    source = opened(path)
    assert rows_of(source) == rows_of(source, "t") == verified(path)
    assert copied(source) == path.read_bytes()
    anew = put(tmp_path, copied(source, anew=True), "anew.sql")
    assert anew.read_bytes().startswith(mark)
    assert rows_of(opened(anew)) == verified(anew) == rows_of(source)


def test_mysqldumps_ddl_in_utf8_stands_between_rows_in_latin1(tmp_path):
    ddl = (
        "-- MySQL dump 10.13\n/*!40101 SET NAMES latin1 */;\n/*!40101 SET character_set_client = utf8mb4 */;\n"
        "CREATE TABLE `t` (`a` enum('männlich','x'), `b` text, `n` int);\n"
        "/*!40101 SET character_set_client = @saved_cs_client */;\n"
    ).encode()
    path = put(tmp_path, ddl + "INSERT INTO `t` VALUES ('männlich','Zoë',1);\n".encode("cp1252"))
    source = opened(path)
    assert rows_of(source, "t") == verified(path) == [{"a": "männlich", "b": "Zoë", "n": "1"}]
    assert source.tables[0].limits["a"].values == ("männlich", "x")
    assert DumpTables(path, Reading()).declared("t")[0].values == ("männlich", "x")
    assert copied(source) == path.read_bytes()


def test_bytes_of_binary_columns_are_in_no_encoding(tmp_path):
    head = b"-- MySQL dump 10.13\n/*!40101 SET NAMES latin1 */;\nCREATE TABLE `t` (`a` varbinary(9));\n"
    path = put(tmp_path, head + b"INSERT INTO `t` VALUES ('\\0\xff\x81'),(_binary '\xe4'),('x');\n")
    source = opened(path)
    assert [row["a"] for row in rows_of(source)] == ["0x00ff81", "0xe4", "x"]
    assert copied(source) == path.read_bytes()
    assert b"x'00ff81'" in copied(source, anew=True)


def test_a_dump_that_its_byte_order_mark_lies_about_is_refused(tmp_path):
    text = inserts([("ä", "b", 1)], "mysql", each=1).decode()
    path = put(tmp_path, codecs.BOM_UTF16_LE + text.encode("utf-16-le")[:-1])
    for read in (opened, verified):
        with pytest.raises(InputError) as caught:
            read(path)
        assert caught.value.code == "encoding"


def test_bytes_that_sql_ascii_does_not_explain_are_refused(tmp_path):
    path = put(tmp_path, POSTGRES % b"SQL_ASCII" + copies([("ä", "b", 1)]).decode().encode("latin-1"))
    with pytest.raises(InputError) as caught:
        rows_of(opened(path))
    assert caught.value.code == "encoding"


@pytest.mark.parametrize(
    "codec", ["cp1252", "iso8859_2", "iso8859_7", "iso8859_8", "cp1250", "cp1251", "koi8_r", "cp866"]
)
def test_every_byte_is_one_character_and_back(codec):
    every = bytes(range(256))
    assert from_utf8(to_utf8(every, codec), codec) == every
    assert len(set(to_utf8(every, codec).decode())) == 256


@pytest.mark.parametrize(
    ("name", "dialect", "codec"),
    [
        ("LATIN9", "postgres", "iso8859_15"),
        ("ISO_8859_5", "postgres", "iso8859_5"),
        ("iso-8859-1", "postgres", "iso8859_1"),
        ("WIN1251", "postgres", "cp1251"),
        ("windows-1252", "postgres", "cp1252"),
        ("KOI8R", "postgres", "koi8_r"),
        ("latin2", "mysql", "iso8859_2"),
        ("utf8mb4", "mysql", None),
        ("sjis", "mysql", None),
        ("EUC_JP", "postgres", None),
    ],
)
def test_encodings_go_by_the_servers_names(name, dialect, codec):
    assert codec_of(name, dialect) == codec


def test_a_pseudonym_loses_the_accents_that_the_encoding_does_not_have():
    column = texts_of(["Łódź", "Zoë", None, "plain", "“x”"])
    assert fitted(column, "iso8859_1").to_pylist() == ["Lódz", "Zoë", None, "plain", '"x"']
    assert fitted(column, "iso8859_2").to_pylist()[0] == "Łódź"
    assert fitted(column, "") is column


def test_a_pseudonym_of_another_script_is_refused():
    with pytest.raises(GateError) as caught:
        fitted(texts_of(["Анна"]), "iso8859_1")
    assert (caught.value.code, "Анна" in str(caught.value)) == ("does-not-fit", False)
