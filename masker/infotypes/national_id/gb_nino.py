"""UK National Insurance numbers: two letters, six digits, a suffix A to D; no check digit.

HMRC NIM39110: the letters D, F, I, Q, U, V do not stand first or second, O not second, and seven pairs are not used.
"""

from masker.infotypes._kinds import Kind

_UNUSED = frozenset({"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"})


def validate(value: str) -> bool:
    """Whether the two letters in front are in use.

    >>> validate("AB 12 34 56 C"), validate("GB123456A")
    (True, False)
    """
    return value[:2].upper() not in _UNUSED


KIND = Kind(
    name="gb_nino",
    title="UK National Insurance number",
    pattern=r"(?i:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D])",
    shape="@@######@",
    accident=0.1,
    validate=validate,
    sources=("HMRC National Insurance Manual NIM39110",),
)
