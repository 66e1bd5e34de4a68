"""Spanish social security numbers (NSS): province, eight digits, two check digits modulo 97.

TGSS: the check is province and number as one integer modulo 97; a number below ten million drops its leading zero.
"""

from masker.infotypes._kinds import Kind


def validate(value: str) -> bool:
    """Whether province and check digits are right; blanks, slashes and dashes do not matter.

    >>> validate("28 1234567840"), validate("281234567841")
    (True, False)
    """
    digits = "".join(c for c in value if c.isdigit())
    province, number, check = int(digits[:2]), int(digits[2:10]), int(digits[10:])
    whole = int(digits[:10]) if number >= 10_000_000 else province * 10_000_000 + number
    return (1 <= province <= 53 or province == 66) and whole % 97 == check


KIND = Kind(
    name="es_nss",
    title="Spanish social security number",
    pattern=r"[0-9]{2}[ /-]?[0-9]{8}[ /-]?[0-9]{2}",
    shape="############",
    accident=0.009,
    validate=validate,
    sources=("TGSS: Número de la Seguridad Social",),
)
