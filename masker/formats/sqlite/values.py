"""Values of SQLite as the literals that give them back exactly (https://www.sqlite.org/lang_expr.html#literal_values).

A text with a NUL or with bytes that are no UTF-8 has no literal of its own and is cast from its bytes. A number with a
fraction is written in the fewest digits that SQLite itself reads back as the same number: its conversion is not
always the nearest one.
"""

import math
import sqlite3
from collections.abc import Callable
from decimal import Context, Decimal
from functools import lru_cache

_EXACT = Context(prec=60)


def text_literal(data: bytes) -> str:
    """A text, given as bytes.

    >>> text_literal(b"it's"), text_literal(b"a\\0")
    ("'it''s'", "CAST(X'6100' AS TEXT)")
    """
    if b"\0" not in data:
        try:
            return "'" + data.decode().replace("'", "''") + "'"
        except UnicodeDecodeError:
            pass
    return f"CAST(X'{data.hex()}' AS TEXT)"


def blob_literal(data: bytes) -> str:
    """A blob as X'...'."""
    return f"X'{data.hex()}'"


def real_literals(connection: sqlite3.Connection) -> Callable[[float], str]:
    """The writer of REAL values that `connection` reads back bit by bit; infinite ones overflow on purpose."""

    def reads(text: str) -> float:
        value: float = connection.execute("SELECT " + text).fetchone()[0]
        return value

    @lru_cache(1 << 16)
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

    return literal


def _quotient(value: float) -> str:
    """A number as whole numbers divided or multiplied by powers of two: each step is exact."""
    mantissa, exponent = math.frexp(value)
    text, left = f"({int(mantissa * (1 << 53))}.0", exponent - 53
    while left:
        step = min(abs(left), 62)
        text, left = text + ("*" if left > 0 else "/") + f"{1 << step}", left + (-step if left > 0 else step)
    return text + ")"
