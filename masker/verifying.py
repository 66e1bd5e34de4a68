"""Checks a copy wherever it is: files or a database, by itself or against whatever SOURCE is."""

import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import cast

from masker.address import Address
from masker.agreement import Agreement
from masker.database_copies import verify_database
from masker.dumped import Dumped
from masker.errors import UsageError
from masker.manifest import Manifest, Verified
from masker.opening import dump_of
from masker.servers import SERVERS
from masker.verify.whole import verify_whole


def verify_at(
    copy: Path | Address,
    trusted: Mapping[str, bytes],
    now: datetime,
    *,
    against: Path | Address | None = None,
    agreement: Agreement | None = None,
    where: Sequence[str] = (),
) -> tuple[Manifest, Verified]:
    """`verify_whole` for a copy at any place. Raises what that and `verify_database` raise.

    A copy in a database cannot be put beside `against` (`UsageError`): a server gives rows in an order of its own.
    """
    if isinstance(copy, Address):
        if against is not None:
            hint = "its run compared it before it was published, and the manifest says what was found"
            raise UsageError("usage", "a copy in a database cannot be compared with SOURCE row by row", hint)
        return verify_database(copy, trusted, now)
    with contextlib.ExitStack() as stack:
        source: Path | Dumped | None
        if isinstance(against, Address):
            source = stack.enter_context(contextlib.closing(SERVERS[against.server].read(against)))
        else:
            source = against and (dump_of(against, copy) or against)
        return verify_whole(copy, trusted, now, against=cast(Path | None, source), agreement=agreement, where=where)
