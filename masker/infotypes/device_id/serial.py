"""Serial numbers, push tokens and other ids of devices, as their makers write them; a header has to tell."""

from masker.infotypes._kinds import Kind


def validate(value: str) -> bool:
    """Whether there is a digit in it, and it is no bare run of 15 digits (these have a check as an IMEI).

    >>> validate("C02XK1ABJG5H"), validate("smartphone"), validate("490154203237519")
    (True, False, False)
    """
    return any(c.isdigit() for c in value) and not (len(value) == 15 and value.isdigit())


KIND = Kind(
    name="serial",
    title="serial number",
    pattern=r"[A-Za-z0-9_:-]{8,200}",
    shape="????????????",
    accident=1.0,
    validate=validate,
)
