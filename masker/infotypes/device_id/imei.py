"""IMEI: a type allocation code, a serial number and Luhn's check digit (3GPP TS 23.003 section 6).

The first two digits name the body that allocated the type (GSMA TS.06, reporting body identifiers).
"""

from masker.infotypes._kinds import Kind
from masker.infotypes.payment_card.pan import luhn

_BODIES = frozenset({"01", "33", "35", "44", "45", "49", "50", "51", "52", "53", "54", "86", "91", "98", "99"})


def validate(value: str) -> bool:
    """Whether body and check digit are right; blanks and dashes do not matter.

    >>> validate("490154203237518"), validate("490154203237519")
    (True, False)
    """
    digits = value.replace("-", "").replace(" ", "")
    return digits[:2] in _BODIES and luhn(digits)


KIND = Kind(
    name="imei",
    title="IMEI",
    pattern=r"[0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{6}[ -]?[0-9]",
    shape="###############",
    accident=0.02,
    validate=validate,
    sources=("3GPP TS 23.003 section 6", "GSMA TS.06"),
)
