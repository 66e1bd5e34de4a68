"""The SOURCE that faults are seeded into: four tables in four formats that join, and the profile that masks them.

All values are made up. Rows come in several chunks and row groups; cells have quotes, line ends, blanks, other
alphabets, upper case, NULL and ''.
"""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

Row = dict[str, object]
ROWS = 360
BLOCK_BYTES = 12 << 10
FIRST = ["Anna", "BÄRBEL", "Chloé", "dag", "Éva", "Фёдор", "Gül", "Hiro"]
LAST = ["Muster", "Beispiel", "O'Test", "von Probe", "Sample-Smith", "ÅKESSON", "Ñandú"]
CITIES = [
    *("Berlin", "Lyon", "São Paulo", "ZÜRICH", "Aix", "Bonn", "Celle", "Davos", "Essen", "Fulda", "Genf", "Hof"),
    *('The "Hague"', "Halle, Saale", 'Bad "Ems"', "Au, Hallertau", "Zell, Mosel", "Rust, Baden", 'Neu "Ulm"'),
    *("Frankfurt, Oder", "Haag, Isen", "Buch, Inn", "Kirn, Nahe", "Lich, Wetterau", 'Sankt "Peter"', "Wörth, Donau"),
]
PLANS = ["basic", "pro, plus", 'the "best"', "line\nbreak", ""]

PROFILE = """\
masker: 1
name: seeded
locale: de_DE
unreadable: fpe
undecided: refuse
tables:
  customers:
    subject: {is: customer, key: customer_id}
    columns:
      customer_id: {method: permute, infotype: person_key}
      first_name: {method: fake, infotype: first_name}
      last_name: {method: fake, infotype: last_name}
      email: {method: fake, infotype: email, by: none}
      phone: {method: fpe, infotype: phone, check: phone}
      iban: {method: fpe, infotype: iban, check: iban}
      city: {method: fake, infotype: city, by: none}
      zip: {method: keep, infotype: postal_code}
      born: {method: shift_date, infotype: birth_date, within: 90d}
      joined: {method: shift_date, infotype: other, within: 90d}
      nickname: {method: fpe, infotype: other}
      code: {method: token, infotype: other}
      note: {method: redact, infotype: free_text}
      plan: {method: keep, infotype: none}
      height: {method: keep, infotype: none}
      secret: {method: drop, infotype: secret}
      photo: {method: "null", infotype: photo}
      group: {method: keep, infotype: none}
  orders:
    subject: {is: customer, key: customer_id}
    columns:
      order: {method: keep, infotype: none}
      customer_id: {method: permute, infotype: person_key}
      email: {method: fake, infotype: email, by: none}
      amount: {method: keep, infotype: none}
      placed: {method: shift_date, infotype: other, within: 90d}
      comment: {method: keep, infotype: none}
      paid: {method: keep, infotype: none}
  tickets:
    subject: {is: customer, key: customer_id}
    columns:
      ticket: {method: keep, infotype: none}
      customer_id: {method: permute, infotype: person_key}
      body: {method: redact, infotype: free_text}
      login: {method: fake, infotype: username, by: none}
      state: {method: keep, infotype: none}
  visits:
    subject: {is: customer, key: customer_id}
    columns:
      customer_id: {method: permute, infotype: person_key}
      address: {method: ip, infotype: ip_address}
      login: {method: fake, infotype: username, by: none}
      seen: {method: shift_date, infotype: other, within: 90d}
      pages: {method: keep, infotype: none}
      score: {method: keep, infotype: none}
      tag: {method: keep, infotype: none}
"""


def write_snapshot(root: Path) -> tuple[Path, Path]:
    """Write SOURCE and profile below `root`; gives both paths."""
    source, profile = root / "source", root / "seeded.yaml"
    source.mkdir()
    tables = _tables()
    (source / "customers.csv").write_text(_csv(tables["customers"]), encoding="utf-8", newline="")
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in tables["orders"])
    (source / "orders.jsonl").write_text(lines, encoding="utf-8")
    (source / "tickets.json").write_text(json.dumps(tables["tickets"], indent=1), encoding="utf-8")
    rows = tables["visits"]
    columns = {name: pa.array([row[name] for row in rows]) for name in rows[0]}
    columns["tag"] = columns["tag"].dictionary_encode()
    columns["login"] = columns["login"].dictionary_encode()
    pq.write_table(pa.table(columns), source / "visits.parquet", row_group_size=150)
    profile.write_text(PROFILE)
    return source, profile


def originals() -> set[str]:
    """Every text of SOURCE that nobody may read in a message, lower case."""
    hidden = ("email", "phone", "iban", "nickname", "code", "note", "secret", "photo", "body", "login", "address")
    rows = [row for table in _tables().values() for row in table]
    return {str(row[name]).casefold() for row in rows for name in hidden if row.get(name)}


def _tables() -> dict[str, list[Row]]:
    return {
        "customers": [_customer(i) for i in range(ROWS)],
        "orders": [_order(i) for i in range(ROWS)],
        "tickets": [_ticket(i) for i in range(ROWS)],
        "visits": [_visit(i) for i in range(ROWS)],
    }


def _key(i: int) -> int:
    return 10_000 + (i * 37) % 9_973


def _email(i: int) -> str | None:
    address = f"person.{i}@{['firma', 'werk', 'haus'][i % 3]}.example"
    return None if i % 41 == 7 else address.upper() if i % 13 == 5 else address


def _customer(i: int) -> Row:
    day = date(1950 + i % 50, 1 + i % 12, 1 + i % 28)
    return {
        "customer_id": _key(i),
        "first_name": FIRST[i % 8] if i % 29 else None,
        "last_name": LAST[i % 7],
        "email": _email(i),
        "phone": f"+49 30 {9_010_000 + i * 11}" if i % 19 else "",
        "iban": _iban(i) if i % 23 else None,
        "city": CITIES[i % 26],
        "zip": f"0{1000 + i}",
        "born": day.isoformat(),
        "joined": (day + timedelta(days=8_000 + i)).isoformat(),
        "nickname": [None, f"Übername {i} im Verein", f"NICK-{i:05d}", f"nick name {i:05d} x", ""][i % 5],
        "code": f"C-{i:06d}-{(i * 7919) % 99_991:05d}",
        "note": f'called "{i}" times,\nwants {FIRST[i % 8]} again ' + "word " * (i % 7) if i % 11 else None,
        "plan": PLANS[i % 5] if i % 17 else None,
        "height": f"1.{50 + i % 50}0",
        "secret": f"s3cret-{i * 31:06d}-key",
        "photo": f"photo-of-{i:05d}.jpeg",
        "group": ["a", "b", "c"][i % 3],
    }


def _order(i: int) -> Row:
    return {
        "order": 500_000 + (i * 7) % ROWS,
        # some of nobody's, so that orphans of SOURCE must stay orphans
        "customer_id": _key((i * 5) % ROWS) if i % 50 else 77_000 + i,
        "email": _email((i * 5) % ROWS),
        "amount": i * 1.5 if i % 4 else 100 + i,
        "placed": (datetime(2023, 1, 1, 8, 30) + timedelta(days=i)).isoformat(),
        "comment": ["ok", 'he said "no"', "tab\there", None, "", "ümläut"][i % 6],
        "paid": bool(i % 3),
    }


def _ticket(i: int) -> Row:
    return {
        "ticket": i + 1,
        "customer_id": _key((i * 11) % ROWS),
        "body": f"Hello, this is person number {i} writing about a broken lamp" if i % 9 else None,
        "login": f"login{i % 90:04d}user",
        "state": ["open", "closed", "waiting"][i % 3],
    }


def _visit(i: int) -> Row:
    return {
        "customer_id": _key((i * 3) % ROWS),
        "address": f"198.51.{i % 100}.{(i * 7) % 250 + 1}",
        "login": f"login{i % 90:04d}user" if i % 31 else None,
        "seen": datetime(2024, 1, 1) + timedelta(hours=i * 7),
        "pages": i % 40,
        "score": i / 7,
        "tag": ["mail", "web", "app", None][i % 4],
    }


def _iban(i: int) -> str:
    account = f"37040044{532_013_000 + i:010d}"
    check = 98 - int(account + "131400") % 97
    return f"DE{check:02d}{account}"


def _csv(rows: list[Row]) -> str:
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    return "".join(",".join(map(_cell, line)) + "\r\n" for line in lines)


def _cell(value: object) -> str:
    """NULL is nothing at all, '' is a pair of quotes."""
    text = "" if value is None else str(value)
    return '"' + text.replace('"', '""') + '"' if value == "" or set(text) & set(',"\n') else text
