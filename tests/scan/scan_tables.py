"""Synthetic tables for the tests of the scan."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence

import pyarrow as pa

from masker.findings import Findings
from masker.scan import scan
from masker.snapshot import Table

Cells = Sequence[object]
FIRST = ["Anna", "Hans", "Maria", "Peter", "Julia", "Thomas", "Laura", "Robert", "Carmen", "Pierre", "Emma", "David"]
LAST = ["Müller", "Smith", "Weber", "García", "Martin", "Johnson", "Fischer", "Brown", "Dubois", "Wagner", "Sánchez"]
CITIES = ["Berlin", "München", "Paris", "Madrid", "Chicago", "Hamburg", "Lyon", "Sevilla", "Houston", "Köln"]


def table(columns: Mapping[str, Cells]) -> pa.Table:
    return pa.table(
        {name: cells if isinstance(cells, pa.Array) else pa.array(cells) for name, cells in columns.items()}
    )


def scanned(tables: Mapping[str, pa.Table], *, batch: int = 1000, ignore_names: bool = False) -> Findings:
    def batches(of: pa.Table) -> Callable[[], Iterator[pa.RecordBatch]]:
        return lambda: iter(of.to_batches(max_chunksize=batch))

    given = [(Table(name, data.schema), batches(data)) for name, data in tables.items()]
    return scan(given, source="test", ignore_names=ignore_names)


def people(rows: int = 120, seed: int = 1) -> pa.Table:
    dice = random.Random(seed)
    first = [dice.choice(FIRST) for _ in range(rows)]
    last = [dice.choice(LAST) for _ in range(rows)]
    return table(
        {
            "customer_id": [100_000 + 7 * n for n in range(rows)],
            "first_name": first,
            "last_name": last,
            "email": [f"{n}.{a}@example.com".lower() for n, a in enumerate(first)],
            "phone": [f"+49 30 {dice.randrange(10**6, 10**7)}" for _ in range(rows)],
            "city": [dice.choice(CITIES) for _ in range(rows)],
            "birth_date": [
                f"{dice.randint(1, 12)}/{dice.randint(1, 28)}/{dice.randint(1950, 2002)}" for _ in range(rows)
            ],
            "vip": [dice.choice([True, False]) for _ in range(rows)],
            "status": [dice.choice(["open", "closed", "held"]) for _ in range(rows)],
            "balance": [round(dice.uniform(0, 900), 2) for _ in range(rows)],
            "created_at": [
                f"2024-0{dice.randint(1, 9)}-1{dice.randint(0, 9)} 1{dice.randint(0, 9)}:00:00" for _ in range(rows)
            ],
        }
    )


def orders(rows: int = 400, seed: int = 2) -> pa.Table:
    dice = random.Random(seed)
    return table(
        {
            "order_id": list(range(5000, 5000 + rows)),
            "customer_id": [str(100_000 + 7 * dice.randrange(120)) for _ in range(rows)],
            "amount": [round(dice.uniform(1, 900), 2) for _ in range(rows)],
        }
    )
