"""Driving licence numbers: as many shapes as states, few with a check: one kind each."""

from masker.infotypes import Infotype
from masker.infotypes._kinds import any_of, kinds_of, pattern_of

_KINDS = kinds_of(__name__)

INFOTYPE = Infotype(
    name="driver_license",
    title="driving licence number",
    group="state",
    headers={
        "en": (
            "driver license",
            "drivers license",
            "driving licence",
            "license number driver",
            "driver licence",
            "driver license number",
            "drivers license number",
            "driving license",
            "dl number",
            "driving licence number",
            "drivers licence",
            "driver s license",
            "dl no",
            "licence number driver",
        ),
        "de": ("fuehrerschein", "fuhrerschein", "fuehrerscheinnummer", "fuhrerscheinnummer", "fuehrerschein nr"),
        "fr": ("permis de conduire", "numero de permis"),
        "es": ("carnet de conducir", "licencia de conducir", "permiso de conducir"),
        "pt": ("carteira de motorista", "cnh", "carta de conducao"),
        "it": ("patente", "patente di guida", "numero patente"),
        "nl": ("rijbewijs", "rijbewijsnummer"),
        "pl": ("prawo jazdy", "numer prawa jazdy"),
        "ru": ("водительское удостоверение", "номер прав", "номер водительского удостоверения"),
        "zh": ("驾驶证", "驾照", "驾驶证号"),
        "ja": ("運転免許証", "免許証番号"),
    },
    not_headers=("type", "class", "state", "expiry", "issued", "date"),
    pattern=pattern_of(_KINDS),
    validate=any_of(_KINDS),
    kinds=_KINDS,
    direct=True,
    sources=("AAMVA DL/ID Card Design Standard (2020)",),
)
