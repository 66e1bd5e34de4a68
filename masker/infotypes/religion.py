"""Religion or belief (GDPR art. 9): special category data."""

from masker.infotypes import Infotype
from masker.infotypes._words import known_words

_WORDS = known_words(
    """
    agnostic, alevitisch, anglican, atea, ateista, ateo, ateu, athee, atheist, bahai, baptist, boeddhistisch,
    bouddhiste, buddhism, buddhist, buddhistisch, buddista, budista, candomble, catholic, catholique, catolica,
    catolico, cattolica, cattolico, christian, church of england, ebrea, ebreo, espirita, ev, evangelica,
    evangelical, evangelico, evangelisch, geen, gereformeerd, hervormd, hindu, hinduism, hinduistisch, islam,
    islamitisch, jain, jehovah's witness, jehovah's witnesses, jewish, joods, judaism, judia, judio, judisch, juif,
    juive, katholiek, katholisch, katolickie, katolik, konfessionslos, latter-day saints, lutheran, methodist,
    mormon, muculmano, muslim, muslimisch, musulman, musulmana, musulmane, musulmano, muzulmanin, nessuna,
    no religion, none, ohne bekenntnis, orthodox, orthodoxe, pagan, pentecostal, prawoslawny, presbyterian,
    protestancki, protestant, protestante, protestants, quaker, rk, roman catholic, romisch-katholisch,
    rzymskokatolickie, sans religion, sem religiao, shia, shinto, sikh, sikhism, sin religion, sunni, taoist,
    umbanda, valdese, vd, zoroastrian, zyd, атеист, буддизм, ислам, иудаизм, католицизм, мусульманин, православие,
    православный, イスラム教, キリスト教, 仏教, 伊斯兰教, 佛教, 基督教, 天主教, 无宗教信仰, 無宗教, 神道, 道教
    """
)


def validate(value: str) -> bool:
    """Whether it is one of the usual words, in any of the lexicon's languages; case and accents do not matter.

    >>> validate("Römisch-katholisch"), validate("Blue")
    (True, False)
    """
    return _WORDS.holds(value)


INFOTYPE = Infotype(
    name="religion",
    title="religion or belief",
    group="special",
    headers={
        "en": ("religion", "faith", "denomination", "religious belief", "church"),
        "de": ("konfession", "religion", "religionszugehoerigkeit", "religionszugehorigkeit", "kirchensteuermerkmal"),
        "fr": ("religion", "confession", "croyance"),
        "es": ("religion", "confesion religiosa"),
        "pt": ("religiao", "crenca"),
        "it": ("religione", "confessione"),
        "nl": ("godsdienst", "geloof", "religie"),
        "pl": ("wyznanie", "religia"),
        "ru": ("религия", "вероисповедание"),
        "zh": ("宗教", "宗教信仰"),
        "ja": ("宗教",),
    },
    not_headers=("count", "id"),
    pattern=r"[^\W\d_](?:[\w .,'’()/&-]{0,60}[\w.)])?",
    validate=validate,
    # Words mean other things too: a header or a table of people has to speak.
    accident=0.5,
    quasi=True,
    sources=("GDPR art. 9(1)",),
)
