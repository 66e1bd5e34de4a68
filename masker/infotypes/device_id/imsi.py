"""IMSI: the subscriber on a SIM card, a country code of ITU-T E.212 and 12 digits; no check digit."""

from masker.infotypes._kinds import Kind, checked_by

KIND = Kind(
    name="imsi",
    title="IMSI",
    pattern=r"[2-7][0-9]{13,14}",
    shape="###############",
    accident=0.3,
    validate=checked_by("imsi"),
    sources=("ITU-T E.212",),
)
