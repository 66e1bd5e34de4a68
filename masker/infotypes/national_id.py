"""National identity numbers of five countries: US SSN, German IdNr, French NIR, Spanish DNI/NIE, Italian codice.

Sources: SSA POMS RM 10201.030 (SSN areas); AO paragraph 139b and BZSt (IdNr, ISO/IEC 7064 MOD 11,10); INSEE (NIR, 97
minus the number modulo 97); Real Decreto 1553/2005 (DNI letter); Decreto 23 dicembre 1976 (codice fiscale).
"""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.it import codicefiscale
from stdnum.us import ssn

from masker.infotypes import Infotype

_CHECKS: tuple[Callable[[str], bool], ...] = (
    idnr.is_valid, nir.is_valid, dni.is_valid, nie.is_valid, codicefiscale.is_valid,
)  # fmt: skip


def canonical(column: pa.Array) -> pa.Array:
    """Upper-case letters and digits: n texts to n texts; NULL where it is not 8 to 18 of them with at least 5 digits.

    >>> canonical(pa.array(["219-09-9999", "12345678z", "unknown", None])).to_pylist()
    ['219099999', '12345678Z', None, None]
    """
    bare = pc.utf8_upper(pc.replace_substring_regex(column, r"[\s./-]", ""))
    digits = pc.utf8_length(pc.replace_substring_regex(bare, r"[^0-9]", ""))
    readable = pc.and_(pc.match_substring_regex(bare, r"^[A-Z0-9]{8,18}$"), pc.greater_equal(digits, 5))
    return pc.if_else(readable, bare, pa.scalar(None, pa.string()))


def validate(value: str) -> bool:
    """Whether it is a valid number of one of the five countries; an SSN only with its dashes.

    >>> [validate(text) for text in ("219-09-9998", "12345678Z", "RCCMNL83S18D969H", "12345678A", "123456789")]
    [True, True, True, False, False]
    """
    try:
        if value[3:4] == "-":
            return bool(ssn.is_valid(value))
        return any(check(value) for check in _CHECKS)
    except Exception:  # stdnum raises KeyError and the like at odd input; what breaks it is no number of that country
        return False


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
        ),
        "fr": ("nir", "numero de securite sociale", "securite sociale", "numero insee", "carte d identite", "num secu"),
        "es": ("dni", "nie", "nif", "documento de identidad", "curp", "cedula", "numero de identidad"),
        "pt": ("cpf", "rg", "bilhete de identidade", "cartao de cidadao", "numero de identidade"),
        "it": ("codice fiscale", "carta d identita", "cod fiscale", "codfisc"),
        "nl": ("bsn", "burgerservicenummer", "sofinummer"),
        "pl": ("pesel", "numer pesel", "dowod osobisty"),
        "ru": ("снилс", "номер паспорта снилс"),
        "zh": ("身份证", "身份证号", "身份证号码", "证件号"),
        "ja": ("マイナンバー", "個人番号"),
    },
    not_headers=("type", "country", "verified", "expiry", "issued", "date"),
    pattern=r"[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{11}|[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}|[0-9]{8}-?[A-Za-z]"
    r"|[XYZxyz]-?[0-9]{7}-?[A-Za-z]|[A-Za-z]{6}[0-9LMNPQRSTUV]{2}[A-Za-z][0-9LMNPQRSTUV]{2}[A-Za-z][0-9LMNPQRSTUV]{3}[A-Za-z]"
    r"|[12] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}",
    validate=validate,
    # of random values of the shape: DNI 1/23, codice fiscale 1/26, NIR 0.01, IdNr 0.003. A dashed SSN has no check
    # (0.89 pass): there the shape itself, three, two and four digits, is what speaks
    accident=0.045,
    canonical=canonical,
    direct=True,
    sources=(
        "SSA POMS RM 10201.030",
        "AO § 139b; ISO/IEC 7064 MOD 11,10",
        "INSEE: numéro de sécurité sociale",
        "Real Decreto 1553/2005",
        "Decreto ministeriale 23 dicembre 1976",
    ),
)
