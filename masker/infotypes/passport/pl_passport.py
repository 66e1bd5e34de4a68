"""Polish passport numbers: two letters, a check digit, six digits (factors 7, 3, and 1, 7, 3 in turn, modulo 10)."""

from masker.infotypes._kinds import Kind, weighed


def validate(value: str) -> bool:
    """Whether the third sign is the check digit of the others.

    >>> validate("ZS0000177"), validate("ZS1000177")
    (True, False)
    """
    bare = value.replace(" ", "").upper()
    letters = 7 * (ord(bare[0]) - 55) + 3 * (ord(bare[1]) - 55)
    return (letters + weighed(bare[3:], (1, 7, 3, 1, 7, 3))) % 10 == int(bare[2])


KIND = Kind(
    name="pl_passport",
    title="Polish passport number",
    pattern=r"[A-Za-z]{2} ?[0-9]{7}",
    shape="@@#######",
    accident=0.115,
    validate=validate,
    sources=("Rozporządzenie MSWiA w sprawie dokumentów paszportowych",),
)
