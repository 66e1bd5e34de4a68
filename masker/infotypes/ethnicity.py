"""Ethnic origin (GDPR art. 9): special category data."""

from masker.infotypes import Infotype
from masker.infotypes._words import known_words

_WORDS = known_words(
    """
    aboriginal, african, african american, afrikanisch, afro-caribbean, afrodescendiente, alaska native, amarela,
    amarelo, amer-indian-eskimo, american indian, american indian or alaska native, arab, arabisch, ashkenazi,
    asian, asian pacific islander, asiatico, asiatique, asiatisch, aziatisch, bangladeshi, bialy, bianco, biracial,
    black, black african, black british, black caribbean, black or african american, blanc, blanche, blanco, blank,
    branca, branco, caucasian, chinese, czarny, east asian, european, first nations, gitano, gypsy, hispanic,
    hispanic or latino, indian, indigena, inuit, jewish, kaszub, kurdisch, kurdish, latina, latino, maghrebin,
    maori, mestizo, metis, metisse, middle eastern, mixed, mixed race, multiracial, native american,
    native hawaiian, native hawaiian or other pacific islander, negro, nero, noir, noire, not hispanic or latino,
    other race, pacific islander, pakistani, parda, pardo, polak, preta, preto, rom, roma, romani, schwarz, sinti,
    slazak, sorbisch, south asian, southeast asian, torres strait islander, traveller, two or more races, weiss,
    white, white british, white hispanic, white irish, white non-hispanic, white other, zwart, башкир, русская,
    русский, татарин, татарка, украинец, чеченец, чуваш, アイヌ, 和人, 回族, 土家族, 壮族, 彝族, 日本人, 朝鲜族, 汉,
    汉族, 满族, 琉球, 维吾尔族,
    苗族, 蒙古族, 藏族
    """
)


def validate(value: str) -> bool:
    """Whether it is one of the usual words, in any of the lexicon's languages; case and accents do not matter.

    >>> validate("Black or African American"), validate("Blue")
    (True, False)
    """
    return _WORDS.holds(value)


INFOTYPE = Infotype(
    name="ethnicity",
    title="ethnic origin",
    group="special",
    headers={
        "en": ("ethnicity", "race", "ethnic origin", "ethnic group", "race ethnicity"),
        "de": ("ethnie", "ethnische herkunft", "ethnizitat", "ethnizitaet"),
        "fr": ("origine ethnique", "ethnie"),
        "es": ("etnia", "raza", "origen etnico"),
        "pt": ("etnia", "raca"),
        "it": ("etnia", "origine etnica", "razza"),
        "nl": ("etniciteit", "etnische afkomst"),
        "pl": ("pochodzenie etniczne", "rasa"),
        "ru": ("этническая принадлежность", "раса"),
        "zh": ("民族", "种族"),
        "ja": ("民族", "人種"),
    },
    not_headers=("count", "id", "time", "date", "results", "number"),
    pattern=r"[^\W\d_](?:[\w .,'’()/&-]{0,60}[\w.)])?",
    validate=validate,
    # Words mean other things too: a header or a table of people has to speak.
    accident=0.5,
    quasi=True,
    sources=("GDPR art. 9(1)",),
)
