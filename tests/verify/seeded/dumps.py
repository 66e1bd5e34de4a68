"""Faults of masked SQL dumps: rows that go astray, escapes, NULL and ''."""

import re

from tests.verify.seeded.bench import Bench
from tests.verify.seeded.dump_text import at_line, changed, changed_lines, replaced, without_line
from tests.verify.seeded.registry import fault

ROWS_OF, ESCAPES, NULLS = "rows of a dump", "escapes of a dump", "NULL and '' in a dump"


@fault(ROWS_OF, source="dumps")
def a_copy_line_is_lost(bench: Bench) -> None:
    """One line of a COPY is not written."""
    changed_lines(
        bench,
        "postgres",
        lambda lines: without_line(lines, at_line(lines, b"COPY public.person") + 9),
    )


@fault(ROWS_OF, source="dumps")
def the_last_tuple_of_an_insert_is_lost(bench: Bench) -> None:
    """Each INSERT of many rows ends one row early."""
    changed(bench, "mysql", lambda data: re.sub(rb",\n\([^\n]*\);\n", b";\n", data))


@fault(ROWS_OF, source="dumps")
def an_insert_is_lost(bench: Bench) -> None:
    """One INSERT of one row is not written."""
    changed_lines(
        bench,
        "mysql",
        lambda lines: without_line(lines, at_line(lines, b"INSERT INTO `ticket`") + 40),
    )


@fault(ROWS_OF, source="dumps")
def a_tuple_comes_twice(bench: Bench) -> None:
    """One row of an INSERT is written twice."""
    changed(bench, "postgres", lambda data: re.sub(rb"(,\n\t\([^\n]*\))(,\n)", rb"\1\1\2", data, count=1))


@fault(ROWS_OF, source="dumps")
def copy_lines_change_places(bench: Bench) -> None:
    """Two lines of a COPY stand in each other's place."""

    def swap(lines: list[bytes]) -> list[bytes]:
        at = at_line(lines, b"COPY public.contact") + 5
        return [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]

    changed_lines(bench, "postgres", swap)


@fault(ROWS_OF, source="dumps")
def inserts_change_places(bench: Bench) -> None:
    """Two INSERTs of one row stand in each other's place."""

    def swap(lines: list[bytes]) -> list[bytes]:
        at = at_line(lines, b"INSERT INTO `ticket`") + 5
        return [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]

    changed_lines(bench, "mysql", swap)


@fault(ROWS_OF, source="dumps")
def an_insert_goes_into_another_table(bench: Bench) -> None:
    """The rows of one INSERT are those of a table that stands beside theirs."""
    replaced(bench, "postgres", b"COPY public.contact (", b"COPY public.person (")


@fault(ROWS_OF, source="dumps")
def two_tables_of_a_dump_are_swapped(bench: Bench) -> None:
    """Two tables of the same columns have each other's rows."""

    def swap(data: bytes) -> bytes:
        parts = re.split(rb"(COPY public\.\w+ [^\n]*\n)(.*?)(?=\\\.\n)", data, flags=re.S)
        parts[2], parts[5] = parts[5], parts[2]
        return b"".join(parts)

    changed(bench, "postgres", swap)


@fault(ROWS_OF, source="dumps")
def a_copy_ends_early(bench: Bench) -> None:
    """The mark that ends a COPY stands before its last lines."""
    changed(bench, "postgres", lambda data: re.sub(rb"((?:[^\n]*\n){3})(\\\.\n)", rb"\2\1", data, count=1))


@fault(ROWS_OF, source="dumps")
def the_end_of_a_copy_is_lost(bench: Bench) -> None:
    """The mark that ends a COPY is not written."""
    replaced(bench, "postgres", b"\\.\n", b"", 1)


@fault(ROWS_OF, source="dumps")
def a_dump_ends_early(bench: Bench) -> None:
    """The last third of a dump is not written."""
    changed(bench, "mysql", lambda data: data[: len(data) * 2 // 3])


@fault(ROWS_OF, source="dumps")
def the_columns_of_an_insert_change_places(bench: Bench) -> None:
    """Two names in the column lists of INSERTs stand in each other's place."""
    replaced(bench, "mysql", b"(`number`, `person_id`, `login`, `code`,", b"(`number`, `person_id`, `code`, `login`,")


@fault(ROWS_OF, source="dumps")
def cells_are_shifted(bench: Bench) -> None:
    """The cells of each row stand one column further, the last one first."""
    changed(
        bench,
        "postgres",
        lambda data: re.sub(
            rb"^([^\t\n]+)((?:\t[^\t\n]*){5})\t([^\t\n]*)\t([^\t\n]*)$", rb"\1\t\3\2\t\4", data, flags=re.M
        ),
    )


@fault(ROWS_OF, source="dumps")
def a_cell_is_missing(bench: Bench) -> None:
    """The last cell of a COPY line is not written."""
    changed(bench, "postgres", lambda data: re.sub(rb"\t[^\t\n]*\n\\\.", b"\n\\.", data, count=1))


@fault(ESCAPES, source="dumps")
def quotes_in_literals_are_not_doubled(bench: Bench) -> None:
    """A quote in a literal of a view stands alone."""
    replaced(bench, "postgres", b"''lost''", b"'lost'")


@fault(ESCAPES, source="dumps")
def quotes_of_mysql_are_not_escaped(bench: Bench) -> None:
    """A quote in a literal of MySQL stands without its backslash."""
    replaced(bench, "mysql", b"O\\'Neil", b"O'Neil", 1)


@fault(ESCAPES, source="dumps")
def quotes_of_mysql_are_doubled(bench: Bench) -> None:
    """A quote in a literal is written as two, where SOURCE has a backslash."""
    replaced(bench, "mysql", b"O\\'Neil\\'s", b"O''Neil''s")


@fault(ESCAPES, source="dumps")
def backslashes_of_mysql_are_not_escaped(bench: Bench) -> None:
    """A backslash in a literal of MySQL is written once."""
    replaced(bench, "mysql", b"back\\\\slash", b"back\\slash")


@fault(ESCAPES, source="dumps")
def line_ends_of_mysql_are_written_raw(bench: Bench) -> None:
    """A line end in a literal of MySQL is written as it is."""
    replaced(bench, "mysql", b"line\\nbreak", b"line\nbreak")


@fault(ESCAPES, source="dumps")
def line_ends_of_mysql_lose_their_backslash(bench: Bench) -> None:
    """A line end in a literal of MySQL becomes the letter n."""
    replaced(bench, "mysql", b"line\\nbreak", b"linenbreak")


@fault(ESCAPES, source="dumps")
def tabs_of_copy_are_written_raw(bench: Bench) -> None:
    """A tab in a cell of COPY is written as it is."""
    replaced(bench, "postgres", b"tab\\tstop", b"tab\tstop")


@fault(ESCAPES, source="dumps")
def line_ends_of_copy_are_written_raw(bench: Bench) -> None:
    """A line end in a cell of COPY is written as it is."""
    replaced(bench, "postgres", b"line\\nbreak", b"line\nbreak")


@fault(ESCAPES, source="dumps")
def backslashes_of_copy_are_doubled_twice(bench: Bench) -> None:
    """A backslash in a cell of COPY is written four times."""
    replaced(bench, "postgres", b"back\\\\slash", b"back\\\\\\\\slash")


@fault(ESCAPES, source="dumps")
def a_dump_is_written_in_latin_1(bench: Bench) -> None:
    """Letters beyond ASCII come in another encoding than the dump says."""
    replaced(bench, "postgres", "naïve".encode(), "naïve".encode("latin-1"))


@fault(NULLS, source="dumps")
def copy_null_becomes_empty(bench: Bench) -> None:
    r"""`\N` comes back as ''."""
    replaced(bench, "postgres", b"\t\\N\t", b"\t\t", 1)


@fault(NULLS, source="dumps")
def copy_null_loses_its_backslash(bench: Bench) -> None:
    r"""`\N` comes back as the letter N."""
    replaced(bench, "postgres", b"\t\\N\n", b"\tN\n", 3)


@fault(NULLS, source="dumps")
def copy_empty_becomes_null(bench: Bench) -> None:
    r"""'' comes back as `\N`."""
    changed(bench, "postgres", lambda data: re.sub(rb"\t\t(\d)", rb"\t\\N\t\1", data))


@fault(NULLS, source="dumps")
def copy_null_becomes_the_word(bench: Bench) -> None:
    r"""`\N` comes back as the word NULL."""
    replaced(bench, "postgres", b"\t\\N\t", b"\tNULL\t")


@fault(NULLS, source="dumps")
def insert_null_becomes_empty(bench: Bench) -> None:
    """NULL of an INSERT comes back as ''."""
    replaced(bench, "mysql", b",NULL,", b",'',", 5)


@fault(NULLS, source="dumps")
def insert_null_becomes_the_word(bench: Bench) -> None:
    """NULL of an INSERT comes back in quotes."""
    replaced(bench, "mysql", b",NULL,", b",'NULL',", 5)


@fault(NULLS, source="dumps")
def the_word_becomes_null(bench: Bench) -> None:
    """The word NULL in quotes comes back as NULL."""
    replaced(bench, "mysql", b"'NULL'", b"NULL")


@fault(NULLS, source="dumps")
def insert_empty_becomes_null(bench: Bench) -> None:
    """'' of an INSERT comes back as NULL."""
    replaced(bench, "mysql", b",'',", b",NULL,")


@fault(NULLS, source="dumps")
def a_nulled_column_of_a_dump_has_a_value(bench: Bench) -> None:
    """One cell of a column that was to be NULL has a value."""
    changed(bench, "mysql", lambda data: re.sub(rb",NULL\);\n", rb",'photo-74-2.jpeg');\n", data, count=1))
