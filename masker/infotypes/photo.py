"""Photos of people: the picture itself, encoded or raw, or where it lies."""

from masker.infotypes import Infotype

INFOTYPE = Infotype(
    name="photo",
    title="photo",
    group="person",
    headers={
        "en": (
            "photo",
            "image url",
            "signature image",
            "signature scan",
            "id scan",
            "passport scan",
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
    # Where it lies, or its first bytes in base64, hexadecimal or a data URL (JPEG, PNG, GIF, WebP).
    pattern=r"(?:https?://|/|[A-Za-z]:\\\\)?[^\s?#]{1,300}\.(?i:jpe?g|png|gif|webp|heic|bmp|tiff?|svg)(?:[?#]\S{0,300})?"
    r"|data:image/[a-z+.-]{2,20};base64,[A-Za-z0-9+/=]{1,}|(?:/9j/|iVBORw0KGgo|R0lGOD|UklGR)[A-Za-z0-9+/=\s]{4,}"
    r"|(?:0x|\\\\x)?(?i:ffd8ff|89504e47|47494638)[0-9A-Fa-f]{4,}",
    sources=(
        "RFC 2397 (data URLs)",
        "GDPR art. 4(1) and (14)",
    ),
)
