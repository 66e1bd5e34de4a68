"""Payment card numbers (ISO/IEC 7812-1), with the code and expiry that stand beside them in a table."""

import pyarrow as pa
import pyarrow.compute as pc

from masker.infotypes import Infotype
from masker.infotypes._kinds import any_of, kinds_of, pattern_of

_KINDS = kinds_of(__name__)


def canonical(column: pa.Array) -> pa.Array:
    """Digits only: n texts to n texts; NULL where it is not 12 to 19 digits with blanks or dashes between.

    >>> canonical(pa.array(["4111 1111 1111 1111", "4111-11", None])).to_pylist()
    ['4111111111111111', None, None]
    """
    digits = pc.replace_substring_regex(column, r"[ -]", "")
    readable = pc.match_substring_regex(digits, r"^[0-9]{12,19}$")
    return pc.if_else(readable, digits, pa.scalar(None, pa.string()))


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
    pattern=pattern_of(_KINDS),
    validate=any_of(_KINDS),
    kinds=_KINDS,
    canonical=canonical,
    direct=True,
    sources=("ISO/IEC 7812-1:2017 annex B (Luhn)", "PCI DSS v4.0 glossary: PAN"),
)
