"""Checks a copy wherever it is: files or a database, by itself or against whatever SOURCE is."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from masker.address import Address
from masker.agreed import standing
from masker.agreement import Agreement
from masker.database_copies import verify_database
from masker.dumped import Dumped
from masker.errors import UsageError
from masker.formats.sqlite.dumped import sqlite_dump
from masker.opening import DUMP, dump_of
from masker.servers import SERVERS
from masker.verify.reading import Reading
from masker.verify.unpaired import Orderless
from masker.verify.whole import Checked, compared, verify_whole


def verify_at(
    copy: Path | Address,
    trusted: Mapping[str, bytes],
    now: datetime,
    *,
    against: Path | Address | None = None,
    agreement: Agreement | None = None,
    where: Sequence[str] = (),
) -> Checked:
    """`verify_whole` for a copy at any place, held to `agreement` too. Raises what that, `verify_database` and
    `agreed.standing` raise.

    The rows of a copy in a database are compared with those of `against` as sets: a server gives rows in an order of
    its own. So are those of an SQLite file whose SOURCE is a dump. What that leaves unchecked is told.
    """
    checked = _verified(copy, trusted, now, against=against, agreement=agreement, where=where)
    return checked if agreement is None else replace(checked, agreed=standing(checked.manifest, agreement, now))


def _verified(
    copy: Path | Address,
    trusted: Mapping[str, bytes],
    now: datetime,
    *,
    against: Path | Address | None,
    agreement: Agreement | None,
    where: Sequence[str],
) -> Checked:
    with contextlib.ExitStack() as stack:
        if isinstance(copy, Address):
            alone = Checked(*verify_database(copy, trusted, now))
            if against is None:
                return alone
            if isinstance(against, Address) and against.server != copy.server:
                raise UsageError("usage", "SOURCE is on another kind of server than its copy", "name its own SOURCE")
            source = _source(stack, against, copy)
            database = stack.enter_context(contextlib.closing(SERVERS[copy.server].read(copy)))
            orderless = Orderless(same_style=isinstance(against, Address))
            return compared(alone, database, source, agreement=agreement, where=where, orderless=orderless)
        if isinstance(against, Path) and (dumped := _as_dump(copy, against)) is not None:
            alone = verify_whole(copy, trusted, now)
            orderless, reading = Orderless(same_style=False), Reading(format=DUMP)
            return compared(
                alone, dumped, against, agreement=agreement, where=where, orderless=orderless, reading=reading
            )
        given = None if against is None else _source(stack, against, copy)
        return verify_whole(copy, trusted, now, against=given, agreement=agreement, where=where)


def _as_dump(copy: Path, against: Path) -> Dumped | None:
    """An SQLite file as a dump, where its SOURCE is one."""
    if against.is_dir() or sqlite_dump(against) is not None:
        return None
    return sqlite_dump(copy)


def _source(stack: contextlib.ExitStack, against: Path | Address, copy: Path | Address) -> Path | Dumped:
    if isinstance(against, Address):
        return stack.enter_context(contextlib.closing(SERVERS[against.server].read(against)))
    return dump_of(against, copy) or against
