"""A recipient who gets nothing reversible still gets keys that join, numbers as well as text."""

import csv
import json

from desk import Desk, desk

__all__ = ["desk"]

AGREEMENT = b"""masker-agreement: 1
customer: acme
reference: MSA-1
policy: {name: data policy, version: "3"}
valid: {from: 2020-01-01}
purposes: {test-patch: 14d}
recipients: {"subcontractor:north": {}}
"""
PROFILE = b"""masker: 1
name: for-north
owner: crm-data-owner
unreadable: redact
tables:
  customers:
    columns:
      customer_id: {method: hash, form: integer, infotype: person_key}
  orders:
    columns:
      order_id: keep
      customer_id: {method: hash, form: integer, infotype: person_key}
"""


def test_number_keys_join_across_formats_by_a_hash(desk: Desk) -> None:
    ids = [1001 + n for n in range(30)]
    desk.put("shop/customers.csv", "\n".join(["customer_id", *map(str, ids)]).encode() + b"\n")
    orders = [{"order_id": n, "customer_id": ids[n % 30]} for n in range(90)]
    source = desk.put("shop/orders.jsonl", "".join(json.dumps(order) + "\n" for order in orders).encode()).parent
    options = ("--profile", desk.put("p.yaml", PROFILE), "--agreement", desk.put("a.yaml", AGREEMENT))
    assert desk.run("profile", "accept", *options[1:]).exit == 0
    done = desk.mask(source, *options, "--recipient", "subcontractor:north")
    assert done.exit == 0, done.stderr
    masked = [int(row["customer_id"]) for row in csv.DictReader((desk.out / "customers.csv").read_text().splitlines())]
    joined = [json.loads(line)["customer_id"] for line in (desk.out / "orders.jsonl").read_text().splitlines()]
    assert joined == [masked[n % 30] for n in range(90)]
    assert not set(masked) & set(ids)
    assert len(set(masked)) == 30
