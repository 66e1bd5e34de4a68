"""Rows that stay out: what is left has every byte that it had, in every format, however the file is cut into blocks."""

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from masker.formats import FORMATS, ReadOptions
from masker.formats.csv.source import CsvSource
from masker.formats.json import JsonSource
from masker.snapshot import Part, Rows, Source
from masker.streams import InputFile

BLOCKS = (1, 9, 1 << 20)
CASES = {
    "none": (0, 0, 0, 0),
    "first": (1, 0, 0, 0),
    "middle": (0, 1, 1, 0),
    "last": (0, 0, 0, 1),
    "both ends": (1, 0, 0, 1),
    "all": (1, 1, 1, 1),
}


def narrowed(source: Source, left_out: Sequence[int]) -> list[Part]:
    parts, taken, stayed = [], 0, 0
    for part in source.parts():
        if isinstance(part, Rows) and (count := part.batch.num_rows):
            flags = np.array(left_out[taken : taken + count], dtype=np.bool_)
            part = source.without(part, flags, first=not stayed)
            taken, stayed = taken + count, stayed + int((~flags).sum())
        parts.append(part)
    assert taken == len(left_out)
    return parts


def written(
    path: Path, left_out: Sequence[int], *, block: int = 1 << 20, faithful: bool = False, masked: bool = False
) -> bytes:
    """The file less the rows; `masked` has every cell of the first column of what is left written anew, as it is."""
    kind = {".jsonl": "json", ".json": "json", ".parquet": "parquet"}.get(path.suffix, "csv")
    options = ReadOptions(block_bytes=block)
    # Of flat records; rows of nested documents stand in several tables (`test_documents.py`).
    source = (JsonSource if kind == "json" else FORMATS[kind].open)(InputFile(path, "", "t"), options)
    if faithful:
        assert isinstance(source, CsvSource)
        source = replace(source, faithful=True)
    out = io.BytesIO()
    sink = FORMATS[kind].sink(out, source, None)
    for part in narrowed(source, left_out):
        if masked and isinstance(part, Rows):
            part = replace(part, changed=frozenset(part.batch.schema.names[:1]))
        sink.write(sink.prepare(part))
    sink.close()
    return out.getvalue()


@pytest.fixture(params=CASES.values(), ids=list(CASES))
def left_out(request: pytest.FixtureRequest) -> tuple[int, ...]:
    return request.param  # type: ignore[no-any-return]


RECORDS = ['1,"a ""b"""', '2,"c,\nd"', "3,", "4,ü"]


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("faithful", [False, True])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("closed", [True, False])
def test_a_csv_loses_the_records_with_their_line_ends(
    tmp_path: Path, left_out: tuple[int, ...], block: int, faithful: bool, line_end: str, closed: bool
) -> None:
    path = tmp_path / "t.csv"
    lines = [record + line_end for record in RECORDS]
    lines[-1] = lines[-1] if closed else RECORDS[-1]
    path.write_bytes(("id,note" + line_end + "".join(lines)).encode())
    wanted = "id,note" + line_end + "".join(line for line, out in zip(lines, left_out, strict=True) if not out)
    for masked in (False, True):
        assert written(path, left_out, block=block, faithful=faithful, masked=masked) == wanted.encode()


@pytest.mark.parametrize("block", BLOCKS)
def test_blank_lines_of_a_csv_stay_wherever_blocks_are_cut(
    tmp_path: Path, left_out: tuple[int, ...], block: int
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"id,note\n\n1,a\n\n\n2,b\n3,c\n\n4,d\n\n")
    lines = ["\n", "1,a\n", "\n\n", "2,b\n", "3,c\n", "\n", "4,d\n", "\n"]
    gone = {f"{n + 1}," for n, out in enumerate(left_out) if out}
    wanted = "id,note\n" + "".join(line for line in lines if line[:2] not in gone)
    assert written(path, left_out, block=block) == wanted.encode()


def test_tabs_marks_and_other_encodings_stay(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    text = "\ufeffid\tnote\r\n1\tä\r\n2\tö\r\n3\tü\r\n4\té\r\n"
    path.write_bytes(text.encode("utf-16-le"))
    assert written(path, (1, 0, 1, 0)) == "\ufeffid\tnote\r\n2\tö\r\n4\té\r\n".encode("utf-16-le")


ROWS = [{"id": 1, "note": 'a "b"'}, {"id": 2, "more": [{"id": 9}, "}\n,{"]}, {"note": "\\u00fc"}, {"id": 4}]


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("closed", [True, False])
def test_json_lines_lose_the_records_with_their_lines(
    tmp_path: Path, left_out: tuple[int, ...], block: int, closed: bool
) -> None:
    path = tmp_path / "t.jsonl"
    lines = [f"{json.dumps(row)} \n" for row in ROWS]
    lines[-1] = lines[-1] if closed else lines[-1][:-1]
    path.write_bytes(("\n" + "\n".join(lines)).encode())
    kept = ["" if out else line for line, out in zip(lines, left_out, strict=True)]
    assert written(path, left_out, block=block, masked=True) == ("\n" + "\n".join(kept)).encode()


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("style", [{}, {"indent": 2}, {"separators": (" ,\n ", ":")}])
def test_a_json_array_stays_one_and_its_records_their_bytes(
    tmp_path: Path, left_out: tuple[int, ...], block: int, style: dict[str, object]
) -> None:
    path = tmp_path / "t.json"
    path.write_text(json.dumps(ROWS, **style) + "\n", "utf-8")  # type: ignore[arg-type]
    copy = written(path, left_out, block=block, masked=True)
    assert json.loads(copy) == [row for row, out in zip(ROWS, left_out, strict=True) if not out]
    assert copy == written(path, left_out)
    if style == {"indent": 2} and left_out == CASES["first"]:
        assert copy.decode() == json.dumps(ROWS[1:], **style) + "\n"  # type: ignore[arg-type]


@pytest.mark.parametrize("block", BLOCKS)
def test_parquet_row_groups_lose_rows_and_stay_readable(tmp_path: Path, left_out: tuple[int, ...], block: int) -> None:
    path = tmp_path / "t.parquet"
    table = pa.table({"id": [1, 2, 3, 4], "note": ["a", None, "c", "d"], "more": [[1], [], None, [4, 5]]})
    pq.write_table(table, path, row_group_size=2)
    copy = pq.ParquetFile(io.BytesIO(written(path, left_out, block=block)))
    assert copy.read().to_pylist() == [r for r, out in zip(table.to_pylist(), left_out, strict=True) if not out]
    assert copy.metadata.num_row_groups == 2
    (tmp_path / "again.parquet").write_bytes(written(path, left_out, block=block))
    assert FORMATS["parquet"].open(InputFile(tmp_path / "again.parquet", "", "t"), ReadOptions()).tables


cells = st.text(st.sampled_from('ab",\n\r ü€'), max_size=5)


def _csv(rows: list[tuple[int, str]]) -> bytes:
    quoted = [value.replace('"', '""') for _, value in rows]
    return b"id,note\n" + "".join(f'{n},"{v}"\n' for (n, _), v in zip(rows, quoted, strict=True)).encode()


def _lines(rows: list[tuple[int, str]]) -> bytes:
    return "".join(json.dumps({"id": n, "note": v}) + "\n" for n, v in rows).encode()


def _array(rows: list[tuple[int, str]]) -> bytes:
    return json.dumps([{"id": n, "note": v} for n, v in rows]).encode()


@pytest.mark.parametrize(("suffix", "made"), [("csv", _csv), ("jsonl", _lines), ("json", _array)])
@given(rows=st.lists(st.tuples(cells, st.booleans()), min_size=1, max_size=12), block=st.integers(1, 80))
def test_a_file_less_rows_is_the_file_that_never_had_them(
    tmp_path_factory: pytest.TempPathFactory,
    suffix: str,
    made: Callable[[list[tuple[int, str]]], bytes],
    rows: list[tuple[str, bool]],
    block: int,
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any.{suffix}"
    path.write_bytes(made([(n, value) for n, (value, _) in enumerate(rows)]))
    wanted = made([(n, value) for n, (value, out) in enumerate(rows) if not out])
    copy = written(path, [out for _, out in rows], block=block, masked=True)
    if suffix == "json" and rows[0][1]:
        copy = copy.replace(b"[ {", b"[{")  # the blank after the comma that is gone
    assert copy == wanted
