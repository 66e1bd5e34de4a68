"""Whole runs under an agreement that keeps rows out: what is left is what it would be had they never been there."""

import gzip
import io
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from desk import TAGGED, Desk, desk

import masker
from masker.agreement import BUILT_IN
from masker.api import mask, verify
from masker.clock import expiry, now
from masker.closure import Marks
from masker.errors import GateError, UsageError
from masker.exclusion import Exclusion
from masker.frames import mask_table
from masker.left_out import LeftOut, leave_out
from masker.manifest import Manifest
from masker.profile.load import load_profile
from masker.verify.against import readings, verify_against

__all__ = ["desk"]
TAG = {"purpose": "test-patch", "expires": "14d"}
CANARY = "canaryq7xw"
PROFILE = """masker: 1
name: shop
extends: test-env
tables:
  customers:
    subject: {is: customer, key: customer_id}
    columns: {customer_id: permute, email: fake, tenant: drop, note: {method: fpe, infotype: other, by: none}}
  orders:
    columns:
      order_id: {method: permute, infotype: person_key}
      customer_id: permute
      contact: {method: fake, infotype: email}
  items:
    columns:
      item_id: {method: keep, infotype: none}
      order_id: {method: permute, infotype: person_key}
      amount: {method: keep, infotype: none}
  employees:
    columns: {employee_id: permute, manager_id: permute, email: fake}
"""
Row = dict[str, object]
Tables = dict[str, list[Row]]
Decide = Callable[..., LeftOut]
Agreed = Callable[..., tuple[Exclusion, ...]]


@pytest.fixture
def agreed() -> Iterator[Agreed]:
    """Puts conditions into the built-in agreement, as an agreement file would."""

    def put(*exclude: Exclusion) -> tuple[Exclusion, ...]:
        object.__setattr__(BUILT_IN, "exclude", exclude)
        return exclude

    yield put
    object.__setattr__(BUILT_IN, "exclude", ())


def condition(table: str, column: str, *values: str, others: bool = False) -> Exclusion:
    return Exclusion(table, column, frozenset(values), others=others)


def shop(seed: int = 1, rows: int = 60) -> Tables:
    rng = random.Random(seed)
    people = rng.sample(range(20_000, 90_000), rows)
    customers: list[Row] = [
        {
            "customer_id": n,
            "email": f"p{n}@mail.example",
            "tenant": rng.choice(["north", "south", None]),
            "note": f"n{n}\nx",
        }
        for n in people
    ]
    orders: list[Row] = [
        {
            "order_id": 500_000 + n,
            "customer_id": rng.choice([*people, None]),
            "contact": f"p{rng.choice(people)}@mail.example",
        }
        for n in range(2 * rows)
    ]
    items: list[Row] = [
        {"item_id": n, "order_id": 500_000 + rng.randrange(2 * rows), "amount": f"{n}.50"} for n in range(3 * rows)
    ]
    staff = rng.sample(range(2_000, 9_000), 30)
    employees: list[Row] = [
        {"employee_id": n, "manager_id": staff[rng.randrange(i)] if i else None, "email": f"e{n}@mail.example"}
        for i, n in enumerate(staff)
    ]
    rng.shuffle(employees)
    return {"customers": customers, "orders": orders, "items": items, "employees": employees}


def without(tables: Tables, gone: Callable[[Row], bool], *, table: str = "customers") -> Tables:
    """The tables less rows that are gone and all that hang on them, by plain loops."""
    left = dict(tables)
    left[table] = [row for row in tables[table] if not gone(row)]
    for child, column, parent, ref in (
        ("orders", "customer_id", "customers", "customer_id"),
        ("items", "order_id", "orders", "order_id"),
        *(("employees", "manager_id", "employees", "employee_id"),) * 30,
    ):
        lost = {row[ref] for row in tables[parent]} - {row[ref] for row in left[parent]}
        left[child] = [row for row in left[child] if row[column] is None or row[column] not in lost]
    return left


def _csv(rows: list[Row], columns: list[str], separator: str = ",") -> bytes:
    cells = [
        ["" if row[c] is None else '"' + str(row[c]) + '"' if "\n" in str(row[c]) else str(row[c]) for c in columns]
        for row in rows
    ]
    return "".join(separator.join(line) + "\n" for line in [columns, *cells]).encode()


def _parquet(rows: list[Row], columns: list[str]) -> bytes:
    out = io.BytesIO()
    types = dict.fromkeys(("note", "email", "contact", "tenant", "amount"), pa.string())
    schema = pa.schema([(name, types.get(name, pa.int64())) for name in columns])
    pq.write_table(pa.Table.from_pylist(rows, schema), out, row_group_size=25)
    return out.getvalue()


ENCODINGS: dict[str, Callable[[list[Row], list[str]], bytes]] = {
    "csv": _csv,
    "tsv": lambda rows, columns: _csv(rows, columns, "\t"),
    "csv.gz": lambda rows, columns: gzip.compress(_csv(rows, columns)),
    "csv.zst": lambda rows, columns: bytes(pa.compress(_csv(rows, columns), codec="zstd", asbytes=True)),
    "jsonl": lambda rows, columns: "".join(json.dumps(row) + "\n" for row in rows).encode(),
    "json": lambda rows, columns: json.dumps(rows, separators=(",", ":")).encode(),
    "json.gz": lambda rows, columns: gzip.compress(json.dumps(rows, separators=(",", ":")).encode()),
    "parquet": _parquet,
}


def put(folder: Path, tables: Tables, suffix: str, like: Tables | None = None) -> Path:
    folder.mkdir()
    for name, rows in tables.items():
        (folder / f"{name}.{suffix}").write_bytes(ENCODINGS[suffix](rows, list((like or tables)[name][0])))
    return folder


def tree(folder: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for path in sorted(folder.iterdir()):
        if path.name.endswith(".parquet"):
            found[path.name] = pq.ParquetFile(path).read().to_pylist()
        elif path.name != "masker.json":
            found[path.name] = path.read_bytes()
    return found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.delenv("MASKER_KEY_FILE", raising=False)
    (tmp_path / "shop.yaml").write_text(PROFILE)
    from masker.crypto.root import new_root_file

    new_root_file(tmp_path / "a.key")
    return tmp_path


def run(home: Path, source: Path, dest: str, **more: object) -> Manifest:
    profile, key = home / "shop.yaml", home / "a.key"
    return mask(source, home / dest, profile=profile, key_file=key, **TAG, **more).manifest  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", list(ENCODINGS))
def test_the_copy_is_that_of_a_source_without_the_rows(home: Path, agreed: Agreed, suffix: str) -> None:
    tables = shop()
    source = put(home / "source", tables, suffix)
    gone = {row["customer_id"] for row in tables["customers"][3:9]}
    left = without(tables, lambda row: row["customer_id"] in gone)
    run(home, put(home / "filtered", left, suffix), "expected")
    exclude = agreed(condition("customers", "customer_id", *map(str, gone)))
    manifest = run(home, source, "out")
    assert tree(home / "out") == tree(home / "expected")
    counts = {table.name: (table.rows, table.excluded) for table in manifest.tables}
    assert counts == {name: (len(left[name]), len(rows) - len(left[name])) for name, rows in tables.items()}
    assert min(counts[name][1] for name in ("customers", "orders", "items")) > 5
    with pytest.raises(GateError):
        verify_against(manifest.promises, source, home / "out", readings=readings(manifest))
    verify_against(manifest.promises, source, home / "out", readings=readings(manifest), exclude=exclude)


@pytest.mark.parametrize("seed", range(4))
def test_any_copy_is_that_of_a_source_filtered_by_hand(home: Path, agreed: Agreed, seed: int) -> None:
    rng = random.Random(seed)
    tables = shop(seed, 20 + 10 * seed)
    suffix = rng.choice(["csv", "jsonl", "parquet"])
    tenants = set(rng.sample(["north", "south"], 1))
    others = rng.random() < 0.5
    left = without(tables, lambda row: (row["tenant"] not in tenants) if others else row["tenant"] in tenants)
    staff = {str(row["employee_id"]) for row in rng.sample(tables["employees"][:-1], 2)}
    left = without(left, lambda row: str(row["employee_id"]) in staff, table="employees")
    run(home, put(home / "filtered", left, suffix, tables), "expected")
    agreed(condition("customers", "tenant", *tenants, others=others), condition("employees", "employee_id", *staff))
    run(home, put(home / "source", tables, suffix), "out")
    assert tree(home / "out") == tree(home / "expected")


@pytest.mark.parametrize("suffix", ["csv", "tsv", "csv.gz", "jsonl", "json", "parquet"])
def test_all_rows_gone_leaves_a_valid_file(home: Path, agreed: Agreed, suffix: str) -> None:
    source = put(home / "source", shop(), suffix)
    agreed(condition("customers", "tenant", others=True))
    manifest = run(home, source, "out")
    assert next(table.rows for table in manifest.tables if table.name == "customers") == 0
    left = (home / "out" / f"customers.{suffix}").read_bytes()
    left = gzip.decompress(left) if suffix == "csv.gz" else left
    if suffix == "parquet":
        assert pq.read_table(io.BytesIO(left)).num_rows == 0
    else:
        header = "customer_id,email,note\n".replace(",", "\t" if suffix == "tsv" else ",")
        assert left.decode() == {"jsonl": "", "json": "[]"}.get(suffix, header)


def test_engines_and_blocks_give_the_same_bytes(home: Path, agreed: Agreed, monkeypatch: pytest.MonkeyPatch) -> None:
    source = put(home / "source", shop(rows=50), "json")
    (source / "customers.json").rename(home / "customers.json")
    (source / "customers.csv").write_bytes(ENCODINGS["csv"](shop(rows=50)["customers"], list(shop()["customers"][0])))
    agreed(condition("customers", "tenant", "north"))
    run(home, source, "one", engine="inline")
    run(home, source, "two", engine="threads", jobs=2)
    monkeypatch.setattr("masker.formats.json.BLOCK_BYTES", 300)
    run(home, source, "small", engine="threads", jobs=2)
    assert tree(home / "one") == tree(home / "two") == tree(home / "small")


def test_a_condition_on_nothing_stops_the_run_before_it_writes(home: Path, agreed: Agreed) -> None:
    source = put(home / "source", shop(), "csv")
    agreed(condition("customers", "tenat", CANARY))
    with pytest.raises(GateError) as caught:
        run(home, source, "out")
    assert (caught.value.code, caught.value.place.column) == ("drift", "tenat")
    assert not (home / "out").exists()


def test_no_value_of_a_condition_is_seen_anywhere(desk: Desk, agreed: Agreed) -> None:
    tables = shop()
    for row in tables["customers"][::7]:
        row["email"] = f"{CANARY}{row['customer_id']}@mail.example"
    source = put(desk.folder / "in" / "shop", tables, "csv")
    values = [str(row["email"]) for row in tables["customers"][::7]]
    agreed(condition("customers", "email", *values), condition("customers", "tenant", CANARY))
    told = desk.run("mask", source, "-o", desk.out, *TAGGED, "--explain")
    assert "rows stay out by 2 conditions of the agreement" in told.stdout
    assert "rows stay out that hang on customers by customer_id" in told.stdout
    assert "rows stay out that hang on orders by order_id" in told.stdout
    assert "hang on employees" not in told.stdout
    report = desk.folder / "report.json"
    seen = desk.run("mask", source, "-o", desk.out, *TAGGED, "--report", report)
    assert seen.exit == 0, seen.stderr
    counts = {table["name"]: table["rows_in"] - table["rows_out"] for table in json.loads(report.read_text())["tables"]}
    assert counts["customers"] == len(values)
    assert "rows of SOURCE kept out" in seen.stderr
    everything = told.stdout + told.stderr + seen.stdout + seen.stderr + report.read_text()
    everything += "".join(path.read_text("utf-8") for path in desk.out.iterdir())
    assert CANARY not in everything.lower()
    lone = desk.run("verify", desk.out, "--against", source)
    assert (lone.exit, lone.code) == (2, "usage")
    assert "--agreement" in lone.stderr
    assert desk.run("verify", desk.out).exit == 0


def test_verify_against_needs_the_agreement(
    home: Path, agreed: Agreed, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = put(home / "source", shop(), "csv")
    agreed(condition("customers", "tenant", "north"))
    run(home, source, "out")
    assert verify(home / "out").copy_id
    with pytest.raises(UsageError):
        verify(home / "out", against=source)
    monkeypatch.setattr("masker.agreement.load.load_agreement", {"a.yaml": BUILT_IN}.__getitem__)
    assert verify(home / "out", against=source, agreement="a.yaml").copy_id
    assert desk.run("verify", home / "out", "--against", source, "--agreement", "a.yaml").exit == 0
    agreed(condition("customers", "tenant", "north", "south"))
    assert desk.run("verify", home / "out", "--against", source, "--agreement", "a.yaml").code == "leak"


def test_a_frame_loses_the_rows_too(home: Path) -> None:
    rows = shop()["employees"]
    frame = pa.Table.from_pylist(rows)
    managed = {row["manager_id"] for row in rows}
    boss = next(row["employee_id"] for row in rows if row["manager_id"] is not None and row["employee_id"] in managed)
    left = without({**shop(), "employees": rows}, lambda row: row["employee_id"] == boss, table="employees")[
        "employees"
    ]
    agreement = replace(BUILT_IN, exclude=(condition("employees", "employee_id", str(boss)),))
    masked, _ = mask_table(
        frame, "employees", loaded=load_profile("test-env"), agreement=agreement, purpose="test-patch",
        until=expiry("14d", now()), recipient="staff", key_file=None,
    )  # fmt: skip
    assert masked.num_rows == len(left) < len(rows) - 1


def test_a_pandas_frame_may_lose_all_rows(home: Path, agreed: Agreed) -> None:
    frame = pd.DataFrame({"email": ["a@mail.example", None], "amount": [1, 2]})
    agreed(condition("frame", "email", others=True))
    assert masker.mask_frame(frame, **TAG).to_dict("list") == {"email": [], "amount": []}


def test_a_file_without_header_may_lose_all_rows(home: Path, agreed: Agreed, desk: Desk) -> None:
    source = desk.put("people.csv", b"1,a@mail.example\n2,b@mail.example")
    agreed(condition("people", "c1", "1", "2"))
    seen = desk.mask(source, "--no-header", dest=desk.folder / "out.csv")
    assert seen.exit == 0, seen.stderr
    assert (desk.folder / "out.csv").read_bytes() == b""


def _nobody(decide: Decide) -> Decide:
    return lambda exclude, tables, read, *_: LeftOut()


def _without_what_hangs(decide: Decide) -> Decide:
    return lambda exclude, tables, read, *_: decide(
        exclude, [replace(table, foreign_keys=()) for table in tables], read
    )


def _not_the_last_condition(decide: Decide) -> Decide:
    return lambda exclude, tables, read, *_: decide(exclude[:-1], tables, read)


def _one_row_more(decide: Decide) -> Decide:
    return lambda exclude, tables, read, *_: decide((*exclude, condition("items", "item_id", "7")), tables, read)


def _the_row_after(decide: Decide) -> Decide:
    """In each table the row after each one that was to stay out, instead of it."""

    def decided(exclude: object, tables: object, read: object, *_: object) -> LeftOut:
        right = decide(exclude, tables, read)
        moved = {}
        for name, marks in right.marks.items():
            flags = np.roll(marks.part(0, marks.rows), 1)
            moved[name] = Marks(np.packbits(flags, bitorder="little"), marks.rows)
        return LeftOut(moved)

    return decided


@pytest.mark.parametrize(
    "fault", [_the_row_after, _nobody, _without_what_hangs, _not_the_last_condition, _one_row_more]
)
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_run_that_decides_wrongly_publishes_nothing(
    home: Path, agreed: Agreed, monkeypatch: pytest.MonkeyPatch, suffix: str, fault: Callable[[Decide], Decide]
) -> None:
    tables = shop()
    source = put(home / "source", tables, suffix)
    named = [str(row["customer_id"]) for row in tables["customers"][4:9]]
    agreed(condition("customers", "customer_id", *named), condition("items", "item_id", "33"))
    monkeypatch.setattr("masker.run.leave_out", fault(leave_out))
    with pytest.raises(GateError) as caught:
        run(home, source, "out")
    assert caught.value.code == ("mismatch" if fault is _one_row_more else "leak")
    assert not (home / "out").exists()


def test_one_row_in_another_s_place_is_a_leak_though_every_cell_is_masked(
    home: Path, agreed: Agreed, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[Row] = [{"customer_id": 70_000 + 13 * n, "email": f"p{n}@mail.example"} for n in range(40)]
    source = put(home / "source", {"customers": rows}, "csv")
    agreed(condition("customers", "email", "p5@mail.example", "p30@mail.example"))
    monkeypatch.setattr("masker.run.leave_out", _the_row_after(leave_out))
    with pytest.raises(GateError) as caught:
        mask(source, home / "out", **TAG)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.place.row) == ("leak", 6)
