"""What columns say of each other by their values alone, and what a table's name says of those it points at."""

import random

import pytest
from scan_tables import CITIES, FIRST, LAST, orders, people, scanned, table

ROWS = 120


def contacts(seed: int = 5) -> dict[str, list[object]]:
    """Columns of a table of people whose names say nothing."""
    dice = random.Random(seed)
    first = [dice.choice(FIRST) for _ in range(ROWS)]
    last = [dice.choice(LAST) for _ in range(ROWS)]
    return {
        "a": first,
        "b": last,
        "c": [f"{x}{n}@example.com".lower() for n, x in enumerate(first)],
        "d": [f"{dice.randint(1, 300)} {dice.choice(LAST)} Street" for _ in range(ROWS)],
        "e": [dice.choice(CITIES) for _ in range(ROWS)],
        "f": [f"{dice.randrange(10000, 99999)}" for _ in range(ROWS)],
    }


def found(columns: dict[str, list[object]]) -> dict[str, str]:
    by_values = scanned({"t": table(columns)}, ignore_names=True).table("t")
    return {finding.column: finding.infotype for finding in by_values.columns}


def luhn(body: str) -> str:
    """The payment card with a check digit behind its body."""
    digits = [int(c) * (2 if n % 2 == 0 else 1) for n, c in enumerate(reversed(body))]
    return body + str(-sum(d - 9 if d > 9 else d for d in digits) % 10)


CARDS = [luhn(f"411111{n * 7919 % 10**9:09}") for n in range(ROWS)]
CODES = [f"{100 + n * 37 % 900}" for n in range(ROWS)]
LOGINS = [f"{FIRST[n % 12].lower()}{n}" for n in range(ROWS)]
DIGESTS = [f"{n * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128:032x}" for n in range(ROWS)]


def test_names_are_told_apart_and_contact_data_is_found_without_any_name_of_a_column():
    kinds = found(contacts())
    assert kinds == {
        "a": "first_name",
        "b": "last_name",
        "c": "email",
        "d": "street_address",
        "e": "city",
        "f": "postal_code",
    }


@pytest.mark.parametrize(
    ("cells", "infotype", "beside"),
    [
        ([*CODES], "payment_card", {"card": [*CARDS]}),
        ([f"{n % 12 + 1}/20{26 + n % 5}" for n in range(ROWS)], "payment_card", {"card": [*CARDS]}),
        ([*LOGINS], "username", {}),
        ([*DIGESTS], "secret", {}),
        ([f"{n * 7919 % 10**11 + 10**11}" for n in range(ROWS)], "phone", {}),
    ],
    ids=["cvv", "expiry", "username", "password", "digits of a phone"],
)
def test_a_column_is_told_by_those_beside_it_and_not_without_them(cells, infotype, beside):
    near = {**contacts(), "c": [f"{login}@example.com" for login in LOGINS], **beside, "x": cells}
    assert found(near)["x"] == infotype
    assert found({"other": [f"q{n}!" for n in range(ROWS)], "x": cells})["x"] == "none"


@pytest.mark.parametrize("start", [1001, 52_000])
def test_running_numbers_are_no_postal_codes_even_among_addresses(start):
    assert found({**contacts(), "x": [str(start + n) for n in range(ROWS)]})["x"] != "postal_code"
    assert found({**contacts(), "x": [f"K{start + n}" for n in range(ROWS)]})["x"] != "postal_code"


@pytest.mark.parametrize(
    "cells",
    [
        [f"{100 + n}-{10 + n % 80}-{1000 + n * 7}" for n in range(ROWS)],
        [f"10.{n}.{n % 7}.{n % 200}" for n in range(ROWS)],
        [f"{n % 12 + 1}/20{20 + n % 9}" for n in range(ROWS)],
        [f"{1.5 + n:.3f}" for n in range(ROWS)],
    ],
    ids=["social security numbers", "addresses of hosts", "months", "amounts"],
)
def test_numbers_with_signs_in_them_are_not_all_phones(cells):
    assert found({**contacts(), "x": cells})["x"] != "phone"


def test_latitude_beside_longitude_is_a_place_only_where_people_are():
    places = {
        "x": [f"{48 + n * 0.0137:.6f}" for n in range(ROWS)],
        "y": [f"{-100 - n * 0.0139:.6f}" for n in range(ROWS)],
    }
    assert {found({**contacts(), **places})[name] for name in "xy"} == {"geo_point"}
    assert {found({"stop": [f"S{n}" for n in range(ROWS)], **places})[name] for name in "xy"} == {"none"}


def test_digests_are_what_the_name_of_their_column_says_and_never_clean():
    data = {"id": [*range(ROWS)], "email": [*DIGESTS], "town": [DIGESTS[n % 3] for n in range(ROWS)]}
    findings = scanned({"customers": table(data)}).table("customers")
    assert findings.column("email").infotype == "email"
    assert findings.column("town").decision != "clean"


def test_many_columns_of_digests_are_no_passwords():
    data = {"email": [f"{n}@example.com" for n in range(ROWS)], **dict.fromkeys("xyz", DIGESTS)}
    findings = scanned({"events": table(data)}).table("events")
    assert {findings.column(name).infotype for name in "xyz"} == {"none"}


def test_things_that_point_at_people_are_nobodys_data():
    products = table(
        {"product_id": [*range(60)], "title": [f"thing {n}" for n in range(60)], "supplier_id": [1, 2] * 30}
    )
    suppliers = table({"supplier_id": [1, 2], "contact_name": ["Anna Weber", "Hans Martin"]})
    findings = scanned({"products": products, "suppliers": suppliers})
    assert findings.table("products").subject == "none"
    assert findings.table("products").column("supplier_id").subject == "supplier"


def test_a_table_that_only_points_at_people_is_about_them():
    joined = table({"list_id": [1, 2] * 30, "customer_id": [100_000 + 7 * n for n in range(60)]})
    findings = scanned({"customers": people(), "orders": orders(), "list_members": joined})
    assert findings.table("list_members").subject == "customer"


@pytest.mark.parametrize(("extra", "subject"), [("department_id", "employee"), ("theme", "user")])
def test_users_with_a_department_are_who_works_there(extra, subject):
    data = {
        "user_id": [*range(1, 61)],
        "first_name": FIRST * 5,
        "email": [f"{n}@example.com" for n in range(60)],
        extra: [1, 2, 3] * 20,
    }
    assert scanned({"sys_users": table(data)}).table("sys_users").subject == subject


def test_sex_coded_in_numbers_is_not_called_clean_for_being_two_values():
    data = people().append_column("sex", people().column("vip").cast("int8"))
    assert scanned({"customers": data}).table("customers").column("sex").infotype == "gender"
