"""Faults that leave something out, put it in twice or put it in the wrong place."""

import re

import pyarrow as pa

from masker.plan.bind import Masking
from masker.snapshot import Rows
from tests.verify.seeded.bench import Bench, Values, with_column
from tests.verify.seeded.registry import fault

SKIPPED, MOVED = "left out", "moved, swapped or repeated"


@fault(SKIPPED)
def a_column_is_not_masked(bench: Bench) -> None:
    """One column of a table passes as it is."""
    bench.values("customers", "email", lambda old, new, number: old)


@fault(SKIPPED)
def a_numeric_key_is_not_masked(bench: Bench) -> None:
    """An integer key passes as it is in the table that owns it."""
    bench.rows("customers", lambda old, new, number: with_column(new, "customer_id", old["customer_id"]))


@fault(SKIPPED)
def a_key_is_not_masked_anywhere(bench: Bench) -> None:
    """A key passes as it is at both of its ends, so that everything still joins."""
    for table in ("customers", "orders", "tickets", "visits"):
        bench.rows(table, lambda old, new, number: with_column(new, "customer_id", old["customer_id"]))


@fault(SKIPPED)
def a_column_of_few_values_is_not_masked(bench: Bench) -> None:
    """A column of six cities passes as it is."""
    bench.values("customers", "city", lambda old, new, number: old)


@fault(SKIPPED)
def a_date_column_is_not_masked(bench: Bench) -> None:
    """Dates of birth pass as they are."""
    bench.values("customers", "born", lambda old, new, number: old)


@fault(SKIPPED)
def free_text_is_not_masked(bench: Bench) -> None:
    """Free text with quotes and line ends passes as it is."""
    bench.values("customers", "note", lambda old, new, number: old)


@fault(SKIPPED)
def a_timestamp_column_is_not_masked(bench: Bench) -> None:
    """Parquet timestamps pass as they are."""
    bench.values("visits", "seen", lambda old, new, number: old)


@fault(SKIPPED)
def a_whole_table_is_not_masked(bench: Bench) -> None:
    """One file is copied."""

    def copied(old: pa.RecordBatch, new: pa.RecordBatch, number: int) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays([old[name] for name in new.schema.names], schema=new.schema)

    bench.rows("tickets", copied)


@fault(SKIPPED)
def one_row_is_not_masked(bench: Bench) -> None:
    """One row in the middle of a batch passes as it is."""

    def skip(old: pa.RecordBatch, new: pa.RecordBatch, number: int) -> pa.RecordBatch:
        if number != 1:
            return new
        rows = [i if i != 20 else i + new.num_rows for i in range(new.num_rows)]
        columns = [pa.concat_arrays([new[n], old[n]]).take(pa.array(rows)) for n in new.schema.names]
        return pa.RecordBatch.from_arrays(columns, schema=new.schema)

    bench.rows("customers", skip)


@fault(SKIPPED)
def one_cell_is_not_masked(bench: Bench) -> None:
    """One single cell passes as it is."""

    def skip(old: Values, new: Values, number: int) -> Values:
        return [*new[:10], old[10], *new[11:]] if number == 0 else new

    bench.values("customers", "iban", skip)


@fault(SKIPPED)
def the_first_batch_is_not_masked(bench: Bench) -> None:
    """The first batch passes as it is, as if warming up."""
    bench.values("customers", "phone", lambda old, new, number: old if number == 0 else new)


@fault(SKIPPED)
def the_last_row_group_is_not_masked(bench: Bench) -> None:
    """The logins of the last row group pass as they are."""
    bench.values("visits", "login", lambda old, new, number: old if number >= 2 else new)


@fault(SKIPPED)
def the_last_row_of_each_batch_is_not_masked(bench: Bench) -> None:
    """An off-by-one at batch borders leaves each batch's last row."""
    bench.values("tickets", "login", lambda old, new, number: [*new[:-1], old[-1]])


@fault(SKIPPED)
def the_last_chunk_is_not_written(bench: Bench) -> None:
    """The last kilobyte of rows of a CSV never reaches the file."""
    bench.lines("csv", lambda lines: lines[:-8])


@fault(SKIPPED)
def the_file_is_cut_off(bench: Bench) -> None:
    """A CSV ends in the middle of a row."""
    bench.bytes_of("csv", lambda data: data[:-37])


@fault(SKIPPED)
def the_last_line_is_not_written(bench: Bench) -> None:
    """A JSON Lines file lacks its last record."""
    bench.lines("jsonl", lambda lines: lines[:-1])


@fault(SKIPPED)
def an_element_is_lost(bench: Bench) -> None:
    """A JSON array lacks one element in the middle."""
    bench.bytes_of("json", lambda data: re.sub(rb"\{[^{}]*\"ticket\": 100,[^{}]*\},\s*", b"", data))


@fault(SKIPPED)
def the_last_row_group_is_not_written(bench: Bench) -> None:
    """A Parquet file lacks its last row group."""
    from masker.formats.parquet import ParquetSink

    real, done = ParquetSink.write, []

    def write(sink: ParquetSink, prepared: object) -> None:
        done.append(prepared)
        if sum(batch.num_rows for batch, _ in done) <= 300:  # type: ignore[misc]
            real(sink, prepared)

    bench.patch.setattr(ParquetSink, "write", write)


@fault(SKIPPED)
def a_masked_column_is_lost(bench: Bench) -> None:
    """A column that was to be masked is dropped instead."""

    real = Masking.__call__

    def call(masking: Masking, rows: Rows) -> object:
        masked, tally = real(masking, rows)
        batch = masked.batch.drop_columns(["phone"]) if rows.table == "customers" else masked.batch
        return Rows(masked.table, batch, masked.origin, masked.changed), tally

    bench.patch.setattr(Masking, "__call__", call)


@fault(MOVED)
def a_row_comes_twice(bench: Bench) -> None:
    """A CSV row is written twice."""
    bench.lines("csv", lambda lines: [*lines, lines[-1]])


@fault(MOVED)
def a_record_replaces_its_neighbour(bench: Bench) -> None:
    """One record is written twice and the next one not at all, so that the count is right."""
    bench.lines("jsonl", lambda lines: [*lines[:100], lines[99], *lines[101:]])


@fault(MOVED)
def two_rows_are_swapped(bench: Bench) -> None:
    """Two neighbouring records change places."""
    bench.lines("jsonl", lambda lines: [*lines[:50], lines[51], lines[50], *lines[52:]])


@fault(MOVED)
def the_rows_are_sorted(bench: Bench) -> None:
    """All records come out in another order."""
    bench.lines("jsonl", sorted)


@fault(MOVED)
def two_batches_are_swapped(bench: Bench) -> None:
    """Two runs of rows come out in the wrong order, as from a pool that does not wait."""
    bench.lines("jsonl", lambda lines: [*lines[120:240], *lines[:120], *lines[240:]])


def _swapped(table: str, one: str, other: str, bench: Bench) -> None:
    def swap(old: pa.RecordBatch, new: pa.RecordBatch, number: int) -> pa.RecordBatch:
        return with_column(with_column(new, one, new[other]), other, new[one])

    bench.rows(table, swap)


@fault(MOVED)
def two_masked_columns_are_swapped(bench: Bench) -> None:
    """Pseudonyms of two columns stand in each other's place."""
    _swapped("customers", "first_name", "last_name", bench)


@fault(MOVED)
def two_identifying_columns_are_swapped(bench: Bench) -> None:
    """E-mail addresses and account numbers stand in each other's place, all of them masked."""
    _swapped("customers", "email", "iban", bench)


@fault(MOVED)
def two_date_columns_are_swapped(bench: Bench) -> None:
    """Birth dates and joining dates, both shifted, stand in each other's place."""
    _swapped("customers", "born", "joined", bench)


@fault(MOVED)
def two_kept_columns_are_swapped(bench: Bench) -> None:
    """Two columns that were to stay stand in each other's place."""
    bench.bytes_of("csv", lambda data: re.sub(rb",(1\.\d+),,(\w)\r\n", rb",\2,,\1\r\n", data))


@fault(MOVED)
def a_kept_and_a_masked_column_are_swapped(bench: Bench) -> None:
    """A masked and a kept member of each JSON object change places."""
    bench.bytes_of("json", lambda data: re.sub(rb'("login": )("[^"]*")(,\s*"state": )("\w+")', rb"\1\4\3\2", data))


@fault(MOVED)
def a_masked_column_is_off_by_one(bench: Bench) -> None:
    """Pseudonyms slip by one row within each batch."""
    bench.values("customers", "email", lambda old, new, number: new[-1:] + new[:-1])


@fault(MOVED)
def a_masked_key_is_off_by_one(bench: Bench) -> None:
    """A foreign key slips by one row: every value still joins, with somebody else."""
    bench.values("tickets", "customer_id", lambda old, new, number: new[-1:] + new[:-1])


@fault(MOVED)
def dates_are_off_by_one(bench: Bench) -> None:
    """Shifted dates slip by one row."""
    bench.values("visits", "seen", lambda old, new, number: new[1:] + new[:1])


@fault(MOVED)
def a_kept_column_is_off_by_one(bench: Bench) -> None:
    """A column that was to stay slips by one row."""

    def slip(lines: list[bytes]) -> list[bytes]:
        orders = [re.search(rb'"order": (\d+)', line)[1] for line in lines]  # type: ignore[index]
        return [
            line.replace(b'"order": ' + own, b'"order": ' + other)
            for line, own, other in zip(lines, orders, orders[1:] + orders[:1], strict=True)
        ]

    bench.lines("jsonl", slip)


@fault(MOVED)
def pseudonyms_are_rotated(bench: Bench) -> None:
    """The different pseudonyms of a column are handed round: each is right, but for another original."""

    def rotate(old: Values, new: Values, number: int) -> Values:
        known = sorted({value for value in new if value})
        following = dict(zip(known, known[1:] + known[:1], strict=True))
        return [following.get(value, value) for value in new]

    bench.values("tickets", "login", rotate)


@fault(MOVED)
def two_tables_are_swapped(bench: Bench) -> None:
    """Two files of the copy have each other's names."""

    def swap(root: object) -> None:
        one, other, third = (bench_path(root, name) for name in ("orders.jsonl", "tickets.json", "between"))
        one.rename(third), other.rename(one), third.rename(other)

    bench.before_verifying = swap


def bench_path(root: object, name: str):  # type: ignore[no-untyped-def]  # a path below the staged copy
    from pathlib import Path

    return Path(str(root)) / name
