"""Driving licence numbers of states without a public check: letters and digits; a header has to tell."""

from masker.infotypes._kinds import Kind


def validate(value: str) -> bool:
    """Whether there are four digits in it.

    >>> validate("B072RRE2I55"), validate("D123-4567-8901"), validate("class B")
    (True, True, False)
    """
    return sum(c.isdigit() for c in value) >= 4


KIND = Kind(
    name="number",
    title="licence number without a check",
    pattern=r"[A-Za-z0-9][A-Za-z0-9 -]{4,22}[A-Za-z0-9]",
    shape="@########",
    accident=1.0,
    validate=validate,
    sources=("AAMVA DL/ID Card Design Standard (2020)", "FeV Anlage 8"),
)
