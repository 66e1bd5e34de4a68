"""Drift: every way in which data may differ from what was accepted is told, and nothing else is."""

from dataclasses import replace

import pytest

from masker.errors import GateError
from masker.findings import Finding, Findings, TableFindings
from masker.profile.accepted import accepted_findings
from masker.profile.drift import drift


def finding(column: str, infotype: str = "none", decision: str = "clean", **more: object) -> Finding:
    return Finding(column, "string", infotype, 0.9, decision, "customer", **more)  # type: ignore[arg-type]


EMAIL, VIP, NOTES = finding("email", "email", "personal"), finding("vip"), finding("notes", "free_text", "personal")
CUSTOMERS = TableFindings("customers", 3, "customer", 0.9, (EMAIL, VIP, NOTES))
ORDERS = TableFindings("orders", 3, "none", 0.9, (finding("total"),))


def changes(*tables: TableFindings) -> list[tuple[str, str, str]]:
    accepted = accepted_findings(Findings("s", (CUSTOMERS, ORDERS)), by="owner", at="2026-11-24T00:00:00Z")
    return [(change.kind, change.table, change.column) for change in drift(accepted, Findings("s", tables))]


def customers(*columns: Finding, subject: str = "customer") -> TableFindings:
    return replace(CUSTOMERS, columns=columns, subject=subject)


def test_what_was_accepted_is_no_drift() -> None:
    assert changes(CUSTOMERS, ORDERS) == []
    assert changes(replace(CUSTOMERS, rows=99, subject_score=0.1), ORDERS) == []


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (customers(EMAIL, VIP, NOTES, finding("fax", "phone", "personal")), [("new", "customers", "fax")]),
        (customers(EMAIL, VIP), [("gone", "customers", "notes")]),
        (customers(replace(EMAIL, column="mail"), VIP, NOTES), [("renamed", "customers", "mail")]),
        (customers(replace(EMAIL, type="int64"), VIP, NOTES), [("retyped", "customers", "email")]),
        (customers(EMAIL, finding("vip", "email", "personal"), NOTES), [("reclassified", "customers", "vip")]),
        (customers(EMAIL, replace(VIP, decision="unsure"), NOTES), [("reclassified", "customers", "vip")]),
        (customers(EMAIL, VIP, replace(NOTES, contains=("phone",))), [("containing", "customers", "notes")]),
        (customers(EMAIL, VIP, NOTES, subject="employee"), [("subject", "customers", "")]),
        (customers(NOTES, EMAIL, VIP), []),
    ],
)
def test_each_kind_of_change(table: TableFindings, expected: list[tuple[str, str, str]]) -> None:
    assert changes(table, ORDERS) == expected


def test_tables_come_and_go() -> None:
    found = changes(CUSTOMERS, replace(ORDERS, name="invoices"))
    assert found == [("new", "invoices", ""), ("gone", "orders", "")]


def test_two_like_columns_are_not_taken_for_renamed() -> None:
    fresh = [replace(EMAIL, column=name) for name in ("mail", "other_mail")]
    found = changes(customers(*fresh, VIP, NOTES), ORDERS)
    assert found == [("new", "customers", "mail"), ("new", "customers", "other_mail"), ("gone", "customers", "email")]


def test_a_renamed_column_may_hold_something_new() -> None:
    found = changes(customers(EMAIL, VIP, replace(NOTES, column="remarks", contains=("email",))), ORDERS)
    assert found == [("renamed", "customers", "remarks"), ("containing", "customers", "remarks")]


def test_every_change_has_words() -> None:
    accepted = accepted_findings(Findings("s", (CUSTOMERS, ORDERS)), by="owner", at="x")
    table = customers(replace(EMAIL, column="mail", type="int64"), finding("vip", "email", "personal"))
    messages = [change.message for change in drift(accepted, Findings("s", (table,)))]
    assert all(messages)
    assert len(set(messages)) == 4


def test_a_lock_holds_no_value() -> None:
    table = customers(finding("anna@firma.example"))
    with pytest.raises(GateError):
        accepted_findings(Findings("s", (table,)), by="owner", at="x")
