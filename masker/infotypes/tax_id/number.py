"""Tax numbers without a public check (German Steuernummern, numbers of offices): digits in groups, a header tells."""

from masker.infotypes._kinds import Kind

KIND = Kind(
    name="number",
    title="tax number without a check",
    pattern=r"[0-9](?:[ ./-]?[0-9]){7,16}",
    shape="###/###/#####",
    accident=1.0,
    sources=("AEAO zu § 139a: Steuernummer",),
)
