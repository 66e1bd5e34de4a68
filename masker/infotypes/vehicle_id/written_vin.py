"""Vehicle identification numbers by their writing alone (ISO 3779): most of the world has no check digit in them."""

from masker.infotypes._kinds import Kind


def validate(value: str) -> bool:
    """Whether there are both letters and digits, the last four of them digits.

    >>> validate("WVWZZZ1JZXW000001"), validate("WVWZZZIJZXWOOOOOO")
    (True, False)
    """
    return value[-4:].isdigit() and any(c.isalpha() for c in value)


KIND = Kind(
    name="written_vin",
    title="vehicle identification number without a check",
    pattern=r"(?i:[A-HJ-NPR-Z0-9]{17})",
    shape="?????????????####",
    accident=0.4,
    validate=validate,
    telling=True,
    sources=("ISO 3779:2009",),
)
