"""Nationality and citizenship: of which state a person is; telling together with age and place."""

from masker.infotypes import Infotype
from masker.infotypes._fold import folded_words
from masker.infotypes._words import known_words

_WORDS = known_words(
    """
    albanian, aleman, alemana, algerian, algerien, algerienne, allemand, allemande, americain, americaine,
    american, amerikanisch, apatrida, apatride, argentina, argentine, argentinian, argentino, armenian, australian,
    austrian, azerbaijani, bangladeshi, belarusian, belge, belgian, belgische, bosnian, brasileira, brasileiro,
    brazilian, britannique, britisch, british, bulgarian, cameroonian, canadian, chilean, chilena, chileno,
    chinese, chinesisch, colombian, colombiana, colombiano, croatian, cuban, czech, danisch, danish, deutsch,
    duitse, dutch, egyptian, emirati, espagnol, espagnole, espanol, espanola, estadounidense, estonian, ethiopian,
    filipino, finnish, francais, francaise, francesa, franse, franzosisch, french, georgian, german, ghanaian,
    greek, griechisch, hungarian, icelandic, indian, indonesian, iranian, iraqi, irish, israeli, italian, italiana,
    italiano, italien, italienisch, italienne, ivorian, japanese, japanisch, jordanian, kazakh, kenyan, korean,
    latvian, lebanese, libyan, lithuanian, luxembourgish, macedonian, malaysian, marocain, marocaine, mexican,
    mexicana, mexicano, moldovan, montenegrin, moroccan, nederlandse, nepalese, new zealander, niederlandisch,
    niemieckie, nigerian, norwegian, osterreichisch, pakistani, peruana, peruano, peruvian, polish, polnisch,
    polska, polskie, poolse, portugais, portugaise, portugiesisch, portugues, portuguesa, portuguese, romanian,
    rumanisch, rumena, rumeno, russian, russisch, saudi, schwedisch, schweizerisch, senegalese, serbian,
    singaporean, slovak, slovenian, south african, south korean, spagnola, spagnolo, spanisch, spanish, sri lankan,
    staatenlos, stateless, sudanese, suisse, svizzera, swedish, swiss, syrian, taiwanese, tedesca, tedesco, thai,
    tunisian, tunisien, tunisienne, turkisch, turkish, turkse, ukrainian, ukrainisch, ukrainska, ukrainskie,
    ungarisch, uzbek, venezuelan, vietnamese, белорусское, немецкое, российское, россия, русский, украинское,
    アメリカ,
    ドイツ, フランス, ベトナム, 中国, 中華人民共和国, 大韓民国, 德国, 日本, 汉, 法国, 美国, 英国, 韩国
    """
)


def validate(value: str) -> bool:
    """Whether it is one of the usual words, in any of the lexicon's languages; case and accents do not matter.

    >>> validate("Österreichisch"), validate("Blue")
    (True, False)
    """
    return _WORDS.holds(value)


INFOTYPE = Infotype(
    name="nationality",
    title="nationality or citizenship",
    group="person",
    headers={
        "en": ("nationality", "citizenship", "citizen of", "country of citizenship", "nationality code"),
        "de": ("staatsangehoerigkeit", "staatsangehörigkeit", "staatsbuergerschaft", "staatsbürgerschaft",
               "nationalitaet", "nationalität"),
        "fr": ("nationalite", "citoyennete", "nationalité"),
        "es": ("nacionalidad", "ciudadania"),
        "pt": ("nacionalidade", "cidadania"),
        "it": ("nazionalita", "cittadinanza"),
        "nl": ("nationaliteit", "staatsburgerschap"),
        "pl": ("narodowosc", "obywatelstwo"),
        "ru": ("национальность", "гражданство"),
        "zh": ("国籍", "公民身份"),
        "ja": ("国籍",),
    },
    not_headers=("count", "vehicle", "id", "date", "airline"),
    pattern=r"[^\W\d_](?:[\w .,'’()/&-]{0,60}[\w.)])?|[A-Z][0-9]?",
    validate=validate,
    # Demonyms are also languages and cuisines: a header has to speak.
    accident=0.5,
    canonical=folded_words,
    reads_all=True,
    by_subject=True,
    quasi=True,
    sources=("NIST SP 800-188 section 4.3: quasi-identifiers", "ICAO Doc 9303 part 3 section 5"),
)  # fmt: skip
