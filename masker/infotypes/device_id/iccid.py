"""ICCID: the number of a SIM card, 89 and 17 or 18 digits with Luhn's check digit (ITU-T E.118)."""

from masker.infotypes._kinds import Kind
from masker.infotypes.payment_card.pan import luhn

KIND = Kind(
    name="iccid",
    title="ICCID",
    pattern=r"89[0-9]{17,18}",
    shape="89#################",
    accident=0.115,
    validate=luhn,
    sources=("ITU-T E.118",),
)
