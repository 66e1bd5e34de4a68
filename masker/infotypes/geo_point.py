"""Positions on the earth: latitude and longitude that lead to somebody's door (ISO 6709)."""

from masker.infotypes import Infotype

INFOTYPE = Infotype(
    name="geo_point",
    title="latitude or longitude",
    group="contact",
    headers={
        "en": (
            "latitude",
            "longitude",
            "lat",
            "lng",
            "lon",
            "geo",
            "coordinates",
            "gps",
            "geolocation",
            "geo point",
            "lat lng",
            "lat lon",
            "gps position",
            "geo location",
        ),
        "de": ("breitengrad", "laengengrad", "langengrad", "koordinaten"),
        "fr": ("coordonnees", "coordonnees gps"),
        "es": ("latitud", "longitud", "coordenadas"),
        "it": ("latitudine", "longitudine", "coordinate"),
        "nl": ("breedtegraad", "lengtegraad"),
        "pl": ("szerokosc geograficzna", "dlugosc geograficzna"),
        "ru": ("широта", "долгота", "координаты"),
        "zh": ("纬度", "经度", "坐标"),
        "ja": ("緯度", "経度", "座標"),
        "pt": ("latitude", "longitude", "coordenadas"),
    },
    not_headers=("accuracy", "type", "count", "id", "stop", "station"),
    pattern=r"(?i:point) ?\([-+]?[0-9]{1,3}(?:\.[0-9]{1,20})? [-+]?[0-9]{1,3}(?:\.[0-9]{1,20})?\)"
    r"|[-+]?[0-9]{1,3}\.[0-9]{2,}(?:[,; ]\s*[-+]?[0-9]{1,3}\.[0-9]{2,})?",
    direct=True,
    sources=("ISO 6709:2022",),
)
