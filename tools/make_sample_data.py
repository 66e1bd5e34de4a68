"""Makes the sample data: six exports of one small firm, synthetic, the same bytes at every run.

Nobody in it exists. Domains are those of RFC 2606 and RFC 6761, addresses those of RFC 5737 and RFC 3849, phone
numbers those kept for fiction where a country keeps any, card numbers use test prefixes, bank codes and national ids
are of kinds never issued, with valid check digits.

Usage: `python -m tools.make_sample_data [FOLDER]` (default: `sample_data`). `canaries()` lists the planted marks.
"""

import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tools import sample_checks as checks
from tools import sample_files as files
from tools.sample_people import Draw, person
from tools.sample_words import COMPANIES, JOBS, PATHS, USER_AGENTS

SEED = 20_260_301
TODAY = date(2026, 3, 1)


class Canary(NamedTuple):
    """A planted mark: 24 characters that occur nowhere else; it must not be in any output, in whatever case."""

    file: str
    column: str
    mark: str


# How a mark is put into a cell of the column, so that the cell still is what its header says.
_PLANTED = {
    ("crm/customers.csv", "first_name"): "{mark}",
    ("crm/customers.csv", "last_name"): "{mark}",
    ("crm/customers.csv", "email"): "{mark}@mail.example",
    ("crm/customers.csv", "phone"): "ask {mark}",
    ("crm/customers.csv", "street"): "{mark} 12",
    ("crm/customers.csv", "notes"): 'Said "{mark}",\r\nthen hung up.',
    ("crm/orders.jsonl", "ship_name"): "{mark} Weber",
    ("crm/orders.jsonl", "contact_email"): "{mark}@shop.example",
    ("hr/employees.parquet", "last_name"): "{mark}",
    ("hr/employees.parquet", "email"): "{mark}@firm.example",
    ("hr/employees.parquet", "username"): "{mark}",
    ("partners/partners.tsv", "contact_name"): "{mark} Moreau",
    ("partners/partners.tsv", "email"): "{mark}@partner.example",
    ("suppliers/suppliers.json", "contact_name"): "Lucía {mark}",
    ("suppliers/suppliers.json", "contact_email"): "{mark}@supply.example",
    ("web/visits.csv", "session_id"): "{mark}00000000",
}


def canaries() -> tuple[Canary, ...]:
    """Every planted mark with its place, the same at every call; each is `Canary` and 18 capital letters and digits."""
    draw = Draw(f"{SEED} canaries")
    return tuple(
        Canary(file, column, "Canary" + draw.text("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 18)) for file, column in _PLANTED
    )


Row = dict[str, object]


def plant(rows: list[Row], file: str) -> list[Row]:
    """Put the file's marks into rows of their own, spread over the file."""
    marks = [canary for canary in canaries() if canary.file == file]
    for position, canary in enumerate(marks):
        row = rows[(position * 2 + 1) * len(rows) // (2 * len(marks))]
        row[canary.column] = _PLANTED[canary.file, canary.column].format(mark=canary.mark)
    return rows


def customers(draw: Draw) -> list[Row]:
    """420 customers; every 40th is a second account of the one before (same person, new id)."""
    rows: list[Row] = []
    for number in range(420):
        who = person(draw, number, draw.one(("example.com", "example.org", "example.net", "mail.example")))
        note = draw.one(who.country.notes).format(first=who.first, last=who.last, phone=who.phone, email=who.email)
        row: Row = {
            "customer_id": 100_000 + number * 7 + draw.below(7),
            "first_name": who.first.upper() if draw.share(0.05) else who.first,
            "last_name": who.last.upper() if draw.share(0.05) else who.last,
            "gender": draw.one((who.gender, who.gender, who.gender, who.gender, "d", None)),
            "email": who.email.upper() if draw.share(0.03) else who.email,
            "phone": None if draw.share(0.08) else who.phone,
            "street": who.street,
            "city": who.city,
            "postal_code": who.postal,
            "region": who.region if draw.share(0.8) else None,
            "country": who.country.code,
            "birth_date": None if draw.share(0.06) else who.born.isoformat(),
            "payment_card": None if draw.share(0.2) else checks.card(draw.one(checks.TEST_BINS), draw.digits),
            "iban": checks.iban(who.country.code, draw.digits),
            "vip": draw.one(("true", "false", "false", "false")),
            "notes": "" if draw.share(0.15) else None if draw.share(0.4) else note,
        }
        if number % 40 == 39:
            row = {**rows[-1], "customer_id": row["customer_id"], "vip": row["vip"]}
        rows.append(row)
    return plant(rows, "crm/customers.csv")


def orders(draw: Draw, buyers: list[Row]) -> list[Row]:
    """900 orders; the first customer orders fifty times, some never."""
    rows: list[Row] = []
    for number in range(900):
        buyer = buyers[0] if number % 18 == 0 else draw.one(buyers)
        placed = datetime(2025, 1, 1) + timedelta(seconds=draw.below(400 * 86_400))
        gift = draw.share(0.1)
        rows.append(
            {
                "order_id": 5_000_001 + number,
                "customer_id": buyer["customer_id"],
                "placed_at": placed.isoformat() + "Z",
                "status": draw.one(("new", "paid", "shipped", "shipped", "returned")),
                "amount": draw.between(100, 99_999),
                "currency": "USD" if buyer["country"] == "US" else "EUR",
                "ship_name": person(draw, 0, "x").last if gift else f"{buyer['first_name']} {buyer['last_name']}",
                "ship_street": buyer["street"],
                "ship_city": buyer["city"],
                "ship_postal_code": buyer["postal_code"],
                "ship_country": buyer["country"],
                "contact_email": buyer["email"] if draw.share(0.9) else None,
                "gift": gift,
            }
        )
    return plant(rows, "crm/orders.jsonl")


def employees(draw: Draw) -> list[Row]:
    """240 employees; managers are employees, the first has none."""
    rows: list[Row] = []
    for number in range(240):
        who = person(draw, number, "firm.example")
        rows.append(
            {
                "employee_id": 2001 + number,
                "first_name": who.first,
                "last_name": who.last,
                "gender": who.gender,
                "email": who.email,
                "username": f"{who.username}{number}",
                "national_id": checks.national_id(who.country.code, who.gender, who.born, draw.digits, draw.below),
                "country": who.country.code,
                "birth_date": who.born,
                "hire_date": draw.day(date(2008, 1, 1), TODAY),
                "job_title": draw.one(JOBS),
                "salary": 30_000 + 250 * draw.below(400),
                "manager_id": None if number == 0 else 2001 + draw.below(min(number, 20)),
                "phone": None if draw.share(0.3) else who.phone,
            }
        )
    return plant(rows, "hr/employees.parquet")


def partners(draw: Draw, staff: list[Row]) -> list[Row]:
    """180 partners, each looked after by an employee; dates in the German pattern."""
    rows: list[Row] = []
    for number in range(180):
        who = person(draw, number, "partner.example")
        rows.append(
            {
                "partner_id": f"PA-{10_000_000 + number * 4_321 + draw.below(4_321)}",
                "company_name": draw.one(COMPANIES),
                "contact_name": f"{who.last}, {who.first}" if draw.share(0.2) else f"{who.first} {who.last}",
                "email": who.email,
                "phone": who.phone if draw.share(0.9) else "",
                "city": who.city,
                "postal_code": who.postal,
                "country": who.country.code,
                "birth_date": who.born.strftime("%d.%m.%Y") if draw.share(0.9) else None,
                "account_manager_id": draw.one(staff)["employee_id"],
                "tier": draw.one(("gold", "silver", "silver", "bronze")),
            }
        )
    return plant(rows, "partners/partners.tsv")


def suppliers(draw: Draw, staff: list[Row]) -> list[Row]:
    """150 suppliers, each with a contact and a buyer among the employees."""
    rows: list[Row] = []
    for number in range(150):
        who = person(draw, number, "supply.example")
        rows.append(
            {
                "supplier_id": 700_100 + number * 3,
                "company_name": draw.one(COMPANIES),
                "contact_name": f"{who.first} {who.last}",
                "contact_email": who.email if draw.share(0.95) else None,
                "contact_phone": who.phone,
                "street": who.street,
                "city": who.city,
                "postal_code": who.postal,
                "country": who.country.code,
                "iban": checks.iban(who.country.code, draw.digits),
                "buyer_id": draw.one(staff)["employee_id"],
                "payment_days": draw.one((14, 30, 30, 60)),
                "active": draw.share(0.9),
            }
        )
    return plant(rows, "suppliers/suppliers.json")


def visits(draw: Draw, buyers: list[Row]) -> list[Row]:
    """1,000 page views; half of the sessions are signed in, some lines are logged twice."""
    rows: list[Row] = []
    moment = datetime(2026, 1, 5, 6, 0, 0)
    while len(rows) < 1000:
        session = draw.text("0123456789abcdef", 32)
        customer = draw.one(buyers)["customer_id"] if draw.share(0.5) else None
        net = draw.one(("192.0.2.", "198.51.100.", "203.0.113."))
        address = net + str(draw.between(1, 254)) if draw.share(0.8) else f"2001:db8::{draw.between(1, 65_535):x}"
        agent = draw.one(USER_AGENTS)
        for _ in range(draw.between(1, 5)):
            moment += timedelta(seconds=draw.between(1, 900))
            stamp = moment.isoformat(sep=" ")
            row: Row = {"visited_at": stamp, "ip_address": address, "session_id": session, "customer_id": customer}
            row |= {"url_path": draw.one(PATHS), "status": draw.one((200, 200, 200, 302, 404)), "user_agent": agent}
            rows += [row, dict(row)] if draw.share(0.03) else [row]
    return plant(rows[:1000], "web/visits.csv")


def sample() -> dict[str, bytes]:
    """All six files by path below the folder; a pure function, so that a test can compare it with what is committed."""
    buyers, staff = customers(Draw(f"{SEED} customers")), employees(Draw(f"{SEED} employees"))
    return {
        "crm/customers.csv": files.spreadsheet_csv(buyers),
        "crm/orders.jsonl": files.json_lines(orders(Draw(f"{SEED} orders"), buyers)),
        "hr/employees.parquet": files.parquet(staff),
        "partners/partners.tsv": files.plain_csv(partners(Draw(f"{SEED} partners"), staff), "\t").rstrip(b"\n"),
        "suppliers/suppliers.json": files.json_array(suppliers(Draw(f"{SEED} suppliers"), staff)),
        "web/visits.csv": files.plain_csv(visits(Draw(f"{SEED} visits"), buyers)),
    }


def main(folder: Path) -> None:
    """Write the sample below `folder`, over what is there."""
    for name, data in sample().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "sample_data"))
