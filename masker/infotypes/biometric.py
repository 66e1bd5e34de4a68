"""Biometric data (GDPR art. 9): templates and scans of fingers, faces, eyes and voices, raw or encoded."""

from masker.infotypes import Infotype

INFOTYPE = Infotype(
    name="biometric",
    title="biometric data",
    group="special",
    headers={
        "en": ("biometric", "biometrics", "biometric template", "fingerprint template", "fingerprint scan", "face id",
               "face embedding", "face encoding", "face template", "iris scan", "iris template", "retina scan",
               "voice print", "voiceprint", "palm print", "facial recognition", "faceprint"),
        "de": ("biometrie", "biometrische daten", "fingerabdruck", "gesichtsbild", "irisscan", "stimmprofil"),
        "fr": ("biometrie", "donnees biometriques", "empreinte digitale", "empreinte vocale", "reconnaissance faciale"),
        "es": ("biometria", "datos biometricos", "huella dactilar", "huella digital", "reconocimiento facial"),
        "pt": ("biometria", "dados biometricos", "impressao digital", "reconhecimento facial"),
        "it": ("biometria", "dati biometrici", "impronta digitale", "riconoscimento facciale"),
        "nl": ("biometrie", "biometrische gegevens", "vingerafdruk", "gezichtsherkenning"),
        "pl": ("biometria", "dane biometryczne", "odcisk palca", "rozpoznawanie twarzy"),
        "ru": ("биометрия", "биометрические данные", "отпечаток пальца"),
        "zh": ("生物识别", "指纹", "人脸特征", "虹膜"),
        "ja": ("生体認証", "指紋", "顔認証", "虹彩"),
    },
    not_headers=("enabled", "browser", "count", "key", "certificate", "ssh", "status"),
    # FMR and CBEFF records, long base64 or hexadecimal, vectors of decimals.
    pattern=r"(?:RkMSA|Rk1S|RklS|RkFD|SUlS)[A-Za-z0-9+/=]{12,}|[A-Za-z0-9+/]{40,}={0,2}|[0-9A-Fa-f]{40,}"
    r"|\[ ?-?[0-9]+\.[0-9]+(?:e-?[0-9]+)?(?:, ?-?[0-9]+\.[0-9]+(?:e-?[0-9]+)?){3,}(?:, ?\.\.\.)? ?\]",
    direct=True,
    sources=("GDPR art. 4(14) and 9(1)", "ISO/IEC 19794-2:2011 (finger minutiae record, `FMR`)"),
)  # fmt: skip
