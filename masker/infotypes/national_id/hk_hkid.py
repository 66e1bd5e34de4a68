"""Hong Kong identity card numbers: one or two letters, six digits, a check digit modulo 11 in brackets.

Registration of Persons Ordinance; the factors are 9 to 2, letters count from 10, a missing first letter counts 36.
"""

from masker.infotypes._kinds import Kind, weighed


def validate(value: str) -> bool:
    """Whether the check digit is right.

    >>> validate("A123456(3)"), validate("A123456(4)")
    (True, False)
    """
    bare = value.upper().replace("(", "").replace(")", "")
    letters, digits, check = bare[:-7], bare[-7:-1], bare[-1]
    first, second = (36, ord(letters) - 55) if len(letters) == 1 else (ord(letters[0]) - 55, ord(letters[1]) - 55)
    total = 9 * first + 8 * second + weighed(digits, (7, 6, 5, 4, 3, 2)) + (10 if check == "A" else int(check))
    return total % 11 == 0


KIND = Kind(
    name="hk_hkid",
    title="Hong Kong identity card number",
    pattern=r"[A-Za-z]{1,2}[0-9]{6}(?:\([0-9Aa]\)|[0-9Aa])",
    shape="@######(#)",
    accident=0.11,
    validate=validate,
    sources=("Registration of Persons Ordinance (cap. 177)",),
)
