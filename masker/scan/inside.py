"""What is looked for inside texts: one linear-time expression each, a check where there is one, and how many it takes.

Every expression is bounded to the left, or begins with a sign that is rare, so that no place is read twice; the tests
feed each with texts made to slow it down.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass

from masker.infotypes import INFOTYPES, iban
from masker.infotypes._kinds import Kind, accept
from masker.infotypes.payment_card import pan


@dataclass(frozen=True, slots=True)
class Inside:
    """One way in which an infotype stands inside a text.

    `signs`: the text holds one of them, and six digits near each other where it is `numbered`, or the expression is not
    tried. `group` is the part that `check` sees. `share`
    of the candidates in a column must pass the check: numbers of an order pass a check digit one in ten times.
    """

    infotype: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool] = accept
    signs: tuple[str, ...] = ()
    group: int = 0
    share: float = 0.0
    numbered: bool = False


def _kind(infotype: str, name: str) -> Kind:
    return next(kind for kind in INFOTYPES[infotype].kinds if kind.name == name)


def _number(infotype: str, name: str, pattern: str, signs: tuple[str, ...] = (), share: float = 0.0) -> Inside:
    return Inside(infotype, re.compile(pattern), _kind(infotype, name).accepts, signs, 0, share, numbered=True)


def _address(text: str) -> bool:
    try:
        return not ipaddress.ip_address(text).is_unspecified
    except ValueError:
        return False


def _dialled(text: str) -> bool:
    """Whether a run of digits and signs has as many digits as phone numbers have, and is no date."""
    digits = sum(c.isdigit() for c in text)
    return (
        7 <= digits <= 15
        and len(set(text) & set("0123456789")) > 1
        and not re.match(r"[12][09]\d\d-[01]\d-[0-3]\d", text)
    )


def _secret(text: str) -> bool:
    """Whether a word after `password:` looks like one, and not like the next word of a sentence or of a schema."""
    return any(c.isdigit() for c in text) and (any(c.isalpha() for c in text) or len(text) >= 8)


_EMAIL = r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.[A-Za-z]{2,24}(?![\w-])"
_PLUS = r"(?<![\w+])\+[0-9]{1,3}[ (./-]{0,2}[0-9](?:[ ()./-]{0,2}[0-9]){6,13}(?!\w)"
_AREA = r"(?<![\w(])\([0-9]{3}\) ?[0-9]{3}[-. ][0-9]{4}(?!\w)"
_CALLED = (
    r"(?i)(?<!\w)(?:tel|telephone|telefon|téléphone|teléfono|telefono|telefone|telefoon|phone|mobile|mobil|handy|cell|fax|"
    r"call|whatsapp|тел|телефон|电话|手机|電話)\b[.: ]{1,3}([0-9(][0-9 ()./-]{5,20}[0-9])(?!\w)"
)
_IPV4 = r"(?:(?<![\w./-])|(?<=//))(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w.-])"
_IPV6 = r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){2,7}(?::?[0-9A-Fa-f]{1,4}){1,6}(?![\w:.])"
_IBAN = r"(?<!\w)[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)"
_CARD = r"(?<![\w.-])[3-6][0-9]{3}[ -]?[0-9]{4,6}[ -]?[0-9]{4,5}(?:[ -]?[0-9]{1,4})?(?![\w.-])"
_MAC = r"(?<![\w:-])[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}(?![\w:-])"
_PASSWORD = (
    r"(?i)(?<![a-z])(?:password|passwort|passwd|kennwort|contraseña|mot de passe|pwd|secret"
    r"|api[_-]?key|access[_-]?token|пароль|密码)"
    r"[\"']?\s{0,3}(?:[:=]|is|ist|lautet)\s{0,3}[\"']?([^\s\"',;&<>]{6,128})"
)
_MRZ = r"(?<![\w<])[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{7}[MFX<][0-9]{7}[A-Z0-9<]{16}(?![\w<])"
_CODICE = r"(?<!\w)[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z](?!\w)"
_LOGIN = r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s:/@]{0,64}:[^\s/@]{1,128}@[^\s@]"

NUMBERED = re.compile(r"[0-9](?:[ .()/-]{0,2}[0-9]){5}")
"""Six digits near each other: without them no block has the longer numbers."""
INSIDE: tuple[Inside, ...] = (
    Inside("email", re.compile(_EMAIL), signs=("@",)),
    Inside("phone", re.compile(_PLUS), signs=("+",), numbered=True),
    Inside("phone", re.compile(_AREA), signs=("(",), numbered=True),
    Inside("phone", re.compile(_CALLED), _dialled, group=1, numbered=True),
    Inside("ip_address", re.compile(_IPV4), _address, (".",), share=0.2),
    Inside("ip_address", re.compile(_IPV6), _address, (":",)),
    Inside("mac_address", re.compile(_MAC), signs=(":", "-")),
    Inside("iban", re.compile(_IBAN), iban.validate),
    Inside("payment_card", re.compile(_CARD), pan.validate, share=0.3, numbered=True),
    Inside("url", re.compile(r"(?<!\w)https?://\S"), signs=("://",)),
    _number("national_id", "us_ssn", r"(?<![\w-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![\w-])", ("-",)),
    _number("national_id", "br_cpf", r"(?<![\w.-])[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}(?![\w-])", ("-",)),
    _number("national_id", "ch_ssn", r"(?<![\w.-])756\.?[0-9]{4}\.?[0-9]{4}\.?[0-9]{2}(?![\w-])", ("756",)),
    _number("national_id", "ru_snils", r"(?<![\w-])[0-9]{3}-[0-9]{3}-[0-9]{3} [0-9]{2}(?![\w-])", ("-",)),
    _number("national_id", "fi_hetu", r"(?<![\w-])[0-3][0-9][01][0-9]{3}[-+A][0-9]{3}[0-9A-Y](?![\w-])"),
    Inside("national_id", re.compile(_CODICE), _kind("national_id", "it_cf").accepts),
    _number("national_id", "mx_curp", r"(?<!\w)[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}[0-9A-Z][0-9](?!\w)"),
    _number("national_id", "es_dni", r"(?<![\w-])[0-9]{8}-?[A-Z](?![\w-])", share=0.3),
    _number("national_id", "es_nie", r"(?<![\w-])[XYZ]-?[0-9]{7}-?[A-Z](?![\w-])", share=0.3),
    _number("national_id", "cn_ric", r"(?<!\w)[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9X](?!\w)"),
    _number("passport", "mrz", _MRZ, ("<",)),
    Inside("secret", re.compile(r"(?<![\w-])eyJ[\w-]{5,4000}\.eyJ[\w-]{5,4000}\.[\w-]{0,4000}"), signs=("eyJ",)),
    Inside("secret", re.compile(rf"(?<!\w)(?:{_kind('secret', 'api_key').pattern})"), _secret),
    Inside("secret", re.compile(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY"), signs=("-----BEGIN",)),
    Inside("secret", re.compile(r"(?<![\w$])\$(?:2[abxy]|argon2[id]{1,2}|5|6)\$[\w./$=,+-]{20,200}"), signs=("$",)),
    Inside("secret", re.compile(_LOGIN), signs=("://",)),
    Inside("secret", re.compile(_PASSWORD), _secret, group=1),
)  # fmt: skip
