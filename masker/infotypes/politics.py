"""Political opinions and party membership (GDPR art. 9): special category data."""

from masker.infotypes import Infotype
from masker.infotypes._fold import folded_words
from masker.infotypes._words import known_words

_WORDS = known_words(
    """
    afd, bsw, bundnis 90/die grunen, cda, cdu, cdu/csu, center, centre, centre droit, centrist, christian democrat,
    ciudadanos, communist, conservative, csu, d66, democrat, democratic party, derecha, destra, die grunen,
    die linke, direita, droite, eelv, esquerda, far left, far right, fdp, forza italia, fpo, fratelli d'italia,
    freie wahler, gauche, green, green party, groenlinks, grune, independent, izquierda, konfederacja, konservativ,
    la france insoumise, labor, labour, labour party, left, lega, les republicains, lewica, liberal,
    liberal democrat, liberal democrats, libertarian, linke, links, mdb, modem, moderate, movimento 5 stelle, neos,
    no party preference, nonpartisan, ovp, parteilos, parti socialiste, partito democratico, piraten, pis,
    plaid cymru, platforma obywatelska, podemos, pp, prawica, progressive, psdb, psoe, psol, pt, pvda, pvv,
    rassemblement national, rechts, renaissance, republican, republican party, right, sinistra, snp,
    social democrat, socialist, spd, spo, sumar, svp, ukip, unaffiliated, vox, vvd, беспартийный, единая россия,
    кпрф, лдпр, 中共党员, 公明党, 共産党, 共青团员, 无党派人士, 民主党派, 無党派, 立憲民主党, 群众, 自民党
    """
)


def validate(value: str) -> bool:
    """Whether it is one of the usual words, in any of the lexicon's languages; case and accents do not matter.

    >>> validate("Parteilos"), validate("Blue")
    (True, False)
    """
    return _WORDS.holds(value)


INFOTYPE = Infotype(
    name="politics",
    title="political opinion",
    group="special",
    headers={
        "en": ("political party", "party affiliation", "political affiliation", "political opinion",
               "political views", "party membership", "voter party", "politics"),
        "de": ("partei", "parteizugehoerigkeit", "parteizugehörigkeit", "politische meinung", "parteimitglied"),
        "fr": ("parti politique", "opinion politique", "affiliation politique"),
        "es": ("partido politico", "afiliacion politica", "opinion politica", "ideologia"),
        "pt": ("partido politico", "filiacao partidaria", "opiniao politica"),
        "it": ("partito politico", "opinione politica", "orientamento politico"),
        "nl": ("politieke partij", "politieke voorkeur", "partijlidmaatschap"),
        "pl": ("partia polityczna", "poglady polityczne", "przynaleznosc partyjna"),
        "ru": ("политические взгляды", "партийность", "политическая партия"),
        "zh": ("政治面貌", "党派"),
        "ja": ("政治的見解", "支持政党", "政党"),
    },
    not_headers=("count", "id", "third", "size", "date", "code"),
    pattern=r"[^\W\d_](?:[\w .,'’()/&-]{0,60}[\w.)])?|[A-Z][0-9]?",
    validate=validate,
    # Words mean other things too: a header or a table of people has to speak.
    accident=0.5,
    canonical=folded_words,
    reads_all=True,
    quasi=True,
    sources=("GDPR art. 9(1)",),
)  # fmt: skip
