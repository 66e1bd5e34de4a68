"""Shows the demo's rows before and after, side by side.

Usage: `python -m tools.show_demo rows SOURCE COPY`, `… readme SOURCE COPY` (puts the rows into README.md),
`… owns COPY`. Shows originals, which is fine for `sample_data/` only: nobody in it exists.
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


def before_and_after(source: Path, copy: Path, *, markdown: bool = False, n: int = 3) -> str:
    """The first `n` rows with different keys of each file that `SHOWN` names, originals above their pseudonyms."""
    sections = []
    for name, columns in SHOWN.items():
        befores, afters = (first_rows(folder / name, columns, 100) for folder in (source, copy))
        keys = [row[columns[0]] for row in befores]
        chosen = [at for at, key in enumerate(keys) if key and key not in keys[:at]][:n]
        pairs = [(befores[at], afters[at]) for at in chosen]
        rows = [{"": side, **row} for pair in pairs for side, row in zip(("before", "after"), pair, strict=True)]
        title = f"**{name}**" if markdown else name
        sections.append(f"{title}\n\n{as_table(rows, markdown=markdown)}\n")
    return "\n".join(sections)


def into_readme(readme: Path, rows: str) -> None:
    """Put `rows` between the two marks of the README."""
    begin, end = "<!-- before-after: begin -->\n", "<!-- before-after: end -->"
    text = readme.read_text(encoding="utf-8")
    head, tail = text[: text.index(begin) + len(begin)], text[text.index(end) :]
    readme.write_text(f"{head}\n{rows}\n{tail}", encoding="utf-8")


def statement(copy: Path) -> dict[str, object]:
    """The signed statement in the copy's manifest (a DSSE envelope around an in-toto Statement)."""
    envelope = json.loads((copy / "masker.json").read_text(encoding="utf-8"))
    content: dict[str, object] = json.loads(base64.b64decode(envelope["payload"]))
    return content


def owns(copy: Path) -> bool:
    """Whether the manifest lists every file below the copy, so that removing the folder removes nothing else."""
    subjects = statement(copy)["subject"]
    assert isinstance(subjects, list)
    listed = {subject["name"] for subject in subjects} | {"masker.json"}
    return all(path.relative_to(copy).as_posix() in listed for path in copy.rglob("*") if not path.is_dir())


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["rows", source, copy]:
            print(before_and_after(Path(source), Path(copy)))
        case ["readme", source, copy]:
            into_readme(Path("README.md"), before_and_after(Path(source), Path(copy), markdown=True, n=2))
        case ["owns", copy]:
            sys.exit(0 if owns(Path(copy)) else 1)
        case _:
            sys.exit(__doc__)
