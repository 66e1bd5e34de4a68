"""German pension insurance numbers (RVNR): area, date of birth, initial, serial number, check digit.

VKVV § 2 and § 4: the letter counts as two digits, the factors are 2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1, and the digit
sums of the products add up to the check digit modulo 10.
"""

from masker.infotypes._kinds import Kind

_FACTORS = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)


def validate(value: str) -> bool:
    """Whether day, month and check digit are right; blanks do not matter.

    >>> validate("15 070649 C 103"), validate("15070649C104")
    (True, False)
    """
    bare = value.replace(" ", "").upper()
    digits = f"{bare[:8]}{ord(bare[8]) - 64:02}{bare[9:11]}"
    total = sum(sum(divmod(int(d) * factor, 10)) for d, factor in zip(digits, _FACTORS, strict=True))
    # people without a known day of birth get 32 to 63 and more as one
    return 1 <= int(bare[4:6]) <= 12 and 1 <= int(bare[2:4]) <= 93 and total % 10 == int(bare[11])


KIND = Kind(
    name="de_rvnr",
    title="German pension insurance number",
    pattern=r"[0-9]{2} ?[0-9]{2}[0-9]{2}[0-9]{2} ?[A-Za-z] ?[0-9]{2}[0-9]",
    shape="########@###",
    accident=0.02,
    validate=validate,
    sources=("VKVV § 2, § 4",),
)
