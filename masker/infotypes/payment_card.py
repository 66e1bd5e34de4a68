"""Payment card numbers (ISO/IEC 7812-1), with the code and expiry that stand beside them in a table."""

import pyarrow as pa
import pyarrow.compute as pc

from masker.infotypes import Infotype


def canonical(column: pa.Array) -> pa.Array:
    """Digits only: n texts to n texts; NULL where it is not 12 to 19 digits with blanks or dashes between.

    >>> canonical(pa.array(["4111 1111 1111 1111", "4111-11", None])).to_pylist()
    ['4111111111111111', None, None]
    """
    digits = pc.replace_substring_regex(column, r"[ -]", "")
    readable = pc.match_substring_regex(digits, r"^[0-9]{12,19}$")
    return pc.if_else(readable, digits, pa.scalar(None, pa.string()))


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812-1 annex B.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def validate(value: str) -> bool:
    """Whether it is a Luhn-valid number that starts like a card of a known network (3, 4, 5, 6 or 2221 to 2720).

    >>> validate("4111 1111 1111 1111"), validate("1111 1111 1111 1117")
    (True, False)
    """
    digits = "".join(c for c in value if c in "0123456789")
    known = digits[:1] in "3456" or 2221 <= int(digits[:4] or 0) <= 2720
    return 12 <= len(digits) <= 19 and known and luhn(digits)


INFOTYPE = Infotype(
    name="payment_card",
    title="payment card number, its security code or expiry",
    group="money",
    headers={
        "en": (
            "credit card",
            "card number",
            "cc",
            "cc number",
            "ccnumber",
            "pan",
            "card no",
            "credit card number",
            "debit card",
            "payment card",
            "card num",
            "cc num",
            "cardnumber",
            "cvv",
            "cvv2",
            "cvc",
            "cvc2",
            "cc expires",
            "cc expiry",
            "card expiry",
            "cc expiration",
            "card expiration",
            "cc expire date",
            "card security code",
            "cc cvv",
            "cc cvc",
            "card expires",
            "card expiration date",
            "card exp",
        ),
        "de": ("kreditkarte", "kreditkartennummer", "kartennummer", "kartenpruefnummer", "kartennr"),
        "fr": ("carte bancaire", "numero de carte", "carte de credit", "numero carte"),
        "es": ("tarjeta", "tarjeta de credito", "numero de tarjeta", "numero tarjeta"),
        "pt": ("cartao", "cartao de credito", "numero do cartao"),
        "it": ("carta di credito", "numero carta", "numero della carta"),
        "nl": ("creditcard", "creditcardnummer", "kaartnummer"),
        "pl": ("karta kredytowa", "numer karty"),
        "ru": ("номер карты", "кредитная карта", "банковская карта"),
        "zh": ("信用卡", "信用卡号", "卡号", "银行卡号"),
        "ja": ("クレジットカード", "カード番号", "クレジットカード番号"),
    },
    not_headers=("type", "brand", "issuer", "count", "status", "email", "address", "last4", "copy", "name"),
    pattern=r"[0-9](?:[ -]?[0-9]){11,18}",
    validate=validate,
    accident=0.04,  # Luhn passes 1 in 10 random numbers, about 4 in 10 of them start like a network's
    canonical=canonical,
    direct=True,
    sources=("ISO/IEC 7812-1:2017 annex B (Luhn)", "PCI DSS v4.0 glossary: PAN"),
)
