"""What is wrapped in a text: percent signs of URLs, escapes of JSON and HTML, base64; one level of it."""

import base64
import binascii
import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")
_ENTITY = re.compile(r"&(?:#[0-9]{1,6}|#x[0-9A-Fa-f]{1,5}|[a-z]{2,8});")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{20,}={0,2}(?![A-Za-z0-9+/_=-])")
_MOST_RUNS = 64
_LONGEST = 1 << 16  # letters of base64 that are decoded


def unwrapped(text: str) -> Iterator[str]:
    """The texts that are wrapped in a text, without the text itself; what does not decode to plain text is not one.

    >>> list(unwrapped("mail=anna%40firma.example"))
    ['mail=anna@firma.example']
    >>> list(unwrapped("token YW5uYS5tdXN0ZXJAZmlybWEuZXhhbXBsZQ== end"))
    ['anna.muster@firma.example']
    """
    if "%" in text and (plain := unquote(text, errors="replace")) != text:
        yield plain
    if "\\u" in text:
        yield _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if "&" in text and _ENTITY.search(text):
        yield html.unescape(text)
    for count, match in enumerate(_BASE64.finditer(text)):
        if count == _MOST_RUNS:
            return
        if decoded := _decoded(match[0]):
            yield decoded


def _decoded(run: str) -> str:
    """The text that a run of base64 or base64url holds, "" where it holds none (a word, a hash, a picture)."""
    bare = run[:_LONGEST].rstrip("=").replace("-", "+").replace("_", "/")
    bare = bare[: len(bare) - len(bare) % 4] if len(bare) % 4 == 1 else bare + "=" * (-len(bare) % 4)
    try:
        text = base64.b64decode(bare, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return text if text.isprintable() or all(c.isprintable() or c in "\t\r\n" for c in text) else ""
