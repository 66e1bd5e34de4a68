"""Singapore NRIC and FIN: S, T, F, G or M, seven digits, a check letter modulo 11.

National Registration Act; the factors are 2, 7, 6, 5, 4, 3, 2; T and G add 4, M adds 3.
"""

from masker.infotypes._kinds import Kind, weighed

_LETTERS = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK", "M": "XWUTRQPNJLK"}
_ADDED = {"T": 4, "G": 4, "M": 3}


def validate(value: str) -> bool:
    """Whether the check letter is right.

    >>> validate("S1234567D"), validate("S1234567E")
    (True, False)
    """
    series = value[0].upper()
    total = weighed(value[1:8], (2, 7, 6, 5, 4, 3, 2)) + _ADDED.get(series, 0)
    return _LETTERS[series][total % 11] == value[8].upper()


KIND = Kind(
    name="sg_nric",
    title="Singapore NRIC or FIN",
    pattern=r"[STFGMstfgm][0-9]{7}[A-Za-z]",
    shape="S#######@",
    accident=0.05,
    validate=validate,
    sources=("National Registration Act (Singapore)",),
)
