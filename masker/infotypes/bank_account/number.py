"""Account numbers without a public check: digits in groups, with or without their bank; a header has to tell."""

from masker.infotypes._kinds import Kind

KIND = Kind(
    name="number",
    title="account number without a check",
    pattern=r"[0-9][0-9 -]{4,26}[0-9]",
    shape="##########",
    accident=1.0,
    sources=("ISO 13616-1:2020: basic bank account numbers",),
)
