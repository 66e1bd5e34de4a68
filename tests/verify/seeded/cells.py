"""Faults of writing: NULL and '', quotes, numbers, encodings, headers, and the fate of columns."""

import re
from collections.abc import Callable

import pyarrow as pa

from masker.plan.bind import Masking
from masker.snapshot import Rows
from tests.verify.seeded.bench import Bench
from tests.verify.seeded.registry import fault

NULLS, TEXT, KEPT = "NULL and ''", "how cells are written", "what was to stay or to go"


def _masked_nulls(table: str, column: str, bench: Bench, change: Callable[[object], object]) -> None:
    bench.values(table, column, lambda old, new, number: [change(value) for value in new])


@fault(NULLS)
def null_becomes_empty(bench: Bench) -> None:
    """NULL comes back as '' in a masked column."""
    _masked_nulls("customers", "iban", bench, lambda value: "" if value is None else value)


@fault(NULLS)
def empty_becomes_null(bench: Bench) -> None:
    """'' comes back as NULL in a masked column."""
    _masked_nulls("customers", "phone", bench, lambda value: value or None)


@fault(NULLS)
def null_is_given_a_pseudonym(bench: Bench) -> None:
    """NULL comes back as a pseudonym."""
    _masked_nulls("visits", "login", bench, lambda value: value or "nobody7x")


@fault(NULLS)
def null_becomes_the_word(bench: Bench) -> None:
    """NULL comes back as the text of the word null."""
    bench.bytes_of("jsonl", lambda data: data.replace(b'"email": null', b'"email": "null"'))


@fault(NULLS)
def a_kept_null_is_filled(bench: Bench) -> None:
    """NULL of a kept JSON member comes back as ''."""
    bench.bytes_of("jsonl", lambda data: data.replace(b'"comment": null', b'"comment": ""'))


@fault(NULLS)
def nulls_are_dropped(bench: Bench) -> None:
    """NULLs of a column go and the rest moves up, with NULL at the end."""

    def compact(old: list[object], new: list[object], number: int) -> list[object]:
        filled = [value for value in new if value is not None]
        return filled + [None] * (len(new) - len(filled))

    bench.values("customers", "email", compact)


@fault(NULLS)
def a_masked_value_becomes_null(bench: Bench) -> None:
    """One value in a hundred is lost."""
    bench.values(
        "customers", "code", lambda old, new, number: [None if i % 100 == 42 else v for i, v in enumerate(new)]
    )


@fault(NULLS)
def null_members_are_left_out(bench: Bench) -> None:
    """A JSON member that is null is not written at all."""
    bench.bytes_of("jsonl", lambda data: data.replace(b'"comment": null, ', b""))


@fault(TEXT)
def quotes_are_lost(bench: Bench) -> None:
    """A cell with a comma in it is written without its quotes."""
    bench.bytes_of("csv", lambda data: data.replace(b'"pro, plus"', b"pro, plus", 1))


@fault(TEXT)
def inner_quotes_are_not_doubled(bench: Bench) -> None:
    """Quotes inside a quoted cell are written once."""
    bench.bytes_of("csv", lambda data: data.replace(b'"the ""best"""', b'"the "best""', 1))


@fault(TEXT)
def quotes_are_doubled_twice(bench: Bench) -> None:
    """Quotes inside a quoted cell are doubled twice, so that readers see two."""
    bench.bytes_of("csv", lambda data: data.replace(b'""best""', b'""""best""""'))


@fault(TEXT)
def an_empty_quoted_cell_loses_its_quotes(bench: Bench) -> None:
    """'' of a kept column is written like NULL."""
    bench.bytes_of("csv", lambda data: data.replace(b',"",', b",,"))


@fault(TEXT)
def line_ends_inside_cells_are_flattened(bench: Bench) -> None:
    """A line end inside a kept cell becomes a blank."""
    bench.bytes_of("csv", lambda data: data.replace(b"line\nbreak", b"line break"))


@fault(TEXT)
def the_delimiter_changes(bench: Bench) -> None:
    """Half of the rows come with semicolons."""
    bench.lines("csv", lambda lines: lines[:200] + [line.replace(b",", b";") for line in lines[200:]])


@fault(TEXT)
def the_header_is_lost(bench: Bench) -> None:
    """The header line is not written."""
    bench.lines("csv", lambda lines: lines[1:])


@fault(TEXT)
def the_header_comes_twice(bench: Bench) -> None:
    """Each chunk begins with the header line."""
    bench.lines("csv", lambda lines: [*lines[:150], lines[0], *lines[150:]])


@fault(TEXT)
def a_column_is_renamed(bench: Bench) -> None:
    """A kept column has another name."""
    bench.bytes_of("csv", lambda data: data.replace(b",height,", b",size,", 1))


@fault(TEXT)
def the_encoding_is_wrong(bench: Bench) -> None:
    """The file is written in Latin-1 where its characters allow it."""
    bench.bytes_of("csv", lambda data: data.decode().encode("latin-1", "ignore"))


@fault(TEXT)
def the_encoding_is_applied_twice(bench: Bench) -> None:
    """UTF-8 is taken for Latin-1 and encoded again."""
    bench.bytes_of("jsonl", lambda data: data.decode("latin-1").encode())


@fault(TEXT)
def characters_are_replaced(bench: Bench) -> None:
    """Letters outside of ASCII come out as question marks."""
    bench.bytes_of("jsonl", lambda data: data.decode().encode("ascii", "replace"))


@fault(TEXT)
def a_byte_order_mark_stands_inside(bench: Bench) -> None:
    """Chunks begin with a byte order mark, which lands in the first cell of a row."""
    bench.lines("csv", lambda lines: [*lines[:120], b"\xef\xbb\xbf" + lines[120], *lines[121:]])


@fault(TEXT)
def numbers_are_written_as_text(bench: Bench) -> None:
    """Kept numbers of a JSON file come back as strings."""
    bench.bytes_of("jsonl", lambda data: re.sub(rb'"amount": ([\d.]+)', rb'"amount": "\1"', data))


@fault(TEXT)
def numbers_are_reformatted(bench: Bench) -> None:
    """Kept numbers lose their last zero."""
    bench.bytes_of("csv", lambda data: re.sub(rb",(1\.\d\d)0,", rb",\1,", data))


@fault(TEXT)
def leading_zeros_are_lost(bench: Bench) -> None:
    """A kept code loses its leading zero."""
    bench.bytes_of("csv", lambda data: re.sub(rb",0(\d{4}),", rb",\1,", data))


@fault(TEXT)
def json_numbers_become_floats(bench: Bench) -> None:
    """Kept integers of a JSON file come back with a fraction."""
    bench.bytes_of("json", lambda data: re.sub(rb'("ticket": \d+)', rb"\1.0", data))


@fault(TEXT)
def truth_values_become_numbers(bench: Bench) -> None:
    """Kept truth values of a JSON file come back as 1 and 0."""
    bench.bytes_of(
        "jsonl", lambda data: data.replace(b'"paid": true', b'"paid": 1').replace(b'"paid": false', b'"paid": 0')
    )


@fault(TEXT)
def a_json_bracket_is_missing(bench: Bench) -> None:
    """The closing bracket of a JSON array is not written."""
    bench.bytes_of("json", lambda data: data.rstrip()[:-1])


@fault(TEXT)
def a_cell_is_split(bench: Bench) -> None:
    """A masked value brings a comma of its own and is written without quotes."""
    bench.bytes_of("csv", lambda data: data.replace(b"@example.net,", b"@exam,ple.net,", 1))


def _fates(bench: Bench, change: Callable[[pa.RecordBatch, pa.RecordBatch], tuple[pa.RecordBatch, set[str]]]) -> None:
    real = Masking.__call__

    def call(masking: Masking, rows: Rows) -> object:
        masked, tally = real(masking, rows)
        if rows.table != "customers":
            return masked, tally
        batch, more = change(rows.batch, masked.batch)
        return Rows(masked.table, batch, masked.origin, (masked.changed or frozenset()) | more), tally

    bench.patch.setattr(Masking, "__call__", call)


@fault(KEPT)
def a_dropped_column_is_there(bench: Bench) -> None:
    """The column that was to be dropped is written."""

    def bring(old: pa.RecordBatch, new: pa.RecordBatch) -> tuple[pa.RecordBatch, set[str]]:
        names = [name for name in old.schema.names if name in {*new.schema.names, "secret"}]
        columns = [new[name] if name in new.schema.names else old[name] for name in names]
        return pa.RecordBatch.from_arrays(columns, names), set()

    _fates(bench, bring)


@fault(KEPT)
def a_nulled_column_holds_its_values(bench: Bench) -> None:
    """The column that was to be NULL holds its originals."""
    bench.rows(
        "customers", lambda old, new, number: new.set_column(new.schema.get_field_index("photo"), "photo", old["photo"])
    )


@fault(KEPT)
def a_nulled_column_holds_one_value(bench: Bench) -> None:
    """One cell of the column that was to be NULL has a value."""
    bench.values("customers", "photo", lambda old, new, number: ["x.jpeg", *new[1:]] if number == 2 else new)


@fault(KEPT)
def a_kept_column_is_masked(bench: Bench) -> None:
    """A column that was to stay is replaced by other values."""

    def mask(old: pa.RecordBatch, new: pa.RecordBatch) -> tuple[pa.RecordBatch, set[str]]:
        zips = pa.array([f"0{(int(v) * 7) % 9000 + 1000}" for v in old["zip"].to_pylist()])
        return new.set_column(new.schema.get_field_index("zip"), "zip", zips), {"zip"}

    _fates(bench, mask)


@fault(KEPT)
def one_kept_cell_is_masked(bench: Bench) -> None:
    """One cell of a kept column is replaced by another value of the same column."""
    bench.bytes_of("json", lambda data: data.replace(b'"state": "open"', b'"state": "closed"', 1))


@fault(KEPT)
def kept_cells_are_trimmed(bench: Bench) -> None:
    """Kept text loses a blank inside."""
    bench.bytes_of("jsonl", lambda data: data.replace(b"he said ", b"he said"))
