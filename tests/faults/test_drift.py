"""P3: with an owner's profile, what nobody decided is refused: exit 1 or 3, nothing visible, no value shown."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.canaries import mark
from tests.faults.dumps import DUMPS
from tests.faults.figures import record
from tests.faults.runs import LONG, SEED, Lab
from tests.faults.samples import COLUMNS, SAMPLES, cells

Rows = list[dict[str, object]]
Drift = Callable[[Rows, random.Random], None]
EXTRA = {"amount": "keep", "paid": "keep"}


def rows() -> Rows:
    return [{**cells(number), "amount": number * 3, "paid": number % 2 == 0} for number in range(20)]


def every(made: Rows, change: Callable[[dict[str, object]], dict[str, object]]) -> None:
    made[:] = [change(row) for row in made]


def added(made: Rows, chance: random.Random) -> None:
    name = chance.choice(("phone", "Email", "email2", "e_mail", "x", "CITY"))
    every(made, lambda row: {**row, name: mark(chance.randrange(10**6))})


def added_in_front(made: Rows, chance: random.Random) -> None:
    every(made, lambda row: {"remark": mark(chance.randrange(10**6)), **row})


def renamed(made: Rows, chance: random.Random) -> None:
    old = chance.choice(COLUMNS)
    new = chance.choice((old.upper(), old + "_", "new", old[::-1]))
    every(made, lambda row: {new if name == old else name: value for name, value in row.items()})


def removed(made: Rows, chance: random.Random) -> None:
    old = chance.choice(COLUMNS)
    every(made, lambda row: {name: value for name, value in row.items() if name != old})


def swapped_names(made: Rows, chance: random.Random) -> None:
    every(made, lambda row: {"mail" if name == "email" else name: value for name, value in row.items()})


DRIFTS: tuple[Drift, ...] = (added, added_in_front, renamed, removed, swapped_names)
FORMATS = ("csv", "tsv", "jsonl", "json", "parquet", *DUMPS)
TIMES = 50 if LONG else 2


def profile(lab: Lab) -> None:
    path = lab.folder / "faults.yaml"
    lines = "".join(f"      {name}: {method}\n" for name, method in EXTRA.items())
    path.write_text(path.read_text() + lines)


def write(folder: Path, name: str, made: Rows) -> Path:
    import json

    path = folder / SAMPLES[name].file
    path.parent.mkdir(parents=True, exist_ok=True)
    if name in {"csv", "tsv"}:
        import csv

        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(made[0]), delimiter="\t" if name == "tsv" else ",")
            writer.writeheader()
            writer.writerows(made)
    elif name in DUMPS:
        taken: dict[str, str] = {}
        for column in made[0]:  # SQLite and MySQL do not tell apart what differs in case alone
            taken[column] = column + "_" * (column.casefold() in map(str.casefold, taken))
        path.write_bytes(DUMPS[name][1]([{taken[column]: value for column, value in row.items()} for row in made]))
    elif name == "parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.Table.from_pylist(made), path)
    else:
        lines = [json.dumps(row) for row in made]
        path.write_text("\n".join(lines) if name == "jsonl" else f"[{', '.join(lines)}]")
    return path


def refused(lab: Lab, source: Path, context: str) -> None:
    seen = lab.mask(source)
    seen.is_silent()
    assert seen.exit in {1, 3}, f"{context}: exit {seen.exit} {seen.stderr.decode()}"
    assert not list((lab.folder / "out").iterdir()), context


@pytest.mark.promise("P3")
@pytest.mark.parametrize("name", FORMATS)
def test_what_has_not_drifted_is_masked(lab: Lab, name: str) -> None:
    made = lab.fresh("a")
    profile(made)
    assert made.mask(write(made.folder / "in", name, rows())).exit == 0


@pytest.mark.promise("P3")
@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: drift.__name__)
@pytest.mark.parametrize("name", FORMATS)
def test_a_drifted_table_is_refused(lab: Lab, name: str, drift: Drift) -> None:
    for number in range(TIMES):
        made = lab.fresh(str(number))
        profile(made)
        changed = rows()
        drift(changed, random.Random(f"{SEED} {number}"))
        refused(made, write(made.folder / "in", name, changed), f"{name} {drift.__name__} {number} (seed {SEED})")
    record("P3", f"{name} tables with a column that was {drift.__name__.replace('_', ' ')}", TIMES, "all refused")


@pytest.mark.promise("P3")
@pytest.mark.parametrize("name", FORMATS)
def test_another_order_of_columns_is_no_drift(lab: Lab, name: str) -> None:
    made = lab.fresh("a")
    profile(made)
    turned = [dict(reversed(row.items())) for row in rows()]
    source = write(made.folder / "in", name, turned)
    assert made.mask(source).exit == 0
    assert made.whole_or_absent(source)


@pytest.mark.promise("P3")
@pytest.mark.parametrize("name", FORMATS)
def test_a_renamed_table_is_refused(lab: Lab, name: str) -> None:
    made = lab.fresh("a")
    profile(made)
    source = write(made.folder / "in", name, rows())
    if name in DUMPS:  # in which a table has a name of its own
        source.write_bytes(source.read_bytes().replace(b"people", b"others"))
    refused(made, source.rename(source.with_name("others" + source.suffix)), name)


@pytest.mark.promise("P3")
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_more_in_the_folder_is_refused(lab: Lab, name: str) -> None:
    made = lab.fresh("a")
    profile(made)
    write(made.folder / "in", name, rows())
    write(made.folder / "in" / "deeper", name, rows())
    refused(made, made.folder / "in", name)


@pytest.mark.promise("P3")
@pytest.mark.parametrize("name", ["jsonl", "json"])
@pytest.mark.parametrize("at", [0, 19])
def test_a_json_path_that_comes_in_one_row_only_is_refused(lab: Lab, name: str, at: int) -> None:
    made = lab.fresh("a")
    profile(made)
    changed = rows()
    changed[at]["nested"] = {"deep": [{"email": mark(5)}]}
    refused(made, write(made.folder / "in", name, changed), f"{name} {at}")


@pytest.mark.promise("P3")
@pytest.mark.parametrize("name", ["parquet", "jsonl", "json"])
def test_a_masked_column_that_becomes_nested_is_refused(lab: Lab, name: str) -> None:
    made = lab.fresh("a")
    profile(made)
    changed = rows()
    every(changed, lambda row: {**row, "email": {"work": row["email"]}})
    refused(made, write(made.folder / "in", name, changed), name)


@pytest.mark.promise("P3")
@pytest.mark.parametrize("column", ["customer_id", "email", "city"])
def test_a_masked_column_of_another_type_is_refused(lab: Lab, column: str) -> None:
    made = lab.fresh("a")
    profile(made)
    changed = rows()
    for number, row in enumerate(changed):
        row[column] = number % 2 == 0
    source = write(made.folder / "in", "parquet", changed)
    refused(made, source, column)
