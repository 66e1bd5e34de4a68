"""The verifier's own readers: exact on odd files, equal to Python's csv and json, refusing what is damaged."""

import csv
import gzip
import io
import itertools
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.errors import GateError, InputError
from masker.verify.csv_census import Census, census, count_slowly, separators
from masker.verify.csv_reader import CsvReader, evenly, open_csv
from masker.verify.csv_records import records
from masker.verify.json_chunks import array_chunks
from masker.verify.json_reader import JsonReader
from masker.verify.opening import utf8_blocks
from masker.verify.parquet_reader import ParquetReader
from masker.verify.reading import KIND, Reading, open_reader
from masker.verify.texts import text_column

SPECTRUM = Path(__file__).parents[3] / "shared" / "csv_spectrum"


def rows(reader: CsvReader | JsonReader | ParquetReader) -> list[tuple[object, ...]]:
    """All rows as tuples, and the separate count agrees with them."""
    found = [tuple(row.values()) for batch in reader.batches() for row in batch.to_pylist()]
    assert reader.records() == len(found)
    return found


def read_csv(path: Path, raw: bytes, columns: str, **options: object) -> list[tuple[object, ...]]:
    path.write_bytes(raw)
    return rows(open_csv(path, Reading(**options), tuple(columns.split())))  # type: ignore[arg-type]


@st.composite
def odd_csv(draw: st.DrawFn) -> tuple[str, str, int]:
    """Text with every trap: mixed line ends, blank lines, quotes where none belong, cells that hold delimiters."""
    width, delimiter = draw(st.integers(1, 3)), draw(st.sampled_from(",;\t|"))
    letters = st.sampled_from(["x", "ü", '"', delimiter, "\n", "\r\n", " ", "0", "\u2028"])
    line_end = draw(st.sampled_from(["\n", "\r\n", None]))
    text = delimiter.join("abc"[:width]) + (line_end or "\n")
    for _ in range(draw(st.integers(0, 5))):
        cells = []
        for _ in range(width):
            cell = "".join(draw(st.lists(letters, max_size=4)))
            if set(cell) & set('"\n\r' + delimiter) or draw(st.booleans()):
                cell = '"' + cell.replace('"', '""') + '"'
            cells.append(
                cell if draw(st.integers(0, 9)) else draw(st.sampled_from([f'{cell}z"', f"z{cell}", f"{cell} "]))
            )
        text += delimiter.join(cells) + (line_end or draw(st.sampled_from(["\n", "\r\n", "\r"])))
        text += "\n" * (draw(st.integers(0, 9)) == 0)
    return text.rstrip("\r\n") if draw(st.booleans()) else text, delimiter, width


@settings(max_examples=200, deadline=None)
@given(odd_csv())
def test_odd_csvs_are_read_as_pythons_csv_reads_them(tmp_path_factory: pytest.TempPathFactory, made: tuple) -> None:
    text, delimiter, width = made
    path = tmp_path_factory.getbasetemp() / "odd.csv"
    path.write_bytes(text.encode())
    expected = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False))
    expected = [row for row in expected if row][1:]
    reader = CsvReader(path, Reading(), delimiter, tuple("abc"[:width]))
    try:
        found: object = [[cell or "" for cell in row] for row in rows(reader)]
    except InputError as error:
        found = error.code
    ragged = any(len(row) != width for row in expected)
    assert found == expected or found == "truncated" or (found == "malformed" and ragged)


@settings(max_examples=150, deadline=None)
@given(odd_csv())
def test_the_fast_and_the_slow_way_agree(tmp_path_factory: pytest.TempPathFactory, made: tuple) -> None:
    text, delimiter, width = made
    path = tmp_path_factory.getbasetemp() / "two.csv"
    path.write_bytes(text.encode())
    reader = CsvReader(path, Reading(), delimiter, tuple("abc"[:width]))
    if reader._is_exact():
        ways = (reader.batches(), reader._slow(0))
        fast, slow = ([row for batch in way for row in batch.to_pylist()] for way in ways)
        assert fast == slow


@settings(max_examples=100)
@given(odd_csv(), st.integers(1, 7))
def test_block_borders_do_not_matter(made: tuple, size: int) -> None:
    text, delimiter, _ = made
    raw = text.encode()
    blocks = [raw[i : i + size] for i in range(0, len(raw), size)]
    assert census(blocks, delimiter) == census([raw], delimiter)
    assert separators(blocks, delimiter) == separators([raw], delimiter)
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    try:
        whole = list(records(iter([text]), delimiter))
    except InputError:
        with pytest.raises(InputError):
            list(records(iter(pieces), delimiter))
    else:
        assert list(records(iter(pieces), delimiter)) == whole


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 12))
def test_batches_are_made_even(sizes: list[int], rows: int) -> None:
    values = list(map(str, range(sum(sizes))))
    ends = np.cumsum([0, *sizes])
    batches = [
        pa.RecordBatch.from_arrays([text_column(values[start:end])], ["a"]) for start, end in itertools.pairwise(ends)
    ]
    found = list(evenly(batches, rows))
    assert [text for batch in found for text in batch["a"].to_pylist()] == values
    assert {batch.num_rows for batch in found[:-1]} <= {rows}
    assert all(0 < batch.num_rows <= rows for batch in found)


def test_null_and_empty_are_told_apart(tmp_path: Path) -> None:
    assert read_csv(tmp_path / "e.csv", b'a,b\n"""",', "a b") == [('"', None)]
    assert read_csv(tmp_path / "e.csv", b'a,b\n1,""', "a b") == [("1", "")]
    regular, odd = b'a,b\n1,""\n,x\n', b'a,b\r\n1,""\n,x'
    assert read_csv(tmp_path / "r.csv", regular, "a b") == [("1", ""), (None, "x")]
    assert read_csv(tmp_path / "o.csv", odd, "a b") == [("1", ""), (None, "x")]


@pytest.mark.parametrize("cell", ["NULL", "NA", "null", "\\N", "nan", "01234", "1e5", "-0.0", "9" * 30, " x ", "TRUE"])
def test_a_cell_is_text_as_it_stands(cell: str, tmp_path: Path) -> None:
    assert read_csv(tmp_path / "x.csv", f'a,b\n{cell},"{cell}"\n'.encode(), "a b") == [(cell, cell)]


@pytest.mark.parametrize("name", ["a[1].csv", "a*?.csv", "it's.csv", "a b;--.csv"])
def test_a_files_name_is_no_pattern_and_no_query(name: str, tmp_path: Path) -> None:
    assert read_csv(tmp_path / name, b"a,b\n1,2\n", "a b") == [("1", "2")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252"])
@pytest.mark.parametrize(
    "compress", [bytes, gzip.compress, lambda raw: gzip.compress(raw[:5]) + gzip.compress(raw[5:])]
)
def test_encodings_and_compressions(encoding: str, compress: object, tmp_path: Path) -> None:
    raw = 'name,city\nJörg,"Köln"\n,\n'.encode(encoding)
    declared = "" if encoding in ("utf-8-sig", "utf-16") else encoding
    found = read_csv(tmp_path / "x.csv", compress(raw), "name city", encoding=declared)  # type: ignore[operator]
    assert found == [("Jörg", "Köln"), (None, None)]


def test_zstd_is_read(tmp_path: Path) -> None:
    raw = pa.compress(b"a,b\n1,2\n", codec="zstd", asbytes=True)
    assert read_csv(tmp_path / "x.csv.zst", raw, "a b") == [("1", "2")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_fits_the_promised_header(delimiter: str, tmp_path: Path) -> None:
    raw = (
        f"a,x;y{delimiter}b\n1{delimiter}2\n".encode()
        if delimiter in "\t|"
        else f"a{delimiter}b\n1{delimiter}2\n".encode()
    )
    header = ("a,x;y", "b") if delimiter in "\t|" else ("a", "b")
    (tmp_path / "x.csv").write_bytes(raw)
    assert rows(open_csv(tmp_path / "x.csv", Reading(), header)) == [("1", "2")]


def test_a_file_without_header_is_read_by_position(tmp_path: Path) -> None:
    assert read_csv(tmp_path / "x.csv", b"1,2\n3,4\n", "a b", header=False) == [("1", "2"), ("3", "4")]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'a,b\n1,"2\n', "truncated"),
        (b"a,b\n1,2,3\n", "malformed"),
        (b"a,b\n1,2,\n", "malformed"),
        (b"a,b\n1\n", "malformed"),
        (b"a,b\n1,\xff\n", "encoding"),
        (b"a,b\n1,\0\n", "malformed"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "truncated"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0) + b"junk", "malformed"),
        (pa.compress(b"a,b\n1,2\n" * 99, codec="zstd", asbytes=True)[:-3], "truncated"),
    ],
)
def test_a_damaged_csv_is_refused(raw: bytes, code: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read_csv(tmp_path / "x.csv", raw, "a b")
    assert refused.value.code == code


@pytest.mark.skipif(not SPECTRUM.exists(), reason="the csv spectrum is not here")
@pytest.mark.parametrize("path", sorted(SPECTRUM.glob("csvs/*.csv")), ids=lambda path: path.stem)
def test_the_csv_spectrum_is_read_as_python_reads_it(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        header, *expected = csv.reader(file)
    found = rows(open_csv(path, Reading(), tuple(header)))
    assert [[cell or "" for cell in row] for row in found] == expected


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.text(max_size=5),
    st.sampled_from(['"', "\\", '\\"', "[{"]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abc"), VALUES), max_size=5), st.sampled_from([None, 1]), st.booleans())
def test_json_is_read_as_pythons_json_reads_it(
    tmp_path_factory: pytest.TempPathFactory, made: list[dict[str, object]], indent: int | None, lines: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "x.json"
    text = "".join(json.dumps(row) + "\n\n" for row in made) if lines else json.dumps(made, indent=indent)
    path.write_text(text)
    expected = []
    for row in made:
        cells = [row.get(name) for name in "abc"]
        expected.append([cell if cell is None or isinstance(cell, str) else json.dumps(cell) for cell in cells])
    assert [list(row[:3]) for row in rows(JsonReader(path, ("a", "b", "c")))] == expected


@pytest.mark.parametrize("size", range(1, 12))
def test_an_array_is_cut_between_elements_wherever_its_blocks_end(size: int) -> None:
    raw = rb' [ {"a": "]}\\\"[{", "b": [1, {"c": "\\"}]} , {"a": 2}, {} ] '
    chunks = array_chunks(raw[i : i + size] for i in range(0, len(raw), size))
    assert [element for chunk in chunks for element in json.loads(chunk)] == json.loads(raw)


@pytest.mark.parametrize("text", ["1.10", "1e5", "-0.0", "1E400", "123456789012345678901234567890"])
def test_a_json_number_keeps_its_text(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(f'{{"a": {text}}}\n')
    (row,) = rows(JsonReader(tmp_path / "x.jsonl", ("a",)))
    assert row[0] == text


def test_null_absent_text_and_number_have_their_kinds(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"a": null}\n{}\n{"a": "1"}\n{"a": 1}\n{"a": true}\n')
    (batch,) = JsonReader(tmp_path / "x.jsonl", ("a",)).batches()
    assert batch["a"].to_pylist() == [None, None, "1", "1", "true"]
    assert len(set(batch[KIND + "a"].to_pylist())) == 5


@pytest.mark.parametrize(
    "raw",
    [
        b'[{"a": 1}',
        b'[{"a": 1},]',
        b'[{"a": 1}] x',
        b'[{"a": 1} {"a": 2}]',
        b'[{"a": 1},,{"a": 2}]',
        b"[1]",
        b'{"a": 1',
        b'{"a": 1, "a": 2}',
        b'[{"a": {"b": 1, "b": 2}}]',
        b'{"a": "\xff"}',
        b"[" * 100_000,
        b'{"a": ' + b"[" * 100_000,
    ],
)
def test_damaged_json_is_refused(raw: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(raw)
    with pytest.raises(InputError):
        list(JsonReader(tmp_path / "x.json", ("a",)).batches())


def test_two_objects_on_a_line_do_not_add_up(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(b'{"a": 1} {"a": 2}\n')
    reader = JsonReader(tmp_path / "x.jsonl", ("a",))
    assert reader.records() != sum(batch.num_rows for batch in reader.batches())


def test_a_key_that_was_not_promised_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"a": 1}\n{"a": 1, "b": 2}\n')
    with pytest.raises(GateError, match="mismatch"):
        list(JsonReader(tmp_path / "x.jsonl", ("a",)).batches())


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    table = pa.table({"a": pa.array([1, None], pa.int16()), "b": [[1], []]})
    pq.write_table(table, tmp_path / "x.parquet")
    (batch,) = ParquetReader(tmp_path / "x.parquet", ("a", "b")).batches()
    assert batch.schema.types == table.schema.types


@pytest.mark.parametrize("cut", [0, 3, 50, -1])
def test_a_cut_off_parquet_file_is_refused(cut: int, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": list(range(100))}), tmp_path / "x.parquet")
    raw = (tmp_path / "x.parquet").read_bytes()
    (tmp_path / "x.parquet").write_bytes(raw[:cut])
    with pytest.raises(InputError):
        list(ParquetReader(tmp_path / "x.parquet", ("a",)).batches())


@pytest.mark.parametrize("name", ["x.bin", "x", "x.xlsx.gz"])
def test_a_format_without_a_reader_is_unsupported(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(InputError) as refused:
        open_reader(tmp_path / name, Reading(), ("a",))
    assert refused.value.code == "unsupported"


@given(st.lists(st.none() | st.text(max_size=4)))
def test_text_columns_hold_what_they_were_made_of(values: list[str | None]) -> None:
    column = text_column(values)
    column.validate(full=True)
    assert column.to_pylist() == values


def test_a_large_block_is_counted_as_its_parts_are(tmp_path: Path) -> None:
    raw = b'a,b\r\n"x, ""y""\r\n",1\r\n' * 3
    assert census([raw], ",") == Census(records=6, open_ends=0, blank=0, crlf=6, regular=True)
    assert count_slowly(iter([raw]), ",") == 6
    (tmp_path / "x.csv").write_bytes(raw)
    assert b"".join(utf8_blocks(tmp_path / "x.csv")) == raw
