"""How a COPY's rows are written: `WITH (FORMAT csv, …)`, and the words of old (`WITH DELIMITER '|' NULL 'x' CSV`).

https://www.postgresql.org/docs/current/sql-copy.html; before 9.0 the options had no brackets, before 7.3 it was
`USING DELIMITERS`. What changes rows while they are read (DEFAULT, FORCE_NULL, ON_ERROR), and BINARY, is not known.
"""

from dataclasses import dataclass, replace

from masker.sql.lexemes import Token, tokens

_TEXTS = {"DELIMITER": "delimiter", "DELIMITERS": "delimiter", "NULL": "null", "QUOTE": "quote", "ESCAPE": "escape"}
_SWITCHES = {"TRUE": True, "ON": True, "1": True, "MATCH": True, "FALSE": False, "OFF": False, "0": False}
_NO_DELIMITER = frozenset("\\.abcdefghijklmnopqrstuvwxyz0123456789\r\n")


@dataclass(frozen=True, slots=True)
class CopyOptions:
    """What separates cells, stands for NULL, and quotes (CSV alone), in bytes; `header`: the first line is no row."""

    csv: bool = False
    delimiter: bytes = b"\t"
    null: bytes = b"\\N"
    quote: bytes = b'"'
    header: bool = False


TEXT = CopyOptions()


def read_options(written: bytes) -> CopyOptions | None:
    """What stands between `FROM stdin` and `;`; None where rows so written cannot be read here.

    >>> read_options(b" WITH (FORMAT csv, DELIMITER ';', HEADER)")
    CopyOptions(csv=True, delimiter=b';', null=b'', quote=b'"', header=True)
    """
    if not written.strip():
        return TEXT
    left = [token for token in tokens(written, "postgres") if not _is_filling(token)][::-1]
    said: dict[str, str] = {}
    while left:
        word = left.pop()
        key = word.text.upper() if word.kind == "word" else ""
        if key in _TEXTS and left and left[-1].kind == "string":
            said[_TEXTS[key]] = left.pop().text
        elif key == "FORMAT" and left:
            said["format"] = left.pop().text.lower()
        elif key == "CSV":
            said["format"] = "csv"
        elif key in ("HEADER", "FREEZE"):
            switched = _SWITCHES[left.pop().text.upper()] if left and left[-1].text.upper() in _SWITCHES else True
            said |= {"header": "yes"} if switched and key == "HEADER" else {}
        elif key == "ENCODING" and left and left[-1].text.lower() in ("utf8", "utf-8"):
            left.pop()
        else:
            return None
    return _options(said)


def _options(said: dict[str, str]) -> CopyOptions | None:
    csv = said.get("format", "text") == "csv"
    options = replace(CopyOptions(csv=True, delimiter=b",", null=b"") if csv else TEXT, header="header" in said)
    options = replace(
        options,
        delimiter=said["delimiter"].encode() if "delimiter" in said else options.delimiter,
        null=said["null"].encode() if "null" in said else options.null,
        quote=said["quote"].encode() if "quote" in said else options.quote,
    )
    delimiter, quote = said.get("delimiter", "\t"), said.get("quote", '"')
    good = (
        said.get("format", "text") in ("text", "csv")
        and len(options.delimiter) == 1
        and len(options.quote) == 1
        and options.delimiter != options.quote
        # A quote within quotes is doubled: another way of escaping it is not known here.
        and (not csv or said.get("escape", quote) == quote)
        and (csv or not {"quote", "escape"} & set(said))
        and (csv or delimiter not in _NO_DELIMITER)
        and not set("\r\n") & set(said.get("null", ""))
    )
    return options if good else None


def _is_filling(token: Token) -> bool:
    return token.is_word("WITH", "AS", "USING") or (token.text in ("(", ")", ",") and token.kind == "symbol")
