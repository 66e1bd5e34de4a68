"""Device ids: IMEI, IMSI, ICCID, advertising ids, serial numbers; each follows one person's device."""

from masker.infotypes import Infotype
from masker.infotypes._kinds import any_of, kinds_of, pattern_of

_KINDS = kinds_of(__name__)

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
            "device uuid", "sim card number", "sim number", "advertising identifier", "mobile ad id", "maid", "hardware id", "installation id", "vendor id ios"),
        "de": ("geraete id", "geraetenummer", "seriennummer", "geratenummer", "gerate id", "geraetekennung", "werbe id"),
        "fr": ("identifiant appareil", "numero de serie", "id appareil", "identifiant publicitaire"),
        "es": ("id de dispositivo", "numero de serie", "id dispositivo"),
        "pt": ("id do dispositivo",),
        "it": ("id dispositivo", "numero di serie"),
        "nl": ("apparaat id", "serienummer"),
        "zh": ("设备号", "设备id", "手机串号", "广告标识符"),
        "ja": ("端末id", "デバイスid", "広告id"),
        "pl": ("identyfikator urzadzenia", "numer seryjny"),
        "ru": ("идентификатор устройства", "серийный номер", "имей"),
    },
    not_headers=("type", "count", "model", "name", "os"),
    pattern=pattern_of(_KINDS),
    validate=any_of(_KINDS),
    kinds=_KINDS,
    direct=True,
    sources=("3GPP TS 23.003 section 6 (IMEI)",),
)
