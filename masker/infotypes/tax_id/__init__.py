"""Tax and VAT numbers of people and companies: one kind each, by file or by line of `stdnum.toml`."""

import pyarrow as pa
import pyarrow.compute as pc

from masker.infotypes import Infotype
from masker.infotypes._kinds import any_of, kinds_of, pattern_of

_KINDS = kinds_of(__name__)


def canonical(column: pa.Array) -> pa.Array:
    """Upper-case letters and digits: n texts to n texts; NULL where it is not 7 to 18 of them.

    >>> canonical(pa.array(["DE 136,695 976", "12-3456789", "none", None])).to_pylist()
    ['DE136695976', '123456789', None, None]
    """
    bare = pc.utf8_upper(pc.replace_substring_regex(column, r"[\s.,/-]", ""))
    readable = pc.match_substring_regex(bare, r"^[A-Z0-9]{0,4}[0-9][A-Z0-9]{6,14}$")
    return pc.if_else(readable, bare, pa.scalar(None, pa.string()))


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
            "utr",
            "tax file number",
            "tfn",
            "gstin",
            "pan number",
            "taxpayer number",
            "vat registration number",
            "company tax id",
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
            "u st id nr",
            "ust id nr",
            "steuernr",
            "steuer nr",
            "wirtschafts id",
        ),
        "fr": ("tva", "numero tva", "siret", "siren", "numero fiscal", "tva intracommunautaire"),
        "es": ("cif", "nif iva", "rfc", "numero fiscal", "identificacion fiscal", "cuit", "nit", "ruc"),
        "pt": ("cnpj", "nipc", "contribuinte", "nif", "inscricao estadual"),
        "it": ("partita iva", "p iva", "piva", "codice fiscale azienda"),
        "nl": ("btw nummer", "btw", "btwnummer", "rsin", "fiscaal nummer"),
        "pl": ("nip", "regon", "numer nip"),
        "ru": ("инн", "кпп", "огрн", "инн налогоплательщика"),
        "zh": ("税号", "纳税人识别号", "统一社会信用代码", "统一信用代码"),
        "ja": ("法人番号", "納税者番号"),
    },
    not_headers=("rate", "amount", "type", "percent", "total", "group", "class", "included", "exempt", "code", "sum"),
    pattern=pattern_of(_KINDS),
    validate=any_of(_KINDS),
    kinds=_KINDS,
    canonical=canonical,
    direct=True,
    sources=("Council Directive 2006/112/EC art. 215", "European Commission: VIES number structure"),
)
