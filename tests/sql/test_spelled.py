"""Strings of PostgreSQL with letters by number: both readers read what the server does, and nothing is written anew."""

from pathlib import Path

import pytest
from loading import server
from small_dumps import copied, opened, rows_of

from masker.errors import InputError
from masker.verify.dump_reader import DumpTables
from masker.verify.reading import Reading

HEAD = "-- PostgreSQL database dump\nCREATE TABLE t (n int, a text);\n"
LITERALS = [
    r"E'\101\x42\u0043'",
    r"E'Zo\303\253 \xc3\xab \u00eb \U000000eb'",
    r"E'\uD83E\uDD89 \U0001F989'",
    r"E'it''s \\101 \' \7 \z\n'",
    r"e'\x4a\x4B1'",
    r"U&'d\0061t\+000061'",
    r"U&'it''s \\ \D83E\DD89'",
    r"u&'plain'",
    r"'\101 stays'",
    r"E'\x4z'",
]
ROWS = HEAD + "INSERT INTO t VALUES " + ",\n".join(f"({n}, {each})" for n, each in enumerate(LITERALS)) + ";\n"
COPY = HEAD + "COPY t (n, a) FROM stdin;\n" + "0\tA\\x42\\103 \\303\\253 \\u0043 it''s\n1\t\\x5c101\n" + "\\.\n"


def put(folder: Path, text: str, codec: str = "utf-8") -> Path:
    path = folder / "d.sql"
    path.write_bytes(text.encode(codec))
    return path


def both(path: Path) -> list[str]:
    read = [row["a"] for row in rows_of(opened(path))]
    batches = DumpTables(path, Reading()).reader("t", ("n", "a")).batches()
    assert [row["a"] for batch in batches for row in batch.to_pylist()] == read
    return read


@pytest.mark.parametrize("dump", [ROWS, COPY], ids=["INSERT", "COPY"])
def test_letters_by_number_are_read_as_the_server_does(tmp_path, dump):
    with server("postgres") as database:
        database.load(dump.encode())
        asked = database.ask("select encode(convert_to(a, 'UTF8'), 'hex') from t order by n")
    assert both(put(tmp_path, dump)) == [bytes.fromhex(row[0]).decode() for row in asked]


@pytest.mark.parametrize("dump", [ROWS, COPY], ids=["INSERT", "COPY"])
def test_what_is_written_anew_means_the_same(tmp_path, dump):
    path = put(tmp_path, dump)
    read = both(path)
    source = opened(path)
    assert copied(source) == dump.encode()
    again = put(tmp_path, copied(source, anew=True).decode())
    assert both(again) == read
    assert "E'" in dump.partition("VALUES")[2] or "COPY" in dump


@pytest.mark.parametrize("literal", [r"E'\344'", r"'\344'"])
def test_bytes_by_number_are_of_the_dumps_encoding(tmp_path, literal):
    more = "SET client_encoding = 'LATIN1';\nSET standard_conforming_strings = off;\n"
    path = put(tmp_path, f"{HEAD}{more}INSERT INTO t VALUES (1, {literal}), (2, 'ä');\n", "latin-1")
    source = opened(path)
    assert [row["a"] for row in rows_of(source)] == ["ä", "ä"]
    assert copied(source) == path.read_bytes()


@pytest.mark.parametrize("literal", [r"E'\xff'", r"U&'\00'", r"U&'\D83E'", r"E'\uD83E'", r"U&'!0041' UESCAPE '!'"])
def test_what_is_no_text_is_refused(tmp_path, literal):
    with pytest.raises(InputError) as caught:
        rows_of(opened(put(tmp_path, f"{HEAD}INSERT INTO t VALUES (1, {literal});\n")))
    assert caught.value.code in ("encoding", "malformed")
    assert caught.value.place.line == 3
