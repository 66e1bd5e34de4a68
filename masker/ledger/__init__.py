"""The ledger: which copies and tracked exports exist, and the audit log of everything that was done with them.

It lies at `MASKER_LEDGER`, else in the user's data folder; its audit log beside it.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from masker.config import data_folder
from masker.errors import UsageError
from masker.one_line import printable
from masker.trust import own_signer, trusted_signers

if TYPE_CHECKING:
    from masker.crypto.signing import Signer
    from masker.ledger.book import Ledger


def ledger_path() -> Path:
    """Where the ledger lies: `MASKER_LEDGER`, else `ledger.db` in the user's data folder."""
    chosen = os.environ.get("MASKER_LEDGER")
    return Path(os.path.abspath(chosen)) if chosen else data_folder() / "ledger.db"  # noqa: PTH100 - follows no link


def open_ledger(signer: "Signer | None" = None) -> "Ledger":
    """The user's ledger, made where there is none; events are signed by `signer` (default: the user's own)."""
    from masker.ledger.book import Ledger

    return Ledger(ledger_path(), signer or own_signer(), trusted_signers(), operator=operator())


def record_event(event: str, facts: Mapping[str, str | int | bool], *, signer: "Signer | None" = None) -> None:
    """Append one event (`reveal`, `accept`, `key-rotate`, `key-destroy`) to the audit log, and return once it lasts.

    `copy_id` among the facts becomes the event's. Facts are ids, names, counts and paths; never a data value, never a
    key byte. Call it before the deed where the deed must not happen unrecorded. Raises `OutputError` (`ledger`) and
    `GateError` (`audit`).
    """
    rest = {name: value for name, value in facts.items() if name != "copy_id"}
    with open_ledger(signer) as ledger:
        ledger.record(event, str(facts.get("copy_id", "")), rest)


def check_ledger_apart(*places: Path) -> None:
    """Refuse (`UsageError`) a ledger inside SOURCE or DEST: it would be masked, listed or purged with them."""
    ledger = Path(os.path.realpath(ledger_path()))
    for place in places:
        if ledger.is_relative_to(os.path.realpath(place)):
            hint = "point MASKER_LEDGER at another place"
            raise UsageError("usage", "the ledger must not lie inside SOURCE or DEST", hint)


def operator() -> str:
    """The name of whoever runs masker; "" where the system does not know it."""
    import getpass

    try:
        return printable(getpass.getuser())
    except (OSError, KeyError, ImportError):
        return ""
