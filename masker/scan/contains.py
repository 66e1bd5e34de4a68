"""What stands inside cells: infotypes seen somewhere in longer texts, reported apart from what the column is."""

import re
from collections.abc import Mapping

from masker.infotypes import iban, ip_address
from masker.infotypes.national_id import INFOTYPE as _NATIONAL
from masker.infotypes.payment_card import pan
from masker.scan.profiles import ColumnProfile

_INSIDE: Mapping[str, re.Pattern[str]] = {
    "email": re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.[A-Za-z]{2,24}(?![\w-])"),
    "phone": re.compile(r"(?<![\w+])\+[0-9]{1,3}[ (./-]{0,2}[0-9](?:[ ()./-]{0,2}[0-9]){6,13}(?!\w)"),
    "ip_address": re.compile(r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w.])"),
    "iban": re.compile(r"(?<!\w)[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)"),
    "payment_card": re.compile(r"(?<![\w.-])[3-6][0-9]{3}[ -]?[0-9]{4,6}[ -]?[0-9]{4,5}(?:[ -]?[0-9]{1,4})?(?![\w.-])"),
    "national_id": re.compile(r"(?<![\w-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![\w-])"),
    "url": re.compile(r"(?<!\w)https?://\S+"),
}


def contained(column: ColumnProfile, infotype: str) -> tuple[str, ...]:
    """The infotypes seen in at least one sampled text of the column, other than the column's own `infotype`, sorted.

    A single hit counts here, and only here; checks apply (Luhn, modulo 97, parts of an address up to 255).
    """
    if column.kind != "text" or column.numeric or column.longest < 7:
        return ()
    found = set()
    for value in column.values:
        for name, pattern in _INSIDE.items():
            if name not in found and name != infotype and _hit(name, pattern, value):
                found.add(name)
    return tuple(sorted(found))


def _hit(name: str, pattern: re.Pattern[str], value: str) -> bool:
    for match in pattern.finditer(value):
        text = match.group()
        if name == "payment_card" and not pan.validate(text):
            continue
        if name == "iban" and not iban.validate(text):
            continue
        if name == "ip_address" and not (ip_address.validate(text) and match.span() != (0, len(value))):
            continue
        if name == "national_id" and not (_NATIONAL.validate and _NATIONAL.validate(text)):
            continue
        return True
    return False
