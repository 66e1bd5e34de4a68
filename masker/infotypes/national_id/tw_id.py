"""Taiwanese identity numbers and residence permits: a letter for the place, the sex, seven digits, a check digit.

戶籍法; the letter counts as the two digits of a table, the factors are 1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1, modulo 10.
"""

from masker.infotypes._kinds import Kind, weighed

_PLACES = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


def validate(value: str) -> bool:
    """Whether the check digit is right.

    >>> validate("A123456789"), validate("A123456788")
    (True, False)
    """
    place = _PLACES.index(value[0].upper()) + 10
    # the permits of before 2021 have a letter for the sex; its second digit is what counts
    second = value[1] if value[1].isdigit() else str((_PLACES.index(value[1].upper()) + 10) % 10)
    return weighed(f"{place}{second}{value[2:]}", (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)) % 10 == 0


KIND = Kind(
    name="tw_id",
    title="Taiwanese identity number",
    pattern=r"[A-Za-z][1289A-Da-d][0-9]{8}",
    shape="@#########",
    accident=0.06,
    validate=validate,
    sources=("戶籍法 (Household Registration Act)",),
)
