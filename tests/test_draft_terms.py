"""`masker init --agreement A --recipient R` drafts what the recipient may get, and says where there is no such way."""

from pathlib import Path

import pytest

from masker import cli
from masker.profile.load import load_profile

AGREEMENT = """masker-agreement: 1
customer: acme
reference: MSA-1
valid: {from: 2020-01-01, until: 2099-12-31}
policy: {name: p, version: "1"}
purposes: {test-patch: {longest: 30d}}
recipients:
  staff: {never_keep: [gender]}
  subcontractor:north: {never_keep: [gender]}
  subcontractor:south: {reversible: true}
"""
PEOPLE = "customer_id,first_name,email,phone,gender,iban,birth_date,amount\n" + "".join(
    f"{1000 + n},Anna{n % 7},anna{n}@firma.example,+49 30 9018{200 + n},{'fm'[n % 2]},"
    f"DE{89 - n % 3}370400440532013{n:03},19{50 + n}-03-1{n % 9},{n}.50\n"
    for n in range(40)
)
ORDERS = "order_no,customer_id,state\n" + "".join(f"{n},{1000 + n % 40},open\n" for n in range(60))
DUMP = """-- MySQL dump 10.13
CREATE TABLE `customers` (
  `customer_id` {key} NOT NULL,
  `email` varchar(60) DEFAULT NULL,
  `phone` varchar(20) DEFAULT NULL,
  PRIMARY KEY (`customer_id`)
);
CREATE TABLE `orders` (
  `order_no` int NOT NULL,
  `customer_id` {key} DEFAULT NULL,
  PRIMARY KEY (`order_no`),
  CONSTRAINT `c` FOREIGN KEY (`customer_id`) REFERENCES `customers` (`customer_id`)
);
INSERT INTO `customers` VALUES (1001,'anna@firma.example','+49 30 9018200'),(1002,'bo@firma.example','+49 30 9018201');
INSERT INTO `orders` VALUES (1,1001),(2,1002),(3,1001);
"""


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("MASKER_LEDGER", str(tmp_path / "config" / "ledger.db"))
    (tmp_path / "a.yaml").write_text(AGREEMENT)


def init(folder: Path, source: Path, *more: str) -> int:
    return cli.run(["init", str(source), "-o", str(folder / "p.yaml"), "--yes", *more])


def mask(folder: Path, source: Path, recipient: str) -> int:
    profile = folder / "p.yaml"
    tag = ["--purpose", "test-patch", "--expires", "3d", "--quiet", "--agreement", str(folder / "a.yaml")]
    cli.run(["profile", "accept", str(profile), "--agreement", str(folder / "a.yaml"), "--by", "owner"])
    dest = folder / ("copy.sql" if source.suffix == ".sql" else "copy")
    return cli.run(["mask", str(source), "-o", str(dest), "--profile", str(profile), "--recipient", recipient, *tag])


def for_north(folder: Path) -> list[str]:
    return ["--agreement", str(folder / "a.yaml"), "--recipient", "subcontractor:north"]


def write_files(folder: Path) -> Path:
    source = folder / "source"
    source.mkdir()
    (source / "customers.csv").write_text(PEOPLE)
    (source / "orders.csv").write_text(ORDERS)
    return source


def test_files_are_drafted_and_masked_for_a_subcontractor(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    source = write_files(tmp_path)
    assert init(tmp_path, source, *for_north(tmp_path)) == 0
    rules = load_profile(str(tmp_path / "p.yaml")).profile.tables["customers"].columns
    assert not {rule.method for rule in rules.values()} & {"fpe", "permute", "encrypt"}
    assert rules["gender"].method != "keep"
    assert mask(tmp_path, source, "subcontractor:north") == 0, capfd.readouterr().err
    keys = {line.split(",")[0] for line in (tmp_path / "copy" / "customers.csv").read_text().splitlines()[1:]}
    found = {line.split(",")[1] for line in (tmp_path / "copy" / "orders.csv").read_text().splitlines()[1:]}
    assert found == keys
    assert len(keys) == 40


def test_the_usual_draft_is_refused_to_the_same_subcontractor(tmp_path: Path) -> None:
    source = write_files(tmp_path)
    assert init(tmp_path, source) == 0
    assert mask(tmp_path, source, "subcontractor:north") != 0


def test_wide_keys_of_a_dump_get_a_way_that_joins(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "crm.sql").write_text(DUMP.format(key="bigint"))
    assert init(tmp_path, tmp_path / "crm.sql", *for_north(tmp_path)) == 0
    assert mask(tmp_path, tmp_path / "crm.sql", "subcontractor:north") == 0, capfd.readouterr().err


def test_narrow_keys_have_no_way_and_that_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "crm.sql").write_text(DUMP.format(key="int"))
    assert init(tmp_path, tmp_path / "crm.sql", *for_north(tmp_path)) == 0
    assert "2 columns go a way that subcontractor:north may not get" in capfd.readouterr().err
    assert (tmp_path / "p.yaml").read_text().count("the recipient may not get `permute`") == 2
    assert mask(tmp_path, tmp_path / "crm.sql", "subcontractor:north") != 0


@pytest.mark.parametrize("more", [[], ["--recipient", "staff"]])
def test_without_terms_that_forbid_anything_the_draft_is_the_usual_one(tmp_path: Path, more: list[str]) -> None:
    source = write_files(tmp_path)
    assert init(tmp_path, source) == 0
    usual = (tmp_path / "p.yaml").read_text()
    (tmp_path / "p.yaml").unlink()
    assert init(tmp_path, source, *more) == 0
    assert (tmp_path / "p.yaml").read_text() == usual


def test_a_recipient_whom_the_agreement_does_not_name_is_refused(tmp_path: Path) -> None:
    more = ["--agreement", str(tmp_path / "a.yaml"), "--recipient", "subcontractor:east"]
    assert init(tmp_path, write_files(tmp_path), *more) != 0
    assert not (tmp_path / "p.yaml").exists()
