"""Mexican CLABE: three digits of a bank, three of a place, eleven of an account, a check digit modulo 10.

Banco de México; the factors are 3, 7, 1 in turn, of each product the last digit counts.
"""

from masker.infotypes._kinds import Kind


def validate(value: str) -> bool:
    """Whether the check digit is right.

    >>> validate("032180000118359719"), validate("032180000118359718")
    (True, False)
    """
    digits = value.replace(" ", "")
    total = sum(int(digit) * (3, 7, 1)[place % 3] % 10 for place, digit in enumerate(digits[:17]))
    return -total % 10 == int(digits[17])


KIND = Kind(
    name="mx_clabe",
    title="Mexican CLABE",
    pattern=r"[0-9]{3} ?[0-9]{3} ?[0-9]{11} ?[0-9]",
    shape="##################",
    accident=0.115,
    validate=validate,
    sources=("Banco de México: Circular 14/2017, CLABE",),
)
