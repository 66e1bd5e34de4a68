"""The verifier's tokens of a JSON document, one regular expression over blocks of it (RFC 8259); any depth, no tree."""

import re
from collections.abc import Iterator

from masker.errors import InputError

_TOKEN = re.compile(
    rb"[ \t\r\n]+"
    rb'|"[^"\\\x00-\x1f]*(?:\\["\\/bfnrtu][^"\\\x00-\x1f]*)*"'
    rb"|[{}\[\]:,]"
    rb"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
    rb"|true|false|null"
)
_LARGEST = 256 << 20
_OPEN_ENDED = frozenset(b"0123456789.eE+- \t\r\n")


def tokens(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """All tokens in order, runs of white space among them.

    Raises `InputError`: `malformed` where no token stands, `truncated` where one does not end.
    """
    held = b""
    for block in blocks:
        held += block
        at = 0
        for found in _TOKEN.finditer(held):
            # The last one may go on in the next block, and one that comes after a gap is none.
            if found.start() != at or found.end() == len(held):
                break
            yield found[0]
            at = found.end()
        held = held[at:]
        if len(held) > _LARGEST:
            raise InputError("limit", "a JSON value is too large")
        if held and held[0] not in b'"tfn-' and not _TOKEN.match(held):
            raise InputError("malformed", "this is no JSON")
    at = 0
    for found in _TOKEN.finditer(held):
        if found.start() != at:
            break
        yield found[0]
        at = found.end()
    if at < len(held):
        raise InputError(
            "truncated" if held[at:].startswith(b'"') else "malformed", "the JSON cannot be read to its end"
        )
