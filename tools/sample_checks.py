"""Numbers of the sample that carry check digits, of kinds that nobody was ever given."""

import unicodedata
from collections.abc import Callable
from datetime import date

# Prefixes that payment processors publish for testing (Visa, Mastercard, Mastercard 2-series, American Express).
TEST_BINS = ("424242", "555555", "222300", "378282")

Digits = Callable[[int], str]


def ascii_letters(name: str) -> str:
    """The name's letters a to z in lower case, accents dropped.

    >>> ascii_letters("Lefèvre-Ñuß")
    'lefevrenuss'
    """
    folded = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in folded if "a" <= letter <= "z")


def luhn_digit(payload: str) -> str:
    """The check digit that ISO/IEC 7812-1, annex B, appends to `payload`.

    >>> luhn_digit("424242424242424")
    '2'
    """
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(payload)))
    return str(-total % 10)


def card(prefix: str, digits: Digits) -> str:
    """A card number behind a test prefix: 15 digits for American Express, else 16, Luhn valid."""
    payload = prefix + digits(8 if prefix.startswith("37") else 9)
    return payload + luhn_digit(payload)


def _mod97(text: str) -> int:
    return int("".join(str(int(letter, 36)) for letter in text)) % 97


def iban(country: str, digits: Digits) -> str | None:
    """An IBAN (ISO 13616) of a bank code that no bank has; None for the United States, which have no IBAN."""
    if country == "DE":
        body = "99999999" + digits(10)
    elif country == "FR":
        body = "99999" + "00001" + digits(11)
        body += f"{97 - (int(body) * 100) % 97:02d}"
    elif country == "ES":
        bank, account = "99990001", digits(10)
        body = bank + _ccc_digit("00" + bank) + _ccc_digit(account) + account
    else:
        return None
    return f"{country}{98 - _mod97(body + country + '00'):02d}{body}"


def _ccc_digit(ten: str) -> str:
    weights = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)
    check = 11 - sum(int(digit) * weight for digit, weight in zip(ten, weights, strict=True)) % 11
    return {10: "1", 11: "0"}.get(check, str(check))


def national_id(country: str, gender: str, born: date, digits: Digits, below: Callable[[int], int]) -> str:
    """The national number of a kind never issued, with its check digits.

    US: SSN of the 900 area with a group below 50 (no SSN, no ITIN). DE: IdNr with the leading 0 of test numbers.
    FR: NIR of somebody born abroad in a country code that is not in use. ES: DNI in the range of specimens.
    """
    if country == "US":
        return f"9{digits(2)}-{below(49) + 1:02d}-{digits(4)}"
    if country == "DE":
        return _idnr(below)
    if country == "FR":
        number = f"{1 if gender == 'm' else 2}{born:%y%m}99990{digits(3)}"
        return f"{number}{97 - int(number) % 97:02d}"
    number = f"99{digits(6)}"
    return number + "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23]


def _idnr(below: Callable[[int], int]) -> str:
    """Ten digits in which one repeats once and one is missing, then the ISO/IEC 7064 MOD 11,10 digit."""
    pool = [str(digit) for digit in range(1, 10)]
    rest = [pool.pop(below(len(pool))) for _ in range(8)]
    rest.insert(below(9), rest[below(8)])
    number = "0" + "".join(rest)
    product = 10
    for digit in number:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return number + str((11 - product) % 10)
