"""German health insurance numbers (KVNR, the part that stays for life): a letter, eight digits, a check digit.

SGB V § 290: the letter counts as two digits, the factors are 1 and 2 in turn, and the digit sums of the products add
up to the check digit modulo 10.
"""

from masker.infotypes._kinds import Kind


def validate(value: str) -> bool:
    """Whether the check digit is right.

    >>> validate("A123456780"), validate("A123456781")
    (True, False)
    """
    digits = f"{ord(value[0].upper()) - 64:02}{value[1:9]}"
    total = sum(sum(divmod(int(d) * (1 + place % 2), 10)) for place, d in enumerate(digits))
    return total % 10 == int(value[9])


KIND = Kind(
    name="de_kvnr",
    title="German health insurance number",
    pattern=r"[A-Za-z][0-9]{9}",
    shape="@#########",
    accident=0.115,
    validate=validate,
    sources=("SGB V § 290", "GKV-Spitzenverband: Richtlinie zur Krankenversichertennummer"),
)
