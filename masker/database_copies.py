"""Copies in databases: what their tags say, whether that is true, and how they are dropped or renewed.

The table `masker_tag` of a copy holds its label and its signed manifest. A copy is dropped only where a trusted
manifest in it says that it is one of this name, and where it holds no table that the manifest does not list; what
testers wrote into its tables goes with it.
"""

import contextlib
from collections.abc import Callable, Mapping
from datetime import datetime

from masker.address import Address
from masker.copies import FoundCopy, receipt_of
from masker.crypto.signing import Signer
from masker.deletion import Purged, PurgedFile, leave_receipt, receipt_path
from masker.errors import GateError, InputError, MaskerError, OutputError
from masker.label import Label
from masker.ledger import ledger_path
from masker.manifest import Manifest, Verified, parse_manifest
from masker.servers import SERVERS, Tag
from masker.verify.alone import require_clean
from masker.verify.arrived import digest_of

_MISSING = "there is no such copy"


def read_tag(address: Address, trusted: Mapping[str, bytes]) -> tuple[Tag, Manifest]:
    """The tag of a copy and the manifest in it.

    Raises `InputError` (`not-found`, `malformed`), `GateError` (`signature`, `signer`, `digest` where the manifest or
    the label is that of another copy), and what `Server.tag` raises.
    """
    tag = SERVERS[address.server].tag(address)
    if tag is None:
        raise InputError("not-found", _MISSING, "check the URL", address.place)
    manifest = parse_manifest(tag.manifest, trusted, file=address.name)
    if manifest.is_folder or manifest.files[0].path != address.name:
        raise GateError("digest", "the manifest is that of another copy", place=address.place)
    expiries = {manifest.expires, *(extension.before for extension in manifest.extensions)}
    label = Label.parse(tag.label)
    if (
        label is None
        or (label.copy_id, label.purpose, label.recipient) != (manifest.copy_id, manifest.purpose, manifest.recipient)
        or label.expires not in expiries
    ):
        raise GateError("digest", "the label inside is not that of the manifest", place=address.place)
    return tag, manifest


def verify_database(address: Address, trusted: Mapping[str, bytes], now: datetime) -> tuple[Manifest, Verified]:
    """`verify_whole` for a copy in a database, without its SOURCE.

    Raises what `read_tag` and `require_clean` raise, and `GateError`: `digest` where a row changed, or the server has
    written a table anew in another order; last of all `expired`.
    """
    _, manifest = read_tag(address, trusted)
    with contextlib.closing(SERVERS[address.server].read(address)) as database:
        if digest_of(database.data()) != manifest.files[0].sha256:
            raise GateError("digest", "the rows of the copy have changed", place=address.place)
        require_clean(manifest, database)
    if manifest.days_left(now) <= 0:
        hint = "`masker purge` deletes it; `masker mask` makes a new one"
        raise GateError("expired", "the copy has outlived its purpose", hint, address.place)
    return manifest, Verified(checks=4 + len(manifest.tables))


def require_copy(address: Address, *, purpose: str, trusted: Mapping[str, bytes]) -> Manifest:
    """The manifest of a copy that may be replaced; an expired one may be too.

    Raises `OutputError` (`exists`) where it is no copy, its signer is not trusted, it has another purpose, or holds a
    table that is not the copy's.
    """
    hint = "choose another DEST, or remove what is there yourself"
    try:
        tag, manifest = read_tag(address, trusted)
    except (InputError, GateError) as error:
        message = f"DEST holds something and is no valid masker copy ({error.code})"
        raise OutputError("exists", message, hint, address.place) from None
    if manifest.purpose != purpose:
        raise OutputError("exists", "DEST is a copy for another purpose", hint, address.place)
    if not set(tag.tables) <= {table.name for table in manifest.tables}:
        raise OutputError("exists", "DEST holds tables that are not the copy's", hint, address.place)
    return manifest


def require_free(address: Address, may_replace: Callable[[], None] | None) -> None:
    """Raise what `Server.check_free` raises, or what `may_replace` does where something is there."""
    try:
        SERVERS[address.server].check_free(address)
    except OutputError as error:
        if error.code != "exists" or may_replace is None:
            raise
        may_replace()


def find_copy(address: Address, trusted: Mapping[str, bytes], now: datetime) -> FoundCopy | None:
    """The copy at an address as a listing tells of it; None where there is none.

    `problem` is the code word of what is wrong with its tag, `database` or `permission` where nobody could look.
    """
    try:
        if SERVERS[address.server].tag(address) is None:
            return None
        _, manifest = read_tag(address, trusted)
    except MaskerError as error:
        return FoundCopy(address, None, error.code)
    return FoundCopy(address, manifest, "", manifest.days_left(now))


def purge_database(
    address: Address, now: datetime, *, trusted: Mapping[str, bytes], signer: Signer, dry_run: bool = False
) -> Purged | None:
    """Drop the copy at an address where it is expired; None where there is none, or it lives.

    A receipt is left in the ledger's folder. Databases that killed runs left on the server go too. Raises what
    `read_tag` and `Server.drop` raise.
    """
    server = SERVERS[address.server]
    if not dry_run:
        server.clean(address)
    if server.tag(address) is None:
        return None
    tag, manifest = read_tag(address, trusted)
    if manifest.days_left(now) > 0:
        return None
    listed = {table.name for table in manifest.tables}
    whole = set(tag.tables) <= listed
    if dry_run:
        outcome = "due" if whole else "changed"
    else:
        outcome = "deleted" if server.drop(address, listed) else "changed"
    file = PurgedFile(address.name, manifest.files[0].sha256, outcome)  # type: ignore[arg-type]
    complete = outcome != "changed"
    receipt = None
    if not dry_run:
        receipt = receipt_path(ledger_path().with_name(address.name), manifest.copy_id)
        leave_receipt(receipt, receipt_of(manifest, now, [file], complete), signer)
    return Purged(address, manifest.copy_id, (file,), complete, receipt)
