"""Sexual orientation and sex life (GDPR art. 9): special category data."""

from masker.infotypes import Infotype
from masker.infotypes._fold import folded_words
from masker.infotypes._words import known_words

_WORDS = known_words(
    """
    asessuale, asexual, asexuel, asexuell, bi, biseksualna, biseksualny, biseksueel, bisessuale, bisexual,
    bisexuel, bisexuell, bisexuelle, bissexual, demisexual, eterosessuale, gay, gay or lesbian, heteroseksualna,
    heteroseksualny, heteroseksueel, heterosexual, heterosexuel, heterosexuell, heterosexuelle, heterossexual,
    homoseksualna, homoseksualny, homoseksueel, homosexual, homosexuel, homosexuell, homosexuelle, homossexual,
    keine angabe, lesbian, lesbiana, lesbica, lesbienne, lesbisch, omosessuale, other orientation, pansexual,
    pansexuell, prefer not to say, queer, questioning, schwul, straight, straight or heterosexual, бисексуал,
    бисексуальная, гетеросексуал, гетеросексуальная, гомосексуал, гомосексуальная, 両性愛, 双性恋, 同性恋, 同性愛,
    异性恋, 異性愛
    """
)


def validate(value: str) -> bool:
    """Whether it is one of the usual words, in any of the lexicon's languages; case and accents do not matter.

    >>> validate("Bisexuell"), validate("Blue")
    (True, False)
    """
    return _WORDS.holds(value)


INFOTYPE = Infotype(
    name="sexual_orientation",
    title="sexual orientation",
    group="special",
    headers={
        "en": ("sexual orientation", "orientation sexual", "sexuality", "sexual preference", "lgbt", "lgbtq"),
        "de": ("sexuelle orientierung", "sexuelle identitaet", "sexuelle identität", "sexualitaet"),
        "fr": ("orientation sexuelle", "vie sexuelle"),
        "es": ("orientacion sexual", "preferencia sexual"),
        "pt": ("orientacao sexual",),
        "it": ("orientamento sessuale",),
        "nl": ("seksuele orientatie", "seksuele geaardheid", "seksuele voorkeur"),
        "pl": ("orientacja seksualna",),
        "ru": ("сексуальная ориентация",),
        "zh": ("性取向", "性倾向"),
        "ja": ("性的指向", "セクシュアリティ"),
    },
    not_headers=("count", "id", "page", "screen", "device"),
    pattern=r"[^\W\d_](?:[\w .,'’()/&-]{0,60}[\w.)])?|[A-Z][0-9]?",
    validate=validate,
    # Words mean other things too: a header or a table of people has to speak.
    accident=0.5,
    canonical=folded_words,
    reads_all=True,
    quasi=True,
    sources=("GDPR art. 9(1)",),
)  # fmt: skip
