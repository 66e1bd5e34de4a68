"""Which comments of a dump stay: those that dump tools write of themselves; all others may tell of people.

A comment that a tool writes names objects, versions and times, in words of its own. Whatever else stands in a comment
was written by somebody, and nobody can say what it holds: it is left out of copies in which anything is masked.
"""

import re
from collections.abc import Iterator

from masker.errors import holds_a_value
from masker.sql import Dialect
from masker.sql.lexemes import tokens
from masker.sql.pieces import Statement

_LONGEST = 400  # characters: what tools write has three names of at most 64 in it
_VERSION = r"\d{1,3}(?:\.\d{1,4}|(?:alpha|beta|rc|devel)\d{0,2}){0,3}"
_NAME = r"[`'\"]?[^`'\"]+[`'\"]?"
_TOOLS = re.compile(
    "|".join(
        [
            r"-*",
            # pg_dump
            r"PostgreSQL database (?:cluster )?dump(?: complete)?",
            rf"Dumped (?:from database|by pg_dump) version {_VERSION}(?: \([\w. ~+/:-]{{1,80}}\))?",
            r"(?:Data for |Statistics for )?Name: [^;]+; Type: [A-Z ]+; Schema: [^;]+; Owner: ?[^;]*"
            r"(?:; Tablespace: ?[^;]*)?",
            r"TOC entry \d+ \(class \d+ OID \d+\)|Dependencies: [\d ]+",
            # mysqldump and mariadb-dump
            r"(?:MySQL|MariaDB) dump [\d.]+ +(?:Distrib|-) [^@]{1,120}",
            r"Host: \S+ +Database: \S*",
            rf"Server version\s+{_VERSION}[\w.+~:-]{{0,60}}",
            rf"(?:Table structure|Dumping data|Temporary table structure|Temporary view structure|Final view structure"
            rf"|Sequence structure|Stand-in structure|Structure|Indexes|AUTO_INCREMENT|Constraints|Triggers)"
            rf" for (?:table|view|dumped tables)(?: {_NAME})?",
            rf"Dumping (?:routines|events|data) for database {_NAME}",
            rf"Current Database: {_NAME}",
            r"Dump completed(?: on [\d: -]+)?",
            # phpMyAdmin
            r"phpMyAdmin SQL Dump|version [\d.]+(?:deb\w+|rc\d+)?|https?://www\.phpmyadmin\.net/?",
            rf"(?:Host|Server version|PHP Version|Generation Time|Database): [\w .,:/+~-]+|Database: {_NAME}",
            # Navicat
            rf"(?:Table|View|Procedure|Function|Trigger|Sequence|Event) structure for {_NAME}|Records of {_NAME}",
            rf"(?:Indexes|Primary Key|Foreign Keys?|Triggers|Uniques|Checks) structure for table {_NAME}",
        ]
    )
)
_MADE_AT = re.compile(r"(?:Started|Completed) on [\d: .+-]+(?: \w+)?")


def is_tools(comment: str) -> bool:
    """Whether a comment is one that a dump tool writes of itself, with no value in it.

    >>> is_tools("-- Table structure for table `customer`"), is_tools("-- Anna wants row 7 out")
    (True, False)
    """
    text = comment.removeprefix("--").removeprefix("#").strip()
    if comment.startswith("/*") or len(text.strip("-")) > _LONGEST:
        return False
    return bool(_MADE_AT.fullmatch(text)) or (bool(_TOOLS.fullmatch(text)) and not holds_a_value(_but_times(text)))


def parted(statement: Statement, dialect: Dialect) -> Iterator[tuple[bytes, bool]]:
    """Cut a statement into (bytes, whether they are a remark), in order; joined they are the statement.

    A remark is a comment that no tool wrote. Where it is left out, one blank in its place keeps the words around it
    apart.
    """
    done = 0
    for token in tokens(statement.data, dialect, comments=True):
        if token.kind == "comment" and not is_tools(token.text or _text(statement.data, token.start, token.end)):
            if token.start > done:
                yield statement.data[done : token.start], False
            yield statement.data[token.start : token.end], True
            done = token.end
    if done < len(statement.data):
        yield statement.data[done:], False


def _text(data: bytes, start: int, end: int) -> str:
    return data[start:end].decode(errors="replace")


def _but_times(text: str) -> str:
    """Without versions, object numbers and times, in which six digits mean nobody."""
    return text if "@" in text else re.sub(r"(?:version|on|OID|entry|dump|Time:) ?[\w.() :~+-]+", "", text)
