"""The month until which a card is good, as it is printed on it: `12/27`, `2027-12`; a header has to tell."""

from masker.infotypes._kinds import Kind

KIND = Kind(
    name="expiry",
    title="card expiry",
    pattern=r"(?:0?[1-9]|1[0-2])[/-](?:20)?[0-9]{2}|20[0-9]{2}[/-](?:0[1-9]|1[0-2])",
    shape="##/##",
    accident=0.15,
    sources=("ISO/IEC 7813:2006: expiration date",),
)
