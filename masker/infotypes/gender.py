"""Gender: kept by default, a quasi-identifier; fake first names follow it through `given["gender"]`."""

from masker.infotypes import Infotype
from masker.infotypes._fold import folded_words
from masker.infotypes._person import FEMALE, MALE

_OTHER = ["d", "divers", "diverse", "x", "nonbinary", "non-binary", "other", "unknown", "u", "n/a", "0", "9", "autre", "otro", "inny"]
_KNOWN = frozenset({*FEMALE, *MALE, *_OTHER})


def is_gender(value: str) -> bool:
    """Whether the value is a known letter, word or code (ISO/IEC 5218) for a gender, or a form of address.

    >>> is_gender("weiblich"), is_gender("7")
    (True, False)
    """
    return value.strip().casefold() in _KNOWN


INFOTYPE = Infotype(
    name="gender",
    title="Gender",
    group="person",
    headers={
        "en": ("gender", "sex", "salutation"),
        "de": ("geschlecht", "anrede"),
        "fr": ("genre", "sexe", "civilité", "civilite"),
        "es": ("género", "genero", "sexo", "tratamiento"),
        "pt": ("gênero", "género", "sexo"),
        "it": ("genere", "sesso"),
        "nl": ("geslacht", "aanhef"),
        "pl": ("płeć", "plec"),
        "ru": ("пол",),
        "zh": ("性别", "性別"),
        "ja": ("性別",),
    },
    not_headers=("music genre", "film genre", "genre musical"),
    pattern=r"^[\w./-]{1,20}$",
    validate=is_gender,
    # Single letters and digits mean anything: the header has to speak.
    accident=0.5,
    canonical=folded_words,
    quasi=True,
    role="gender",
    sources=("ISO/IEC 5218:2022",),
)
