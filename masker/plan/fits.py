"""Whether what a method gives fits what a column takes: its type, its width, its values, NULL.

Known before the run from the method and the column's limits alone, so that a plan refuses what cannot hold. What only
the values decide (a type's odd maximum, a decimal's digits) is looked at when they are masked (`refuse_misfits`).
"""

import json
from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import as_text
from masker.errors import GateError
from masker.methods import Method
from masker.methods.constant import Constant
from masker.methods.fpe import Fpe
from masker.methods.generalize import DATES, Generalize
from masker.methods.hash import Hash
from masker.methods.noise import Noise
from masker.methods.permute import Permute
from masker.methods.redact import Redact
from masker.methods.shift_date import ShiftDate
from masker.methods.token import Token
from masker.snapshot import Holds, Limits

# Classes of `permute` are cut at these, so that what fits a type still does.
_KEPT_MAXIMA = frozenset([2**7 - 1, 2**8 - 1, 2**15 - 1, 2**16 - 1, 2**31 - 1, 2**32 - 1, 2**63 - 1])
_MOST_DIGITS = 76  # of Arrow's widest decimal
_EXAMPLES: dict[Holds, str] = {
    "boolean": "false", "date": "1970-01-01", "timestamp": "1970-01-01 00:00:00", "integer": "0", "decimal": "0",
    "uuid": "00000000-0000-4000-8000-000000000000", "inet": "10.0.0.0", "mac": "02:00:00:00:00:00", "json": "{}",
    "array": "{}", "binary": "0", "text": "x",
}  # fmt: skip
"""A value of each kind that says nothing of anybody."""


def why_not(method: Method, limits: Limits) -> str | None:
    """Why what `method` gives does not fit a column of these limits; None where it does, as far as can be known."""
    if method.name == "keep":
        return None
    if limits.fixed and not getattr(method, "inside", ""):
        return "would move rows out of their partition"
    if method.name in ("null", "drop"):
        return "gives NULL, which the column does not take" if limits.not_null else None
    if limits.values is not None:
        allowed = isinstance(method, Constant) and method.value in limits.values
        return None if allowed else "gives values that the column does not list"
    if isinstance(method, Constant) and method.value in (limits.neutral, _EXAMPLES.get(limits.holds)):
        return _too_wide(method, limits)
    if not _GIVES[limits.holds](method, limits):
        return f"gives values that are no {_WORDS.get(limits.holds, limits.holds)}"
    return _too_wide(method, limits)


def hint_for(limits: Limits) -> str:
    """What to do where something does not fit a column of these limits."""
    if limits.fixed:
        return "`keep` in a profile of your own shows the originals; else export it without partitions"
    return "`masker init` drafts what fits: `keep`, `null`, `constant`, or a method that keeps type and width"


def harmless(limits: Limits) -> str | None:
    """A value that the column takes and that says nothing of anybody; None where none is known."""
    if limits.values is not None:
        return next((value for value in limits.values if value), None)
    return limits.neutral or _EXAMPLES.get(limits.holds)


def _too_wide(method: Method, limits: Limits) -> str | None:
    room = min((n for n in (limits.max_characters, limits.max_bytes) if n is not None), default=None)
    if room is None or method.widest is None or method.widest <= room:
        return None
    return f"gives up to {method.widest} characters, and the column takes {room}"


def _integers(method: Method, limits: Limits) -> bool:
    if isinstance(method, Hash):
        longest = 10 ** (method.length or 18) - 1
        return method.form == "integer" and (limits.maximum is None or longest <= limits.maximum)
    if isinstance(method, Constant):
        return method.value.removeprefix("-").isdecimal()
    if isinstance(method, Permute | Fpe):
        # From 1901 on, say, other numbers of as many digits may be too small.
        return (limits.minimum is None or limits.minimum <= 0) and getattr(method, "alphabet", "own") != "hex"
    if isinstance(method, Noise):
        # It keeps to a type's maximum and to 0, not to another minimum.
        return not method.days and (limits.minimum is None or limits.minimum <= 0)
    return isinstance(method, Generalize) and method.to == "band"


def _decimals(method: Method, limits: Limits) -> bool:
    if isinstance(method, Permute):
        return limits.scale == 0
    if isinstance(method, Constant):
        return method.value.removeprefix("-").replace(".", "", 1).isdecimal()
    fraction = limits.precision is not None and limits.precision == limits.scale
    if isinstance(method, Noise):
        return not method.days
    return (isinstance(method, Fpe) and method.alphabet == "digits" and not fraction) or (
        isinstance(method, Generalize) and method.to in ("band", "grid", "point")
    )


def _dates(method: Method, limits: Limits) -> bool:
    if isinstance(method, Noise):
        return method.days > 0
    return isinstance(method, ShiftDate) or (isinstance(method, Generalize) and method.to in DATES)


def _hexadecimal(method: Method, limits: Limits) -> bool:
    return (isinstance(method, Fpe) and method.alphabet == "hex" and method.check == "none") or (
        isinstance(method, Token) and method.alphabet == "same"
    )


def _json(method: Method, limits: Limits) -> bool:
    text = method.mark if isinstance(method, Redact) else method.value if isinstance(method, Constant) else ""
    try:
        json.loads(text)
    except ValueError:
        return False
    return not (isinstance(method, Redact) and method.same_length)


def _nothing(method: Method, limits: Limits) -> bool:
    return False


_GIVES: Mapping[Holds, Callable[[Method, Limits], bool]] = {
    "text": lambda method, limits: True,
    "integer": _integers,
    "decimal": _decimals,
    "boolean": lambda method, limits: isinstance(method, Constant) and method.value in ("true", "false", "0", "1"),
    "date": _dates,
    "timestamp": _dates,
    "uuid": lambda method, limits: method.name == "uuid" or _hexadecimal(method, limits),
    "inet": lambda method, limits: method.name in ("ip", "ip_prefix"),
    "mac": lambda method, limits: method.name == "mac" or _hexadecimal(method, limits),
    "json": _json,
    "binary": lambda method, limits: isinstance(method, Fpe) and method.alphabet == "hex",
    "enum": _nothing,
    "array": _nothing,
    "other": _nothing,
}
_WORDS: Mapping[Holds, str] = {
    "inet": "internet address", "mac": "MAC address", "array": "list of the column's type", "decimal": "number",
    "other": "value of the column's type", "enum": "value that the column lists", "binary": "bytes", "uuid": "UUID",
}  # fmt: skip


def refuse_misfits(masked: pa.Array, method: Method, limits: Limits, *, unreadable: bool) -> None:
    """Raise `GateError` (`does-not-fit`) where masked text, shape (n,), does not fit what nobody could know before.

    `unreadable` says that some values took another way than `method`.
    """
    if limits.holds == "text":
        _refuse_wide(masked, limits)
    elif limits.holds == "integer":
        # MySQL's three-byte integers end where no class does, and checked formats know no types.
        sure = isinstance(method, Permute) or (isinstance(method, Fpe) and method.check == "none")
        if unreadable or not sure or limits.maximum not in _KEPT_MAXIMA:
            _refuse_numbers(masked, limits.minimum, limits.maximum)
    elif limits.holds == "decimal" and limits.precision and limits.precision <= _MOST_DIGITS:
        room = 10 ** (limits.precision - (limits.scale or 0))
        _refuse_numbers(masked, 1 - room, room - 1)


def _refuse_wide(masked: pa.Array, limits: Limits) -> None:
    text = as_text(masked)
    for most, widths in ((limits.max_characters, pc.utf8_length), (limits.max_bytes, pc.binary_length)):
        if most is not None and len(text) and (pc.max(widths(text)).as_py() or 0) > most:
            raise GateError("does-not-fit", "masked values are wider than the column", "use `fpe`, `hash` or `compact`")


def _refuse_numbers(masked: pa.Array, minimum: int | None, maximum: int | None) -> None:
    whole = pc.replace_substring_regex(as_text(masked), r"\..*$", "")
    whole = pc.if_else(pc.match_substring_regex(whole, r"^-?\d{1,76}$"), whole, None)
    numbers = pc.cast(whole, pa.decimal256(_MOST_DIGITS, 0))
    if numbers.null_count == len(numbers):
        return
    found = pc.min_max(numbers).as_py()
    if (minimum is not None and found["min"] < minimum) or (maximum is not None and found["max"] > maximum):
        hint = "use `generalize`, `null` or `constant`"
        raise GateError("does-not-fit", "masked numbers are outside what the column takes", hint)
