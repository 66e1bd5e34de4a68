"""Dumps that tests write and read: naughty texts, small dumps of each dialect, copies with every cell written anew."""

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from masker.formats import FORMATS, ReadOptions
from masker.formats._open import open_snapshot
from masker.snapshot import Rows, Source

NAUGHTY = [
    "",
    "'",
    "''",
    "\\",
    "\\'",
    "\\\\",
    "\\N",
    "\\.",
    "NULL",
    "it's; -- no comment",
    "/* */ # `",
    "');\nINSERT INTO t VALUES (1,'x",
    "),(",
    "$$ $a$ E'\\n'",
    "tab\tline\nreturn\rfeed\fback\bvertical\v",
    "\x1a%_\\%\\_",
    '"quoted", `names`',
    "Zoë 李 🦉 \u202e",
    "0x41",
    "1e5",
    "007",
    " blanks ",
    "DELIMITER ;;",
    "\n\\.\n",
    "true",
]
"""What lexers trip over; none holds a NUL, which PostgreSQL has not."""

TEXTS = st.one_of(st.sampled_from(NAUGHTY), st.text("'\\;,()\"`ab\n\t \r-#/*$E0Né", max_size=12))
ROWS = st.lists(st.tuples(st.none() | TEXTS, st.none() | TEXTS, st.integers(-999, 999)), min_size=1, max_size=12)

_MYSQL = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\x1a": "\\Z", '"': '\\"', "\0": "\\0"})
_COPY = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"})

HEADS = {
    "postgres": "-- PostgreSQL database dump\nCREATE TABLE public.t (a text, b text, n integer);\n",
    "mysql": "-- MySQL dump 10.13\n/*!40101 SET NAMES utf8mb4 */;\nCREATE TABLE `t` (`a` text, `b` text, `n` int);\n",
    "sqlite": "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t (a TEXT, b TEXT, n INTEGER);\n",
}
INTO = {
    "postgres": "INSERT INTO public.t VALUES ",
    "mysql": "INSERT INTO `t` VALUES ",
    "sqlite": "INSERT INTO t VALUES",
}
Row = tuple[str | None, str | None, int]


def literal(value: str | int | None, dialect: str) -> str:
    if not isinstance(value, str):
        return "NULL" if value is None else str(value)
    return "'" + (value.translate(_MYSQL) if dialect == "mysql" else value.replace("'", "''")) + "'"


def inserts(rows: Sequence[Row], dialect: str, *, each: int, tail: str = ";", comma: str = ",") -> bytes:
    """A dump with `each` rows a statement."""
    tuples = ["(" + ",".join(literal(cell, dialect) for cell in row) + ")" for row in rows]
    runs = [comma.join(tuples[start : start + each]) for start in range(0, len(tuples), each)]
    return (HEADS[dialect] + "".join(f"{INTO[dialect]}{run}{tail}\n" for run in runs)).encode()


def copies(rows: Sequence[Row]) -> bytes:
    """A dump of PostgreSQL with COPY."""
    cells = [["\\N" if cell is None else str(cell).translate(_COPY) for cell in row] for row in rows]
    lines = "".join("\t".join(line) + "\n" for line in cells)
    return f"{HEADS['postgres']}COPY public.t (a, b, n) FROM stdin;\n{lines}\\.\n\nSELECT 1;\n".encode()[:-11]


def opened(path: Path, block: int = 1 << 20) -> Source:
    (member,) = open_snapshot(path, ReadOptions(block_bytes=block)).members
    return member.source


def rows_of(source: Source, table: str | None = None) -> list[dict[str, str | None]]:
    parts = source.parts(table)
    return [row for part in parts if isinstance(part, Rows) for row in part.batch.to_pylist()]


def copied(source: Source, *, anew: bool = False) -> bytes:
    """The bytes of a copy; `anew` has every cell rendered, as it is."""
    out = io.BytesIO()
    sink = FORMATS["sql"].sink(out, source, None)
    for part in source.parts():
        if anew and isinstance(part, Rows):
            part = replace(part, changed=frozenset(part.batch.schema.names))
        sink.write(sink.prepare(part))
    sink.close()
    return out.getvalue()
