"""CSV: what is refused, with which code word and row, and never with a cell in the text."""

import pytest
from csv_copies import copied, opened

from masker.errors import InputError
from masker.formats.csv.limits import COLUMNS, RECORD_BYTES

CANARY = "kq7zcanaryvalue"


def _refusal(data, **options):
    with pytest.raises(InputError) as caught:
        for _ in opened(data, **options).parts():
            pass
    error = caught.value
    assert CANARY not in f"{error} {error.hint} {error!r} {error.__cause__}"
    assert error.__suppress_context__ or error.__context__ is None
    return error


@pytest.mark.parametrize("size", [1, 5, 64, 4096])
@pytest.mark.parametrize("faithful", [False, True])
@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("a,b\n1,2\n{c}\n", 2),
        ("a,b\n1,2\n\n3,4\n{c},5,6\n", 3),
        ("a,b\n{c},1,2\n", 1),
        ('a,b\n"x\ny",2\n"{c}"\n', 2),
        ("a,b,\n1,2\n", 1),
        ("a,b\n1,2\r{c}\n", 2),
    ],
)
def test_a_ragged_row_is_refused_with_its_number(text, row, faithful, size):
    error = _refusal(text.format(c=CANARY).encode(), faithful=faithful, block_bytes=size)
    assert (error.code, error.place.row) == ("malformed", row)


def test_the_first_row_of_a_headerless_file_says_the_width():
    assert _refusal(f"1,2\n{CANARY}\n".encode(), header=False).place.row == 2


@pytest.mark.parametrize("size", [1, 5, 4096])
@pytest.mark.parametrize(
    ("text", "code", "row"),
    [
        ('a,b\n1,2\n3,"{c}', "truncated", 2),
        ('a,b\n1,2\n3,"{c}\n4,5\n', "truncated", 2),
        ('a,b\n1,2\n3,"{c}""\n', "truncated", 2),
        ('a,b\n1,2\n3,"{c}"x\n4,5\n', "malformed", 2),
        ('a,b\n"1" ,{c}\n', "malformed", 1),
    ],
)
def test_broken_quoting_is_refused_with_its_row(text, code, row, size):
    error = _refusal(text.format(c=CANARY).encode(), block_bytes=size)
    assert (error.code, error.place.row) == (code, row)


@pytest.mark.parametrize("place", ["a\0,b\n1,2\n", "a,b\n1,2\n{c},\0\n", "a,b\n1,2\n{c}\0"])
def test_a_nul_byte_is_refused(place):
    error = _refusal(place.format(c=CANARY).encode(), block_bytes=4)
    assert (error.code, "NUL" in error.message) == ("malformed", True)


@pytest.mark.parametrize("text", ["a,b\n\ufeff{c},2\n", "\ufeff\ufeffa,b\n1,2\n", "a,b\n1,2\n\ufeff", "\n\ufeffa,b\n"])
def test_a_byte_order_mark_in_mid_file_is_refused(text):
    error = _refusal(text.format(c=CANARY).encode(), block_bytes=8)
    assert (error.code, "byte order mark" in error.message) == ("malformed", True)


@pytest.mark.parametrize("header", ["a,a", '"a",a', "x,a,y,a", '"a,1","a,1"'])
def test_duplicate_headers_are_refused(header):
    assert _refusal(f"{header}\n".encode()).code == "malformed"


def test_a_duplicate_header_is_not_named_in_the_error():
    assert "same name" in _refusal(f"{CANARY},{CANARY}\n1,2\n".encode()).message


def test_a_hundred_thousand_columns_are_refused():
    names = ",".join(f"c{number}" for number in range(100_000))
    assert _refusal(f"{names}\n{names}\n".encode()).code == "limit"


def test_thousands_of_columns_are_read_and_come_back():
    names = ",".join(f"c{number}" for number in range(COLUMNS // 4))
    data = f"{names}\n{names}\n".encode()
    assert copied(data, {"c7": ["x"]}) == data.replace(b"\nc0,c1,c2,c3,c4,c5,c6,c7,", b"\nc0,c1,c2,c3,c4,c5,c6,x,")


@pytest.mark.parametrize("size", [1 << 20, 1 << 26])
@pytest.mark.parametrize("cell", ["x" * RECORD_BYTES, '"' + "x\n" * (RECORD_BYTES // 2) + '"'])
def test_a_record_over_the_limit_is_refused(cell, size):
    error = _refusal(f"a,b\n1,2\n3,{cell}\n4,5\n".encode(), block_bytes=size)
    assert (error.code, error.place.row) == ("limit", 2)


def test_an_endless_first_line_is_refused():
    assert _refusal(b"x" * (2 * RECORD_BYTES + 1) + b"\n").code == "limit"


@pytest.mark.parametrize("head", ["a,b;c\n1,2;3\n", "a\tb|c\n1\t2|3\n"])
def test_an_ambiguous_separator_is_refused(head):
    error = _refusal(head.encode())
    assert (error.code, "--delimiter" in error.hint) == ("malformed", True)


@pytest.mark.parametrize("delimiter", [",,", "ä", '"', "\n", "\r"])
def test_a_delimiter_that_is_no_plain_character_is_refused(delimiter):
    assert _refusal(b"a,b\n", delimiter=delimiter).code == "unsupported"


def test_a_ragged_file_is_not_taken_for_one_wide_column():
    assert _refusal(b"a,b,c\n1,2\n3,4,5\n").place.row == 1


def test_leading_comment_lines_are_refused():
    error = _refusal(b"# made by a person\na,b\n1,2\n")
    assert (error.code, "comment" in error.hint) == ("malformed", True)


CUT = b'a,b\r\n1,"x ""y"",\r\n z"\r\n"",3\r\n'


@pytest.mark.parametrize("end", [end for end in range(len(CUT)) if CUT[:end].count(b'"') % 2])
def test_a_file_cut_inside_quotes_is_truncated(end):
    assert _outcome(CUT[:end]) == ("truncated", None)


@pytest.mark.parametrize("end", [end for end in range(len(CUT)) if CUT[:end].count(b'"') % 2 == 0])
def test_a_file_cut_elsewhere_comes_back_whole_or_is_refused_as_ragged(end):
    assert _outcome(CUT[:end]) in (("malformed", None), (None, CUT[:end]))


def _outcome(data):
    try:
        return None, copied(data)
    except InputError as error:
        return error.code, None


@pytest.mark.parametrize("line", ['""\n', "\n", '""\r'])
def test_a_long_cell_of_quotes_and_line_ends_is_read_in_linear_time(line):
    data = b'a,b\r\n1,"' + line.encode() * 200_000 + b'"\n2,x\n'
    assert copied(data, block_bytes=1 << 16) == data
