"""Card security codes (CVV2, CVC2, CID): three or four digits beside a card number; a header has to tell."""

from masker.infotypes._kinds import Kind

KIND = Kind(
    name="cvv",
    title="card security code",
    pattern=r"[0-9]{3,4}",
    shape="###",
    accident=1.0,
    sources=("PCI DSS v4.0 glossary: Card Verification Code",),
)
