"""CSV: untouched cells keep their bytes, on both paths and whatever the block size."""

import csv
import io
import json
import random
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from csv_copies import copied, fast_parts, odd_csv, opened, read_rows, renamed

from masker.errors import MaskerError
from masker.formats import FORMATS

SPECTRUM = Path(__file__).parents[2].parent / "shared" / "csv_spectrum"
SPECTRUM_FILES = sorted((SPECTRUM / "csvs").glob("*.csv"))


def _seeds(quick, step=1):
    """All 300 seeds (each `step`th); those from `quick` on only run in the full suite."""
    return [pytest.param(seed, marks=pytest.mark.slow if seed >= quick else ()) for seed in range(0, 300, step)]


SEEDS = _seeds(60)
BLOCKS = (1, 2, 3, 7, 16, 61, 256, 1024, 4096, 65536)


@pytest.mark.skipif(not SPECTRUM_FILES, reason="csv_spectrum is not beside the project")
def test_csv_spectrum_has_its_twelve_files():
    assert len(SPECTRUM_FILES) == 12


@pytest.mark.parametrize("path", SPECTRUM_FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("faithful", [False, True])
def test_csv_spectrum_comes_back_byte_for_byte(path, faithful):
    assert copied(path.read_bytes(), faithful=faithful) == path.read_bytes()


@pytest.mark.parametrize("path", SPECTRUM_FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("faithful", [False, True])
def test_csv_spectrum_cells_equal_the_published_json(path, faithful):
    names, rows = read_rows(path.read_bytes(), faithful=faithful)
    published = json.loads((SPECTRUM / "json" / f"{path.stem}.json").read_text())
    got = [dict(zip(names, [cell or "" for cell in row], strict=True)) for row in rows]
    # Where the collection disagrees with itself: line ends that a checkout changed in the CSV, and a file whose JSON
    # is one object with another phone number.
    expected = [{name: _checked_out(path, text) for name, text in row.items()} for row in _listed(published)]
    if path.stem == "location_coordinates":
        for row in (*got, *expected):
            assert row.pop("Contact Phone Number").isdigit()
    assert got == expected


def _listed(published):
    return published if isinstance(published, list) else [published]


def _checked_out(path, text):
    return text if b"\r\n" in path.read_bytes() else text.replace("\r\n", "\n")


@pytest.mark.promise("P11")
@pytest.mark.parametrize("seed", SEEDS)
def test_an_odd_csv_comes_back_byte_for_byte_when_all_is_kept(seed):
    made = odd_csv(seed)
    for faithful in (False, True):
        assert copied(made.data, faithful=faithful, header=made.header) == made.data


@pytest.mark.parametrize("seed", SEEDS)
def test_an_odd_csv_is_read_as_it_was_written(seed):
    made = odd_csv(seed)
    for faithful in (False, True):
        assert read_rows(made.data, faithful=faithful, header=made.header) == (made.names, made.rows)


@pytest.mark.promise("P11")
@pytest.mark.parametrize("seed", SEEDS)
def test_masking_one_column_leaves_every_other_byte(seed):
    made = odd_csv(seed)
    rng = random.Random(seed)
    column = rng.randrange(len(made.names))
    new = [
        value if value is None else rng.choice(["", "x", 'a"b', "ü,;\t|", "two\nlines", value])
        for value in (row[column] for row in made.rows)
    ]
    expected = made.render({column: new})
    for faithful in (False, True):
        got = copied(made.data, {made.names[column]: new}, faithful=faithful, header=made.header, block_bytes=700)
        assert got == expected


@pytest.mark.parametrize("seed", range(0, 300, 7))
def test_the_masked_column_reads_back_with_the_csv_module(seed):
    made = odd_csv(seed)
    column = seed % len(made.names)
    new = [
        None if row[column] is None else f'new "{number}", {made.separator}\n' for number, row in enumerate(made.rows)
    ]
    got = copied(made.data, {made.names[column]: new}, header=made.header).removeprefix(b"\xef\xbb\xbf").decode()
    rows = [row for row in csv.reader(io.StringIO(got, newline=""), delimiter=made.separator) if row]
    assert [row[column] for row in rows[made.header :]] == [value or "" for value in new]


@pytest.mark.promise("P9")
@pytest.mark.parametrize("seed", _seeds(40, 10))
def test_the_block_size_changes_nothing(seed):
    made = odd_csv(seed)
    column = seed % len(made.names)
    new = [value if value is None else renamed(value) for value in (row[column] for row in made.rows)]
    expected = made.render({column: new})
    for size in BLOCKS:
        for faithful in (False, True):
            options = {"faithful": faithful, "header": made.header, "block_bytes": size}
            assert copied(made.data, {made.names[column]: new}, **options) == expected
            assert read_rows(made.data, **options) == (made.names, made.rows)


@pytest.mark.parametrize("seed", range(0, 300, 5))
def test_dropping_columns_leaves_the_other_cells_bytes(seed):
    made = odd_csv(seed)
    keep = [number for number in range(len(made.names)) if (seed >> number) % 2 == 0] or [0]
    drop = [name for number, name in enumerate(made.names) if number not in keep]
    for faithful in (False, True):
        got = copied(made.data, {}, drop=drop, faithful=faithful, header=made.header, block_bytes=300)
        assert got == made.render({}, keep=keep)


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n3,4\n",
        "a,b\n1,2\n3,4",
        "a,b\r\n1,2\r\n3,4\r\n",
        "a,b\r1,2\r3,4\r",
        'a,b\n1,"x, y"\n2,z\n3,"say ""hi"""\n',
        'a,b\n"1","2"\n"3","4"\n',
        '"a","b"\n1,"2"\n3,"4"\n,"5"\n',
        'a,b\n1,""\n2,\n3,"x"\n',
        'a,b\n1,"two\nlines"\n2,"x\n\ny"\n',
    ],
)
def test_common_styles_take_the_fast_path(text):
    data = text.encode()
    assert fast_parts(data) == 1


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n1,"x"\n2,y\n3,"z"\n',
        "a,b\n1,2\n\n3,4\n",
        "a,b\n1,2\r\n3,4\n",
        'a,b\n1,5" pipe\n',
        "a,b\n1,2\n\n3,4\r\n",
        'a,b\n"1",2\n3,"4"\n',
        'a,b\n1,"x"\n"2",y\n',
    ],
)
def test_what_the_proof_cannot_show_is_left_to_the_spans(text):
    data = text.encode()
    assert fast_parts(data) == 0
    nothing = text.encode()
    assert copied(data, {"a": [row[0] for row in read_rows(data)[1]]}) == nothing


def test_a_literal_quote_in_an_unquoted_cell_stays():
    data = b'id,what,n\n1,5" pipe,a\n2,a""b,"c ""d"""\n3,x",y\n'
    assert copied(data, {"id": ["7", "8", "9"]}) == b'id,what,n\n7,5" pipe,a\n8,a""b,"c ""d"""\n9,x",y\n'
    assert [row[1] for row in read_rows(data)[1]] == ['5" pipe', 'a""b', 'x"']


def test_null_and_quoted_empty_stay_apart():
    data = b'a,b,c\n,"",x\n"",,y\n'
    for faithful in (False, True):
        assert read_rows(data, faithful=faithful)[1] == [(None, "", "x"), ("", None, "y")]
        assert copied(data, {"a": [None, ""]}, faithful=faithful) == data
        assert copied(data, {"c": ["", None]}, faithful=faithful) == b'a,b,c\n,"",""\n"",,\n'


@pytest.mark.parametrize("data", [b'"",', b'a,b\n"",', b'a,b\n"x",1\n"y",'])
def test_an_empty_last_cell_without_a_line_end_is_null(data):
    for faithful in (False, True):
        assert read_rows(data, faithful=faithful, header=data[:1] == b"a", delimiter=",")[1][-1][1] is None


def test_needless_quotes_stay_around_new_values():
    data = b'a,b\n"1",x\n2,y\n"3",z\n'
    assert copied(data, {"a": ["7", "8", "9"]}) == b'a,b\n"7",x\n8,y\n"9",z\n'


def test_a_null_alone_in_its_row_never_becomes_a_blank_line():
    data = b"a,b\n1,2\n,3\n"
    for faithful in (False, True):
        assert copied(data, {}, drop=["b"], faithful=faithful) == b'a\n1\n""\n'
        assert copied(data, {"a": [None, None]}, drop=["b"], faithful=faithful) == b'a\n""\n""\n'


def test_a_dropped_column_leaves_a_file_of_headers_only():
    data = b'\n"a",b,"c"\r\n\r\n'
    assert copied(data) == data
    assert copied(data, {}, drop=["b"]) == b'\n"a","c"\r\n\r\n'


def test_dropping_every_column_is_refused():
    data = b"a,b\n1,2\n"
    with pytest.raises(MaskerError, match="no column is left"):
        copied(data, {}, drop=["a", "b"])


@pytest.mark.parametrize("data", [b"", b"\n", b"\r\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_a_file_without_records_comes_back_as_it_is(data):
    assert copied(data) == data
    assert read_rows(data) == ([], [])


def test_a_dictionary_encoded_column_is_written_like_text():
    data = b"a,b\n1,2\n3,4\n"
    assert copied(data, {"a": pa.array(["x", "y"]).dictionary_encode()}) == b"a,b\nx,2\ny,4\n"


def test_the_format_is_registered_with_its_suffixes():
    assert FORMATS["csv"].suffixes == (".csv", ".tsv", ".txt", ".tab", ".psv")


def test_two_columns_named_in_changed_and_reordered_keep_their_places():
    source = opened(b"a,b\n1,2\n")
    sink = FORMATS["csv"].sink(io.BytesIO(), source, None)
    rows = list(source.parts())[-1]
    swapped = pa.RecordBatch.from_arrays([rows.batch["b"], pa.array(["9"])], names=["b", "a"])
    prepared = sink.prepare(replace(rows, batch=swapped, changed=frozenset({"a"})))
    assert b"".join(bytes(piece) for piece in prepared) == b"9,2\n"


def test_another_number_of_rows_is_refused():
    source = opened(b"a,b\n1,2\n3,4\n")
    rows = list(source.parts())[-1]
    with pytest.raises(MaskerError, match="number of rows"):
        FORMATS["csv"].sink(io.BytesIO(), source, None).prepare(replace(rows, batch=rows.batch.slice(1)))


def test_a_zero_width_no_break_space_within_a_cell_is_a_character():
    raw = "a,b\n1,x\ufeffy\n2,\ufeffz\n".encode()
    assert copied(raw) == raw
