"""Whether an agreement, as it reads now, still allows a copy that was made under it.

A manifest holds the digest of its agreement. Where that is another now, somebody edited the file since: what the
manifest says of the copy is then held to the new text. Which rows the agreement keeps out is for the comparison with
SOURCE to say, and columns whose way differs from row to row are not asked what the key turns back.
"""

from datetime import datetime
from typing import Literal

from masker.agreement import Agreement, Terms
from masker.errors import GateError, shown
from masker.manifest import CopyColumn, Manifest
from masker.methods import METHODS
from masker.verify.risk import broken

Standing = Literal["same", "changed"]
CHANGED = "changed since this copy was made; as it reads now it still allows the copy"
_HINT = "make a new copy under the agreement as it is, and let `masker purge` have this one when it expires"


def is_of(manifest: Manifest, agreement: Agreement) -> bool:
    """Whether the copy was made under this agreement, edited since or not."""
    return (manifest.agreement, manifest.agreement_reference) == (agreement.customer, agreement.reference)


def standing(manifest: Manifest, agreement: Agreement, now: datetime, *, created: str = "") -> Standing:
    """`same`: not a word of the agreement changed since the run; `changed`: some did, and it still allows the copy.

    Raises `GateError` (`agreement`) where it is another agreement, has another policy version, or no longer allows the
    copy's purpose, recipient or life, what it keeps, what the key turns back, or how its rows hide. A life counts from
    `created` (RFC 3339), where the ledger knows better than the manifest.
    """
    if not is_of(manifest, agreement):
        message = "the copy was made under another agreement"
        raise GateError("agreement", message, "give the agreement that the manifest names")
    if manifest.agreement_digest == agreement.digest:
        return "same"
    agreement.require_in_force(now)
    if manifest.policy_version != agreement.policy_version:
        raise GateError("agreement", "the copy was made under another version of the policy", _HINT)
    begun = datetime.fromisoformat(created or manifest.created)
    agreement.admit(manifest.purpose, manifest.expires_at, manifest.recipient, min(begun, now))
    _require_terms(manifest, agreement.terms(manifest.recipient))
    return "changed"


def _require_terms(manifest: Manifest, terms: Terms) -> None:
    columns = [(table.name, column) for table in manifest.tables for column in table.columns]
    kept = [(t, c) for t, c in columns if c.fate == "kept" and c.infotype in terms.never_keep]
    turned = [] if terms.reversible else [(t, c) for t, c in columns if _turns_back(c)]
    for barred, what in ((kept, "as they were"), (turned, "that the key turns back")):
        if barred:
            name, column = barred[0]
            first = f"{shown(name)}.{shown(column.name)}"
            message = f"the agreement no longer allows {len(barred)} columns {what}, {first} for one"
            raise GateError("agreement", message, _HINT)
    if terms.own_pseudonyms and not manifest.own_pseudonyms:
        raise GateError("agreement", "the copy shares pseudonyms with those of other recipients", _HINT)
    for table in manifest.tables:
        if table.rows and table.risk is not None and (found := broken(table.risk, terms.require)):
            message = f"rows of {shown(table.name)} stand out more than the agreement allows now: {found[0]}"
            raise GateError("agreement", message, _HINT)


def _turns_back(column: CopyColumn) -> bool:
    if column.fate != "masked":
        return False
    return bool(column.parameters) or (column.method in METHODS and METHODS[column.method].reversible)
