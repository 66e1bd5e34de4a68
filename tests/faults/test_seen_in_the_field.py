"""Failures that were seen in other tools, each by its name: containers that leak, parsers that fail open, masks that
mask nothing. What reading the code would not show, so every one runs the command line or the Python interface."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import masker
from tests.faults.canaries import STEM, found_in, inflated, mark
from tests.faults.runs import Lab

TAG = {"purpose": "test-patch", "expires": "14d"}
PROFILE = """\
masker: 1
name: field
owner: data-protection
tables:
  {table}:
    columns:
      id: {{infotype: person_key, method: permute}}
      email: {{infotype: email, method: fpe}}
      kept: keep
"""


@pytest.fixture
def field(lab: Lab) -> Lab:
    made = lab.fresh("a")
    (made.folder / "faults.yaml").write_text(PROFILE.format(table="people"))
    return made


def emails(count: int = 30) -> list[str]:
    return [f"{mark(number)}@mail.example" for number in range(count)]


def put(lab: Lab, name: str, data: bytes) -> Path:
    path = lab.folder / "in" / name
    path.write_bytes(data)
    return path


def copied(lab: Lab, source: Path) -> bytes:
    seen = lab.mask(source, dest=lab.folder / "out" / source.name)
    assert seen.exit == 0, seen.stderr.decode()
    return inflated(lab.folder / "out" / source.name)


def profile_of_frames(folder: Path) -> Path:
    path = folder / "frame.yaml"
    path.write_text(PROFILE.format(table="frame"))
    return path


def buffers(table: pa.Table) -> bytes:
    chunks = [chunk for column in table.columns for chunk in column.chunks]
    found = [buffer.to_pybytes() for chunk in chunks for buffer in chunk.buffers() if buffer is not None]
    found += [chunk.dictionary.buffers()[2].to_pybytes() for chunk in chunks if pa.types.is_dictionary(chunk.type)]
    return b"".join(found)


@pytest.mark.promise("P1")
def test_unused_dictionary_values_of_a_frame_go(tmp_path: Path) -> None:
    used = pa.DictionaryArray.from_arrays(pa.array([0] * 30, pa.int32()), pa.array(["a@mail.example", *emails()]))
    table = pa.table({"id": range(1, 31), "email": emails(), "kept": used})
    masked = masker.mask_frame(table, profile_of_frames(tmp_path), **TAG)
    assert not found_in(buffers(masked))


@pytest.mark.promise("P1")
def test_categories_that_no_row_uses_go(tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame({"id": range(1, 31), "email": emails(), "kept": ["x"] * 30})
    frame["email"] = pd.Categorical(frame["email"], categories=[*emails(), mark(999)])
    masked = masker.mask_frame(frame, profile_of_frames(tmp_path), **TAG)
    categories = list(masked["email"].cat.categories) if hasattr(masked["email"], "cat") else []
    assert STEM not in str(categories) + str(list(masked["email"]))


@pytest.mark.promise("P1")
def test_index_and_attrs_of_a_frame_go(tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame({"id": range(1, 31), "email": emails(), "kept": ["x"] * 30}, index=emails())
    frame.attrs["note"] = mark(1)
    frame.index.name = mark(2)
    masked = masker.mask_frame(frame, profile_of_frames(tmp_path), **TAG)
    assert STEM not in str(masked.to_dict()) + str(list(masked.index)) + str(masked.index.name) + str(masked.attrs)


@pytest.mark.promise("P1")
def test_rows_around_a_slice_and_bytes_under_nulls_go(tmp_path: Path) -> None:
    values = emails(90)
    text = pa.array(values)
    valid = pa.array([number % 2 == 0 for number in range(90)]).buffers()[1]
    with_nulls = pa.Array.from_buffers(pa.string(), 90, [valid, *text.buffers()[1:]])
    table = pa.table({"id": range(1, 91), "email": with_nulls, "kept": [mark(n) if n < 30 else "x" for n in range(90)]})
    table = table.slice(30, 30)
    masked = masker.mask_frame(table, profile_of_frames(tmp_path), **TAG)
    assert not found_in(buffers(masked))


@pytest.mark.promise("P1")
def test_schema_metadata_statistics_and_indexes_of_parquet_go(field: Lab) -> None:
    text = pa.field("email", pa.string(), metadata={"comment": mark(1)})
    schema = pa.schema([pa.field("id", pa.int64()), text, pa.field("kept", pa.string())], metadata={"note": mark(2)})
    table = pa.table({"id": list(range(1, 31)), "email": emails(), "kept": ["x"] * 30}, schema=schema)
    source = field.folder / "in" / "people.parquet"
    pq.write_table(table, source, write_page_index=True, write_statistics=True, compression="none")
    assert not found_in(copied(field, source))


@pytest.mark.promise("P11")
@pytest.mark.parametrize(
    "kept", ["01234", "NA", "null", "1e5", "12345678901234567890", " x ", "1.10", "-0", "TRUE", "''"]
)
def test_a_kept_cell_is_never_read_as_something_else(field: Lab, kept: str) -> None:
    lines = ["id,email,kept", *(f"{n},{email},{kept}" for n, email in enumerate(emails(), 1))]
    copy = copied(field, put(field, "people.csv", "\n".join(lines).encode()))
    assert {line.split(",", 2)[2] for line in copy.decode().splitlines()[1:]} == {kept}


@pytest.mark.promise("P11")
def test_a_20_digit_number_in_json_keeps_its_digits(field: Lab) -> None:
    rows = [
        f'{{"id": {n}, "email": "{email}", "kept": 12345678901234567890.10}}' for n, email in enumerate(emails(), 1)
    ]
    copy = copied(field, put(field, "people.jsonl", "\n".join(rows).encode()))
    assert copy.count(b"12345678901234567890.10") == 30


@pytest.mark.promise("P3")
def test_a_byte_order_mark_is_not_glued_to_the_first_header(field: Lab) -> None:
    lines = ["id,email,kept", *(f"{n},{email},x" for n, email in enumerate(emails(), 1))]
    copy = copied(field, put(field, "people.csv", b"\xef\xbb\xbf" + "\n".join(lines).encode()))
    assert copy.removeprefix(b"\xef\xbb\xbf").startswith(b"id,email,kept\n")
    assert not found_in(copy)


@pytest.mark.promise("P2")
def test_the_key_column_is_not_skipped(field: Lab) -> None:
    lines = ["id,email,kept", *(f"{n},{email},x" for n, email in enumerate(emails(), 100_000))]
    copy = copied(field, put(field, "people.csv", "\n".join(lines).encode()))
    ids = [int(line.split(",")[0]) for line in copy.decode().splitlines()[1:]]
    assert len(set(ids)) == 30
    assert len(set(ids) & set(range(100_000, 100_030))) < 3


@pytest.mark.promise("P3")
def test_a_partial_mask_that_masks_no_character_is_refused(field: Lab) -> None:
    text = (field.folder / "faults.yaml").read_text()
    (field.folder / "faults.yaml").write_text(text.replace("method: fpe", "method: partial, first: 99"))
    lines = ["id,email,kept", *(f"{n},{email},x" for n, email in enumerate(emails(), 1))]
    seen = field.mask(put(field, "people.csv", "\n".join(lines).encode()))
    seen.is_silent()
    assert seen.exit in {1, 2}, seen.stderr.decode()
    assert not list((field.folder / "out").iterdir())


@pytest.mark.promise("P7")
def test_the_key_is_not_ignored(field: Lab) -> None:
    lines = ["id,email,kept", *(f"{n},{email},x" for n, email in enumerate(emails(), 1))]
    source = put(field, "people.csv", "\n".join(lines).encode())
    copies = []
    for name in ("one", "two"):
        assert field.mask(source, dest=field.folder / "out" / name).exit == 0
        copies.append((field.folder / "out" / name).read_text().splitlines()[1:])
    assert not {line.split(",")[1] for line in copies[0]} & {line.split(",")[1] for line in copies[1]}


@pytest.mark.promise("P4")
def test_no_key_is_in_a_report_or_a_manifest(field: Lab) -> None:
    key = field.folder / "masking.key"
    assert field.run("key", "new", key).exit == 0
    lines = ["id,email,kept", *(f"{n},{email},x" for n, email in enumerate(emails(), 1))]
    source = put(field, "people.csv", "\n".join(lines).encode())
    report = field.folder / "out" / "report.json"
    seen = field.mask(source, "--key-file", key, "--report", report, "--format", "json")
    assert seen.exit == 0, seen.stderr.decode()
    secret = max(key.read_text().split(), key=len)
    told = seen.stdout + seen.stderr + b"".join(path.read_bytes() for path in (field.folder / "out").iterdir())
    assert secret.encode() not in told
    assert json.loads(report.read_text())["verification"]["leaks"] == 0
