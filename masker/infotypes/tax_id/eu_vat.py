"""VAT numbers of the members of the European Union: country prefix and the country's own check.

Council Directive 2006/112/EC art. 215; the structures are those that the Commission's VIES lists.
"""

from masker.infotypes._kinds import Kind, checked_by

KIND = Kind(
    name="eu_vat",
    title="VAT number of an EU member",
    pattern=r"[A-Za-z]{2} ?[0-9A-Za-z][0-9A-Za-z .]{6,14}",
    shape="@@?########",
    accident=0.01,
    validate=checked_by("eu.vat"),
    sources=("Council Directive 2006/112/EC art. 215", "European Commission: VIES number structure"),
)
