"""Faults of Parquet files, of the copy's folder, and of what the manifest says of it."""

import dataclasses
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import masker.run
from masker.record import Counts
from masker.staged import StagedFile
from tests.verify.seeded.bench import Bench
from tests.verify.seeded.registry import fault

PARQUET, FOLDER, LIES = "inside Parquet files", "files of the copy", "what is said of the copy"
_ORIGINALS = [f"login{i:04d}user" for i in range(90)]


def _table(bench: Bench, change: Callable[[pa.Table], pa.Table], **options: Any) -> None:
    """Rewrite the Parquet file with a changed table."""

    def rewrite(data: bytes) -> bytes:
        table = pq.read_table(io.BytesIO(data), read_dictionary=["login", "tag"])
        out = io.BytesIO()
        pq.write_table(change(table), out, **{"row_group_size": 150, "store_schema": True, **options})
        return out.getvalue()

    bench.bytes_of("parquet", rewrite)


def _put(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), table.schema.field(name).with_type(column.type), column)


@fault(PARQUET)
def a_dictionary_keeps_unused_originals(bench: Bench) -> None:
    """The dictionary of a masked column holds originals that no row points at."""

    def change(table: pa.Table) -> pa.Table:
        chunk = table["login"].combine_chunks().dictionary_decode().dictionary_encode()
        words = pa.array(chunk.dictionary.to_pylist() + _ORIGINALS)
        return _put(table, "login", pa.DictionaryArray.from_arrays(chunk.indices, words))

    _table(bench, change)


@fault(PARQUET)
def the_file_metadata_holds_an_original(bench: Bench) -> None:
    """The key-value metadata of the source's writer is copied, with a value in it."""
    _table(
        bench, lambda table: table.replace_schema_metadata({**(table.schema.metadata or {}), b"last": b"login0007user"})
    )


@fault(PARQUET)
def a_field_metadata_holds_an_original(bench: Bench) -> None:
    """The metadata of a column holds a value."""

    def change(table: pa.Table) -> pa.Table:
        field = table.schema.field("login").with_metadata({"example": "login0007user"})
        fields = [field if old.name == "login" else old for old in table.schema]
        return table.cast(pa.schema(fields, table.schema.metadata))

    _table(bench, change)


@fault(PARQUET)
def statistics_hold_originals(bench: Bench) -> None:
    """The smallest and largest value in the footer are those of the originals."""
    from tests.verify.seeded.footers import with_smallest

    bench.bytes_of("parquet", lambda data: with_smallest(data, "login", b"login0000user"))


@fault(PARQUET)
def a_column_has_another_type(bench: Bench) -> None:
    """Kept integers come back as 32 bits wide."""
    _table(bench, lambda table: _put(table, "pages", table["pages"].cast(pa.int32())))


@fault(PARQUET)
def numbers_lose_precision(bench: Bench) -> None:
    """Kept numbers pass through 16 bits."""
    _table(bench, lambda table: _put(table, "score", table["score"].cast(pa.float16()).cast(pa.float64())))


@fault(PARQUET)
def columns_come_in_another_order(bench: Bench) -> None:
    """Two columns of a Parquet file change places, with their names."""
    names = ["customer_id", "login", "address", "seen", "pages", "score", "tag"]
    _table(bench, lambda table: table.select(names))


@fault(PARQUET)
def an_index_column_is_added(bench: Bench) -> None:
    """A data frame's index comes along as one more column."""
    _table(bench, lambda table: table.append_column("__index_level_0__", pa.array(range(table.num_rows))))


@fault(PARQUET)
def row_groups_are_swapped(bench: Bench) -> None:
    """Two row groups are written in the wrong order."""
    _table(bench, lambda table: pa.concat_tables([table.slice(150, 150), table.slice(0, 150), table.slice(300)]))


@fault(PARQUET)
def a_row_group_is_written_twice(bench: Bench) -> None:
    """One row group comes twice and another one not at all."""
    _table(bench, lambda table: pa.concat_tables([table.slice(0, 150), table.slice(0, 150), table.slice(300)]))


@fault(PARQUET)
def a_masked_page_is_not_rewritten(bench: Bench) -> None:
    """The addresses of the first row group are those of SOURCE."""
    source = bench.source / "visits.parquet"

    def change(table: pa.Table) -> pa.Table:
        old = pq.read_table(source)["address"].slice(0, 150)
        return _put(
            table, "address", pa.chunked_array([*old.chunks, *table["address"].slice(150).chunks]).combine_chunks()
        )

    _table(bench, change)


@fault(PARQUET)
def a_page_is_damaged(bench: Bench) -> None:
    """Bytes in the middle of a compressed page are lost to zeros."""
    bench.bytes_of("parquet", lambda data: data[:2_000] + bytes(64) + data[2_064:])


@fault(PARQUET)
def the_footer_is_missing(bench: Bench) -> None:
    """The file ends before its footer."""
    bench.bytes_of("parquet", lambda data: data[: -int.from_bytes(data[-8:-4], "little") - 8])


@fault(PARQUET)
def bytes_stand_between_the_pages(bench: Bench) -> None:
    """Originals stand in the file before its footer, in bytes that no page has."""

    def change(data: bytes) -> bytes:
        size = int.from_bytes(data[-8:-4], "little") + 8
        return data[:-size] + b"".join(word.encode() for word in _ORIGINALS) + data[-size:]

    bench.bytes_of("parquet", change)


def _tamper(bench: Bench, change: Callable[[Path], object]) -> None:
    bench.before_verifying = lambda root: change(root) and None


@fault(FOLDER)
def a_file_is_missing(bench: Bench) -> None:
    """One file of the copy is gone."""
    _tamper(bench, lambda root: (root / "tickets.json").unlink())


@fault(FOLDER)
def a_file_is_empty(bench: Bench) -> None:
    """One file of the copy was never filled."""
    bench.bytes_of("csv", lambda data: b"")


@fault(FOLDER)
def a_file_has_another_name(bench: Bench) -> None:
    """One file of the copy lost its suffix."""
    _tamper(bench, lambda root: (root / "orders.jsonl").rename(root / "orders"))


@fault(FOLDER)
def source_is_in_the_copy(bench: Bench) -> None:
    """A file of SOURCE lies in a folder of the copy."""

    def put(root: Path) -> None:
        (root / "raw").mkdir()
        (root / "raw" / "orders.jsonl").write_bytes((bench.source / "orders.jsonl").read_bytes())

    _tamper(bench, put)


@fault(FOLDER)
def a_file_is_a_link_to_source(bench: Bench) -> None:
    """One file of the copy is a link to the one that it was made from."""

    def link(root: Path) -> None:
        (root / "orders.jsonl").unlink()
        (root / "orders.jsonl").symlink_to(bench.source / "orders.jsonl")

    _tamper(bench, link)


@fault(FOLDER)
def a_file_is_that_of_source(bench: Bench) -> None:
    """One file of the copy was replaced by that of SOURCE after it was written."""
    _tamper(bench, lambda root: (root / "visits.parquet").write_bytes((bench.source / "visits.parquet").read_bytes()))


@fault(LIES, lies=True)
def the_digest_is_of_other_bytes(bench: Bench) -> None:
    """The manifest's digests leave out the last block of each file."""
    real = StagedFile.write

    def write(file: StagedFile, data: Any) -> int:
        done = real(file, data)
        file._digest.update(b"!")
        return done

    bench.patch.setattr(StagedFile, "write", write)


@fault(LIES)
def the_file_changes_after_its_digest(bench: Bench) -> None:
    """A blank line is added to a file after its digest was taken; every row is still right."""
    _tamper(bench, lambda root: (root / "orders.jsonl").write_bytes((root / "orders.jsonl").read_bytes() + b"\n"))


@fault(LIES, lies=True)
def the_row_counts_are_wrong(bench: Bench) -> None:
    """The manifest counts the rows of each batch one short."""
    real = Counts.add
    bench.patch.setattr(
        Counts, "add", lambda counts, tally: real(counts, dataclasses.replace(tally, rows=max(0, tally.rows - 1)))
    )


@fault(LIES, lies=True)
def the_null_counts_are_wrong(bench: Bench) -> None:
    """The manifest counts no NULLs."""
    real = Counts.add
    bench.patch.setattr(Counts, "add", lambda counts, tally: real(counts, dataclasses.replace(tally, nulls={})))


@fault(LIES, lies=True)
def a_file_is_said_to_be_another(bench: Bench) -> None:
    """The manifest gives each file the digest of the next one."""
    real = masker.run.write_down

    def write_down(plan: Any, facts: Any, *more: Any, **named: Any) -> Any:
        digests = [file.sha256 for file in facts.files]
        files = [dataclasses.replace(file, sha256=digests[i - 1]) for i, file in enumerate(facts.files)]
        return real(plan, dataclasses.replace(facts, files=tuple(files)), *more, **named)

    bench.patch.setattr(masker.run, "write_down", write_down)
