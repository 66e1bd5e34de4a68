"""Criminal convictions and offences (GDPR art. 10)."""

from masker.infotypes import Infotype
from masker.infotypes._fold import folded_words
from masker.infotypes._words import known_words

_WORDS = known_words(
    """
    acquitted, arson, asesinato, assault, battery, betrug, brandstiftung, bribery, burglary, cambriolage,
    conduite en etat d'ivresse, convicted, coups et blessures, diebstahl, diefstal, domestic violence,
    driving under the influence, drug possession, drug trafficking, drunk driving, dui, dwi, einbruch,
    embezzlement, escroquerie, estafa, estelionato, extortion, felony, forgery, fraud, furto, harassment, homicide,
    homicidio, homicidio doloso, hurto, identity theft, inbraak, karany, keine vorstrafen, kidnapping,
    korperverletzung, kradziez, larceny, lesiones, lesioni, manslaughter, meurtre, misdemeanor, misdemeanour,
    mishandeling, money laundering, moord, mord, murder, nada consta, neant, nicht vorbestraft, niekarany,
    no convictions, no record, nullo, omicidio, oplichting, oszustwo, parole, perjury, possession, probation,
    rapina, raub, robbery, robo, roubo, sachbeschadigung, shoplifting, sin antecedentes, stalking,
    steuerhinterziehung, tax evasion, theft, totschlag, trespassing, truffa, trunkenheit am steuer,
    urkundenfalschung, vandalism, vol, vorbestraft, wlamanie, грабеж, кража, мошенничество, не судим, судим,
    убийство, 傷害, 前科なし, 抢劫, 故意伤害, 无犯罪记录, 盗窃, 窃盗, 詐欺, 诈骗
    """
)


def validate(value: str) -> bool:
    """Whether it is one of the usual words, in any of the lexicon's languages; case and accents do not matter.

    >>> validate("Steuerhinterziehung"), validate("Blue")
    (True, False)
    """
    return _WORDS.holds(value)


INFOTYPE = Infotype(
    name="criminal_record",
    title="criminal record",
    group="special",
    headers={
        "en": ("criminal record", "conviction", "convictions", "offence", "offense", "criminal history",
               "criminal offence", "arrests", "felony", "background check result", "charges filed",
               "sentence imposed"),
        "de": ("vorstrafe", "vorstrafen", "fuehrungszeugnis", "führungszeugnis", "straftat", "verurteilung"),
        "fr": ("casier judiciaire", "condamnation", "infraction penale"),
        "es": ("antecedentes penales", "antecedentes", "condena", "delito"),
        "pt": ("antecedentes criminais", "condenacao", "crime cometido"),
        "it": ("casellario giudiziale", "precedenti penali", "condanna", "reato"),
        "nl": ("strafblad", "veroordeling", "strafbaar feit", "verklaring omtrent gedrag"),
        "pl": ("karalnosc", "wyrok skazujacy", "niekaralnosc"),
        "ru": ("судимость", "правонарушение", "приговор"),
        "zh": ("犯罪记录", "前科"),
        "ja": ("犯罪歴", "前科"),
    },
    not_headers=("count", "id", "code", "rate", "conversion"),
    pattern=r"[^\W\d_](?:[\w .,'’()/&-]{0,60}[\w.)])?|[A-Z][0-9]?",
    validate=validate,
    # Words mean other things too: a header or a table of people has to speak.
    accident=0.5,
    canonical=folded_words,
    reads_all=True,
    quasi=True,
    sources=("GDPR art. 10",),
)  # fmt: skip
