"""The number of a payment card (PAN): Luhn's check digit and the first digits of a known network (ISO/IEC 7812-1)."""

from masker.infotypes._kinds import Kind


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812-1 annex B.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def validate(value: str) -> bool:
    """Whether it is a Luhn-valid number that starts like a card of a known network (3, 4, 5, 6 or 2221 to 2720).

    >>> validate("4111 1111 1111 1111"), validate("1111 1111 1111 1117")
    (True, False)
    """
    digits = "".join(c for c in value if c in "0123456789")
    known = digits[:1] in "3456" or 2221 <= int(digits[:4] or 0) <= 2720
    return 12 <= len(digits) <= 19 and known and luhn(digits)


KIND = Kind(
    name="pan",
    title="payment card number",
    pattern=r"[0-9](?:[ -]?[0-9]){11,18}",
    shape="################",
    accident=0.05,  # Luhn passes 1 in 10 random numbers, about 4 in 10 of them start like a network's
    validate=validate,
    sources=("ISO/IEC 7812-1:2017 annex B (Luhn)", "PCI DSS v4.0 glossary: PAN"),
)
