"""The audit log: one signed JSON line an event, each with the hash of the line before it. Only ever appended to.

A line is canonical JSON (sorted keys, ASCII, no blanks). `sig` is the Ed25519 signature of `signer` over the line
without it, so that to recompute the chain is not enough to change it. What a chain cannot show by itself is that its
last lines are missing: the ledger keeps the head (number and hash of the last line) as an anchor.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import cast

from masker.crypto.signing import Signer, open_envelope
from masker.envelope import canonical
from masker.errors import GateError, MaskerError, Place

AUDIT_TYPE = "application/vnd.masker.audit+json"
START = "0" * 64
"""What the first line has for the hash of the line before it."""

Facts = Mapping[str, object]
_FIELDS = frozenset("seq at event copy_id operator facts prev signer sig".split())
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log: number from 1, real time (RFC 3339, UTC), what happened to which copy ("": to none)."""

    seq: int
    at: str
    event: str
    copy_id: str
    operator: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Head:
    """Where a log ends: number and hash of its last line, the latest time in it, and bytes in all."""

    seq: int = 0
    hash: str = START
    newest: str = ""
    size: int = 0

    def after(self, line: bytes, event: Event) -> "Head":
        """The head once `line` stands behind this one."""
        return Head(event.seq, sha256(line).hexdigest(), max(self.newest, event.at), self.size + len(line))


def to_line(event: Event, before: Head, signer: Signer) -> bytes:
    """The signed line of an event that comes after `before`, with its line end."""
    body = _body(event, before.hash, signer.id)
    signatures = cast(list[dict[str, str]], signer.sign(AUDIT_TYPE, canonical(body))["signatures"])
    return canonical({**body, "sig": signatures[0]["sig"]}) + b"\n"


def read_lines(log: bytes, before: Head, trusted: Mapping[str, bytes]) -> Iterator[tuple[Event, Head]]:
    """The events in `log`, which stands behind `before`, each with the head after it.

    Raises `GateError` (`audit`) with the line's number at the first line that was edited, dropped, moved, signed by
    nobody trusted, or cut off.
    """
    head = before
    while head.size - before.size < len(log):
        start = head.size - before.size
        line = log[start : log.find(b"\n", start) + 1 or len(log)]
        try:
            event = _checked(line, head, trusted)
        except (ValueError, KeyError, TypeError, RecursionError, MaskerError):
            place = Place(file="audit log", line=head.seq + 1)
            raise GateError("audit", "the audit log was edited, or is damaged", place=place) from None
        head = head.after(line, event)
        yield event, head


def _checked(line: bytes, before: Head, trusted: Mapping[str, bytes]) -> Event:
    content = json.loads(line)
    if not isinstance(content, dict) or set(content) != _FIELDS or canonical(content) + b"\n" != line:
        raise ValueError
    event = Event(**{name: content[name] for name in Event.__slots__})
    follows = type(event.seq) is int and event.seq == before.seq + 1 and content["prev"] == before.hash
    if not follows or not isinstance(event.facts, dict) or not _TIME.match(event.at):
        raise ValueError
    body = canonical(_body(event, before.hash, content["signer"]))
    signature = {"keyid": content["signer"], "sig": content["sig"]}
    payload = base64.b64encode(body).decode()
    open_envelope({"payloadType": AUDIT_TYPE, "payload": payload, "signatures": [signature]}, trusted, AUDIT_TYPE)
    return event


def _body(event: Event, prev: str, signer: str) -> dict[str, object]:
    return {**{name: getattr(event, name) for name in Event.__slots__}, "prev": prev, "signer": signer}
