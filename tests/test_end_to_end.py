"""Whole runs over the sample data, as a user makes them: what comes out joins, repeats, and holds no original."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import masker
from masker.api import mask, verify
from masker.errors import GateError, OutputError

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample_data"
TAG = {"purpose": "test-patch", "expires": "14d"}

Home = Callable[[], Path]


@pytest.fixture(autouse=True)
def own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from masker.crypto.root import new_root_file

    path = tmp_path_factory.mktemp("keys") / "a.key"
    new_root_file(path)
    return path


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, key: Path) -> Path:
    """One masked copy of the sample data; its signer lives as long as the module."""
    folder = tmp_path_factory.mktemp("copy")
    os.environ["MASKER_CONFIG_DIR"] = str(folder / "config")
    mask(SAMPLE, folder / "out", key_file=key, **TAG)
    return folder / "out"


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def rows_of(path: Path) -> list[dict[str, object]]:
    if path.suffix in (".csv", ".tsv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","))
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    if path.suffix == ".json":
        return list(json.loads(path.read_text("utf-8")))
    return list(pq.ParquetFile(path).read().to_pylist())


def test_the_copy_has_the_source_s_files_and_a_manifest(copy: Path) -> None:
    assert set(tree(copy)) == {*tree(SAMPLE), "masker.json"}


def test_the_copy_verifies_against_its_source(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(copy.parent / "config"))
    manifest = verify(copy, against=SAMPLE)
    assert (manifest.purpose, manifest.recipient) == ("test-patch", "staff")
    assert manifest.verification.leaks == manifest.verification.orphans == 0
    assert manifest.verification.checks > 80


@pytest.mark.promise("P1")
def test_no_planted_canary_is_in_the_copy(copy: Path) -> None:
    sys.path.insert(0, str(ROOT))
    try:
        from tools.make_sample_data import canaries
    finally:
        sys.path.remove(str(ROOT))
    found = canaries()
    assert len(found) > 5
    for path, data in tree(copy).items():
        text = json.dumps(rows_of(copy / path), default=str).encode() if path != "masker.json" else b""
        for canary in found:
            assert canary.mark.encode() not in data
            assert canary.mark.encode() not in text


@pytest.mark.promise("P7")
def test_orders_still_join_with_their_customers(copy: Path) -> None:
    before = {row["customer_id"] for row in rows_of(SAMPLE / "crm/customers.csv")}
    after = {row["customer_id"] for row in rows_of(copy / "crm/customers.csv")}
    assert len(before) == len(after)
    assert not before & after or len(before & after) < 5
    joined = [str(row["customer_id"]) in before for row in rows_of(SAMPLE / "crm/orders.jsonl")]
    assert [str(row["customer_id"]) in after for row in rows_of(copy / "crm/orders.jsonl")] == joined


def test_one_person_has_one_name_in_customers_and_orders(copy: Path) -> None:
    names = {
        str(row["customer_id"]): f"{row['first_name']} {row['last_name']}".casefold()
        for row in rows_of(copy / "crm/customers.csv")
        if row["first_name"] and row["last_name"]
    }
    orders = [row for row in rows_of(copy / "crm/orders.jsonl") if str(row["customer_id"]) in names]
    assert len(orders) > 100
    agree = [str(row["ship_name"]).casefold() == names[str(row["customer_id"])] for row in orders if row["ship_name"]]
    assert all(agree)


def test_an_email_is_the_same_pseudonym_in_every_file(copy: Path) -> None:
    pairs: dict[str, set[str]] = {}
    for file, column in (("crm/customers.csv", "email"), ("crm/orders.jsonl", "contact_email")):
        for before, after in zip(rows_of(SAMPLE / file), rows_of(copy / file), strict=True):
            if before[column]:
                pairs.setdefault(str(before[column]).strip().casefold(), set()).add(str(after[column]).casefold())
    assert max(map(len, pairs.values())) == 1
    assert len({next(iter(after)) for after in pairs.values()}) == len(pairs)


@pytest.mark.promise("P8")
def test_same_key_and_clock_give_the_same_bytes(tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    expires = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 5 * 86400))
    runs = {"one": ("inline", 1), "two": ("threads", 2), "eight": ("threads", 8)}
    for name, (engine, jobs) in runs.items():
        mask(SAMPLE, tmp_path / name, key_file=key, purpose="test-patch", expires=expires, engine=engine, jobs=jobs)
    assert tree(tmp_path / "one") == tree(tmp_path / "two") == tree(tmp_path / "eight")


@pytest.mark.promise("P7")
def test_another_key_gives_no_common_email(tmp_path: Path, copy: Path) -> None:
    mask(SAMPLE, tmp_path / "other", **TAG)
    emails = [
        {row["email"] for row in rows_of(folder / "crm/customers.csv") if row["email"]}
        for folder in (copy, tmp_path / "other")
    ]
    assert emails[0]
    assert not emails[0] & emails[1]


@pytest.mark.promise("P7")
def test_other_purposes_do_not_link(tmp_path: Path, key: Path, copy: Path) -> None:
    mask(SAMPLE, tmp_path / "fix", key_file=key, purpose="test-fix", expires="14d")
    files = [folder / "crm/customers.csv" for folder in (copy, tmp_path / "fix")]
    ids = [{row["email"] for row in rows_of(file)} - {""} for file in files]
    assert not ids[0] & ids[1]


PROFILE = """masker: 1
name: across
extends: test-env
tables:
  people:
    subject: {is: customer, key: customer_id}
    columns:
      customer_id: {method: permute, infotype: person_key}
      first_name: fake
      email: fake
      phone: {method: fpe, infotype: phone, check: phone}
      birth_date: {method: shift_date, within: 90}
      note: redact
"""


def test_text_number_and_typed_columns_get_the_same_pseudonyms(tmp_path: Path, key: Path) -> None:
    people = [
        {
            "customer_id": 1000 + 37 * n,
            "first_name": f"Anna{n % 7}",
            "email": f"anna.{n}@firma.example",
            "phone": f"+49 30 2312{n:04}",
            "birth_date": f"19{50 + n % 40}-03-{1 + n % 28:02}",
            "note": None,
        }
        for n in range(200)
    ]
    names = list(people[0])
    text = "\n".join([",".join(names), *(",".join("" if v is None else str(v) for v in p.values()) for p in people)])
    (tmp_path / "people.csv").write_text(text + "\n")
    (tmp_path / "people.jsonl").write_text("".join(json.dumps(person) + "\n" for person in people))
    table = pa.Table.from_pylist(people)
    typed = table.set_column(4, "birth_date", table["birth_date"].cast(pa.date32())).set_column(
        5, "note", pa.nulls(len(people), pa.string())
    )
    pq.write_table(typed, tmp_path / "people.parquet")
    profile = tmp_path / "p.yaml"
    profile.write_text(PROFILE)
    seen = []
    for name in ("people.csv", "people.jsonl", "people.parquet"):
        mask(tmp_path / name, tmp_path / f"out.{name}", profile=profile, key_file=key, **TAG)
        rows = rows_of(tmp_path / f"out.{name}")
        seen.append([{k: str(v) if v not in (None, "") else "" for k, v in row.items()} for row in rows])
    assert seen[0] == seen[1] == seen[2]
    assert not {row["email"] for row in seen[0]} & {str(p["email"]) for p in people}


def test_an_existing_destination_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine")
    with pytest.raises(OutputError):
        mask(SAMPLE, tmp_path / "out", **TAG)
    assert tree(tmp_path / "out") == {"mine.txt": b"mine"}


@pytest.mark.promise("P16")
def test_a_copy_is_not_masked_again_by_accident(tmp_path: Path, copy: Path) -> None:
    with pytest.raises(GateError) as caught:
        mask(copy, tmp_path / "again", **TAG)
    assert caught.value.code == "already-masked"


def test_the_source_keeps_its_bytes_and_times(tmp_path: Path) -> None:
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in SAMPLE.rglob("*") if p.is_file()}
    mask(SAMPLE, tmp_path / "out", **TAG)
    assert {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in SAMPLE.rglob("*") if p.is_file()} == before


@pytest.mark.promise("P5")
@pytest.mark.slow
def test_fifty_kills_at_random_moments_leave_nothing_partial(tmp_path: Path, key: Path) -> None:
    random = Random(20261124)
    command = [
        sys.executable,
        "-m",
        "masker",
        "mask",
        str(SAMPLE / "crm"),
        "--purpose",
        "test-patch",
        "--expires",
        "14d",
    ]
    started = time.perf_counter()
    subprocess.run([*command, "-o", str(tmp_path / "whole"), "--key-file", str(key)], check=True, capture_output=True)
    whole, longest = tree(tmp_path / "whole"), time.perf_counter() - started
    published = 0
    for number in range(50):
        dest = tmp_path / f"out{number}"
        process = subprocess.Popen(
            [*command, "-o", str(dest), "--key-file", str(key)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(random.uniform(0.2, 1.1) * longest)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if dest.exists():
            published += 1
            assert set(tree(dest)) == set(whole)
            verify(dest, against=SAMPLE / "crm")
    mask(SAMPLE / "crm", tmp_path / "last", key_file=key, **TAG)
    assert not list(tmp_path.glob(".masker-tmp-*")), "the next run cleans what killed runs left"
    assert published < 50


def test_help_is_quick() -> None:
    import resource

    def spent() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "masker", "--help"], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(spent() for _ in range(5)) < 0.4, "the goal is 0.2 s CPU; a loaded machine is given twice that"


def test_mask_frame_masks_pandas_in_memory() -> None:
    import pandas as pd

    frame = pd.DataFrame({"email": [f"anna.{n}@firma.example" for n in range(50)], "amount": range(50)})
    frame.attrs["note"] = "CANARY"
    masked = masker.mask_frame(frame, **TAG)
    assert list(masked.columns) == ["email", "amount"]
    assert list(masked["amount"]) == list(range(50))
    assert not set(masked["email"]) & set(frame["email"])
    assert "CANARY" not in str(masked.attrs)
    assert "purpose=test-patch" in masked.attrs["masker_tag"]


def test_a_frame_goes_by_its_table_of_a_profile_for_many(tmp_path: Path) -> None:
    import pandas as pd

    profile = tmp_path / "p.yaml"
    profile.write_text(
        "masker: 1\nname: t\nextends: test-env\ntables:\n"
        "  people: {columns: {email: fake, level: keep}}\n  others: {columns: {code: keep}}\n"
    )
    frame = pd.DataFrame({"email": [f"anna.{n}@firma.example" for n in range(9)], "level": range(9)})
    masked = masker.mask_frame(frame, profile, name="people", **TAG)
    assert list(masked["level"]) == list(range(9))
    assert not set(masked["email"]) & set(frame["email"])
    with pytest.raises(GateError) as caught:
        masker.mask_frame(frame, profile, **TAG)
    assert (caught.value.code, "name=" in caught.value.hint) == ("drift", True)
    with pytest.raises(GateError, match="drift"):
        masker.mask_frame(frame.drop(columns="level"), profile, name="people", **TAG)


def test_a_frame_is_held_to_the_required_k(tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame({"gender": ["f", "f", "m", "m"], "level": range(4)})
    for k in (2, 3):
        profile = tmp_path / f"{k}.yaml"
        profile.write_text(
            f"masker: 1\nname: t\nextends: test-env\nrequire: {{k: {k}, quasi: [gender]}}\n"
            "tables: {frame: {columns: {gender: keep, level: keep}}}\n"
        )
    assert len(masker.mask_frame(frame, tmp_path / "2.yaml", **TAG)) == 4
    with pytest.raises(GateError, match="risk"):
        masker.mask_frame(frame, tmp_path / "3.yaml", **TAG)


def test_a_frame_that_was_not_masked_is_never_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    import pandas as pd

    from masker.plan.bind import Masking, Tally

    monkeypatch.setattr(Masking, "__call__", lambda self, rows: (rows, Tally(rows.table, len(rows.batch), {}, {})))
    with pytest.raises(GateError) as caught:
        masker.mask_frame(pd.DataFrame({"email": [f"a{n}@firma.example" for n in range(50)]}), **TAG)
    assert caught.value.code == "leak"
