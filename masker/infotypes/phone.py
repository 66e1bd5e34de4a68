"""Phone and fax numbers, national or international, as people write them (ITU-T E.164 and E.123)."""

import pyarrow as pa
import pyarrow.compute as pc

from masker.infotypes import Infotype

_WRITTEN = r"^(?:\+|\(\+)?[0-9(][0-9 ()./\x{2010}-\x{2015}\x{a0}-]*(?:(?: ?[xX]| ?[eE]xt\.?| ?#) ?[0-9]{1,6})?$"


def canonical(column: pa.Array) -> pa.Array:
    """Digits, with the leading plus kept: n texts to n texts; NULL where fewer than 5 or more than 20 digits are left.

    >>> canonical(pa.array(["+49 (30) 12-34", "030/1234", "n/a", None])).to_pylist()
    ['+49301234', '0301234', None, None]
    """
    bare = pc.replace_substring_regex(column, r"[^0-9+]", "")
    bare = pc.replace_substring_regex(bare, r"(.)\+", r"\1")
    count = pc.utf8_length(pc.replace_substring(bare, "+", ""))
    readable = pc.and_(
        pc.match_substring_regex(column, _WRITTEN), pc.and_(pc.greater_equal(count, 5), pc.less_equal(count, 20))
    )
    return pc.if_else(readable, bare, pa.scalar(None, pa.string()))


def validate(value: str) -> bool:
    """Whether the text has the 7 to 15 digits of E.164, is not a run of one digit, and no date or address.

    >>> [validate(text) for text in ("+49 30 123456", "(212) 555-0123", "2024-01-31", "10.0.0.1", "0000000")]
    [True, True, False, False, False]
    """
    digits = [c for c in value.lower().split("x")[0] if c.isdigit()]
    if not 7 <= len(digits) <= 15 or len(set(digits)) < 2:
        return False
    groups = "".join(c if c.isdigit() else " " for c in value).split()
    looks_like_date = len(groups) == 3 and sorted(map(len, groups)) == [2, 2, 4] and len(groups[1]) == 2
    return not looks_like_date and not (value.count(".") == 3 and max(map(len, groups)) <= 3 and "+" not in value)


INFOTYPE = Infotype(
    name="phone",
    title="phone or fax number",
    group="contact",
    headers={
        "en": (
            "phone",
            "phone number",
            "telephone",
            "telephone number",
            "mobile",
            "mobile number",
            "mobile phone",
            "cell",
            "cell phone",
            "cellphone",
            "fax",
            "fax number",
            "tel",
            "tel no",
            "contact number",
            "home phone",
            "work phone",
            "msisdn",
            "whatsapp",
            "landline",
            "pager",
            "phone no",
            "mob",
        ),
        "de": (
            "telefon",
            "telefonnummer",
            "mobil",
            "mobilnummer",
            "handy",
            "handynummer",
            "rufnummer",
            "festnetz",
            "telefax",
            "durchwahl",
            "faxnummer",
            "telefonnr",
        ),
        "fr": ("telephone", "tel", "portable", "numero de telephone", "telecopie", "tel portable", "mobile"),
        "es": ("telefono", "movil", "celular", "telefono movil", "numero de telefono"),
        "pt": ("telefone", "celular", "telemovel"),
        "it": ("telefono", "cellulare", "numero di telefono"),
        "nl": ("telefoon", "telefoonnummer", "mobiel", "mobiele nummer"),
        "pl": ("telefon", "komorka", "numer telefonu", "tel kom"),
        "ru": ("телефон", "мобильный", "номер телефона", "факс"),
        "zh": ("电话", "手机", "手机号", "手机号码", "联系电话", "电话号码", "传真", "電話", "手機"),
        "ja": ("電話番号", "携帯電話", "電話", "携帯", "ファックス"),
    },
    not_headers=("type", "verified", "count", "country code", "model", "prefix", "carrier", "brand", "plan", "call"),
    pattern=r"(?:\+|00|\(\+)?[0-9(][0-9 ()./-]{5,24}[0-9](?: ?(?:x|ext\.?|#) ?[0-9]{1,6})?",
    validate=validate,
    accident=0.5,  # any run of 7 to 15 digits passes; the scan counts the value alone only where it is punctuated
    canonical=canonical,
    direct=True,
    sources=("ITU-T E.164", "ITU-T E.123"),
)
