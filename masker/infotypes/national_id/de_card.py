"""German identity card and passport serial numbers with their check digit: nine signs, then one digit.

ICAO Doc 9303 part 3, section 4.9: the factors are 7, 3, 1 in turn, letters count from 10, modulo 10. The alphabet has
no vowels and none of B, D, Q, S (PAuswV, Anhang 3).
"""

from masker.infotypes._kinds import Kind
from masker.infotypes.passport.mrz import check_digit


def validate(value: str) -> bool:
    """Whether the tenth sign is the check digit of the nine in front.

    >>> validate("L01X00T471"), validate("L01X00T472")
    (True, False)
    """
    return check_digit(value[:9].upper()) == value[9]


KIND = Kind(
    name="de_card",
    title="German identity card number",
    pattern=r"(?i:[LMNPRTVWXYZCFGHJK][0-9CFGHJKLMNPRTVWXYZ]{8}[0-9]D?)",
    shape="@????????#",
    accident=0.1,
    validate=validate,
    sources=("PAuswV Anhang 3", "ICAO Doc 9303 part 3 section 4.9"),
)
