"""Vehicles that lead to their keeper: identification numbers, number plates, the car a person drives; one kind each."""

from masker.infotypes import Infotype
from masker.infotypes._kinds import any_of, kinds_of, pattern_of

_KINDS = kinds_of(__name__)

INFOTYPE = Infotype(
    name="vehicle_id",
    title="vehicle or number plate",
    group="person",
    headers={
        "en": (
            "vin",
            "vehicle",
            "vehicle id",
            "license plate",
            "licence plate",
            "number plate",
            "plate number",
            "vehicle identification number",
            "registration plate",
            "car plate",
            "vehicle registration",
            "chassis number",
            "car registration",
            "reg number vehicle",
            "vehicle plate",
        ),
        "de": (
            "kennzeichen",
            "fahrgestellnummer",
            "fahrzeug",
            "kfz kennzeichen",
            "fin",
            "nummernschild",
            "amtliches kennzeichen",
        ),
        "fr": ("immatriculation", "plaque", "plaque d immatriculation", "vehicule"),
        "es": ("matricula", "placa", "bastidor", "vehiculo"),
        "pt": ("placa", "matricula", "chassi", "veiculo"),
        "it": ("targa", "telaio", "numero di telaio", "veicolo"),
        "nl": ("kenteken", "voertuig"),
        "pl": ("numer rejestracyjny", "tablica rejestracyjna", "pojazd"),
        "ru": ("госномер", "номер автомобиля", "вин"),
        "zh": ("车牌", "车牌号", "车架号"),
        "ja": ("ナンバープレート", "車台番号", "車両番号"),
    },
    not_headers=("type", "count", "class", "model", "category"),
    pattern=pattern_of(_KINDS),
    validate=any_of(_KINDS),
    kinds=_KINDS,
    direct=True,
    sources=("ISO 3779:2009",),
)
