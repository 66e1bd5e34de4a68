"""International bank account numbers (ISO 13616-1), checked by length per country and modulo 97."""

import pyarrow as pa
import pyarrow.compute as pc
from stdnum import iban

from masker.infotypes import Infotype


def canonical(column: pa.Array) -> pa.Array:
    """Upper case without blanks: n texts to n texts; NULL where it is not shaped like an IBAN.

    >>> canonical(pa.array(["de89 3704 0044 0532 0130 00", "n/a", None])).to_pylist()
    ['DE89370400440532013000', None, None]
    """
    bare = pc.utf8_upper(pc.replace_substring_regex(column, r"[\s\x{a0}-]", ""))
    readable = pc.match_substring_regex(bare, r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$")
    return pc.if_else(readable, bare, pa.scalar(None, pa.string()))


def validate(value: str) -> bool:
    """Whether length and check digits are right (ISO 7064 MOD 97-10); blanks do not matter.

    >>> validate("DE89 3704 0044 0532 0130 00"), validate("DE88 3704 0044 0532 0130 00")
    (True, False)
    """
    try:
        return bool(iban.is_valid(value, check_country=False))
    except (
        Exception
    ):  # stdnum's number tables raise whatever they like at odd input; a value that breaks them is no IBAN
        return False


INFOTYPE = Infotype(
    name="iban",
    title="bank account number (IBAN)",
    group="money",
    headers={
        "en": ("iban", "iban number", "iban no", "bank iban", "iban code", "payout iban"),
        "de": ("iban", "iban nummer", "bankverbindung"),
        "fr": ("iban", "rib"),
        "es": ("iban", "codigo iban"),
        "it": ("iban", "codice iban", "coordinate bancarie"),
        "nl": ("iban", "rekeningnummer iban"),
        "pl": ("iban", "numer iban"),
        "pt": ("iban", "nib"),
        "ru": ("ибан", "iban"),
        "zh": ("国际银行账号", "iban"),
        "ja": ("国際銀行口座番号", "iban"),
    },
    not_headers=("valid", "verified", "country", "type", "bank name"),
    pattern=r"[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]){11,30}",
    validate=validate,
    accident=0.0104,  # 1/97 of those that have a country's length; of other lengths none
    canonical=canonical,
    direct=True,
    sources=("ISO 13616-1:2020", "ISO/IEC 7064:2003 MOD 97-10"),
)
