"""The frame of a page: one file, nothing loaded, no script, a style known by its digest, at most 200,000 bytes.

Content Security Policy Level 3 (https://www.w3.org/TR/CSP3/): `default-src 'none'` and the SHA-256 of the only style.
Every text is escaped; marks that turn the direction of text (UAX #9) are shown as what they are, names stand in `bdi`.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape

from masker.errors import shown

LARGEST = 200_000
"""Bytes of a page in UTF-8."""
_MOST_LINES = 100

_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_STYLE = """
:root { color-scheme: light dark; --ink: #222; --paper: #fff; --line: #ddd; --before: #8a8a8a; --after: #1f6f8b; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e4e4; --paper: #181818; --line: #444; --before: #9a9a9a; --after: #5bb8d6; }
}
body { font: 16px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; color: var(--ink);
  background: var(--paper); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0 2rem; width: 100%; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
code { font-size: .9em; }
svg { display: block; }
.before { fill: var(--before); }
.after { fill: var(--after); }
svg text { font-size: 9px; fill: var(--ink); }
@media print {
  :root { color-scheme: light; --ink: #000; --paper: #fff; --line: #999; --before: #999; --after: #333; }
  body { margin: 0; max-width: none; font-size: 10pt; }
  .wide { overflow: visible; }
  tr, svg { break-inside: avoid; }
  h2 { break-after: avoid; }
}
"""
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"


def text(words: object) -> str:
    """Any text, safe between tags and in attributes.

    >>> text('<b>"\u202e&')
    '&lt;b&gt;&quot;[U+202E]&amp;'
    """
    return escape(_TURNING.sub(lambda mark: f"[U+{ord(mark[0]):04X}]", str(words)))


def name(given: str) -> str:
    """The name of a table, column or file where it is a plain identifier, in its own direction."""
    return f"<bdi><code>{text(shown(given))}</code></bdi>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> Iterator[str]:
    """A table whose cells are HTML already; `numbers` are the columns that are set to the right."""
    yield '<div class="wide"><table><thead><tr>' + "".join(f'<th scope="col">{head}</th>' for head in heads)
    yield "</tr></thead><tbody>"
    for row in rows:
        cells = (f'<td class="number">{c}</td>' if i in numbers else f"<td>{c}</td>" for i, c in enumerate(row))
        yield "<tr>" + "".join(cells) + "</tr>"
    yield "</tbody></table></div>"


def listed(lines: Iterable[str]) -> Iterator[str]:
    """A list of plain texts, at most 100; the number of all further ones is its last line."""
    told = list(lines)
    items = [f"<li>{text(line)}</li>" for line in told[:_MOST_LINES]]
    if more := len(told) - len(items):
        items.append(f"<li>and {more} more of the kind</li>")
    yield "<ul>" + "".join(items) + "</ul>"


def page(title: str, bodies: Iterable[Callable[[], Iterable[str]]]) -> str:
    """The whole page with the first of `bodies`, from the fullest to the shortest, that fits in `LARGEST` bytes.

    The last one has to fit by itself.
    """
    whole = ""
    for body in bodies:
        whole = "\n".join(_page(title, body())) + "\n"
        if len(whole.encode()) <= LARGEST:
            break
    return whole


def _page(title: str, body: Iterable[str]) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{text(title)}</title><style>{_STYLE}</style></head><body><main>"
    yield f"<h1>{text(title)}</h1>"
    yield from body
    yield "</main></body></html>"
