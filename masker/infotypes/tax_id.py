"""Tax and VAT numbers (EU VAT numbers by prefix and check digit; others by header)."""

import pyarrow as pa
import pyarrow.compute as pc
from stdnum.eu import vat

from masker.infotypes import Infotype


def canonical(column: pa.Array) -> pa.Array:
    """Upper-case letters and digits: n texts to n texts; NULL where it is not 7 to 18 of them.

    >>> canonical(pa.array(["DE 136,695 976", "12-3456789", "none", None])).to_pylist()
    ['DE136695976', '123456789', None, None]
    """
    bare = pc.utf8_upper(pc.replace_substring_regex(column, r"[\s.,/-]", ""))
    readable = pc.match_substring_regex(bare, r"^[A-Z0-9]{0,4}[0-9][A-Z0-9]{6,14}$")
    return pc.if_else(readable, bare, pa.scalar(None, pa.string()))


def validate(value: str) -> bool:
    """Whether it is a valid VAT number of an EU member, country prefix included.

    >>> validate("DE136695976"), validate("DE136695977"), validate("136695976")
    (True, False, False)
    """
    try:
        return value[:2].isalpha() and bool(vat.is_valid(value))
    except Exception:  # stdnum raises what it likes at odd input; what breaks it is no VAT number
        return False


INFOTYPE = Infotype(
    name="tax_id",
    title="tax or VAT number",
    group="state",
    headers={
        "en": (
            "tax id",
            "vat",
            "vat id",
            "vat number",
            "tin",
            "ein",
            "tax number",
            "taxpayer id",
            "vat no",
            "tax no",
            "fein",
            "itin",
            "abn",
            "gst number",
            "vat reg no",
            "vatid",
        ),
        "de": (
            "ust id",
            "steuernummer",
            "ustid",
            "umsatzsteuer id",
            "ust idnr",
            "ustidnr",
            "uid",
            "mwst nr",
            "steuernr",
        ),
        "fr": ("tva", "numero tva", "siret", "siren", "numero fiscal", "tva intracommunautaire"),
        "es": ("cif", "nif iva", "rfc", "numero fiscal", "identificacion fiscal"),
        "pt": ("cnpj", "nipc", "contribuinte", "nif"),
        "it": ("partita iva", "p iva", "piva"),
        "nl": ("btw nummer", "btw", "btwnummer"),
        "pl": ("nip", "regon", "numer nip"),
        "ru": ("инн", "кпп"),
        "zh": ("税号", "纳税人识别号", "统一社会信用代码"),
        "ja": ("法人番号", "納税者番号"),
    },
    not_headers=("rate", "amount", "type", "percent", "total", "group", "class", "included", "exempt", "code", "sum"),
    pattern=r"[A-Za-z]{2}[ ]?[A-Za-z0-9][0-9A-Za-z .]{6,14}|[0-9]{2}-[0-9]{7}|[0-9 ./-]{8,20}",
    validate=validate,
    accident=0.02,
    canonical=canonical,
    direct=True,
    sources=("Council Directive 2006/112/EC art. 215", "European Commission: VIES number structure"),
)
