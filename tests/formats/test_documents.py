"""Documents of any depth: their tables, their bytes, and what the verifier's own reader sees of them."""

import io
import itertools
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.columns import as_text
from masker.errors import InputError
from masker.formats import FORMATS, ReadOptions
from masker.formats.json.cells import text_array
from masker.formats.json.documents.source import DocumentSource
from masker.snapshot import Part, Rows, Table
from masker.streams import InputFile
from masker.verify.document_reader import Document
from masker.verify.reading import Reading

JSON = FORMATS["json"]
PROPERTY = settings(deadline=None, max_examples=80)
CANARY = "canary-7d0e1b52f4a94c08"

KEYS = st.sampled_from(
    ["a", "b", "c d", "é", 'q"\\', "", "a.b", "type", "$oid", "$date", "[]", "17", "18", "x@y.example"]
)
TOKENS = r"""
    "Kind" "Other" "}{" "\\" "\"" "x" "é" "\u00e9\n" "" "a,b]}" 0 -0 -7 1.10 1e5 12345678901234567890123 true false null
"""
SCALARS = st.sampled_from(TOKENS.split())
SPACE = st.sampled_from(["", "", " ", "\n  ", "\t"])


@st.composite
def value(draw: st.DrawFn, depth: int = 4) -> str:
    kind = draw(st.sampled_from("ssol" if depth else "s"))
    if kind == "s":
        return draw(SCALARS)
    if kind == "l":
        inner = [draw(SPACE) + draw(value(depth - 1)) + draw(SPACE) for _ in range(draw(st.integers(0, 3)))]
        return "[" + (",".join(inner) or draw(SPACE)) + "]"
    keys = draw(st.lists(KEYS, max_size=4, unique=True))
    inner = [
        draw(SPACE) + json.dumps(key, ensure_ascii=draw(st.booleans())) + draw(SPACE) + ":" + draw(SPACE)
        + draw(value(depth - 1)) + draw(SPACE)
        for key in keys
    ]  # fmt: skip
    return "{" + (",".join(inner) or draw(SPACE)) + "}"


CONTAINERS = value().filter(lambda text: text[0] in "{[")
OBJECTS = value().filter(lambda text: text[0] == "{" and "\n" not in text)


class Memory(InputFile):
    """A file that lies in memory."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(Path(name))
        object.__setattr__(self, "_data", data)

    def open(self) -> io.BytesIO:  # type: ignore[override]
        return io.BytesIO(self._data)


def document(text: str | bytes, block_bytes: int = 1 << 20, *, lines: bool = False) -> DocumentSource:
    data = text.encode() if isinstance(text, str) else text
    file = Memory(data, "a.jsonl" if lines else "a.json")
    return DocumentSource(file, ReadOptions(block_bytes=block_bytes), lines=lines)


def opened(text: str, name: str = "a.json"):
    return JSON.open(Memory(text.encode(), name), ReadOptions())


def copied(source, change=lambda rows: rows) -> bytes:
    out = io.BytesIO()
    sink = JSON.sink(out, source, None)
    for part in source.parts():
        sink.write(sink.prepare(change(part) if isinstance(part, Rows) else part))
    sink.close()
    return out.getvalue()


def rows_of(source) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {table.name: [] for table in source.tables}
    for part in source.parts():
        if isinstance(part, Rows):
            found[part.table] += part.batch.to_pylist()
    return found


def replaced(part: Part, **columns: pa.Array | None) -> Rows:
    assert isinstance(part, Rows)
    batch = part.batch.drop_columns([name for name, values in columns.items() if values is None])
    for name, values in columns.items():
        if values is not None:
            batch = batch.set_column(batch.schema.get_field_index(name), name, values)
    return Rows(part.table, batch, part.origin, frozenset(columns))


class Marks:
    """Puts a new text into every cell of text that is not NULL."""

    def __init__(self) -> None:
        self.numbers = itertools.count()
        self.cells = 0

    def __call__(self, rows: Rows) -> Rows:
        columns = {}
        for name, column in zip(rows.batch.schema.names, rows.batch.columns, strict=True):
            if not pa.types.is_string(column.type):
                continue
            cells = [None if cell is None else f"m{next(self.numbers)}" for cell in column.to_pylist()]
            self.cells += sum(cell is not None for cell in cells)
            valid = pa.py_buffer(np.packbits([cell is not None for cell in cells], bitorder="little"))
            made = text_array([cell or "" for cell in cells])
            columns[name] = pa.Array.from_buffers(pa.string(), len(made), [valid, *made.buffers()[1:]])
        return replaced(rows, **columns)


def parse(data: bytes | str) -> object:
    """What the standard library reads; numbers as written, objects as lists of pairs."""
    return json.loads(data, parse_int=str, parse_float=lambda text: ("number", text), object_pairs_hook=list)


def masks(before: object, after: object) -> int:
    """How many marks stand where leaves or keys were; fails where anything else differs."""
    if isinstance(after, str) and after[:1] == "m" and before is not None and not isinstance(before, list):
        return 1
    if isinstance(before, list | tuple) and isinstance(after, list | tuple) and len(before) == len(after):
        return sum(masks(*pair) for pair in zip(before, after, strict=True))
    assert before == after
    return 0


@PROPERTY
@given(text=CONTAINERS, block_bytes=st.integers(1, 60), around=st.tuples(SPACE, SPACE))
def test_untouched_documents_come_back_byte_for_byte(text: str, block_bytes: int, around: tuple[str, str]):
    data = text.join(around).encode()
    assert copied(document(data, block_bytes)) == data


@PROPERTY
@given(records=st.lists(OBJECTS, max_size=4), block_bytes=st.integers(1, 60))
def test_untouched_lines_come_back_byte_for_byte(records: list[str], block_bytes: int):
    data = "".join(record + "\r\n" for record in records).encode()
    assert copied(document(data, block_bytes, lines=True)) == data


@PROPERTY
@given(text=CONTAINERS, block_bytes=st.integers(1, 60))
def test_masked_documents_differ_in_masked_leaves_only(text: str, block_bytes: int):
    marks = Marks()
    copy = copied(document(text, block_bytes), marks)
    assert masks(parse(text), parse(copy)) == marks.cells


@PROPERTY
@given(text=CONTAINERS, block_bytes=st.integers(1, 60))
def test_tables_do_not_depend_on_blocks(text: str, block_bytes: int):
    whole, cut = document(text), document(text, block_bytes)
    assert [(t.name, t.schema, t.at) for t in whole.tables] == [(t.name, t.schema, t.at) for t in cut.tables]
    assert rows_of(whole) == rows_of(cut)


@PROPERTY
@given(text=CONTAINERS)
def test_the_verifiers_reader_sees_the_same_rows(text: str, tmp_path_factory: pytest.TempPathFactory):
    source = document(text)
    path = tmp_path_factory.getbasetemp() / "same.json"
    path.write_text(text)
    for table in source.tables:
        rows = [batch for part in source.parts(table.name) if isinstance(part, Rows) for batch in [part.batch]]
        ours = {n: [c for b in rows for c in as_text(b[n]).to_pylist()] for n in table.schema.names}
        reader = reading(path, source.tables).reader(table.name, tuple(table.schema.names))
        theirs = [*reader.batches()]
        assert {n: [c for b in theirs for c in b[n].to_pylist()] for n in table.schema.names} == ours
        assert reader.records() == sum(len(batch) for batch in rows)


def reading(path: Path, tables: tuple[Table, ...]) -> Document:
    return Document(path, Reading(documents=tuple((table.name, table.at) for table in tables)))


TABLES = {
    "members": ('{"a": {"b": 1}, "c": "x"}', {"a": [{"a.b": 1, "c": "x"}]}),
    "an array of objects has rows of its own": (
        '[{"id": 1, "orders": [{"no": 7}, {"no": 8}]}]',
        {"a": [{"id": 1}], "a.orders": [{"no": 7}, {"no": 8}]},
    ),
    "an array of values": (
        '{"id": 1, "tags": ["x", "y"]}',
        {"a": [{"id": 1}], "a.tags": [{"tags[]": "x"}, {"tags[]": "y"}]},
    ),
    "a wrapper of one array is the file": ('{"records": [{"n": 1}], "x": {}}', {"a": [{"n": 1}]}),
    "named arrays": ('{"T": [{"n": 1}], "U": [{"m": 2}]}', {"a.T": [{"n": 1}], "a.U": [{"m": 2}]}),
    "keys that are data": (
        '{"users": {"1001": {"n": 1}, "1002": {"n": 2}}}',
        {"a": [{"key": "1001", "n": 1}, {"key": "1002", "n": 2}]},
    ),
    "Django fixtures": (
        '[{"model": "auth.user", "pk": 1, "fields": {"name": "x"}},'
        ' {"model": "shop.order", "pk": 1, "fields": {"total": 2, "open": true}}]',
        {
            "a.auth.user": [{"model": "auth.user", "pk": 1, "fields.name": "x"}],
            "a.shop.order": [{"model": "shop.order", "pk": 1, "fields.total": 2, "fields.open": True}],
        },
    ),
    "FHIR bundles": (
        '{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "birthDate": "x"}},'
        ' {"resource": {"resourceType": "Claim", "amount": 2, "item": [{"n": 5}]}}]}',
        {
            "a": [{"resourceType": "Bundle"}],
            "a.Patient": [{"resource.resourceType": "Patient", "resource.birthDate": "x"}],
            "a.Claim": [{"resource.resourceType": "Claim", "resource.amount": 2}],
            "a.Claim.resource.item": [{"n": 5}],
        },
    ),
    "Salesforce trees": (
        '{"records": [{"attributes": {"type": "Contact", "referenceId": "R1"}, "Name": "x"}]}',
        {"a": [{"attributes.type": "Contact", "attributes.referenceId": "R1", "Name": "x"}]},
    ),
    "MongoDB's extended JSON": (
        '[{"_id": {"$oid": "5f"}, "at": {"$date": {"$numberLong": "3"}}, "n": 1}]',
        {"a": [{"_id": "5f", "at": "3", "n": 1}]},
    ),
    "a type that all rows share the members of does not split": (
        '{"phones": [{"type": "home", "no": 1}, {"type": "work", "no": 2}]}',
        {"a": [{"type": "home", "no": 1}, {"type": "work", "no": 2}]},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TABLES.values(), ids=TABLES.keys())
def test_documents_are_read_as_tables(text: str, expected: dict[str, list[dict[str, object]]]):
    assert rows_of(document(text)) == expected


def test_lines_of_nested_objects_are_rows():
    source = opened('{"a": {"b": 1}}\n{"a": {"b": 2}, "t": ["x"]}\n', "a.jsonl")
    assert rows_of(source) == {"a": [{"a.b": 1}, {"a.b": 2}], "a.t": [{"t[]": "x"}]}


def test_flat_records_are_one_table_as_before():
    assert not isinstance(opened('[{"a": 1}, {"a": 2}]'), DocumentSource)


@pytest.mark.parametrize(
    ("text", "copy"),
    [
        ('{"a": {"x": 1, "y": 2}}', '{"a": {"x": 1}}'),
        ('{"a": { "y": 2, "x": 1}}', '{"a": {  "x": 1}}'),
        ('{"a": {"y": 2}}', '{"a": {}}'),
        ('{"l": [1], "a": {"y": 2, "x": [3]}}', '{"l": [1], "a": { "x": [3]}}'),
    ],
)
@pytest.mark.parametrize("block_bytes", [1, 1 << 20])
def test_a_dropped_member_goes_with_its_comma(text: str, copy: str, block_bytes: int):
    source = document(text, block_bytes)
    assert copied(source, lambda rows: replaced(rows, **{"a.y": None}) if rows.table == "a" else rows) == copy.encode()


def test_rows_are_left_out_with_all_that_is_in_them():
    source = document('{"r": [{"n": 1}, {"n": 2, "o": {"p": 1}}, {"n": 3}], "z": [5]}')
    out = io.BytesIO()
    sink = JSON.sink(out, source, None)
    for part in source.parts():
        if isinstance(part, Rows) and part.table == "a.r":
            part = source.without(part, np.array([True, True, False]), first=True)
        sink.write(sink.prepare(part))
    assert json.loads(out.getvalue()) == {"r": [{"n": 3}], "z": [5]}


def test_a_row_that_holds_rows_of_other_tables_cannot_be_left_out():
    source = document('{"r": [{"n": 1, "t": ["x"]}, {"n": 2}]}')
    rows = next(part for part in source.parts("a") if isinstance(part, Rows))
    with pytest.raises(InputError, match="holds rows of other tables"):
        source.without(rows, np.array([True, False]), first=True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"a": 1, "a": [2]}', "malformed"),
        ('{"a": 1, "\\u0061": [2]}', "malformed"),
        ('[{"o": {"a": 1, "a": 2}}]', "malformed"),
        ('{"a": [1, 2}]', "malformed"),
        ('{"a": [1, 2]', "truncated"),
        ('{"a": [1, 2]} {"b"', "malformed"),
        ('{"a": [tru]}', "malformed"),
        ('{"a": [01]}', "malformed"),
        ("[" * 100_000 + "]" * 100_000, "limit"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "limit"),
    ],
)
@pytest.mark.parametrize("block_bytes", [3, 1 << 20])
def test_bad_documents_are_refused(text: str, code: str, block_bytes: int):
    if len(text) > 1000 and block_bytes == 3:
        block_bytes = 4096
    with pytest.raises(InputError) as caught:
        document(text.replace("1", f'"{CANARY}"') if "01" not in text else text, block_bytes)
    assert caught.value.code == code
    assert CANARY not in str(caught.value)


def test_one_document_that_cannot_be_divided_has_a_limit():
    with pytest.raises(InputError, match="16 MiB"):
        document('[{"a": ["' + "x" * (17 << 20) + '"]}]')


def test_many_keys_that_are_data_are_one_column():
    text = json.dumps({"users": {f"name-{number}": {"n": number} for number in range(1500)}})
    rows = rows_of(document(text, 4096))
    assert list(rows) == ["a"]
    assert rows["a"][1499] == {"key": "name-1499", "n": 1499}
