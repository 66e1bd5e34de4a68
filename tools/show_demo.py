"""Shows the demo: rows before and after side by side, and the tag of the copy.

Usage: `python -m tools.show_demo rows SOURCE COPY [--markdown]`, `… tag COPY`, `… owns COPY`. Prints originals, which
is fine for `sample_data/` only: nobody in it exists.
"""

import base64
import csv
import json
import sys
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq

Row = dict[str, str]

SHOWN = {
    "crm/customers.csv": ("customer_id", "first_name", "last_name", "email", "phone", "city", "birth_date"),
    "crm/orders.jsonl": ("customer_id", "placed_at", "amount", "ship_name", "contact_email"),
    "hr/employees.parquet": ("employee_id", "first_name", "last_name", "username", "birth_date", "manager_id"),
    "web/visits.csv": ("customer_id", "visited_at", "ip_address", "session_id"),
}


def first_rows(path: Path, columns: tuple[str, ...], n: int) -> list[Row]:
    """The first `n` rows of a sample file as text, `columns` only; NULL shows as nothing."""
    rows: list[dict[str, object]]
    if path.suffix == ".parquet":
        rows = next(pq.ParquetFile(path).iter_batches(n)).to_pylist()
    else:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = [json.loads(line) for line in islice(lines, n)] if path.suffix == ".jsonl" else []
            rows = rows or list(islice(csv.DictReader(lines), n))
    return [{name: "" if row[name] is None else str(row[name]) for name in columns} for row in rows]


def as_table(rows: list[Row], *, markdown: bool) -> str:
    """Rows with aligned columns, or as a Markdown table; the first two columns say which file and which side."""
    names = list(rows[0])
    widths = [max(len(name), *(len(row[name]) for row in rows)) for name in names]
    edge, gap = ("| ", " | ") if markdown else ("  ", "  ")
    lines = [[*names], *([["-" * width for width in widths]] if markdown else []), *([*row.values()] for row in rows)]
    return "\n".join(
        (
            edge
            + gap.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            + (" |" if markdown else "")
        ).rstrip()
        for line in lines
    )


def show_rows(source: Path, copy: Path, *, markdown: bool = False, n: int = 3) -> None:
    """Print `n` rows of each file that `SHOWN` names, before and after."""
    for name, columns in SHOWN.items():
        before, after = (first_rows(folder / name, columns, n) for folder in (source, copy))
        rows = [
            {"": side, **row}
            for pair in zip(before, after, strict=True)
            for side, row in zip(("before", "after"), pair, strict=True)
        ]
        print(f"\n{'**' if markdown else ''}{name}{'**' if markdown else ''}\n\n{as_table(rows, markdown=markdown)}")


def statement(copy: Path) -> dict[str, object]:
    """The signed statement in the copy's manifest (a DSSE envelope around an in-toto Statement)."""
    envelope = json.loads((copy / "masker.json").read_text(encoding="utf-8"))
    content: dict[str, object] = json.loads(base64.b64decode(envelope["payload"]))
    return content


def show_tag(copy: Path) -> None:
    """Print the plain fields of the manifest's predicate: purpose, expiry, recipient and what else is one line."""
    predicate = statement(copy)["predicate"]
    assert isinstance(predicate, dict)
    plain = {name: value for name, value in predicate.items() if isinstance(value, str | int | bool) and value != ""}
    for name, value in plain.items():
        print(f"  {name:<20} {value}")


def owns(copy: Path) -> bool:
    """Whether the manifest lists every file below the copy, so that removing the folder removes nothing else."""
    subjects = statement(copy)["subject"]
    assert isinstance(subjects, list)
    listed = {subject["name"] for subject in subjects} | {"masker.json"}
    return all(path.relative_to(copy).as_posix() in listed for path in copy.rglob("*") if not path.is_dir())


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["rows", source, copy, *more]:
            show_rows(Path(source), Path(copy), markdown="--markdown" in more)
        case ["tag", copy]:
            show_tag(Path(copy))
        case ["owns", copy]:
            sys.exit(0 if owns(Path(copy)) else 1)
        case _:
            sys.exit(__doc__)
