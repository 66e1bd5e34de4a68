"""A good input of every format, each cell with a mark, and the owner's profile that masks every column of it.

Registry-wide: `test_samples.py` fails for a registered format that has no sample here.
"""

import bz2
import gzip
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.faults.canaries import DIGITS, mark
from tests.faults.dumps import DUMPS, Row

COLUMNS = ("customer_id", "email", "city", "notes", "born")
PROFILE = """\
masker: 1
name: faults
owner: data-protection
tables:
  people:
    columns:
      customer_id: {infotype: person_key, method: permute}
      email: {infotype: email, method: fpe}
      city: {infotype: city, method: token}
      notes: {infotype: free_text, method: redact}
      born: {infotype: birth_date, method: 'null'}
"""


def cells(number: int) -> dict[str, str]:
    """A row; all but the key hold the stem."""
    first = number * 4
    return {
        "customer_id": f"{DIGITS}{number:03d}",
        "email": f"{mark(first)}@mail.example",
        "city": f"{mark(first + 1)} Town",
        "notes": f'Said "{mark(first + 2)}", twice\nand left',
        "born": mark(first + 3),
    }


def csv_bytes(rows: int, delimiter: str = ",") -> bytes:
    lines = [delimiter.join(COLUMNS)]
    for number in range(rows):
        row = [value.replace('"', '""') for value in cells(number).values()]
        lines.append(delimiter.join(f'"{value}"' if set(value) & set('",\n\t') else value for value in row))
    return ("\n".join(lines) + "\n").encode()


def jsonl_bytes(rows: int) -> bytes:
    return b"".join(json.dumps(cells(number)).encode() + b"\n" for number in range(rows))


def json_bytes(rows: int) -> bytes:
    return json.dumps([cells(number) for number in range(rows)], indent=1).encode()


def document_bytes(rows: int) -> bytes:
    return json.dumps({"export": {"records": [cells(number) for number in range(rows)], "more": []}}).encode()


def parquet_bytes(rows: int, **options: object) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    made = [list(cells(number).values()) for number in range(rows)]
    columns = {name: pa.array([row[i] for row in made], pa.string()) for i, name in enumerate(COLUMNS)}
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **({"compression": "none", "row_group_size": 20} | options))
    return out.getvalue()


def feather_bytes(rows: int, codec: str | None = None) -> bytes:
    import pyarrow as pa
    from pyarrow import feather

    made = [list(cells(number).values()) for number in range(rows)]
    columns = {name: pa.array([row[i] for row in made], pa.string()) for i, name in enumerate(COLUMNS)}
    table = pa.table(columns | {"city": columns["city"].dictionary_encode()}, metadata={"by": mark(1)})
    out = io.BytesIO()
    feather.write_feather(table, out, compression=codec or "uncompressed", chunksize=20)
    return out.getvalue()


def avro_bytes(rows: int) -> bytes:
    import fastavro

    fields = [{"name": name, "type": ["null", "string"], "doc": mark(1)} for name in COLUMNS]
    fields[0] = {"name": COLUMNS[0], "type": "long"}
    schema = {"type": "record", "name": "people", "fields": fields}
    made = [cells(number) | {"customer_id": int(cells(number)["customer_id"])} for number in range(rows)]
    out = io.BytesIO()
    fastavro.writer(out, schema, made, "deflate", sync_interval=2000, sync_marker=bytes(16), metadata={"by": mark(2)})
    return out.getvalue()


def arrows_bytes(rows: int) -> bytes:
    import pyarrow as pa

    with pa.ipc.open_file(feather_bytes(rows)) as file:
        table, out = file.read_all(), io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


def xlsx_bytes(rows: int) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": datetime(2024, 1, 1), "author": mark(1)})
    sheet = book.add_worksheet("people")
    sheet.write_row(0, 0, COLUMNS)
    for number in range(rows):
        key, *texts = cells(number).values()
        sheet.write_number(number + 1, 0, int(key))
        sheet.write_row(number + 1, 1, texts)
    sheet.write_comment(1, 1, mark(2))
    book.add_worksheet("hidden").hide()
    book.close()
    return out.getvalue()


def dumped(name: str) -> Callable[[int], bytes]:
    """The bytes of a dump, or of an SQLite file, for a number of rows."""

    def make(rows: int) -> bytes:
        made: list[Row] = [dict(cells(number)) for number in range(rows)]
        return DUMPS[name][1](made)

    return make


def zst(data: bytes) -> bytes:
    import pyarrow as pa

    return bytes(pa.compress(data, codec="zstd", asbytes=True))


def gz(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


@dataclass(frozen=True)
class Sample:
    """A sample input: the registered format, the file's name, its bytes for a number of rows."""

    format: str
    file: str
    make: Callable[[int], bytes]

    def put(self, folder: Path, rows: int = 12) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / self.file
        path.write_bytes(self.make(rows))
        return path


SAMPLES = {
    "csv": Sample("csv", "people.csv", csv_bytes),
    "tsv": Sample("csv", "people.tsv", lambda rows: csv_bytes(rows, "\t")),
    "jsonl": Sample("json", "people.jsonl", jsonl_bytes),
    "json": Sample("json", "people.json", json_bytes),
    "document": Sample("json", "people.json", document_bytes),
    "parquet": Sample("parquet", "people.parquet", parquet_bytes),
    "feather": Sample("arrow", "people.feather", feather_bytes),
    "arrows": Sample("arrow", "people.arrows", arrows_bytes),
    "avro": Sample("avro", "people.avro", avro_bytes),
    "xlsx": Sample("excel", "people.xlsx", xlsx_bytes),
    "csv.gz": Sample("csv", "people.csv.gz", lambda rows: gz(csv_bytes(rows))),
    "jsonl.zst": Sample("json", "people.jsonl.zst", lambda rows: zst(jsonl_bytes(rows))),
    **{name: Sample("sqlite" if name == "sqlite" else "sql", file, dumped(name)) for name, (file, _) in DUMPS.items()},
    "csv.bz2": Sample("csv", "people.csv.bz2", lambda rows: bz2.compress(csv_bytes(rows))),
    "mysqldump.gz": Sample("sql", "people.sql.gz", lambda rows: gz(dumped("mysqldump")(rows))),
}


def put_profile(folder: Path) -> Path:
    path = folder / "faults.yaml"
    path.write_text(PROFILE)
    return path
