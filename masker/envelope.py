"""Signed JSON in its one canonical form: what manifests, receipts and audit entries are wrapped in.

A DSSE envelope v1 (https://github.com/secure-systems-lab/dsse) signed with Ed25519, sorted keys, ASCII, no blanks, a
final newline: there is no byte in it that the signature or this form does not fix.
"""

import json
from collections.abc import Mapping

from masker.crypto.signing import Signer, open_envelope
from masker.errors import GateError, InputError, Place

_NOWHERE = Place()


def canonical(content: object) -> bytes:
    """The one JSON text of `content`: sorted keys, no blanks, ASCII."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def unseal(raw: bytes, payload_type: str, trusted: Mapping[str, bytes], *, place: Place = _NOWHERE) -> bytes:
    """The payload of an envelope that a trusted signer signed and that is byte for byte as `seal` wrote it.

    Raises `InputError` (`malformed`) where `raw` is no JSON object, `GateError` (`signature`, `signer`) otherwise:
    loose JSON would leave bytes that no signature covers.
    """
    try:
        envelope = json.loads(raw)
        exact = canonical(envelope) + b"\n" == raw
    except (ValueError, RecursionError):
        envelope, exact = None, False
    if not isinstance(envelope, dict):
        hint = "a signed file was changed or damaged: look for another copy of it, or make it anew"
        raise InputError("malformed", "this is no signed envelope, or it was cut off", hint, place)
    if not exact:
        raise GateError("signature", "the envelope was edited", place=place)
    try:
        return open_envelope(envelope, trusted, payload_type)
    except GateError as error:
        raise GateError(error.code, error.message, error.hint, place) from None


def seal(payload_type: str, content: object, signer: Signer) -> bytes:
    """Sign any JSON content (a receipt) the way manifests are signed, canonical bytes with a final newline."""
    return canonical(signer.sign(payload_type, canonical(content))) + b"\n"
