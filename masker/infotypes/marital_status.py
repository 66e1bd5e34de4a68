"""Marital status: who is married, divorced, widowed; telling together with age and place."""

from masker.infotypes import Infotype
from masker.infotypes._fold import folded_words
from masker.infotypes._words import known_words

_WORDS = known_words(
    """
    annulled, casada, casado, celibataire, celibe, civil partnership, cohabiting, common law, concubinage,
    coniugata, coniugato, divorce, divorced, divorcee, divorciada, divorciado, divorziata, divorziato,
    domestic partner, eingetragene lebenspartnerschaft, engaged, gehuwd, geregistreerd partnerschap, gescheiden,
    geschieden, getrennt, getrennt lebend, kawaler, ledig, marie, mariee, married, married civ spouse,
    married spouse absent, married-civ-spouse, mezatka, never married, nubile, ongehuwd, pacse, pacsee, panna,
    pareja de hecho, partnered, registered partnership, rozwiedziona, rozwiedziony, samenwonend, separada,
    separado, separata, separated, separato, separe, separee, single, solteira, solteiro, soltera, soltero,
    sposata, sposato, uniao de facto, uniao estavel, union libre, unmarried, vedova, vedovo, verheiratet, verlobt,
    verpartnert, verwitwet, veuf, veuve, viuda, viudo, viuva, viuvo, wdowa, wdowiec, weduwe, weduwnaar, widowed,
    wolny, zonaty, вдова, вдовец, женат, замужем, не замужем, разведен, разведена, холост, 丧偶, 已婚, 既婚, 未婚,
    死別, 独身,
    离婚, 离异, 離婚
    """
)


def validate(value: str) -> bool:
    """Whether it is one of the usual words, in any of the lexicon's languages; case and accents do not matter.

    >>> validate("Verheiratet"), validate("Blue")
    (True, False)
    """
    return _WORDS.holds(value)


INFOTYPE = Infotype(
    name="marital_status",
    title="marital status",
    group="person",
    headers={
        "en": ("marital status", "civil status", "married", "relationship status", "maritalstatus", "marital"),
        "de": ("familienstand", "zivilstand", "personenstand", "verheiratet"),
        "fr": ("situation familiale", "etat civil", "situation matrimoniale"),
        "es": ("estado civil", "estado marital"),
        "pt": ("estado civil", "situacao conjugal"),
        "it": ("stato civile", "coniugato"),
        "nl": ("burgerlijke staat", "burgerlijke stand", "gehuwd"),
        "pl": ("stan cywilny", "stan malzenski"),
        "ru": ("семейное положение", "семейный статус"),
        "zh": ("婚姻状况", "婚姻", "婚否"),
        "ja": ("婚姻状況", "配偶者の有無", "婚姻区分"),
    },
    not_headers=("count", "date", "rate", "allowance", "deduction"),
    pattern=r"[^\W\d_](?:[\w .,'’()/&-]{0,60}[\w.)])?|[A-Z][0-9]?",
    validate=validate,
    # Words mean other things too: a header or a table of people has to speak.
    accident=0.5,
    canonical=folded_words,
    reads_all=True,
    by_subject=True,
    quasi=True,
    sources=("NIST SP 800-188 section 4.3: quasi-identifiers", "HL7 FHIR R4: marital status"),
)  # fmt: skip
