"""Passport numbers (ICAO Doc 9303), with the machine-readable lines that they stand in: one kind each."""

from masker.infotypes import Infotype
from masker.infotypes._kinds import any_of, kinds_of, pattern_of

_KINDS = kinds_of(__name__)

INFOTYPE = Infotype(
    name="passport",
    title="passport number",
    group="state",
    headers={
        "en": (
            "passport",
            "passport number",
            "passport no",
            "passport id",
            "passport num",
            "mrz",
            "machine readable zone",
            "travel document number",
            "passport mrz",
        ),
        "de": ("reisepass", "passnummer", "reisepassnummer", "pass nr", "passnr"),
        "fr": ("passeport", "numero de passeport", "numero passeport"),
        "es": ("pasaporte", "numero de pasaporte"),
        "pt": ("passaporte", "numero do passaporte"),
        "it": ("passaporto", "numero passaporto"),
        "nl": ("paspoort", "paspoortnummer"),
        "pl": ("paszport", "numer paszportu"),
        "ru": ("паспорт", "номер паспорта", "серия паспорта", "загранпаспорт"),
        "zh": ("护照", "护照号", "护照号码"),
        "ja": ("パスポート", "旅券番号", "パスポート番号"),
    },
    not_headers=("country", "expiry", "issued", "type", "date", "verified"),
    pattern=pattern_of(_KINDS),
    validate=any_of(_KINDS),
    kinds=_KINDS,
    direct=True,
    sources=("ICAO Doc 9303 part 4",),
)
