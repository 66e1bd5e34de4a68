"""Passport numbers without a public check, at most ten letters and digits (ICAO Doc 9303); a header has to tell."""

from masker.infotypes._kinds import Kind


def validate(value: str) -> bool:
    """Whether there are four digits in it: no state's number has fewer.

    >>> validate("C01X0006H"), validate("passport"), validate("45 04 123456")
    (True, False, True)
    """
    return sum(c.isdigit() for c in value) >= 4


KIND = Kind(
    name="book_number",
    title="passport number",
    pattern=r"[A-Za-z0-9]{6,10}|[0-9]{2} [0-9]{2} [0-9]{6}",
    shape="@########",
    accident=1.0,
    validate=validate,
    sources=("ICAO Doc 9303 part 4",),
)
