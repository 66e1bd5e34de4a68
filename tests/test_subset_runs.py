"""Whole runs of subsets: the copy is that of a SOURCE filtered by hand, and nobody learns what was asked for."""

import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from desk import TAGGED, Desk, desk
from test_kept_out_rows import CANARY, PROFILE, TAG, Agreed, Tables, agreed, condition, put, shop, tree

from masker.api import mask, verify
from masker.closure import Marks
from masker.errors import GateError, MaskerError, UsageError
from masker.left_out import LeftOut
from masker.manifest import Manifest
from masker.run import Outcome
from masker.subset import Subset, keep

__all__ = ["agreed", "desk"]
SAMPLES = ("20%", "employees: 40%")
NORTH = 'customers: tenant = "north" and customer_id < 60000'
KEYS = (
    ("orders", "customer_id", "customers", "customer_id"),
    ("items", "order_id", "orders", "order_id"),
    ("employees", "manager_id", "employees", "employee_id"),
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.delenv("MASKER_KEY_FILE", raising=False)
    (tmp_path / "shop.yaml").write_text(PROFILE)
    from masker.crypto.root import new_root_file

    new_root_file(tmp_path / "a.key")
    return tmp_path


def run(home: Path, source: Path, dest: str, **more: object) -> Outcome:
    profile, key = home / "shop.yaml", home / "a.key"
    return mask(source, home / dest, profile=profile, key_file=key, **TAG, **more)  # type: ignore[arg-type]


def filtered(tables: Tables, **roots: str) -> Tables:
    """The tables less rows outside of the subset: recursive SQL over rows and the pairs of them that keys join."""
    connection = sqlite3.connect(":memory:")
    for name, rows in tables.items():
        connection.execute(f"create table {name} (n integer, {', '.join(rows[0])})")
        marks = ", ".join("?" * (len(rows[0]) + 1))
        connection.executemany(
            f"insert into {name} values ({marks})", [(n, *row.values()) for n, row in enumerate(rows)]
        )
    pairs = " union all ".join(
        f"select '{c}' child, {c}.n cn, '{p}' parent, p.n pn from {c} join {p} p on {c}.{column} = p.{ref}"
        for c, column, p, ref in KEYS
    )
    begin = " union all ".join(f"select '{name}', n from {name} where {where}" for name, where in roots.items())
    found = connection.execute(
        f"""with recursive pairs as ({pairs}),
        belonging (t, n) as ({begin} union select child, cn from belonging join pairs on t = parent and n = pn),
        needed (t, n) as (
            select t, n from belonging union select parent, pn from needed join pairs on t = child and n = cn
        )
        select t, n from needed"""
    ).fetchall()
    return {name: [row for n, row in enumerate(rows) if (name, n) in set(found)] for name, rows in tables.items()}


def rows_of(manifest: Manifest) -> dict[str, tuple[int, int]]:
    return {table.name: (table.rows, table.outside) for table in manifest.tables}


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "jsonl", "json", "parquet"])
def test_the_copy_is_that_of_a_source_filtered_by_hand(home: Path, suffix: str) -> None:
    tables = shop()
    north = "tenant = 'north' and customer_id < 60000"
    left = filtered(tables, customers=north, employees="employee_id < 4000", orders="order_id = 500007")
    assert all(0 < len(left[name]) < len(rows) for name, rows in tables.items())
    run(home, put(home / "filtered", left, suffix), "expected")
    asked = (NORTH, "employees: employee_id < 4000", "orders: order_id = 500007")
    source = put(home / "source", tables, suffix)
    manifest = run(home, source, "out", where=asked).manifest
    assert tree(home / "out") == tree(home / "expected")
    assert rows_of(manifest) == {name: (len(left[name]), len(rows) - len(left[name])) for name, rows in tables.items()}
    assert verify(home / "out", against=source, where=asked) == manifest


def test_the_same_sample_in_every_format_and_order(home: Path) -> None:
    tables = shop(rows=200)
    found = []
    for suffix in ("csv", "jsonl", "parquet"):
        source = put(home / f"source-{suffix}", tables, suffix)
        manifest = run(home, source, suffix, subset=SAMPLES).manifest
        assert [root.table for root in manifest.subset] == ["customers", "employees"]
        assert verify(home / suffix, against=source) == manifest
        found.append(rows_of(manifest))
    turned = {name: rows[::-1] for name, rows in tables.items()}
    run(home, put(home / "turned", turned, "jsonl"), "back", subset=SAMPLES)
    assert found[0] == found[1] == found[2]
    assert 0 < found[0]["customers"][0] < 100
    for name in tables:
        lines = [(home / place / f"{name}.jsonl").read_bytes().splitlines() for place in ("jsonl", "back")]
        assert lines[0] == lines[1][::-1]


def test_what_the_agreement_keeps_out_is_in_no_subset(home: Path, agreed: Agreed) -> None:
    tables = shop()
    gone = {row["customer_id"] for row in tables["customers"] if row["tenant"] == "north"}
    agreed(condition("customers", "tenant", "north"))
    source = put(home / "source", tables, "csv")
    manifest = run(home, source, "out", subset="customers: 50%").manifest
    customers = next(table for table in manifest.tables if table.name == "customers")
    assert customers.excluded == len(gone)
    assert customers.rows + customers.excluded + customers.outside == len(tables["customers"])
    with pytest.raises(UsageError, match="keeps out all rows"):
        run(home, source, "none", where='customers: tenant = "north"')


def test_a_later_verification_needs_the_same_conditions(home: Path) -> None:
    source = put(home / "source", shop(), "csv")
    run(home, source, "out", where=NORTH)
    for where, error in (
        ((), UsageError),
        (('items: amount = "0.50"',), UsageError),
        ((NORTH, NORTH), UsageError),
        (('customers: tenant = "south"',), GateError),
    ):
        with pytest.raises(error):
            verify(home / "out", against=source, where=where)
    run(home, source, "whole")
    with pytest.raises(UsageError):
        verify(home / "whole", against=source, where=NORTH)


def _one_row(subset: Subset, flag: bool) -> Subset:
    marks = subset.left_out.marks["orders"]
    flags = marks.part(0, marks.rows).copy()
    flags[np.flatnonzero(flags == flag)[0]] = not flag
    moved = Marks(np.packbits(flags, bitorder="little"), marks.rows)
    return Subset(LeftOut({**subset.left_out.marks, "orders": moved}), subset.outside)


@pytest.mark.parametrize("lost", [True, False])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_row_too_many_or_too_few_is_a_mismatch(
    home: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, lost: bool
) -> None:
    monkeypatch.setattr("masker.run.keep", lambda *arguments: _one_row(keep(*arguments), not lost))
    with pytest.raises(GateError) as caught:
        run(home, put(home / "source", shop(), suffix), "out", where=NORTH)
    assert (caught.value.code, caught.value.place.table) == ("mismatch", "orders")
    assert not (home / "out").exists()


def test_another_row_in_its_place_is_a_mismatch(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("masker.run.keep", lambda *arguments: _one_row(_one_row(keep(*arguments), True), False))
    with pytest.raises(GateError) as caught:
        run(home, put(home / "source", shop(), "csv"), "out", where=NORTH)
    assert (caught.value.code, caught.value.place.table) == ("mismatch", "orders")


def test_nothing_tells_what_was_asked_for(desk: Desk) -> None:
    tables = shop()
    for row in tables["customers"][::7]:
        row["email"] = f"{CANARY}{row['customer_id']}@mail.example"
    source = put(desk.folder / "in" / "shop", tables, "csv")
    where = f"customers: email like '{CANARY}%'"
    report = desk.folder / "report.json"
    outcome = desk.run("mask", source, "-o", desk.out, *TAGGED, "--where", where, "--report", report)
    assert outcome.exit == 0
    assert "a closed subset of SOURCE" in outcome.stderr
    explained = desk.run("mask", source, "-o", desk.folder / "no", *TAGGED, "--where", where, "--explain")
    assert "the subset begins here, by a condition" in explained.stdout
    told = outcome.stdout + outcome.stderr + explained.stdout + report.read_text()
    assert CANARY not in told + (desk.out / "masker.json").read_text()
    counts = {
        table["name"]: (table["rows_in"], table["rows_out"]) for table in json.loads(report.read_text())["tables"]
    }
    assert counts["customers"] == (60, 9)
    assert desk.run("verify", desk.out, "--against", source, "--where", where).exit == 0


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--where", f"customers: emial = '{CANARY}'"), "usage"),
        (("--where", f"customer: email = '{CANARY}'"), "unknown-name"),
        (("--where", f"customers: email = {CANARY}"), "usage"),
        (("--where", f"customers: email = '{CANARY}'"), "usage"),
        (("--where", f"{CANARY} email"), "usage"),
        (("--subset", "101%"), "usage"),
        (("--subset", "customer:5%"), "unknown-name"),
        (("--subset", CANARY), "usage"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_not_shown(desk: Desk, options: tuple[str, str], code: str) -> None:
    source = put(desk.folder / "in" / "shop", shop(), "csv")
    outcome = desk.run("mask", source, "-o", desk.out, *TAGGED, *options)
    assert (outcome.exit, outcome.code) == (2, code)
    assert CANARY not in outcome.stdout + outcome.stderr
    assert not desk.out.exists()


def test_a_frameless_table_needs_a_key(home: Path) -> None:
    (home / "in").mkdir()
    (home / "in" / "customers.csv").write_text("email\na@mail.example\na@mail.example\n")
    with pytest.raises(MaskerError, match="no key"):
        mask(home / "in", home / "out", subset="customers: 5%", **TAG)  # type: ignore[arg-type]
