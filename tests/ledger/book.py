"""A ledger to test with: a few events by one signer, and the claims that tests make of it."""

from dataclasses import replace
from pathlib import Path

from masker.ledger.book import Ledger
from masker.ledger.entry import Entry
from masker.ledger.sound import audit_path
from tests.verify.made import SIGNER, TRUSTED

ENTRY = Entry(
    copy_id="a1b2c3d4",
    path="/data/out",
    kind="copy",
    purpose="test-patch",
    recipient="staff",
    reference="CHG-123",
    operator="ops",
    agreement="built-in",
    policy_version="1",
    created="2026-11-24T06:00:00Z",
    expires="2026-12-24T00:00:00Z",
    longest_days=30,
)


def opened(folder: Path) -> Ledger:
    return Ledger(folder / "ledger.db", SIGNER, TRUSTED, operator="ops")


def filled(folder: Path) -> Path:
    """A ledger of four events; gives its path."""
    with opened(folder) as ledger:
        for name in ("one", "two", "three"):
            ledger.record("run", name, replace(ENTRY, copy_id=name, path=f"/data/{name}").as_facts())
        ledger.record("purge", "two", {"path": "/data/two", "complete": True})
    return folder / "ledger.db"


def log_of(ledger: Path) -> Path:
    return audit_path(ledger)
