"""Russian pension insurance numbers (SNILS): nine digits, two check digits modulo 101.

Постановление Правления ПФ РФ № 192п (2006): the factors are 9 to 1; 100 and 101 give 00.
"""

from masker.infotypes._kinds import Kind, weighed


def validate(value: str) -> bool:
    """Whether the check digits are right; blanks and dashes do not matter.

    >>> validate("112-233-445 95"), validate("112-233-445 96")
    (True, False)
    """
    digits = "".join(c for c in value if c.isdigit())
    return weighed(digits[:9], (9, 8, 7, 6, 5, 4, 3, 2, 1)) % 101 % 100 == int(digits[9:])


KIND = Kind(
    name="ru_snils",
    title="Russian SNILS",
    pattern=r"[0-9]{3}-?[0-9]{3}-?[0-9]{3}[ -]?[0-9]{2}",
    shape="###########",
    accident=0.014,
    validate=validate,
    sources=("Постановление Правления ПФ РФ от 31.07.2006 № 192п",),
)
