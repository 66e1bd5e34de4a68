"""Writes the sample's rows as the files that systems export: two dialects of CSV, two of JSON, and Parquet."""

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq

Row = dict[str, object]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def spreadsheet_csv(rows: list[Row]) -> bytes:
    """A spreadsheet's export: BOM, CRLF, needless quotes around some cells; NULL is nothing, '' is `""`."""
    lines = [",".join(rows[0])]
    for number, row in enumerate(rows):
        cells = []
        for name, value in row.items():
            text = "" if value is None else str(value)
            needed = value == "" or any(mark in text for mark in ',"\r\n')
            needless = value is not None and (name == "email" or (name == "city" and number % 9 == 0))
            cells.append(_quoted(text) if needed or needless else text)
        lines.append(",".join(cells))
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def plain_csv(rows: list[Row], delimiter: str = ",") -> bytes:
    """A database's export: LF, quotes only where needed; NULL is nothing, '' is `""`."""
    lines = [delimiter.join(rows[0])]
    for row in rows:
        cells = ["" if value is None else str(value) for value in row.values()]
        needed = [value == "" or any(mark in str(value) for mark in f'{delimiter}"\n') for value in row.values()]
        lines.append(
            delimiter.join(_quoted(cell) if quote else cell for cell, quote in zip(cells, needed, strict=True))
        )
    return ("\n".join(lines) + "\n").encode()


def json_lines(rows: list[Row]) -> bytes:
    """One object a line; amounts keep both decimal places; every fifth line is ASCII only, with `\\u` escapes."""
    lines = []
    for number, row in enumerate(rows):
        cents = int(str(row["amount"]))
        text = json.dumps({**row, "amount": "@"}, ensure_ascii=number % 5 == 0)
        lines.append(text.replace('"amount": "@"', f'"amount": {cents // 100}.{cents % 100:02d}'))
    return ("\n".join(lines) + "\n").encode()


def json_array(rows: list[Row]) -> bytes:
    """One array of objects, indented by two, as people's scripts write it."""
    return (json.dumps(rows, ensure_ascii=False, indent=2) + "\n").encode()


def parquet(rows: list[Row]) -> bytes:
    """Two row groups; keys int64 (the manager's int64 too), dates date32, the salary int32, text as strings."""
    types: dict[str, pa.DataType] = {
        "employee_id": pa.int64(),
        "manager_id": pa.int64(),
        "birth_date": pa.date32(),
        "hire_date": pa.date32(),
        "salary": pa.int32(),
    }
    schema = pa.schema([(name, types.get(name, pa.string())) for name in rows[0]])
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), out, row_group_size=150, compression="zstd")
    return out.getvalue()
