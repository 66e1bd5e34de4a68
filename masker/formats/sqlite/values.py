"""Values of SQLite as the literals that give them back exactly (https://www.sqlite.org/lang_expr.html#literal_values).

SQLite itself writes whole rows. A text with a NUL or with bytes that are no UTF-8 has no literal of its own and is cast
from its bytes. A number with a fraction is written in digits that SQLite itself reads back as the same number: its
conversion is not always the nearest one.
"""

import math
import re
import sqlite3
from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from functools import lru_cache

_EXACT = Context(prec=60)
_TEXT = re.compile(rb"'(?:[^']|'')*'")
_ARGUMENTS = 90  # of one call; SQLite allows 100 at least, https://www.sqlite.org/limits.html


def quoted(name: str) -> str:
    """A name as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def row_literal(columns: Sequence[str], *, utf8: bool) -> str:
    """The expression that gives `(…,…)` for a row; its connection needs `add_literals`. `utf8`: so texts are stored."""
    cells = [_cell(quoted(name), utf8=utf8) for name in columns]
    parts = [cells[i : i + _ARGUMENTS] for i in range(0, len(cells), _ARGUMENTS)]
    called = (f"printf('{','.join(['%s'] * len(part))}', {', '.join(part)})" for part in parts)
    return "'(' || " + " || ',' || ".join(called) + " || ')'"


def exact(rows: bytes) -> bytes:
    """Literals of rows whose texts are UTF-8: any other text is cast from its bytes.

    >>> exact(b"(1,'it''s')"), exact(b"(1,'\\xff''')")
    (b"(1,'it''s')", b"(1,CAST(X'ff27' AS TEXT))")
    """
    if _is_utf8(rows):
        return rows
    return _TEXT.sub(lambda found: found[0] if _is_utf8(found[0]) else _cast(found[0]), rows)


def add_literals(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that `row_literal` calls."""
    connection.create_function("masker_real", 1, real_literals(), deterministic=True)
    connection.create_function("masker_text", 1, _cast_text, deterministic=True)


def real_literals() -> Callable[[float], str]:
    """The writer of REAL values that SQLite reads back bit by bit; infinite ones overflow on purpose."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)

    def reads(text: str) -> float:
        value: float = connection.execute("SELECT " + text).fetchone()[0]
        return value

    @lru_cache(1 << 12)
    def literal(value: float) -> str:
        if math.isinf(value):
            return "9e999" if value > 0 else "-9e999"
        shortest = repr(value)
        if reads(shortest) == value:
            return shortest
        for sixteenths in range(1, 9):
            for sign in (1, -1):
                near = _EXACT.add(Decimal(value), Decimal(math.ulp(value)) * sign * sixteenths / 16)
                if reads(text := format(near, ".21e")) == value:
                    return text
        return _quotient(value)

    # The cache takes the two zeros for one.
    return lambda value: literal(value) if value else repr(value)


def _cell(name: str, *, utf8: bool) -> str:
    # The bytes of a text are those of the encoding: only in UTF-8 are they what a dump holds.
    cast = f"'CAST(X''' || hex({name}) || ''' AS TEXT)'" if utf8 else f"masker_text({name})"
    text = f"CASE WHEN instr({name}, char(0)) THEN {cast} ELSE quote({name}) END"
    same = f"{name} <> 0 AND CAST(quote({name}) AS REAL) = {name}"  # zero may be negative
    real = f"CASE WHEN {same} THEN quote({name}) ELSE masker_real({name}) END"
    return f"CASE typeof({name}) WHEN 'text' THEN {text} WHEN 'real' THEN {real} ELSE quote({name}) END"


def _cast(literal: bytes) -> bytes:
    return b"CAST(X'" + literal[1:-1].replace(b"''", b"'").hex().encode() + b"' AS TEXT)"


def _cast_text(text: str) -> str:
    return f"CAST(X'{text.encode().hex()}' AS TEXT)"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _quotient(value: float) -> str:
    """A number as whole numbers divided or multiplied by powers of two: each step is exact."""
    mantissa, exponent = math.frexp(value)
    text, left = f"({int(mantissa * (1 << 53))}.0", exponent - 53
    while left:
        step = min(abs(left), 62)
        text, left = text + ("*" if left > 0 else "/") + f"{1 << step}", left + (-step if left > 0 else step)
    return text + ")"
