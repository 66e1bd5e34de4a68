"""What a dump says of its encoding, statement by statement: `SET NAMES`, `character_set_client`, `client_encoding`.

mysqldump of a `latin1` client writes rows in that and the DDL between two settings in UTF-8, so that an encoding holds
from one statement to the next and not for the file.
"""

import re
from dataclasses import dataclass, replace

from masker.sql import Dialect
from masker.sql.charsets import codec_of
from masker.sql.tokens import Grammar

_UTF8 = {
    "postgres": frozenset(["utf8", "utf-8", "unicode", "sql_ascii"]),
    "mysql": frozenset(["utf8", "utf8mb3", "utf8mb4", "binary", "ascii", "default"]),
    "sqlite": frozenset(["utf-8"]),
}
_SAID = re.compile(
    rb"(?P<names>\bNAMES\s+|\bCHARACTER\s+SET\s+|\bclient_encoding\s*(?:=|TO)\s*|\\encoding\s+)'?(?P<set>[A-Za-z][\w-]*)"
    rb"|\bcharacter_set_client\s*=\s*'?(?P<client>@?[A-Za-z][\w-]*)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """What a statement says: an encoding by name, for the session (`names`) or until it says otherwise.

    `name` is "" where it goes back to that of the session.
    """

    name: str
    names: bool


def said_encoding(data: bytes, start: int) -> Encoding | None:
    """What the SET or `\\encoding` at `start` says of the encoding of what follows; None where it says nothing.

    >>> said_encoding(b"/*!40101 SET NAMES latin1 */;", 0)
    Encoding(name='latin1', names=True)
    """
    found = _SAID.search(data, start)
    if found is None:
        return None
    if found["names"]:
        return Encoding(found["set"].decode().lower(), names=True)
    client = found["client"].decode().lower()
    return Encoding("" if client.startswith("@") else client, names=False)


def is_known(said: Encoding, dialect: Dialect) -> bool:
    """Whether rows in this encoding can be read."""
    return said.name in ("", *_UTF8[dialect]) or codec_of(said.name, dialect) is not None


def after(said: Encoding, grammar: Grammar) -> Grammar:
    """The grammar behind the statement; an encoding that is not known leaves the bytes as they are."""
    codec = codec_of(said.name, grammar.dialect) or ""
    if said.names:
        return replace(grammar, codec=codec, names=codec)
    return replace(grammar, codec=codec if said.name else grammar.names)
