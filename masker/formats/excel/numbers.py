"""Numbers of cells as text and back: 64-bit floats, in their shortest form (ECMA-376 part 1, section 18.18.11)."""

import re

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\Z", re.ASCII)
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?\Z", re.ASCII)
_WHOLE = 1e21


def number_text(value: str) -> str:
    """The shortest decimal text of a cell's number; whole numbers have no point. Raises `ValueError`.

    >>> number_text("42"), number_text("0.10000000000000001"), number_text("1E3"), number_text("49301234567890123")
    ('42', '0.1', '1000', '49301234567890120')
    """
    if _INTEGER.match(value):
        return value
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError("not a number")
    return str(int(number)) if number.is_integer() and abs(number) < _WHOLE else repr(number)


def number_of(text: str) -> str | None:
    """A text as a cell spells it where the cell's number is exactly that; None for all else.

    >>> number_of("4929"), number_of("1.50"), number_of("007"), number_of("12345678901234567")
    ('4929', '1.50', None, None)
    """
    if not _PLAIN.match(text) or text == "-0":
        return None
    shortest = number_text(text)
    plain = text.rstrip("0").removesuffix(".") if "." in text else text
    return text if plain == shortest else None
