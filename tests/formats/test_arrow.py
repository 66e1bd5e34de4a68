"""Arrow IPC files and streams: types, codecs and dictionaries of copies, and what is refused."""

import io
from pathlib import Path

import pyarrow as pa
import pytest
from desk import MARK, Desk, desk

from masker.errors import Place
from masker.label import KEY
from masker.verify.arrow_container import arrow_problems
from masker.verify.arrow_reader import ArrowReader

__all__ = ["desk"]
PROFILE = """masker: 1
name: p
tables:
  t:
    columns:
      id: {method: keep, infotype: none}
      mail: {method: token, infotype: email}
      kind: {method: token, infotype: username}
      nested: {method: keep, infotype: none}
"""


NESTED = pa.struct([("a", pa.list_(pa.int8())), ("b", pa.date32())])
END = b"\xff\xff\xff\xff\0\0\0\0"


def table(rows: int = 40) -> pa.Table:
    numbers = range(rows)
    return pa.table(
        {
            "id": pa.array(numbers, pa.int32()),
            "mail": pa.array([f"{MARK}{n}@mail.example" if n % 7 else None for n in numbers], pa.large_string()),
            "kind": pa.array([f"{MARK}{n % 3}" for n in numbers]).dictionary_encode(),
            "nested": pa.array([{"a": [n % 99], "b": None} for n in numbers], NESTED),
        },
        metadata={"pandas": MARK},
    )  # fmt: skip


def written(data: pa.Table, *, stream: bool = False, codec: str | None = None, rows: int = 10) -> bytes:
    out = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=codec)
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(out, data.schema, options=options) as writer:
        writer.write_table(data, max_chunksize=rows)
    return out.getvalue()


def copied(desk: Desk, data: bytes, *more: object) -> bytes:
    source, dest = desk.put("t.arrow", data), desk.folder / "c.arrow"
    profile = desk.put("../p.yaml", PROFILE.encode())
    seen = desk.mask(source, "--profile", profile, *more, dest=dest)
    assert seen.exit == 0, seen.stderr
    assert desk.run("verify", dest, "--against", source, *more).exit == 0
    return dest.read_bytes()


@pytest.mark.promise("P1")
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("codec", [None, "lz4", "zstd"])
def test_types_stay_and_no_value_or_metadata_does(desk: Desk, stream: bool, codec: str | None) -> None:
    copy = copied(desk, written(table(), stream=stream, codec=codec))
    with (pa.ipc.open_stream if stream else pa.ipc.open_file)(copy) as reader:
        found = reader.read_all()
    assert found.schema.equals(table().schema)
    assert list(found.schema.metadata) == [KEY.encode()]
    assert found["id"].equals(table()["id"])
    assert found["nested"].equals(table()["nested"])
    assert found["mail"].null_count == table()["mail"].null_count
    assert MARK not in str(found.to_pydict())
    assert MARK.encode() not in copy


def views(rows: int = 40) -> pa.Table:
    mails = [f"{MARK}{n}@mail.example" if n % 7 else None for n in range(rows)]
    return pa.table(
        {
            "id": pa.array(range(rows), pa.int32()),
            "mail": pa.array(mails, pa.string_view()),
            "kind": pa.array([f"{MARK}{n % 3}" for n in range(rows)], pa.string_view()),
            "nested": pa.array([{"a": ["view"], "b": b"\x00"} for _ in range(rows)],
                               pa.struct([("a", pa.list_(pa.string_view())), ("b", pa.binary_view())])),
        },
    )  # fmt: skip


@pytest.mark.parametrize("more", [(), ("--where", "t: id < 9")])
def test_views_are_masked_and_stay_views(desk: Desk, more: tuple[str, ...]) -> None:
    copy = copied(desk, written(views()), *more)
    with pa.ipc.open_file(copy) as reader:
        found = reader.read_all()
    rows = 9 if more else 40
    assert found.schema.equals(views().schema)
    assert found["nested"].to_pylist() == views()["nested"].to_pylist()[:rows]
    assert found.num_rows == rows
    assert MARK.encode() not in copy


def test_bytes_that_have_to_be_there_are_replaced_where_nobody_decided(desk: Desk) -> None:
    fields = [pa.field("id", pa.int32(), nullable=False), pa.field("raw", pa.binary(), nullable=False)]
    data = pa.table([pa.array(range(9), pa.int32()), pa.array([MARK.encode()] * 9)], schema=pa.schema(fields))
    dest = desk.folder / "c.arrow"
    seen = desk.mask(desk.put("t.arrow", written(data)), dest=dest)
    assert seen.exit == 0, seen.stderr
    with pa.ipc.open_file(dest.read_bytes()) as reader:
        found = reader.read_all()
    assert found.schema.equals(data.schema)
    assert MARK.encode() not in found["raw"].to_pylist()


def test_a_codec_stays(desk: Desk) -> None:
    plain = len(copied(desk, written(table(4000), rows=4000)))
    (desk.folder / "c.arrow").unlink()
    (desk.folder / "c.arrow.masker.json").unlink()
    assert len(copied(desk, written(table(4000), codec="zstd", rows=4000))) < plain


def test_a_word_that_no_row_uses_is_left_behind(desk: Desk) -> None:
    words = pa.DictionaryArray.from_arrays(pa.array([0, 2] * 20, pa.int8()), pa.array(["a", f"{MARK}x", "b"]))
    data = table().set_column(2, "kind", words)
    assert MARK.encode() not in copied(desk, written(data))


def test_rows_that_stay_out_are_gone(desk: Desk) -> None:
    with pa.ipc.open_file(copied(desk, written(table()), "--where", "t: id < 13")) as reader:
        assert reader.read_all()["id"].to_pylist() == [*range(13)]


def bomb() -> bytes:
    data = pa.table({"a": pa.array([0] * (16 << 20), pa.int64())})
    return written(data, codec="zstd", rows=16 << 20)


BAD = {
    "cut file": (written(table())[:-20], "truncated"),
    "cut stream": (written(table(), stream=True)[:-8], "truncated"),
    "Feather 1": (b"FEA1" + bytes(90) + b"FEA1", "unsupported"),
    "nothing inside": (b"ARROW1\0\0" + bytes(90) + b"ARROW1", "malformed"),
    "equal names": (written(pa.table([[MARK], [MARK]], names=["a", "a"])), "malformed"),
    "bomb": (bomb(), "limit"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_and_shows_nothing(desk: Desk, name: str) -> None:
    data, code = BAD[name]
    source = desk.put("t.arrow", data)
    desk.refuses(lambda: desk.mask(source, dest=desk.folder / "c.arrow"), 3, code)


def test_a_copy_is_not_compressed_as_a_whole(desk: Desk) -> None:
    source = desk.put("t.arrow", written(table()))
    desk.refuses(lambda: desk.mask(source, dest=desk.folder / "c.arrow.gz"), 2, "usage")


LABELLED = table().replace_schema_metadata({KEY: "label"})
PLANTED = {
    "other metadata": written(table()),
    "metadata of a column": written(
        LABELLED.cast(LABELLED.schema.set(0, LABELLED.schema.field(0).with_metadata({"x": MARK})))
    ),
    "an unused word": written(
        LABELLED.set_column(
            2, "kind", pa.DictionaryArray.from_arrays(pa.array([0] * 40, pa.int8()), pa.array(["a", MARK]))
        )
    ),
    "bytes after the end": written(LABELLED.combine_chunks(), stream=True) + MARK.encode(),
    "bytes before the footer": written(LABELLED).replace(END, END + MARK.encode()),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_in_a_copy_is_found(tmp_path: Path, name: str) -> None:
    path = tmp_path / "c.arrow"
    path.write_bytes(written(LABELLED))
    assert [*arrow_problems(path, Place(), "label")] == []
    path.write_bytes(PLANTED[name])
    assert [*arrow_problems(path, Place(), "label")]


@pytest.mark.parametrize("stream", [False, True])
def test_the_verifier_counts_rows_without_decoding_them(tmp_path: Path, stream: bool) -> None:
    path = tmp_path / "c.arrow"
    path.write_bytes(written(table(), stream=stream))
    reader = ArrowReader(path, ("id", "mail", "kind", "nested"))
    assert reader.records() == sum(batch.num_rows for batch in reader.batches()) == 40
