"""A small shop as SOURCE and as a right copy, written by this module's own hand as CSV, JSON Lines or Parquet."""

import copy as copies
import csv
import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from masker.promises import ColumnPromise, Promises, TablePromise
from masker.snapshot import ForeignKey

Row = dict[str, object]
Tables = dict[str, list[Row]]
FORMATS = ("csv", "jsonl", "json", "parquet")
CITIES = ["Berlin", "Lyon", "São Paulo", 'The "Hague"', "A, B"]


@dataclass
class Shop:
    """The tables of both sides, and how a fault finds them."""

    source: Tables
    copy: Tables


def shop(rows: int = 400) -> Shop:
    customers: list[Row] = []
    orders: list[Row] = []
    for i in range(rows):
        customers.append(
            {
                "id": 1000 + i,
                "email": None if i % 37 == 5 else f"person{i}@firma.example",
                "name": ["Anna", "Bo", "Cleo", "", None, "Dag"][i % 6] if i % 6 in (3, 4) else f"Name{i % 90}",
                "city": CITIES[i % 5] if i % 11 else None,
                "zip": f"0{i:04d}",
                "secret": f"s3cret-{i}",
                "photo": f"photo-{i}",
            }
        )
        orders.append({"order": i, "customer": 1000 + (i * 7) % (rows + 3), "amount": f"{i}.50"})
    right = Shop({"customers": customers, "orders": orders}, {})
    right.copy = {
        "customers": [
            {
                "id": masked_id(row["id"]),
                "email": row["email"] and f"{digest(row['email'])}@example.org",
                "name": row["name"] and f"Fake {digest(row['name'])[:4]}",
                "city": row["city"],
                "zip": row["zip"],
                "photo": None,
            }
            for row in customers
        ],
        "orders": [{**row, "customer": masked_id(row["customer"])} for row in orders],
    }
    return copies.deepcopy(right)


def masked_id(value: object) -> int:
    return 100_000 + (int(str(value)) * 7919) % 65_537


def digest(value: object) -> str:
    return hashlib.sha256(f"test key {value}".encode()).hexdigest()[:12]


def promises(suffix: str) -> Promises:
    return Promises(
        (
            TablePromise(
                "customers",
                f"customers.{suffix}",
                (
                    ColumnPromise("id", "person_key", "permute", "masked", space=9e3, unique=True),
                    ColumnPromise("email", "email", "fake", "masked", space=2.0**60, unique=True),
                    ColumnPromise("name", "first_name", "fake", "masked", space=3000.0),
                    ColumnPromise("city", "city", "keep", "kept"),
                    ColumnPromise("zip", "postal_code", "keep", "kept"),
                    ColumnPromise("secret", "secret", "drop", "dropped"),
                    ColumnPromise("photo", "photo", "null", "nulled"),
                ),
            ),
            TablePromise(
                "orders",
                f"sub/orders.{suffix}",
                (
                    ColumnPromise("order", "none", "keep", "kept"),
                    ColumnPromise("customer", "person_key", "permute", "masked", space=9e3),
                    ColumnPromise("amount", "none", "keep", "kept"),
                ),
                (ForeignKey(("customer",), "customers", ("id",)),),
            ),
        )
    )


def write(tables: Tables, root: Path, suffix: str) -> Path:
    (root / "sub").mkdir(parents=True)
    for name, rows in tables.items():
        path = root / ("sub" if name == "orders" else "") / f"{name}.{suffix}"
        path.write_bytes(encoded(rows, suffix))
    return root


def encoded(rows: list[Row], suffix: str) -> bytes:
    if suffix == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    if suffix == "json":
        return json.dumps(rows, indent=1).encode()
    if suffix == "parquet":
        sink = io.BytesIO()
        pq.write_table(pa.table({key: [row[key] for row in rows] for key in rows[0]}), sink, row_group_size=150)
        return sink.getvalue()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows[0])
    for row in rows:
        out.write(",".join(map(csv_cell, row.values())) + "\n")
    return out.getvalue().encode()


def csv_cell(value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if text == "" or set(text) & set('",\n\r') else text
