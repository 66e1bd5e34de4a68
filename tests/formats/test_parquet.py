"""Parquet in and out: types, row groups and codecs stay, what could carry an original goes."""

import datetime as dt
import decimal
import io
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from masker.errors import GateError, InputError
from masker.formats import FORMATS, ReadOptions
from masker.label import KEY, Label
from masker.snapshot import Part, Rows
from masker.streams import InputFile

PARQUET = FORMATS["parquet"]
LABEL = Label("c0ffee", "test-patch", "staff", "2026-12-24T00:00:00Z")
CANARY = "canary-7d0e1b52f4a94c08"


def day(i: int) -> dt.datetime:
    return dt.datetime(1969, 12, 30, 23, 59, 59, 123456) + dt.timedelta(days=i)


COLUMNS: dict[str, pa.Array] = {
    "int8": pa.array([1, None, -3], pa.int8()),
    "uint64": pa.array([2**64 - 1, None, 0], pa.uint64()),
    "float32": pa.array([1.5, None, -0.0], pa.float32()),
    "float64": pa.array([float("nan"), None, 1e300], pa.float64()),
    "float16": pa.array([1.5, None, 2.0], pa.float16()),
    "decimal": pa.array([decimal.Decimal("1.10"), None, decimal.Decimal("-9.99")], pa.decimal128(20, 2)),
    "decimal256": pa.array([decimal.Decimal(10) ** 60, None, decimal.Decimal(0)], pa.decimal256(70, 2)),
    "bool": pa.array([True, None, False]),
    "string": pa.array(["ä", None, ""]),
    "large_string": pa.array(["ä", None, ""], pa.large_string()),
    "string_view": pa.array(["a longer text than twelve", None, ""], pa.string_view()),
    "binary": pa.array([b"\xff\x00", None, b""]),
    "fixed": pa.array([b"abcd", None, b"efgh"], pa.binary(4)),
    "date32": pa.array([dt.date(1850, 1, 1), None, dt.date(2024, 2, 29)]),
    "time_ms": pa.array([dt.time(1, 2, 3), None, dt.time(0)], pa.time32("ms")),
    "time_us": pa.array([dt.time(1, 2, 3, 4), None, dt.time(0)], pa.time64("us")),
    "stamp_ms": pa.array([day(0), None, day(3)], pa.timestamp("ms")),
    "stamp_us": pa.array([day(0), None, day(3)], pa.timestamp("us")),
    "stamp_ns_tz": pa.array([day(0), None, day(3)], pa.timestamp("ns", "Europe/Berlin")),
    "duration": pa.array([dt.timedelta(1), None, dt.timedelta(0)], pa.duration("us")),
    "dictionary": pa.array(["x", None, "y"]).dictionary_encode(),
    "dictionary_int": pa.array([7, None, 8]).dictionary_encode(),
    "ordered": pa.DictionaryArray.from_arrays(pa.array([1, None, 0], pa.int32()), ["lo", "hi"], ordered=True),
    "list": pa.array([["a", None], None, []]),
    "large_list": pa.array([["a", None], None, []], pa.large_list(pa.string())),
    "fixed_list": pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int32(), 2)),
    "struct": pa.array([{"a": 1, "b": ["x"]}, None, {"a": None, "b": None}]),
    "map": pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int64())),
    "null": pa.nulls(3),
    "uuid": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([b"0" * 16, None, b"1" * 16], pa.binary(16))),
}


def written(table: pa.Table, path: Path, **options: object) -> Path:
    pq.write_table(table, path, **options)
    return path


def copied(path: Path, change=lambda rows: rows, *, block_bytes: int = 4 << 20, label: Label | None = None) -> bytes:
    source = PARQUET.open(InputFile(path), ReadOptions(block_bytes=block_bytes))
    out = io.BytesIO()
    sink = PARQUET.sink(out, source, label)
    for part in source.parts():
        sink.write(sink.prepare(change(part)))
    sink.close()
    assert not out.closed
    return out.getvalue()


def replaced(part: Part, **columns: pa.Array | None) -> Rows:
    assert isinstance(part, Rows)
    batch = part.batch.drop_columns([name for name, values in columns.items() if values is None])
    for name, values in columns.items():
        if values is not None:
            batch = batch.set_column(batch.schema.get_field_index(name), name, values)
    return Rows(part.table, batch, part.origin, frozenset(columns))


@pytest.mark.promise("P11")
@pytest.mark.parametrize("name", COLUMNS)
def test_a_kept_column_keeps_type_and_values(name: str, tmp_path: Path):
    table = pa.table({name: COLUMNS[name]})
    again = pq.read_table(io.BytesIO(copied(written(table, tmp_path / "a.parquet"))))
    original = pq.read_table(tmp_path / "a.parquet")
    assert again.schema == original.schema
    assert again.to_pydict() == original.to_pydict() or name == "float64"
    assert str(again.to_pydict()) == str(original.to_pydict())


def test_all_types_stand_in_one_file_and_cells_come_without_dictionaries(tmp_path: Path):
    path = written(pa.table(COLUMNS), tmp_path / "a.parquet")
    (table,) = PARQUET.open(InputFile(path), ReadOptions()).tables
    assert table.name == "a"
    assert table.schema.field("dictionary").type == pa.string()
    assert table.schema.field("uuid").type == pa.binary(16)
    assert pq.read_schema(io.BytesIO(copied(path))).equals(pq.read_schema(path))


@pytest.mark.parametrize("block_bytes", [1, 100, 4 << 20])
def test_row_group_borders_stay(block_bytes: int, tmp_path: Path):
    path = written(pa.table({"a": range(25)}), tmp_path / "a.parquet", row_group_size=10)
    again = pq.ParquetFile(io.BytesIO(copied(path, block_bytes=block_bytes)))
    assert [again.metadata.row_group(i).num_rows for i in range(again.num_row_groups)] == [10, 10, 5]
    assert again.read().column("a").to_pylist() == list(range(25))


@pytest.mark.promise("P9")
def test_the_batch_size_does_not_change_the_bytes(tmp_path: Path):
    path = written(pa.table({"a": range(2500), "b": ["x"] * 2500}), tmp_path / "a.parquet", row_group_size=1000)
    assert copied(path, block_bytes=64) == copied(path)


@pytest.mark.parametrize("groups", [0, 1])
def test_a_file_without_rows_comes_back_without_rows(groups: int, tmp_path: Path):
    schema = pa.schema([("a", pa.int64()), ("b", pa.string())])
    with pq.ParquetWriter(tmp_path / "a.parquet", schema) as writer:
        if groups:
            writer.write_table(schema.empty_table())
    again = pq.ParquetFile(io.BytesIO(copied(tmp_path / "a.parquet", lambda part: replaced(part, b=None))))
    assert again.metadata.num_rows == 0
    assert again.schema_arrow.names == ["a"]


def test_each_column_keeps_its_codec(tmp_path: Path):
    codecs = {"a": "zstd", "b": "none", "c": "gzip", "d.list.element": "snappy"}
    table = pa.table({"a": [1], "b": [2], "c": [3], "d": [["x"]]})
    again = pq.ParquetFile(io.BytesIO(copied(written(table, tmp_path / "a.parquet", compression=codecs))))
    group = again.metadata.row_group(0)
    assert [group.column(i).compression for i in range(4)] == ["ZSTD", "UNCOMPRESSED", "GZIP", "SNAPPY"]


def test_int96_timestamps_stay_int96(tmp_path: Path):
    table = pa.table({"t": pa.array([day(0), None], pa.timestamp("ns"))})
    path = written(table, tmp_path / "a.parquet", use_deprecated_int96_timestamps=True)
    again = pq.ParquetFile(io.BytesIO(copied(path)))
    assert again.metadata.schema.column(0).physical_type == "INT96"
    assert again.read().to_pydict() == pq.read_table(path).to_pydict()


def test_int96_beyond_64_bits_of_nanoseconds_is_refused(tmp_path: Path):
    table = pa.table({"t": pa.array([dt.datetime(9999, 12, 31)], pa.timestamp("us"))})
    path = written(table, tmp_path / "a.parquet", use_deprecated_int96_timestamps=True)
    with pytest.raises(InputError, match="unsupported"):
        copied(path)


@pytest.mark.promise("P1")
def test_metadata_goes_but_for_the_label(tmp_path: Path):
    field = pa.field("a", pa.int64(), metadata={"comment": CANARY})
    schema = pa.schema([field, pa.field("s", pa.struct([field]))], metadata={"pandas": CANARY, "other": CANARY})
    path = written(pa.table([[1], [{"a": 1}]], schema=schema), tmp_path / "a.parquet")
    data = copied(path, label=LABEL)
    assert CANARY.encode() in path.read_bytes()
    assert CANARY.encode() not in data
    metadata = pq.ParquetFile(io.BytesIO(data)).metadata.metadata
    assert {key for key in metadata if key != b"ARROW:schema"} == {KEY.encode()}
    assert Label.parse(metadata[KEY.encode()].decode()) == LABEL


@pytest.mark.promise("P1")
def test_no_value_of_a_masked_column_stays_in_the_file(tmp_path: Path):
    secret = pa.array([CANARY, CANARY + "2", None])
    table = pa.table({"a": secret, "d": secret.dictionary_encode(), "x": secret, "n": [1, 2, 3]})
    path = written(table, tmp_path / "a.parquet", compression="none", write_page_index=True)
    masked = pa.array(["m", "n", None])
    data = copied(path, lambda part: replaced(part, a=masked, d=masked, x=None))
    assert CANARY.encode() in path.read_bytes()
    assert CANARY.encode() not in data
    again = pq.ParquetFile(io.BytesIO(data))
    assert again.metadata.row_group(0).column(0).statistics.max == "n"
    assert again.schema_arrow.names == ["a", "d", "n"]
    assert pa.types.is_dictionary(again.schema_arrow.field("d").type)


@pytest.mark.promise("P1")
@pytest.mark.parametrize("nested", [False, True])
def test_unused_dictionary_values_of_kept_columns_go(nested: bool, tmp_path: Path):
    column = pa.DictionaryArray.from_arrays(pa.array([0, 0], pa.int32()), ["used", CANARY])
    values = pa.ListArray.from_arrays(pa.array([0, 1, 2], pa.int32()), column) if nested else column
    path = written(pa.table({"a": values}), tmp_path / "a.parquet", compression="none")
    assert CANARY.encode() in path.read_bytes()
    data = copied(path)
    assert CANARY.encode() not in data
    assert b"used" in data


def test_a_masked_column_of_another_type_is_refused(tmp_path: Path):
    path = written(pa.table({"a": [1, 2]}), tmp_path / "a.parquet")
    with pytest.raises(GateError, match="does-not-fit"):
        copied(path, lambda part: replaced(part, a=pa.array(["x", "y"])))


def test_null_in_a_required_column_is_refused(tmp_path: Path):
    schema = pa.schema([pa.field("a", pa.int64(), nullable=False)])
    path = written(pa.table([[1, 2]], schema=schema), tmp_path / "a.parquet")
    with pytest.raises(GateError, match="does-not-fit"):
        copied(path, lambda part: replaced(part, a=pa.array([1, None])))


@pytest.mark.promise("P13")
def test_a_file_cut_anywhere_is_refused(tmp_path: Path):
    whole = written(pa.table({"a": [1], "b": ["x"]}), tmp_path / "a.parquet").read_bytes()
    for size in range(len(whole)):
        (tmp_path / "a.parquet").write_bytes(whole[:size])
        with pytest.raises(InputError):
            copied(tmp_path / "a.parquet")


@pytest.mark.promise("P13")
@pytest.mark.slow
def test_a_file_with_any_byte_changed_is_read_or_refused(tmp_path: Path):
    table = pa.table({"a": [1], "b": [CANARY]})
    whole = written(table, tmp_path / "a.parquet", write_page_checksum=True).read_bytes()
    shown: list[InputError] = []
    for at in range(len(whole)):
        (tmp_path / "a.parquet").write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            copied(tmp_path / "a.parquet")
        except InputError as error:
            shown.append(error)
    assert shown
    assert not any(CANARY in repr(error) or CANARY in str(error) for error in shown)
    assert all(error.__context__ is None or error.__suppress_context__ for error in shown)


def test_text_that_is_no_utf8_is_refused_without_its_bytes(tmp_path: Path):
    path = written(pa.table({"a": pa.array([b"\xffsecret"]).cast(pa.binary())}), tmp_path / "a.parquet")
    broken = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xffsecret"]).buffers())
    written(pa.table({"a": broken}), path)
    with pytest.raises(InputError, match="encoding") as caught:
        copied(path)
    assert "secret" not in repr(caught.value)


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"PARE" + b"x" * 20 + b"PARE", "unsupported"), (b"", "truncated"), (b"a,b\n1,2\nPAR1", "malformed")],
)
def test_what_is_no_plain_parquet_is_refused(data: bytes, code: str, tmp_path: Path):
    (tmp_path / "a.parquet").write_bytes(data)
    with pytest.raises(InputError, match=code):
        PARQUET.open(InputFile(tmp_path / "a.parquet"), ReadOptions())


def test_a_compressed_parquet_file_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="unsupported"):
        PARQUET.open(InputFile(tmp_path / "a.parquet.gz", "gz"), ReadOptions())


def test_two_columns_of_one_name_are_refused(tmp_path: Path):
    path = written(pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"]), tmp_path / "a.parquet")
    with pytest.raises(InputError, match="malformed"):
        copied(path)


def test_reading_and_writing_does_not_import_pandas(tmp_path: Path):
    path = written(pa.table(COLUMNS), tmp_path / "a.parquet")
    code = f"""
import io, sys
from pathlib import Path
from masker.formats import FORMATS, ReadOptions
from masker.streams import InputFile
parquet = FORMATS["parquet"]
source = parquet.open(InputFile(Path({str(path)!r})), ReadOptions())
sink = parquet.sink(io.BytesIO(), source, None)
for part in source.parts():
    sink.write(sink.prepare(part))
sink.close()
assert "pandas" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
