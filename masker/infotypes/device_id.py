"""Device ids: IMEI, advertising ids, serial numbers, push tokens; each follows one person's device."""

from masker.infotypes import Infotype
from masker.infotypes.payment_card import luhn


def validate(value: str) -> bool:
    """Whether 15 digits carry the IMEI's check digit; any other shape counts as it stands.

    >>> validate("490154203237518"), validate("490154203237519"), validate("6d92078a-8246-4ba4-ae5b-76104861e7dc")
    (True, False, True)
    """
    digits = value.replace("-", "").replace(" ", "")
    return not (digits.isascii() and digits.isdigit() and len(digits) == 15) or luhn(digits)


INFOTYPE = Infotype(
    name="device_id",
    title="device id",
    group="web",
    headers={
        "en": (
            "device id",
            "deviceid",
            "imei",
            "imsi",
            "iccid",
            "meid",
            "idfa",
            "idfv",
            "gaid",
            "aaid",
            "android id",
            "advertising id",
            "push token",
            "device token",
            "device serial",
            "serial number",
            "udid",
            "fcm token",
            "device fingerprint",
            "fingerprint",
            "device uuid",
        ),
        "de": ("geraete id", "geraetenummer", "seriennummer", "geratenummer", "gerate id"),
        "fr": ("identifiant appareil", "numero de serie"),
        "es": ("id de dispositivo", "numero de serie", "id dispositivo"),
        "pt": ("id do dispositivo",),
        "it": ("id dispositivo", "numero di serie"),
        "nl": ("apparaat id", "serienummer"),
        "zh": ("设备号", "设备id"),
        "ja": ("端末id", "デバイスid"),
    },
    not_headers=("type", "count", "model", "name", "os"),
    pattern=r"[A-Za-z0-9_:-]{8,200}",
    validate=validate,
    direct=True,
    sources=("3GPP TS 23.003 section 6 (IMEI)",),
)
