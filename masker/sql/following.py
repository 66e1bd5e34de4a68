"""What a statement changes of how the rest of a dump is read, as the client that runs it and the server follow it."""

import re
from dataclasses import replace

from masker.sql.encodings import after, said_encoding
from masker.sql.search_path import PATH_KINDS, said_path
from masker.sql.tokens import Grammar

_DELIMITER = re.compile(rb"DELIMITER[ \t]+([^\r\n]*?)[ \t]*\r?(?:\n|\Z)", re.I)
_SQL_MODE = re.compile(rb"SQL_MODE\s*=\s*('[^']*'|@)", re.I)
_CONFORMING = re.compile(rb"standard_conforming_strings\s*(?:=|TO)\s*'?(on|off)", re.I)


def followed(grammar: Grammar, data: bytes, lead: int, kind: str, *, unicode: bool) -> Grammar:
    """The grammar behind the statement that begins at `lead`; `unicode`: what it says of its encoding is not true."""
    if kind == "DELIMITER" and (changed := _DELIMITER.match(data, lead)) and changed[1]:
        return replace(grammar, delimiter=changed[1])
    if kind in ("SET", "\\encoding") and not unicode and (said := said_encoding(data, lead)) is not None:
        grammar = after(said, grammar)
    if kind in PATH_KINDS and (path := said_path(data[lead:], kind, grammar.dialect)) is not None:
        grammar = replace(grammar, path=path)
    if kind == "SET" and grammar.dialect == "mysql":
        for mode in _SQL_MODE.findall(data, lead):
            grammar = replace(grammar, backslashes=b"NO_BACKSLASH_ESCAPES" not in mode.upper())
    elif kind == "SET" and (conforming := _CONFORMING.search(data, lead)):
        grammar = replace(grammar, backslashes=conforming[1].lower() == b"off")
    return grammar
