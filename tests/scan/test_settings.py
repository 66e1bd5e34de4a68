"""Tables of names and values: a value is what the name beside it says, and no value is told."""

import pyarrow as pa
import pytest

from masker.findings import Finding, Findings
from masker.scan import scan
from masker.snapshot import Table

THEME = {"theme": "dark", "page_size": "50 rows", "date_format": "d.m.Y", "show_avatars": "true"}


def scanned(name: str, rows: dict[str, str | None], named: str, valued: str, *, batch: int = 100) -> Findings:
    schema = pa.schema([("id", pa.int64()), (named, pa.string()), (valued, pa.string())])
    table = pa.table([list(range(len(rows))), list(rows), list(rows.values())], schema=schema)
    return scan([(Table(name, schema), lambda: iter(table.to_batches(max_chunksize=batch)))], source="x")


def value_of(findings: Findings, column: str) -> Finding:
    return next(each for each in findings.tables[0].columns if each.column == column)


@pytest.mark.parametrize(
    ("table", "named", "valued", "name", "value", "infotype"),
    [
        ("sys_config", "config_key", "config_value", "sys.user.initPassword", "123456", "secret"),
        ("sys_config", "config_name", "config_value", "用户管理-账号初始密码", "123456", "secret"),
        ("wp_options", "option_name", "option_value", "admin_email", "anna at firma", "email"),
        ("wp_options", "option_name", "option_value", "mailserver_pass", "letmein", "secret"),
        ("wp_usermeta", "meta_key", "meta_value", "billing_phone", "5550100", "phone"),
        ("settings", "name", "value", "contactPerson", "Anna K", "person_name"),
        ("core_config_data", "path", "value", "trans_email/ident_support/owner_name", "Anna", "person_name"),
        ("einstellungen", "schlüssel", "wert", "Telefon", "0301234", "phone"),
    ],
)
def test_one_name_that_says_so_makes_the_values_doubtful(
    table: str, named: str, valued: str, name: str, value: str, infotype: str
) -> None:
    found = value_of(scanned(table, {**THEME, name: value}, named, valued), valued)
    assert found.decision in ("personal", "unsure")
    assert any(f"{named} says {infotype}" in term for term in found.evidence)
    assert not any(value in term or name in term for term in found.evidence)


def test_without_such_a_name_nothing_changes() -> None:
    assert value_of(scanned("settings", THEME, "name", "value"), "value").decision == "clean"


@pytest.mark.parametrize("value", ["true", "8", "", None, "  no "])
def test_a_value_that_is_nobodys_does_not_count(value: str | None) -> None:
    found = value_of(scanned("settings", {**THEME, "password": value}, "name", "value"), "value")
    assert found.decision == "clean"


def test_values_that_are_all_of_a_kind_are_of_that_kind() -> None:
    rows = {"home phone": "5550100", "work phone": "5550101", "phone": "5550102"}
    found = value_of(scanned("contacts", rows, "contact_type", "contact_value"), "contact_value")
    assert (found.decision, found.infotype) == ("personal", "phone")


def test_columns_that_do_not_belong_together_are_not_read_so() -> None:
    found = value_of(scanned("settings", {**THEME, "password": "letmein"}, "user_name", "net_value"), "net_value")
    assert not any("says" in term for term in found.evidence)


def test_batches_do_not_matter() -> None:
    rows: dict[str, str | None] = {**THEME, "smtp.password": "letmein", "x": None}
    assert scanned("s", rows, "key", "value", batch=1) == scanned("s", rows, "key", "value")
