"""Brazilian CNH numbers: nine digits and two check digits modulo 11.

CONTRAN Resolução 886/2021; the factors are 9 to 1, then 1 to 9; where the first check is ten, the second loses two.
"""

from masker.infotypes._kinds import Kind, weighed


def validate(value: str) -> bool:
    """Whether both check digits are right and not all digits are the same.

    >>> validate("97625655678"), validate("97625655677")
    (True, False)
    """
    if len(set(value)) == 1:
        return False
    first = weighed(value[:9], (9, 8, 7, 6, 5, 4, 3, 2, 1)) % 11
    lost = 2 if first >= 10 else 0
    second = weighed(value[:9], (1, 2, 3, 4, 5, 6, 7, 8, 9)) % 11
    second = 0 if second >= 10 else second - lost
    return value[9:] == f"{first % 10 if first < 10 else 0}{second % 11 if second < 0 else second}"


KIND = Kind(
    name="br_cnh",
    title="Brazilian CNH",
    pattern=r"[0-9]{11}",
    shape="###########",
    accident=0.014,
    validate=validate,
    sources=("CONTRAN Resolução 886/2021",),
)
