"""The sample data is what its generator makes, holds its canaries once, and nobody real."""

import csv
import ipaddress
import json
import re
from functools import cache
from io import StringIO
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from stdnum import iban, luhn

from tools.make_sample_data import Canary, canaries, sample
from tools.sample_checks import TEST_BINS

FOLDER = Path(__file__).parents[1] / "sample_data"
MADE = sample()
RESERVED = re.compile(r"(?:[^@]+\.)?(?:example|example\.(?:com|org|net))\Z")
NETWORKS = [ipaddress.ip_network(n) for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")]


@cache
def rows_of(name: str) -> list[dict[str, object]]:
    path = FOLDER / name
    if path.suffix == ".parquet":
        return list(pq.ParquetFile(path).read().to_pylist())
    text = path.read_bytes().decode("utf-8-sig")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    if path.suffix == ".json":
        return list(json.loads(text))
    return list(csv.DictReader(StringIO(text, newline=""), delimiter="\t" if path.suffix == ".tsv" else ","))


@pytest.mark.parametrize("name", [name for name in MADE if not name.endswith(".parquet")])
def test_committed_text_file_is_what_the_generator_makes(name: str) -> None:
    assert (FOLDER / name).read_bytes() == MADE[name]


def test_committed_parquet_file_holds_what_the_generator_makes(tmp_path: Path) -> None:
    """Cells and types, not bytes: the footer names the Arrow release that wrote it."""
    fresh = tmp_path / "employees.parquet"
    fresh.write_bytes(MADE["hr/employees.parquet"])
    made, committed = pq.ParquetFile(fresh).read(), pq.ParquetFile(FOLDER / "hr/employees.parquet").read()
    assert committed.equals(made)


def test_folder_holds_the_six_files_and_no_other() -> None:
    assert {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()} == set(MADE)


@pytest.mark.parametrize("canary", canaries(), ids=lambda canary: f"{canary.file}-{canary.column}")
def test_canary_stands_in_its_column_once(canary: Canary) -> None:
    file, column, mark = canary
    assert sum(mark in str(row[column]) for row in rows_of(file)) == 1


@pytest.mark.parametrize("name", list(MADE))
def test_every_domain_is_reserved(name: str) -> None:
    cells = [str(cell) for row in rows_of(name) for cell in row.values()]
    domains = {match for cell in cells for match in re.findall(r"@([\w.-]*\w)", cell)}
    assert [domain for domain in domains if not RESERVED.match(domain.lower())] == []


def test_every_address_is_for_documentation() -> None:
    addresses = [ipaddress.ip_address(str(row["ip_address"])) for row in rows_of("web/visits.csv")]
    assert all(any(address in network for network in NETWORKS) for address in addresses)


def test_cards_have_a_test_prefix_and_pass_luhn() -> None:
    cards = [str(row["payment_card"]) for row in rows_of("crm/customers.csv") if row["payment_card"]]
    assert len(cards) > 200
    assert all(card.startswith(TEST_BINS) and luhn.is_valid(card) for card in cards)


@pytest.mark.parametrize("name", ["crm/customers.csv", "suppliers/suppliers.json"])
def test_ibans_pass_mod_97(name: str) -> None:
    numbers = [str(row["iban"]) for row in rows_of(name) if row["iban"]]
    assert len(numbers) > 80
    assert all(iban.is_valid(number, check_country=False) for number in numbers)


@pytest.mark.parametrize(
    ("child", "key", "parent", "parent_key"),
    [
        ("crm/orders.jsonl", "customer_id", "crm/customers.csv", "customer_id"),
        ("web/visits.csv", "customer_id", "crm/customers.csv", "customer_id"),
        ("hr/employees.parquet", "manager_id", "hr/employees.parquet", "employee_id"),
        ("partners/partners.tsv", "account_manager_id", "hr/employees.parquet", "employee_id"),
        ("suppliers/suppliers.json", "buyer_id", "hr/employees.parquet", "employee_id"),
    ],
)
def test_keys_join(child: str, key: str, parent: str, parent_key: str) -> None:
    known = {str(row[parent_key]) for row in rows_of(parent)}
    used = {str(row[key]) for row in rows_of(child) if row[key] not in (None, "")}
    assert used
    assert used <= known


def test_sample_stays_small() -> None:
    assert sum(len(data) for data in MADE.values()) < 1_000_000
