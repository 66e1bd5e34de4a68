"""UK sort codes: six digits in pairs with dashes; no check digit."""

from masker.infotypes._kinds import Kind

KIND = Kind(
    name="gb_sort_code",
    title="UK sort code",
    pattern=r"[0-9]{2}-[0-9]{2}-[0-9]{2}",
    shape="##-##-##",
    accident=1.0,
    sources=("Vocalink: Validating account numbers",),
)
