"""CSV: separators, headers and encodings found or taken as declared."""

import pytest
from csv_copies import copied, opened, read_rows

from masker.errors import GateError, InputError


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "rows",
    [
        [["id", "name"], ["1", "x"], ["2", "y"]],
        [["id", "name", "price"], ["1", "x", "1.5"]],
        [["id", "name"]],
        [['"id"', '"name"'], ['"1"', '"Doe, Jane; or|so"']],
        [["id", "note"], ["1", '"a,b;c\td|e\nf"']],
    ],
)
def test_the_separator_is_found(rows, separator):
    data = "".join(separator.join(row) + "\n" for row in rows).encode()
    source = opened(data)
    assert source.dialect.separator == separator
    assert len(source.table.schema) == len(rows[0])
    assert copied(data) == data


def test_decimal_commas_do_not_hide_semicolons():
    assert read_rows(b"x;y\n1,5;2,5\n3,0;4,1\n")[1] == [("1,5", "2,5"), ("3,0", "4,1")]


def test_the_widest_agreeing_separator_wins():
    assert read_rows(b"a;b;c,d\n1;2;3,4\n")[0] == ["a", "b", "c,d"]


def test_the_suffix_settles_a_tie():
    assert opened(b"a,b\tc\n1,2\t3\n", name="x.tsv").dialect.separator == "\t"
    assert opened(b"a,b|c\n1,2|3\n", name="x.psv").dialect.separator == "|"


def test_a_separator_given_is_taken():
    assert read_rows(b"a,b;c\n1,2;3\n", delimiter=";")[0] == ["a,b", "c"]
    assert read_rows(b"a^b\n1^2\n", delimiter="^") == (["a", "b"], [("1", "2")])


def test_another_separators_broken_quotes_do_not_count():
    data = b'"a|b","c"\n"1","2"\n'
    assert read_rows(data)[0] == ["a|b", "c"]


@pytest.mark.parametrize("delimiter", ["^", "]", "-", "\\", ".", " ", "*"])
def test_a_special_separator_makes_new_values_quoted(delimiter):
    data = f"a{delimiter}b\n1{delimiter}2\n".encode()
    new = f"x{delimiter}y"
    assert copied(data, {"a": [new]}, delimiter=delimiter) == f'a{delimiter}b\n"{new}"{delimiter}2\n'.encode()


def test_columns_without_a_name_get_one_each():
    assert read_rows(b',a,,"column 3",\n1,2,3,4,5\n')[0] == [
        "column 1",
        "a",
        "column 3 (no name)",
        "column 3",
        "column 5",
    ]


def test_a_headerless_file_has_numbered_columns():
    data = b'1,"x"\n2,y\n'
    assert read_rows(data, header=False) == (["c1", "c2"], [("1", "x"), ("2", "y")])
    assert copied(data, {"c2": ["p", "q"]}, header=False) == b'1,"p"\n2,q\n'


def test_names_are_taken_out_of_their_quotes():
    assert read_rows(b'"say ""hi""","two\nlines"\n1,2\n')[0] == ['say "hi"', "two\nlines"]


def test_the_table_is_named_like_the_file():
    assert opened(b"a,b\n", name="customers.csv").tables[0].name == "customers"


def test_a_blank_line_is_no_record_in_a_one_column_file_either():
    data = b'a\n1\n\n""\n2\n\n'
    assert read_rows(data) == (["a"], [("1",), ("",), ("2",)])
    assert copied(data, {"a": ["x", "y", "z"]}) == b'a\nx\n\n"y"\nz\n\n'


def test_parts_can_be_read_again():
    source = opened(b"a,b\n1,2\n")
    assert [part.batch for part in source.parts()] == [part.batch for part in source.parts()]


TEXT = 'name,note\r\nJürgen,"a ""b""\r\nc"\r\n,""\r\nZoë,ß\r\n'


@pytest.mark.parametrize("size", [1, 3, 50, 4096])
@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode("latin-1"), "latin-1"),
        (TEXT.encode("cp1252"), "cp1252"),
        (TEXT.encode("cp1252"), "windows-1252"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), ""),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), ""),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (b"\xef\xbb\xbf" + TEXT.encode(), ""),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8-sig"),
        (TEXT.encode(), "UTF8"),
    ],
)
def test_an_encoding_is_kept(data, encoding, size):
    options = {"encoding": encoding, "block_bytes": size}
    assert read_rows(data, **options)[1] == [("Jürgen", 'a "b"\r\nc'), (None, ""), ("Zoë", "ß")]
    assert copied(data, **options) == data
    codec = opened(data, **options).encoding
    expected = data.replace("Jürgen".encode(codec), "Hélène".encode(codec)).replace(
        "Zoë".encode(codec), "x".encode(codec)
    )
    assert copied(data, {"name": ["Hélène", None, "x"]}, **options) == expected


@pytest.mark.parametrize("size", [4, 4096])
def test_undeclared_bytes_that_are_not_utf8_are_refused_with_a_proposal(size):
    data = "name,ort\n" + "Jürgen Weiß,Köln\nÄnne Müller,Düsseldorf\nJörg Groß,Lüneburg\n" * 20
    with pytest.raises(InputError) as caught:
        copied(data.encode("latin-1"), block_bytes=size)
    assert caught.value.code == "encoding"
    assert "--encoding" in caught.value.hint
    assert "Weiß" not in f"{caught.value!r}"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"a,b\n\x81,2\n", "cp1252"),
        (b"a,b\n1,\xff\n", "utf-8"),
        ("a,b\n1,2\n".encode("utf-16-le"), "utf-16"),
        (b"\xef\xbb\xbfa,b\n", "latin-1"),
        (b"\xff\xfea\0,\0b\0\n\0\x00\xd8\n\0", ""),
        (b"\xff\xfea\0,\0b\0\n", ""),
        (b"a,b\n1,2\n", "base64"),
        (b"a,b\n1,2\n", "klingon"),
        (b"a,b\n1,2\n", "a\0b"),
        (b"a,b\n1,+AGE-\n", "utf-7"),
    ],
)
def test_what_an_encoding_cannot_give_back_is_refused(data, encoding):
    with pytest.raises(InputError) as caught:
        copied(data, encoding=encoding)
    assert caught.value.code == "encoding"


def test_a_masked_value_that_the_encoding_cannot_hold_is_refused():
    with pytest.raises(GateError, match="does-not-fit"):
        copied("a,b\nü,1\n".encode("latin-1"), {"a": ["Łukasz"]}, encoding="latin-1")
