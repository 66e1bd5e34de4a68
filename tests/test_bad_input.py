"""Every bad file ends in one clear error with exit 3; no value is shown and nothing is written.

Every data cell carries `MARK`. Whatever a command prints or writes after it met a bad input is searched for it.
"""

import gzip
import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from desk import COLUMNS, MARK, Desk, csv_bytes, csv_lines, desk, row

__all__ = ["desk"]


def json_objects(rows: int = 40) -> list[str]:
    return [json.dumps(dict(zip(COLUMNS, row(n), strict=True))) for n in range(rows)]


def jsonl_bytes(rows: int = 40, *, at: int = 0, line: str | None = None) -> bytes:
    lines = json_objects(rows)
    if line is not None:
        lines[at] = line
    return ("\n".join(lines) + "\n").encode()


def parquet_bytes() -> bytes:
    table = pa.Table.from_pylist([dict(zip(COLUMNS, row(n), strict=True)) for n in range(4000)])
    out = io.BytesIO()
    pq.write_table(table, out, row_group_size=1000, compression="zstd", use_dictionary=False)
    return out.getvalue()


def zst_bytes(data: bytes) -> bytes:
    return bytes(pa.compress(data, codec="zstd", asbytes=True))


def with_hole(data: bytes) -> bytes:
    """The bytes with a stretch before the middle overwritten, so that a footer stays whole and a page does not."""
    middle = len(data) // 2
    return data[: middle - 400] + b"\xa5" * 400 + data[middle:]


FAR = 60_000  # rows: past every sample and past the first block of 4 MiB
SHORT, LONG = MARK.encode() + b",x", b",".join([MARK.encode()] * 5)
TWICE = f'{{"customer_id": "{MARK}", "email": "{MARK}@mail.example", "email": "x", "first_name": "x", "notes": "x"}}'
WIDE = 100_000


@dataclass(frozen=True)
class Bad:
    """A bad input: its file name and bytes, the code words that may name it; always exit 3."""

    name: str
    file: str
    make: Callable[[], bytes]
    codes: frozenset[str]


def bad(name: str, file: str, make: Callable[[], bytes], codes: str = "malformed") -> Bad:
    return Bad(name, file, make, frozenset(codes.split()))


def wide_csv() -> bytes:
    return b",".join(b"c%d" % n for n in range(WIDE)) + b"\n" + b"," * (WIDE - 1) + MARK.encode() + b"\n"


def deep_json() -> bytes:
    return b'[{"a": ' + b"[" * WIDE + b"]" * WIDE + b"}]"


def wide_json() -> bytes:
    return json.dumps({f"c{n}": MARK for n in range(WIDE)}).encode() + b"\n"


CUT, TEXT, KIND = "truncated malformed", "malformed encoding", "malformed unsupported"
BAD_INPUTS = [
    bad("truncated gz", "c.csv.gz", lambda: gzip.compress(csv_bytes(4000), mtime=0)[:-200], CUT),
    bad("gz cut at its checksum", "c.csv.gz", lambda: gzip.compress(csv_bytes(), mtime=0)[:-4], CUT),
    bad("gz with a wrong checksum", "c.csv.gz", lambda: gzip.compress(csv_bytes(), mtime=0)[:-8] + bytes(8), CUT),
    bad("gz that is none", "c.csv.gz", csv_bytes, CUT),
    bad("truncated zst", "c.csv.zst", lambda: zst_bytes(csv_bytes(4000))[:-200], CUT),
    bad("truncated JSON Lines in gz", "c.jsonl.gz", lambda: gzip.compress(jsonl_bytes(4000), mtime=0)[:-200], CUT),
    bad("truncated Parquet", "c.parquet", lambda: parquet_bytes()[:-100], CUT),
    bad("Parquet cut in the middle", "c.parquet", lambda: parquet_bytes()[: len(parquet_bytes()) // 2], CUT),
    bad("Parquet with a broken page", "c.parquet", lambda: with_hole(parquet_bytes()), CUT),
    bad("CSV named Parquet", "c.parquet", csv_bytes, CUT + " unsupported"),
    bad("broken UTF-8 in CSV", "c.csv", lambda: csv_bytes(at=20, line=SHORT + b",\xff\xfe," + b"x"), "encoding"),
    bad("broken UTF-8 far down", "c.csv", lambda: csv_bytes(FAR, at=FAR, line=SHORT + b",\xc3,x"), "encoding"),
    bad("UTF-8 cut at the end", "c.csv", lambda: csv_bytes()[:-2] + "é".encode()[:1], CUT + " encoding"),
    bad("broken UTF-8 in JSON", "c.jsonl", lambda: jsonl_bytes().replace(b"Call ", b"Call \xff", 1), TEXT),
    bad("row too short", "c.csv", lambda: csv_bytes(at=20, line=SHORT)),
    bad("row too long", "c.csv", lambda: csv_bytes(at=20, line=LONG)),
    bad("row too long far down", "c.csv", lambda: csv_bytes(FAR, at=FAR, line=LONG)),
    bad("row too short in TSV", "c.tsv", lambda: csv_bytes(at=20, line=SHORT).replace(b",", b"\t")),
    bad("quote never closed", "c.csv", lambda: csv_bytes(at=20, line=b"1,2,3,\"" + MARK.encode()), CUT),
    bad("quote in mid-cell", "c.csv", lambda: csv_bytes(at=20, line=b'1,2,3,"a"' + MARK.encode() + b'"')),
    bad("header twice", "c.csv", lambda: csv_bytes(at=0, line=b"customer_id,email,email,notes")),
    bad("BOM in mid-file", "c.csv", lambda: csv_bytes() + b"\xef\xbb\xbf" + b"\n".join(csv_lines()[1:]) + b"\n"),
    bad("BOM in mid-file of JSON Lines", "c.jsonl", lambda: jsonl_bytes() + b"\xef\xbb\xbf" + jsonl_bytes(), TEXT),
    bad("NUL in CSV", "c.csv", lambda: csv_bytes(at=20, line=SHORT + b"\0,x,y"), TEXT),
    bad("NUL in JSON", "c.jsonl", lambda: jsonl_bytes().replace(b"Call ", b"Call \0", 1), TEXT),
    bad("100,000 columns in CSV", "c.csv", wide_csv, "limit"),
    bad("100,000 columns in JSON", "c.jsonl", wide_json, "limit"),
    bad("key twice in JSON Lines", "c.jsonl", lambda: jsonl_bytes(at=20, line=TWICE)),
    bad("key twice in a JSON array", "c.json", lambda: f"[{json_objects()[0]}, {TWICE}]".encode()),
    bad("JSON line cut", "c.jsonl", lambda: jsonl_bytes()[:-20], CUT),
    bad("JSON array cut", "c.json", lambda: f"[{', '.join(json_objects())[:-20]}".encode(), CUT),
    bad("JSON array never closed", "c.json", lambda: f"[{', '.join(json_objects())}".encode(), CUT),
    bad("text after a JSON array", "c.json", lambda: f"[{', '.join(json_objects())}] {MARK}".encode()),
    bad("JSON line that is no object", "c.jsonl", lambda: jsonl_bytes(at=20, line=f'"{MARK}"'), KIND),
    bad("JSON 100,000 levels deep", "c.json", deep_json, KIND + " limit"),
    bad("unknown extension", "c.xyz", csv_bytes, "unsupported"),
    bad("no extension", "customers", lambda: bytes(range(256)) + MARK.encode(), "unsupported"),
]  # fmt: skip
UNEVEN = [case for case in BAD_INPUTS if case.name.startswith("row too")]
"""A scan reads them and says so."""


def test_the_good_input_that_all_cases_start_from_is_masked(desk: Desk) -> None:
    outcome = desk.mask(desk.good())
    assert outcome.exit == 0, outcome.stderr
    assert MARK.encode() not in desk.out.read_bytes().lower()


@pytest.mark.promise("P4")
@pytest.mark.parametrize("case", BAD_INPUTS, ids=lambda case: case.name)
def test_mask_refuses_bad_input(desk: Desk, case: Bad) -> None:
    source = desk.put(case.file, case.make())
    desk.refuses(lambda: desk.mask(source), 3, *case.codes)


@pytest.mark.promise("P4")
@pytest.mark.parametrize("case", [case for case in BAD_INPUTS if case not in UNEVEN], ids=lambda case: case.name)
def test_scan_refuses_bad_input(desk: Desk, case: Bad) -> None:
    source = desk.put(case.file, case.make())
    desk.refuses(lambda: desk.run("scan", source, "--format", "text"), 3, *case.codes)


@pytest.mark.promise("P4")
@pytest.mark.parametrize("case", UNEVEN, ids=lambda case: case.name)
def test_scan_tells_of_rows_that_masking_will_refuse(desk: Desk, case: Bad) -> None:
    outcome = desk.run("scan", desk.put(case.file, case.make()), "--format", "text")
    assert outcome.exit == 0, outcome.stderr
    assert "1 row has more or fewer cells than the header, which `masker mask` refuses" in outcome.stdout
    assert MARK not in outcome.stdout + outcome.stderr


def test_one_bad_file_in_a_folder_stops_the_whole_run(desk: Desk) -> None:
    desk.good()
    desk.put("z/last.csv", csv_bytes(at=20, line=LONG))
    desk.refuses(lambda: desk.mask(desk.folder / "in"), 3, "malformed")


def test_error_as_json_has_the_same_code(desk: Desk) -> None:
    source = desk.put("c.csv", csv_bytes(at=0, line=b"customer_id,email,email,notes"))
    outcome = desk.run("scan", source, "--format", "json")
    error = json.loads(outcome.stdout)["error"]
    assert (error["code"], error["exit"], outcome.exit) == ("malformed", 3, 3)
    assert MARK not in outcome.stdout


@pytest.mark.parametrize("command", ["mask", "scan"])
def test_source_that_is_not_there_is_refused(desk: Desk, command: str) -> None:
    missing = desk.folder / "in" / "none.csv"
    desk.refuses(lambda: desk.mask(missing) if command == "mask" else desk.run("scan", missing), 3, "not-found")


def test_folder_named_like_a_file_is_refused(desk: Desk) -> None:
    folder = desk.folder / "in" / "customers.csv"
    folder.mkdir()
    desk.refuses(lambda: desk.mask(folder), 3, "not-found", "unsupported", "malformed")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_source_without_permission_is_refused(desk: Desk) -> None:
    source = desk.good()
    source.chmod(0)
    outcome = desk.mask(source)
    source.chmod(0o600)
    assert (outcome.exit, outcome.code) == (3, "unreadable")
