"""Checks a copy wherever it is: files or a database, by itself or against whatever SOURCE is."""

import contextlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import cast

from masker.address import Address
from masker.agreement import Agreement
from masker.database_copies import verify_database
from masker.dumped import Dumped
from masker.manifest import Manifest, Verified
from masker.servers import SERVERS
from masker.servers._archive import archive_of
from masker.verify.whole import verify_whole


def verify_at(
    copy: Path | Address,
    trusted: Mapping[str, bytes],
    now: datetime,
    *,
    against: Path | Address | None = None,
    agreement: Agreement | None = None,
) -> tuple[Manifest, Verified]:
    """`verify_whole` for a copy at any place. Raises what that and `verify_database` raise."""
    with contextlib.ExitStack() as stack:
        source: Path | Dumped | None
        if isinstance(against, Address):
            source = stack.enter_context(contextlib.closing(SERVERS[against.server].read(against)))
        else:
            source = against and (archive_of(against) or against)
        if isinstance(copy, Address):
            return verify_database(copy, trusted, now, against=source, agreement=agreement)
        return verify_whole(copy, trusted, now, against=cast(Path | None, source), agreement=agreement)
