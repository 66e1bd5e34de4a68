"""National identity numbers of more than sixty registers: one kind each, by file or by line of `stdnum.toml`."""

import pyarrow as pa
import pyarrow.compute as pc

from masker.infotypes import Infotype
from masker.infotypes._kinds import any_of, kinds_of, pattern_of

_KINDS = kinds_of(__name__)


def canonical(column: pa.Array) -> pa.Array:
    """Upper-case letters and digits: n texts to n texts; NULL where it is not 8 to 18 of them with at least 5 digits.

    >>> canonical(pa.array(["219-09-9999", "12345678z", "unknown", None])).to_pylist()
    ['219099999', '12345678Z', None, None]
    """
    bare = pc.utf8_upper(pc.replace_substring_regex(column, r"[\s./-]", ""))
    digits = pc.utf8_length(pc.replace_substring_regex(bare, r"[^0-9]", ""))
    readable = pc.and_(pc.match_substring_regex(bare, r"^[A-Z0-9]{8,18}$"), pc.greater_equal(digits, 5))
    return pc.if_else(readable, bare, pa.scalar(None, pa.string()))


INFOTYPE = Infotype(
    name="national_id",
    title="national identity number",
    group="state",
    headers={
        "en": (
            "ssn",
            "social security",
            "social security number",
            "national id",
            "national identity number",
            "nin",
            "national insurance number",
            "nino",
            "identity number",
            "id card",
            "id card number",
            "citizen id",
            "social insurance number",
            "sin",
            "national identifier",
            "personal identification number",
            "socialsecurity",
            "aadhaar",
            "aadhar",
            "nric",
            "fin number",
            "hkid",
            "cpf",
            "curp",
            "dni",
            "pesel",
            "bsn",
            "personnummer",
            "cnic",
            "mykad",
            "emirates id",
            "nhs number",
            "health card number",
            "medicare number",
            "ppsn",
            "pps number",
            "sa id number",
            "resident identity number",
            "social insurance",
            "id document number",
            "identity document",
            "civil id",
        ),
        "de": (
            "steuer id",
            "steueridentifikationsnummer",
            "personalausweis",
            "ausweisnummer",
            "sozialversicherungsnummer",
            "idnr",
            "sv nummer",
            "personalausweisnummer",
            "svnr",
            "ahv nummer",
            "rentenversicherungsnummer",
            "krankenversichertennummer",
            "versichertennummer",
            "kvnr",
            "rvnr",
            "identifikationsnummer",
        ),
        "fr": (
            "nir",
            "numero de securite sociale",
            "securite sociale",
            "numero insee",
            "carte d identite",
            "num secu",
            "numero national",
            "numero de registre national",
            "cni",
            "carte vitale",
        ),
        "es": (
            "dni",
            "nie",
            "nif",
            "documento de identidad",
            "curp",
            "cedula",
            "numero de identidad",
            "numero de seguridad social",
            "nss",
            "rut",
            "cuil",
            "numero de afiliacion",
        ),
        "pt": (
            "cpf",
            "rg",
            "bilhete de identidade",
            "cartao de cidadao",
            "numero de identidade",
            "numero de identificacao fiscal",
            "niss",
        ),
        "it": ("codice fiscale", "carta d identita", "cod fiscale", "codfisc", "tessera sanitaria"),
        "nl": ("bsn", "burgerservicenummer", "sofinummer", "rijksregisternummer", "identiteitskaart"),
        "pl": ("pesel", "numer pesel", "dowod osobisty", "numer dowodu"),
        "ru": ("снилс", "номер паспорта снилс", "номер снилс", "страховой номер"),
        "zh": ("身份证", "身份证号", "身份证号码", "证件号", "公民身份号码", "身分證"),
        "ja": ("マイナンバー", "個人番号", "健康保険証番号", "年金番号"),
    },
    not_headers=("type", "country", "verified", "expiry", "issued", "date"),
    pattern=pattern_of(_KINDS),
    validate=any_of(_KINDS),
    kinds=_KINDS,
    canonical=canonical,
    direct=True,
    sources=("the norms of the kinds below it", "python-stdnum"),
)
