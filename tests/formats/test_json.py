"""JSON in and out: cells as they are, untouched bytes as they were, everything else refused."""

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.deflating import compressed_writer
from masker.errors import InputError
from masker.formats import FORMATS, ReadOptions
from masker.formats.json import JsonSource
from masker.formats.json.cells import text_array
from masker.snapshot import Part, Rows, Text
from masker.streams import InputFile

JSON = FORMATS["json"]

PROPERTY = settings(deadline=None, max_examples=60)
CANARY = "canary-7d0e1b52f4a94c08"
SPACE = st.sampled_from(["", "", " ", "\t", "  "])
KEYS = ['"a"', '"b"', '"c d"', '"\\u00e9"', '"é"', '"q\\"\\\\"', '""', '"a longer key: {of more than} 16 bytes"']
TEXT = st.text(st.sampled_from('ab"\\/é\u2028😀\x00\n\t{}[]:,'), max_size=6)
STRINGS = TEXT.map(json.dumps) | TEXT.map(lambda t: json.dumps(t, ensure_ascii=False))
STRINGS |= st.sampled_from(
    ['"\\/"', '"\\u0041"', '"\\ud83d\\ude00"', '"\\\\"', '"\\\\\\""', '"}{,:[]"', '"null"', '"1"']
)
NUMBERS = st.integers().map(str) | st.sampled_from(
    ["0", "-0", "-0.0", "1.10", "1e5", "1E+5", "12345678901234567890123456789", "-1e-9"]
)
SCALARS = STRINGS | NUMBERS | st.sampled_from(["true", "false", "null"])
NESTED = st.sampled_from(
    ["[]", "{}", "[ ]", '{"a" :[{"b": "]}\\""}, [[1]] ] }', '[1.10,"x,y" , null]', '{"a":{"a":{"é":"\\u00e9"}},"b":-0}']
)
VALUES = SCALARS | SCALARS | NESTED
RECORDS = st.lists(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5), max_size=6)


def name_of(key: str) -> str:
    return json.loads(key)


@st.composite
def documents(draw: st.DrawFn) -> tuple[list[str], list[tuple[str, str]]]:
    """A JSON Lines or array file as text pieces; every value is a piece of its own, told by (record, key)."""
    array = draw(st.booleans())
    pieces: list[str] = [draw(st.sampled_from(["", "\n", " \r\n"])) + ("[" if array else "")]
    marks = [("", "")]
    for number, record in enumerate(draw(RECORDS)):
        between = draw(st.sampled_from([",", " ,\n", ",\r\n  "] if array else ["\n", "\r\n", "\n \n", " \n\n"]))
        text = (between if number else "") + "{"
        for position, (key, token) in enumerate(
            (k, v)
            for k, v in record.items()
            if name_of(k) not in {name_of(o) for o in list(record)[: list(record).index(k)]}
        ):
            text += ("," if position else "") + draw(SPACE) + key + draw(SPACE) + ":" + draw(SPACE)
            pieces += [text, token]
            marks += [("", ""), (str(number), key)]
            text = draw(SPACE)
        pieces.append(text + "}")
        marks.append(("", ""))
    pieces.append(draw(st.sampled_from(["", "\n", " \r\n"])) + ("] \n" if array else ""))
    marks.append(("", ""))
    return pieces, marks


class Memory(InputFile):
    """A file that lies in memory."""

    def __init__(self, data: bytes, name: str = "a.jsonl") -> None:
        super().__init__(Path(name))
        object.__setattr__(self, "_data", data)

    __slots__ = ("_data",)

    def open(self) -> io.BytesIO:  # type: ignore[override]
        return io.BytesIO(self._data)


def source_of(data: bytes | str, block_bytes: int = 1 << 20, name: str = "a.jsonl") -> JsonSource:
    data = data.encode() if isinstance(data, str) else data
    return JsonSource(Memory(data, name), ReadOptions(block_bytes=block_bytes))


def copied(source: JsonSource, change=lambda rows: rows) -> bytes:
    out = io.BytesIO()
    sink = JSON.sink(out, source, None)
    for part in source.parts():
        sink.write(sink.prepare(change(part) if isinstance(part, Rows) else part))
    sink.close()
    return out.getvalue()


def texts(*values: str | None) -> pa.Array:
    array = text_array([value or "" for value in values])
    validity = pa.py_buffer(np.packbits([value is not None for value in values], bitorder="little"))
    return pa.Array.from_buffers(pa.string(), len(array), [validity, *array.buffers()[1:]])


def replaced(part: Part, **columns: pa.Array | None) -> Rows:
    assert isinstance(part, Rows)
    batch = part.batch.drop_columns([name for name, values in columns.items() if values is None])
    for name, values in columns.items():
        if values is not None:
            batch = batch.set_column(batch.schema.get_field_index(name), name, values)
    return Rows(part.table, batch, part.origin, frozenset(columns))


def rows_of(source: JsonSource) -> list[dict[str, object]]:
    return [row for part in source.parts() if isinstance(part, Rows) for row in part.batch.to_pylist()]


@PROPERTY
@given(document=documents(), block_bytes=st.integers(1, 80))
def test_untouched_files_come_back_byte_for_byte(document, block_bytes: int):
    data = "".join(document[0]).encode()
    assert copied(source_of(data, block_bytes)) == data


@PROPERTY
@given(document=documents(), block_bytes=st.integers(1, 80))
def test_cells_are_what_the_standard_library_reads(document, block_bytes: int):
    pieces, marks = document
    expected: dict[int, dict[str, object]] = {}
    for token, (number, key) in zip(pieces, marks, strict=True):
        if key:
            value = json.loads(token)
            cell = value if value is None or isinstance(value, str) else token
            expected.setdefault(int(number), {})[name_of(key)] = cell
    source = source_of("".join(pieces), block_bytes)
    rows = rows_of(source)
    for number, row in enumerate(rows):
        given_cells = {name: value for name, value in row.items() if value is not None}
        as_text = {n: str(v).lower() if not isinstance(v, str) else v for n, v in given_cells.items()}
        assert as_text == {n: v for n, v in expected.get(number, {}).items() if v is not None}


@PROPERTY
@given(document=documents(), block_bytes=st.integers(1, 80), name=st.sampled_from([name_of(key) for key in KEYS]))
def test_masking_a_column_changes_its_own_tokens_only(document, block_bytes: int, name: str):
    pieces, marks = document
    expected = [
        '"m\\"é"' if key and name_of(key) == name else token for token, (_, key) in zip(pieces, marks, strict=True)
    ]

    def mask(rows: Rows) -> Rows:
        if name not in rows.batch.schema.names:
            return rows
        return replaced(rows, **{name: texts(*['m"é'] * rows.batch.num_rows)})

    assert copied(source_of("".join(pieces), block_bytes), mask).decode() == "".join(expected)


@PROPERTY
@given(document=documents(), block_bytes=st.integers(1, 80), names=st.sets(st.sampled_from([name_of(k) for k in KEYS])))
def test_dropping_columns_leaves_the_other_members(document, block_bytes: int, names: set[str]):
    pieces = document[0]
    array = pieces[0].endswith("[")

    def drop(rows: Rows) -> Rows:
        return replaced(rows, **dict.fromkeys(names & set(rows.batch.schema.names)))

    def records(text: str) -> list[list[tuple[str, object]]]:
        read = json.JSONDecoder(object_pairs_hook=list, parse_float=str, parse_int=str).decode
        return read(text) if array else [read(line) for line in text.split("\n") if line.strip()]

    left = records(copied(source_of("".join(pieces), block_bytes), drop).decode())
    assert left == [[m for m in record if m[0] not in names] for record in records("".join(pieces))]


@pytest.mark.parametrize(
    ("text", "dropped", "left"),
    [
        ('{"a": 1, "b": 2}', "a", '{"b": 2}'),
        ('{"a": 1, "b": 2}', "b", '{"a": 1}'),
        ('{ "a": 1 , "b": 2 }', "a", '{ "b": 2 }'),
        ('{"a": 1, "b": 2, "c": 3}', "b", '{"a": 1, "c": 3}'),
        ('{"a": 1, "b": 2, "c": 3}', "ab", '{"c": 3}'),
        ('{"a": 1, "b": 2, "c": 3}', "bc", '{"a": 1}'),
        ('{"a": 1}', "a", "{}"),
        ('{"b": {"a": 1}, "a": [1, 2]}', "a", '{"b": {"a": 1}}'),
    ],
)
def test_a_dropped_member_goes_with_its_comma(text: str, dropped: str, left: str):
    data = copied(source_of(text), lambda rows: replaced(rows, **dict.fromkeys(dropped)))
    assert data.decode() == left


@pytest.mark.parametrize(
    ("tokens", "type_"),
    [
        (["1", "-5", "null"], pa.int64()),
        (["9223372036854775807", "-9223372036854775807"], pa.int64()),
        (["9223372036854775808"], pa.string()),
        (["123456789012345678901234567890"], pa.string()),
        (["1", "1.0"], pa.string()),
        (["1", "-0"], pa.string()),
        (["1e5"], pa.string()),
        (["1", '"1"'], pa.string()),
        (["true", "false", "null"], pa.bool_()),
        (["true", "1"], pa.string()),
        (["null"], pa.string()),
        (["[1]", '{"a":1}'], pa.string()),
    ],
)
def test_a_column_has_a_type_where_every_token_fits_it(tokens: list[str], type_: pa.DataType):
    source = source_of("".join(f'{{"x": {token}}}\n' for token in tokens), block_bytes=8)
    assert source.tables[0].schema == pa.schema([("x", type_)])
    cells = [row["x"] for row in rows_of(source)]
    expected = [None if t == "null" else json.loads(t) if type_ != pa.string() or t[0] == '"' else t for t in tokens]
    assert cells == expected


def test_columns_stand_in_the_order_of_their_first_appearance():
    source = source_of('{"b": 1}\n{"a": 1, "b": 2}\n{"c": 3}\n', block_bytes=3)
    assert source.tables[0].schema.names == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("original", "text", "token"),
    [
        ("1.5", "2.50", "2.50"),
        ("12345678901234567890123", "98765432109876543210987", "98765432109876543210987"),
        ("1.5", "about 2", '"about 2"'),
        ("1.5", "007", '"007"'),
        ("1.5", "1.5\n", '"1.5\\n"'),
        ('"1.5"', "2.5", '"2.5"'),
        ("true", "false", "false"),
        ("true", "no", '"no"'),
        ("[1]", '{"a": [2]}', '{"a": [2]}'),
        ("[1]", "[2], 3", '"[2], 3"'),
        ("[1]", "[redacted]", '"[redacted]"'),
        ("null", "x", '"x"'),
        ('"a"', None, "null"),
        ('"a"', 'q"\\\b\f\n\r\t\x00\x1f/é\u2028', '"q\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f/é\u2028"'),
    ],
)
def test_a_masked_token_keeps_its_kind_where_it_can(original: str, text: str | None, token: str):
    source = source_of(f'{{"k": "text", "x": {original}}}\n{{"x": "s"}}')
    out = copied(source, lambda rows: replaced(rows, x=texts(text, "s"))).decode()
    assert out == f'{{"k": "text", "x": {token}}}\n{{"x": "s"}}'


def test_masked_integers_and_booleans_stay_bare():
    source = source_of('{"i": 1, "b": true}\n{"i": null, "b": null}\n')
    masked = {"i": pa.array([-7, None]), "b": pa.array([False, None])}
    assert copied(source, lambda rows: replaced(rows, **masked)) == b'{"i": -7, "b": false}\n{"i": null, "b": null}\n'


def test_a_missing_member_stays_missing_and_null_stays_null():
    source = source_of('{"a": null, "b": 1}\n{"b": 2}\n')
    out = copied(source, lambda rows: replaced(rows, a=texts(None, "x"), b=pa.array([8, 9])))
    assert out == b'{"a": null, "b": 8}\n{"b": 9}\n'


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + b'{"a": 1}\r\n\r\n{"a": 2}',
        b"\xef\xbb\xbf \n[\n]\n\n",
        b"[]",
        b'{}\n{}\n{"a": 1}\n{}',
        b'\n\n  {"a": "' + b"x" * 100 + b'"}  \n\n',
        b'[{"a":1.10,"b":-0.0,"c":1e5,"d":"\\u00e9"}]',
        b'{"a":' + b" " * 5000 + b"1" + b"\t" * 5000 + b"}",
    ],
)
@pytest.mark.parametrize("block_bytes", [1, 7, 1 << 20])
def test_marks_line_ends_and_white_space_stay(data: bytes, block_bytes: int):
    assert copied(source_of(data, block_bytes)) == data


def test_an_empty_file_of_lines_has_a_table_without_rows():
    for data in (b"", b"\n \n"):
        source = source_of(data)
        assert source.tables[0].schema == pa.schema([])
        assert copied(source) == data


@pytest.mark.parametrize(
    ("data", "code", "row"),
    [
        (b'{"a": 1}\n{"a": 1, "a": 2}', "malformed", 2),
        (b'{"a": 1}\n{"\\u0061": 1, "a": 2}', "malformed", 2),
        (b'{"a": 1, "a": 2}\n{"a": 1, "a": 2}', "malformed", 1),
        (b'[{"a": 1}, {"b": 1, "b": null}]', "malformed", 2),
        (b'{"a": NaN}', "malformed", 1),
        (b'{"a": 1}\n\n{"a": -Infinity}\n', "malformed", 2),
        (b'{"a": 01}', "malformed", 1),
        (b'{"a": 1,}', "malformed", 1),
        (b"{'a': 1}", "malformed", 1),
        (b'{"a": "x\ty"}', "malformed", 1),
        (b'{"a": "\\x"}', "malformed", 1),
        (b'{"a": "\\ud800"}', "malformed", 1),
        (b'{"a": "\\udc00\\ud800"}', "malformed", 1),
        (b'{"a": "\xed\xa0\x80"}', "encoding", 1),
        (b'{"a": "\xff"}', "encoding", 1),
        (b'{"a": 1}\x00', "malformed", 1),
        (b'{"a": 1} \xef\xbb\xbf{"a": 2}', "malformed", 1),
        (b'{"a": 1}\n\xef\xbb\xbf{"a": 2}', "malformed", 2),
        ('{"a": 1}'.encode("utf-16"), "encoding", None),
        (b'{"a": 1} {"a": 2}', "malformed", 1),
        (b'{"a": 1}\n5\n', "unsupported", 2),
        (b'{"a": 1}\n[{"a": 1}]\n', "unsupported", 2),
        (b'{\n"a": 1}', "unsupported", 1),
        (b'{"items":\n [{"a": 1}]}', "unsupported", 1),
        (b"[1, 2]", "unsupported", None),
        (b'[{"a": 1}, 2]', "malformed", None),
        (b'[2, {"a": 1}]', "unsupported", 1),
        (b'[{"a": 1},]', "malformed", None),
        (b'[{"a": 1} {"a": 2}]', "malformed", 2),
        (b'[{"a": 1}] x', "malformed", None),
        (b'[{"a": 1}}', "malformed", None),
        (b'"text"', "malformed", None),
        (b'{"a": 1', "truncated", 1),
        (b'{"a": 1}\n{"a": "x', "truncated", 2),
        (b'[{"a": 1}', "truncated", None),
        (b'{"a": ' + b"[" * 100_000, "limit", 1),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "limit", 1),
        (b'[{"a": ' + b'{"a":' * 100_000, "limit", None),
    ],
)
def test_bad_input_is_refused_with_the_record_at_fault(data: bytes, code: str, row: int | None):
    with pytest.raises(InputError, match=code) as caught:
        source_of(data)
    assert caught.value.place.row == row


@pytest.mark.parametrize("block_bytes", [1, 5, 30])
def test_bad_input_is_refused_at_any_block_size(block_bytes: int):
    for data in (b'{"a": 1}\n{"a": 1, "a": 2}', b'[{"a": 1}, {"a": 01}]', b'{"a": 1}\n\n{"a": tru}\n'):
        with pytest.raises(InputError, match="malformed") as caught:
            source_of(data, block_bytes)
        assert caught.value.place.row == 2


def test_a_json_file_without_content_is_truncated():
    with pytest.raises(InputError, match="truncated"):
        source_of(b"", name="a.json")


@pytest.mark.parametrize("block_bytes", [3, 1 << 20])
def test_an_array_cut_anywhere_is_refused(block_bytes: int):
    whole = b'[\n {"a": 1, "b": "x\\"]"},\n {"a": null, "c": [{"d": 2}]}\n]'
    assert copied(source_of(whole, block_bytes)) == whole
    for size in range(len(whole)):
        with pytest.raises(InputError):
            source_of(whole[:size], block_bytes, "a.json")


def test_lines_cut_anywhere_are_refused_or_whole_records():
    whole = b'{"a": 1, "b": "x\\"}"}\n{"a": null, "c": [{"d": 2}]}\n'
    ends = {0: 0, 21: 1, 22: 1, len(whole) - 1: 2}
    for size in range(len(whole)):
        if size in ends:
            assert len(rows_of(source_of(whole[:size]))) == ends[size]
        else:
            with pytest.raises(InputError):
                source_of(whole[:size])


@PROPERTY
@given(data=st.text(st.sampled_from('{}[]:,"\\ \n\ta1-.etrulfs0é'), max_size=30), block_bytes=st.integers(1, 40))
def test_any_text_is_refused_or_comes_back(data: str, block_bytes: int):
    try:
        source = source_of(data, block_bytes)
    except InputError:
        return
    assert copied(source).decode() == data
    assert rows_of(source) == rows_of(source_of(data))


def test_long_runs_of_white_space_do_not_take_long():
    data = b'{"a":' + b" " * (8 << 20) + b"1}"
    start = time.process_time()
    assert rows_of(source_of(data)) == [{"a": 1}]
    assert time.process_time() - start < 10


def test_a_record_over_the_limit_is_refused():
    with pytest.raises(InputError, match="limit"):
        source_of(b'[{"a": "' + b"x" * (40 << 20))


def test_too_many_different_keys_are_refused():
    data = "{" + ",".join(f'"k{i}": 1' for i in range(100_000)) + "}"
    with pytest.raises(InputError, match="limit"):
        source_of(data)


def test_no_value_of_a_masked_or_dropped_column_is_left():
    record = f'{{"k": 1, "m": "{CANARY}", "d": {{"x": "{CANARY}"}}, "e": "\\u0063{CANARY[1:]}"}}'
    for data in (f"{record}\n{record}\n", f"[{record},\n{record}]"):
        out = copied(source_of(data), lambda rows: replaced(rows, m=texts("x", "y"), d=None, e=texts("x", "y")))
        assert data.count(CANARY) == 4
        assert CANARY[1:].encode() not in out


def test_errors_show_no_value():
    for text in (f'{{"a": "{CANARY}", "b": tru}}', f'{{"{CANARY}": 1, "{CANARY}": 2}}', f'["{CANARY}"]', f'"{CANARY}"'):
        with pytest.raises(InputError) as caught:
            source_of(text)
        error = caught.value
        assert CANARY not in repr(error) + str(error)
        assert error.__context__ is None or error.__suppress_context__


def test_a_file_that_changes_between_the_passes_is_refused(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    for changed in (b'{"b": 1}\n', b'{"a": "x"}\n', b'{"a": 1.5}\n'):
        path.write_bytes(b'{"a": 1}\n')
        source = JSON.open(InputFile(path), ReadOptions())
        path.write_bytes(changed)
        with pytest.raises(InputError, match="malformed"):
            list(source.parts())


def test_text_parts_hold_nothing_but_white_space_and_brackets():
    source = source_of(b'\xef\xbb\xbf [ {"a": 1}, {"a": 2} ] \n', block_bytes=4)
    assert {bytes([b]) for part in source.parts() if isinstance(part, Text) for b in part.data} <= {
        b"\xef", b"\xbb", b"\xbf", b" ", b"[", b"]", b"\n",
    }  # fmt: skip


@pytest.mark.parametrize("compression", ["gz", "zst"])
def test_compressed_lines_are_read(compression: str, tmp_path: Path):
    path = tmp_path / f"orders.jsonl.{compression}"
    with path.open("wb") as file, compressed_writer(file, compression) as stream:
        stream.write(b'{"id": 1}\n' * 1000)
    source = JSON.open(InputFile(path, compression), ReadOptions(block_bytes=64))
    assert source.tables[0].name == "orders"
    assert copied(source) == b'{"id": 1}\n' * 1000


def test_reading_and_writing_does_not_import_pandas():
    code = """
import io, sys, tempfile
from pathlib import Path
from masker.formats import FORMATS, ReadOptions
from masker.snapshot import Rows
from masker.streams import InputFile
path = Path(tempfile.mkdtemp(), "a.jsonl")
path.write_bytes(b'{"a": 1, "b": "x\\\\u00e9", "c": 1.5, "d": true}\\n{"a": null, "b": null}\\n')
source = FORMATS["json"].open(InputFile(path), ReadOptions())
sink = FORMATS["json"].sink(io.BytesIO(), source, None)
for part in source.parts():
    sink.prepare(Rows(part.table, part.batch, part.origin, frozenset("abcd")))
assert "pandas" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
