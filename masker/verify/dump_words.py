"""How the verifier tells the parts of a dump apart: patterns over bytes, one set a dialect.

Compiled expressions that skip over whole literals and comments; written for the verifier alone.
"""

import re
from dataclasses import dataclass
from functools import cache

POSTGRES, MYSQL, SQLITE = "postgres", "mysql", "sqlite"

_MYSQL_SIGNS = re.compile(
    rb"^(?:\s*(?:INSERT INTO|CREATE TABLE(?: IF NOT EXISTS)?|DROP TABLE(?: IF EXISTS)?|LOCK TABLES|USE)\s+`"
    rb"|/\*!\d{5}|/\*M!|-- (?:MySQL|MariaDB) dump|\)[^\n]*\bENGINE\s*=|SET NAMES|SET AUTOCOMMIT)",
    re.I | re.M,
)
_SQLITE_SIGNS = re.compile(rb"^(?:PRAGMA \w|BEGIN TRANSACTION;)|\bAUTOINCREMENT\b", re.I | re.M)
_POSTGRES_SIGNS = re.compile(
    rb"^(?:-- PostgreSQL database dump|COPY [^\n;]* FROM stdin;|SET (?:standard_conforming_strings|search_path)\b)",
    re.I | re.M,
)

_NAME = rb'(?:"(?:[^"]|"")+"|`(?:[^`]|``)+`|\[[^\]]+\]|[^\W\d][\w$]*|[\w$\x80-\xff]+)'
_QUALIFIED = rb"(" + _NAME + rb"(?:\s*\.\s*" + _NAME + rb")*)"
_LISTED = rb"(?:\s*\(([^()'\;]*)\))?"
COPY = re.compile(
    rb"COPY\s+(?:ONLY\s+)?" + _QUALIFIED + _LISTED + rb"\s+FROM\s+STDIN\b((?:[^;'\n]|'[^'\n]*')*);[^\S\n]*(\r?\n|$)",
    re.I,
)
INSERT = re.compile(
    rb"(?:INSERT|REPLACE)(?:\s+(?:OR\s+\w+|IGNORE|LOW_PRIORITY|DELAYED|HIGH_PRIORITY))*(?:\s+INTO)?\s+"
    + _QUALIFIED
    + _LISTED
    + rb"(?:\s+OVERRIDING\s+\w+\s+VALUE)?\s*VALUES\s*(?=\()",
    re.I,
)
_NAMES = re.compile(_NAME)
_PATH = re.compile(
    rb"\A\s*(?:SET\s+(?:SESSION\s+|LOCAL\s+)?search_path\s*(?:=|TO)\s*([^;]*)"
    rb"|SELECT\s+(?:pg_catalog\s*\.\s*)?set_config\s*\(\s*'search_path'\s*,\s*'((?:[^'])*)'"
    rb"|USE\s+([^;]*))",
    re.I,
)
_OBJECTS = rb"DATABASE|DOMAIN|EVENT|EXTENSION|FUNCTION|INDEX|INTO|PROCEDURE|SCHEMA|SEQUENCE|TABLES?|TRIGGER|TYPE|VIEW"
WORDS = re.compile(rb"\\?[A-Za-z]+(?:\s+(?:" + _OBJECTS + rb")\b)?", re.I)
COMPOUND = {
    "sqlite": re.compile(rb"CREATE\s+(?:TEMP\w*\s+)?TRIGGER\b", re.I),
    "postgres": re.compile(rb"CREATE\b.*\bBEGIN\s+ATOMIC\b", re.I | re.S),
}
END = re.compile(rb"(?:;|\bATOMIC\b)(?:\s|--[^\n]*\n|(?>/\*.*?\*/))*END\s*;?\s*\Z", re.I | re.S)
DELIMITER = re.compile(rb"DELIMITER[^\S\n]+(\S+)[^\n]*(?:\n|$)", re.I)
LINE = re.compile(rb"(?:\\|/\*M!999999)[^\n]*(?:\n|$)")

_BACKSLASHED = rb"(?:[^'\\]++|\\[\s\S])*+'"
_ESCAPED = rb"(?:[^'\\]++|\\[\s\S]|'')*+'"  # of `E''`, where what follows a doubled quote is still escaped
_PLAIN = rb"[^']*+'"


@dataclass(frozen=True)
class Words:
    """The patterns of one dialect under one statement terminator.

    `lead`: blanks and comments; `comment`: one of them; `apart`: literals (in no group), else blanks and comments;
    `skip`: all up to the terminator, literals and comments whole; `row`: one tuple with the comma that follows,
    literals and brackets (three deep) whole.
    """

    dialect: str
    terminator: bytes
    lead: re.Pattern[bytes]
    comment: re.Pattern[bytes]
    apart: re.Pattern[bytes]
    skip: re.Pattern[bytes]
    row: re.Pattern[bytes]


@cache
def words_of(dialect: str, terminator: bytes = b";") -> Words:
    """The patterns for a dialect."""
    line = rb"--[^\n]*\n"
    if dialect == MYSQL:
        line = rb"--(?=\s)[^\n]*\n|\#[^\n]*\n"
        block = rb"/\*(?!!|M!)(?:[^*]++|\*(?!/))*+\*/"
        quoted = rb"'" + _BACKSLASHED + rb'|"(?:[^"\\]++|\\[\s\S])*+"|`[^`]*+`'
        lone = rb"[\-](?!-\s)|/(?!\*)|\$|\\"
        inner = rb"/\*(?:[^*]++|\*(?!/))*+\*/"
        plain = rb"[^'\"`;/\-\#\\$()]"
    else:
        block = inner = rb"/\*(?:[^*]++|\*(?!/))*+\*/"
        quoted = rb"'" + _PLAIN + rb'|"[^"]*+"'
        lone = rb"-(?!-)|/(?!\*)|\#|\\|`"
        plain = rb"[^'\"`;/\-\#\\$()]"
        if dialect == POSTGRES:
            quoted = rb"(?<=[^\w$][eE])'" + _ESCAPED + rb"|" + quoted
            quoted += rb"|\$(?P<tag>(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*+)?)\$(?:(?!\$(?P=tag)\$)[\s\S])*+\$(?P=tag)\$"
            lone += rb"|\$(?![A-Za-z_\x80-\xff]*[\w\x80-\xff]*\$)"
        else:
            quoted += rb"|`[^`]*+`"
            lone = rb"-(?!-)|/(?!\*)|\#|\\|\$"
    comments = line + rb"|" + block
    token = plain + rb"++|" + quoted + rb"|" + line + rb"|" + inner + rb"|" + lone
    if terminator == b";":
        skip = rb"(?:" + token + rb"|[()])*+"
    else:
        skip = rb"(?:(?!" + re.escape(terminator) + rb")(?:" + token.replace(plain + rb"++", plain) + rb"|[();]))*+"
    values = rb"(?:" + token + rb")"
    if dialect == POSTGRES:
        values = rb"(?:" + plain + rb"++|(?<=[^\w$][eE])'" + _ESCAPED + rb"|'" + _PLAIN + rb'|"[^"]*+"|' + inner
        values += rb"|-(?!-)|/(?!\*)|\#|\\|\$)"
    nested = values
    for _ in range(3):
        nested = rb"(?:" + values + rb"|\((?:" + nested + rb")*+\))"
    return Words(
        dialect,
        terminator,
        re.compile(rb"(?:\xef\xbb\xbf)?(?:\s++|" + comments + rb")*+"),
        re.compile(rb"(" + comments + rb")"),
        re.compile(quoted + rb"|((?:\s++|" + comments + rb")++)"),
        re.compile(skip),
        re.compile(rb"\s*+\((?:" + nested + rb")*+\)(?:\s*+,)?+"),
    )


def dialect_of(head: bytes) -> str:
    """Whose dump this is, by the signs in its first bytes; PostgreSQL's where nothing else shows."""
    if _POSTGRES_SIGNS.search(head):
        return POSTGRES
    if _SQLITE_SIGNS.search(head) and not _MYSQL_SIGNS.search(head):
        return SQLITE
    return MYSQL if _MYSQL_SIGNS.search(head) else POSTGRES


def names_in(listed: bytes, dialect: str) -> tuple[str, ...]:
    """The identifiers in a list or a qualified name, as the server folds them.

    >>> names_in(b'Public."My T"', POSTGRES)
    ('public', 'My T')
    """
    return tuple(_folded(name, dialect) for name in _NAMES.findall(listed))


def path_after(statement: bytes, dialect: str) -> tuple[str, ...] | None:
    """The schemas in which names without one are looked for behind a statement; None where it does not say so.

    >>> path_after(b"SET search_path = crm, public;", POSTGRES), path_after(b"USE `a`;", MYSQL)
    (('crm', 'public'), ('a',))
    """
    found = _PATH.search(statement)
    if found is None or (found.group(3) is not None) is not (dialect == MYSQL):
        return None
    named = names_in((found.group(1) or found.group(2) or found.group(3) or b"").replace(b"'", b'"'), dialect)
    return tuple(name for name in named if name not in ("pg_catalog", "", "$user"))


def _folded(name: bytes, dialect: str) -> str:
    text = name.decode("utf-8", "replace")
    mark = text[0]
    if mark in '"`':
        return text[1:-1].replace(mark * 2, mark)
    if mark == "[":
        return text[1:-1]
    return text.lower() if dialect == POSTGRES else text
