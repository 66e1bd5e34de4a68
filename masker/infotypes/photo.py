"""Photos of people: the picture itself, encoded or raw, or where it lies."""

from masker.infotypes import Infotype

INFOTYPE = Infotype(
    name="photo",
    title="photo",
    group="person",
    headers={
        "en": (
            "photo",
            "picture",
            "avatar",
            "profile picture",
            "portrait",
            "photo url",
            "avatar url",
            "profile photo",
            "headshot",
            "selfie",
            "profile image",
            "remote photo url",
            "picture url",
        ),
        "de": ("foto", "bild", "passbild", "profilbild"),
        "fr": ("photo", "photo de profil", "portrait"),
        "es": ("foto", "foto de perfil", "retrato"),
        "pt": ("foto", "fotografia"),
        "it": ("foto", "fotografia", "immagine del profilo"),
        "nl": ("foto", "pasfoto", "profielfoto"),
        "pl": ("zdjecie", "fotografia"),
        "ru": ("фото", "фотография", "аватар"),
        "zh": ("照片", "头像", "相片"),
        "ja": ("写真", "顔写真", "アバター"),
    },
    not_headers=("count", "id", "type", "size", "width", "height"),
    sources=("GDPR art. 4(1) and (14)",),
)
