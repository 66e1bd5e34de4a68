"""Vehicle identification numbers: 17 signs without I, O, Q, the ninth a check digit modulo 11.

ISO 3779; the check digit is the one of 49 CFR 565.15, compulsory in North America and China only, so that other
vehicles pass by accident or not at all.
"""

from masker.infotypes._kinds import Kind

_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
_FACTORS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def validate(value: str) -> bool:
    """Whether the ninth sign is the check digit.

    >>> validate("1M8GDM9AXKP042788"), validate("1M8GDM9A1KP042788")
    (True, False)
    """
    signs = value.upper()
    total = sum((int(c) if c.isdigit() else _VALUES[c]) * factor for c, factor in zip(signs, _FACTORS, strict=True))
    return "0123456789X"[total % 11] == signs[8]


KIND = Kind(
    name="vin",
    title="vehicle identification number",
    pattern=r"(?i:[A-HJ-NPR-Z0-9]{17})",
    shape="#AB##C##?##E#####",
    accident=0.12,
    validate=validate,
    sources=("ISO 3779:2009", "49 CFR 565.15"),
)
