"""How the verifier reads the rows of a COPY with options: CSV by one expression a cell, text by other separators."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_PART = re.compile(r"[Ee]?'((?:[^']|'')*)'|(\w+)")
_CHOICES = {"DELIMITER": "delimiter", "DELIMITERS": "delimiter", "NULL": "null", "QUOTE": "quote", "ESCAPE": "escape"}
_ESCAPED = {"\\t": "\t", "\\\\": "\\"}


@dataclass(frozen=True, slots=True)
class Written:
    """How rows are written; `header`: their first line is none."""

    csv: bool = False
    delimiter: str = "\t"
    null: str = "\\N"
    quote: str = '"'
    header: bool = False


PLAIN = Written()


def written_as(options: str) -> Written | None:
    """What the options behind `FROM stdin` say; None where this cannot be read."""
    parts = [(found.group(1), (found.group(2) or "").upper(), found.group(0)) for found in _PART.finditer(options)]
    said: dict[str, str] = {}
    at = 0
    while at < len(parts):
        word = parts[at][1]
        at += 1
        while at < len(parts) and parts[at][1] == "AS":
            at += 1
        text = parts[at][0] if at < len(parts) else None
        if word in _CHOICES and text is not None:
            plain = text.replace("''", "'")
            said[_CHOICES[word]] = _ESCAPED.get(plain, plain) if parts[at][2][:1] in "Ee" else plain
            at += 1
        elif word in ("FORMAT", "HEADER", "FREEZE", "ENCODING"):
            value = (parts[at][1] or text or "").upper() if at < len(parts) else ""
            if word == "HEADER" and value not in ("TRUE", "FALSE", "ON", "OFF", "0", "1", "MATCH"):
                value = "TRUE"
            elif word != "FREEZE" or value in ("TRUE", "FALSE", "ON", "OFF", "0", "1"):
                at += 1
            if word == "FORMAT" and value == "BINARY":
                return None
            said[word.lower()] = value
        elif word == "CSV":
            said["format"] = "CSV"
        elif word not in ("WITH", "USING"):
            return None
    csv = said.get("format") == "CSV"
    quote = said.get("quote", '"')
    if csv and said.get("escape", quote) != quote:
        return None
    return Written(
        csv,
        said.get("delimiter", "," if csv else "\t"),
        said.get("null", "" if csv else "\\N"),
        quote,
        said.get("header", "FALSE") in ("TRUE", "ON", "1", "MATCH"),
    )


def lines_end(text: bytes, written: Written, *, odd: bool = False) -> tuple[int, int, bool]:
    """Where the last line end outside of quotes is passed, how many there are, and whether a quote is open behind.

    `odd`: one is open where the text begins.
    """
    if not written.csv:
        return text.rfind(b"\n") + 1, text.count(b"\n"), False
    quote, end, rows, at = written.quote.encode(), 0, 0, 0
    for number, part in enumerate(text.split(quote)):
        if (number % 2 == 1) is odd:
            rows += part.count(b"\n")
            end = at + part.rfind(b"\n") + 1 if b"\n" in part else end
        at += len(part) + len(quote)
    return end, rows, (text.count(quote) % 2 == 1) is not odd


def csv_rows(text: str, written: Written) -> Iterator[tuple[list[str], str]]:
    """The raw cells of each row of whole rows, and its line end; a row that cannot be read ends them early."""
    cell = _cell(written.delimiter, written.quote)
    at = 0
    while at < len(text):
        cells: list[str] = []
        while found := cell.match(text, at):
            cells.append(found.group(1))
            at = found.end()
            if found.group(2) != written.delimiter:
                break
        if not cells or found is None or found.group(2) == written.delimiter:
            return
        yield cells, found.group(2)


def csv_text(raw: str, written: Written) -> str | None:
    """What a raw cell of CSV means."""
    quote = written.quote
    if raw[:1] == quote:
        return raw[1:-1].replace(quote * 2, quote)
    return None if raw == written.null else raw


@cache
def _cell(delimiter: str, quote: str) -> re.Pattern[str]:
    q, d = re.escape(quote), re.escape(delimiter)
    return re.compile(rf"({q}(?:[^{q}]++|{q}{q})*+{q}|[^{q}{d}\r\n]*+)({d}|\r?\n)")
