"""The words that open statements: what a statement does, which table an INSERT or COPY fills, names as servers fold."""

import re

from masker.sql import Dialect

_NAME = rb"""(?:"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\w$\x80-\xff]+)"""
_PATH = _NAME + rb"(?:\s*\.\s*" + _NAME + rb"){0,2}"
_LIST = rb"\(\s*" + _NAME + rb"(?:\s*,\s*" + _NAME + rb")*\s*\)"
_INSERT = re.compile(
    rb"(?:INSERT(?:\s+(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE|OR\s+\w+))*|REPLACE(?:\s+(?:LOW_PRIORITY|DELAYED))?)"
    rb"(?:\s+INTO)?\s+(?!INTO\b)(?P<table>" + _PATH + rb")\s*(?P<columns>" + _LIST + rb")?"
    rb"(?:\s*OVERRIDING\s+(?:SYSTEM|USER)\s+VALUE)?\s*VALUES?\s*(?=\()",
    re.I,
)
_COPY = re.compile(
    rb"COPY\s+(?:ONLY\s+)?(?P<table>" + _PATH + rb")\s*(?P<columns>" + _LIST + rb")?\s*FROM\s+STDIN\b"
    rb"(?P<options>(?:[^;']|'[^']*')*);[ \t]*\r?\n",
    re.I,
)
_COPY_STDIN = re.compile(rb"\bFROM\s+STDIN\b", re.I)
_EACH = re.compile(_NAME)
_CONDITIONAL = re.compile(rb"/\*M?![0-9]*\s*")
_WORD = re.compile(rb"\\[a-z_.!?]+|[A-Za-z_]+|\.[a-z]+")
_GAP = re.compile(rb"(?:\s|/\*M?![0-9]*|\*/|=)*")
_MODIFIERS = frozenset(
    "OR REPLACE TEMP TEMPORARY UNLOGGED GLOBAL LOCAL UNIQUE RECURSIVE TRUSTED PROCEDURAL FOREIGN CONSTRAINT".split()
)
# `CREATE DEFINER=… VIEW` and the like: what stands between the verb and its object.
_OPTIONS = re.compile(
    rb"(?:(?:DEFINER\s*=\s*(?:`[^`]*`|'[^']*'|\w+)(?:\s*@\s*(?:`[^`]*`|'[^']*'|[\w.%]+))?(?:\s*\(\s*\))?"
    rb"|ALGORITHM\s*=\s*\w+|SQL\s+SECURITY\s+\w+|AGGREGATE(?=\s+FUNCTION))(?:\s|/\*M?![0-9]*|\*/)*)*",
    re.I,
)
_OBJECTS = {
    "MATERIALIZED": 2, "EVENT": 1, "TEXT": 3, "DEFAULT": 2, "ACCESS": 2, "USER": 1, "LARGE": 2,
}  # fmt: skip
_VERBS = frozenset("CREATE ALTER DROP COMMENT LOCK UNLOCK START BEGIN SECURITY REFRESH".split())
# All that may be told of a statement: where a quote is missing, its first words are a row's.
_KNOWN = _VERBS | frozenset(
    "ABORT ACCESS AGGREGATE ANALYZE AS ATTACH AUTHORIZATION BODY BINLOG CALL CAST CHANGE CHECKPOINT CLUSTER "
    "COLLATION COLUMN COMMIT CONFIGURATION CONSTRAINT CONVERSION COPY DATA DATABASE DEALLOCATE DEFAULT DELETE "
    "DELIMITER DETACH DICTIONARY DISABLE DO DOMAIN ENABLE END EVENT EXECUTE EXPLAIN EXTENSION FLUSH FOREIGN "
    "FUNCTION GRANT GROUP HANDLER IF INDEX INSERT INSTANCE INSTALL KEY KEYS LABEL LANGUAGE LARGE LOAD LOGFILE "
    "MAPPING MASTER MATERIALIZED MERGE METHOD NOTIFY OBJECT ON OPERATOR OPTIMIZE OWNED PACKAGE PARSER POLICY PRAGMA "
    "PREPARE PRIVILEGES PROCEDURE PUBLICATION PURGE REASSIGN REINDEX RELEASE RENAME REPAIR REPLACE RESET RESOURCE "
    "REVOKE ROLE ROLLBACK ROUTINE RULE SAVEPOINT SCHEMA SEARCH SELECT SEQUENCE SERVER SET SHOW SLAVE SOURCE SQL "
    "STATISTICS SUBSCRIPTION SYSTEM TABLE TABLES TABLESPACE TEMPLATE TEXT TRANSACTION TRANSFORM TRIGGER TRUNCATE "
    "TYPE UNIQUE UPDATE USE USER VACUUM VALUES VIEW VIRTUAL WITH WORK WRAPPER XA".split()
)
UNKNOWN = "unknown"


def kind_of(data: bytes, start: int) -> str:
    """The words in upper case that tell what the statement at `start` does; client commands as they stand.

    Modifiers are left out (`CREATE OR REPLACE VIEW` is `CREATE VIEW`), and so are MySQL's conditional comments. Words
    that are none of SQL's are `unknown` and never shown.

    >>> kind_of(b"create unique index a on b (c);", 0), kind_of(b"/*!40101 SET NAMES utf8 */;", 0)
    ('CREATE INDEX', 'SET')
    """
    opened = _CONDITIONAL.match(data, start)
    place = opened.end() if opened else start
    words: list[str] = []
    wanted = 1
    while len(words) < wanted:
        found = _WORD.match(data, place)
        if found is None:
            break
        word = found.group().decode("ascii")
        if word[0] in "\\.":
            return word
        word = word.upper()
        gap = _GAP.match(data, found.end())
        place = gap.end() if gap else found.end()
        if not words:
            words.append(word)
            wanted = 2 if word in _VERBS else 1
        elif word in _MODIFIERS and words[0] in ("CREATE", "DROP", "ALTER"):
            if word == "FOREIGN" and data[place : place + 5].upper() == b"TABLE":
                words.append(word)
                wanted = 3
        else:
            words.append(word)
            wanted += _OBJECTS.get(word, 1) - 1 if len(words) == 2 else 0
            continue
        options = _OPTIONS.match(data, place)
        place = options.end() if options else place
    return " ".join(word if word in _KNOWN else UNKNOWN for word in words)


def insert_head(data: bytes, start: int) -> re.Match[bytes] | None:
    """The head of an `INSERT … VALUES` or `REPLACE … VALUES` at `start`, up to its first tuple."""
    return _INSERT.match(data, start)


def copy_head(data: bytes, start: int) -> re.Match[bytes] | None:
    """The head of a `COPY … FROM stdin …;` at `start`, with its line end; `options` in it may be read or not."""
    return _COPY.match(data, start)


def reads_stdin(statement: bytes) -> bool:
    """Whether a COPY takes its rows from the bytes that follow it."""
    return _COPY_STDIN.search(statement) is not None


def folded(name: bytes, dialect: Dialect) -> str:
    """One name as the server knows it: without quotes; in PostgreSQL in lower case where it has none.

    >>> folded(b'"Mixed""Case"', "postgres"), folded(b"Mixed", "postgres"), folded(b"`Mixed`", "mysql")
    ('Mixed"Case', 'mixed', 'Mixed')
    """
    text = name.decode("utf-8", "surrogateescape")
    if text[0] in '"`':
        return text[1:-1].replace(text[0] * 2, text[0])
    if text[0] == "[":
        return text[1:-1]
    return text.lower() if dialect == "postgres" else text


def table_of(head: re.Match[bytes], dialect: Dialect) -> str:
    """The table that a head fills: `schema.table` where it is qualified."""
    return ".".join(folded(name, dialect) for name in _EACH.findall(head["table"])[-2:])


def name_span(head: bytes) -> tuple[int, int]:
    """Where in the head of an INSERT or COPY the table's name stands, as the dump spells it."""
    found = _INSERT.match(head + b"(") or _COPY.match(head)
    if found is None:
        raise ValueError("no head of rows")
    return found.span("table")


def fills_own(head: re.Match[bytes]) -> bool:
    """Whether a head fills a table of SQLite itself: its counters and statistics are no rows of anybody."""
    return table_of(head, "sqlite").lower().startswith("sqlite_")


def columns_of(head: re.Match[bytes], dialect: Dialect) -> tuple[str, ...] | None:
    """The columns that a head lists, None where it lists none."""
    if head["columns"] is None:
        return None
    return tuple(folded(name, dialect) for name in _EACH.findall(head["columns"][1:-1]))
