"""Names of people inside texts: after a cue (`Dear`, `Frau`, `my name is`), or a first and a last name side by side.

One cue is enough; without one it takes two different pairs, and none that goes on in capitals (`Emma Brown Boot`),
since brands, products and streets are called after people.
Names in file names (`CV_Anna_Mueller.pdf`) are pairs too.
"""

import re

from masker.scan.dictionaries import dictionary, quick_fold

_TITLED = r"(?:Mr|Mrs|Ms|Miss|Herrn?|Frau|Mme|Monsieur|Madame|Sr|Sra|Señora?|Signora?|Sig|Mevrouw|Pani?)\.?"
_GREETED = (
    r"(?:Dear|Hi|Hello|Hallo|Liebe|Lieber|Guten Tag|Bonjour|Cher|Chère|Hola|Estimad[oa]|Querida|Olá|Ciao|Car[oa]"
    r"|Beste)"
)
_SAID = (
    r"(?:[Mm]y name is|[Mm]ein Name ist|[Ii]ch heiße|[Jj]e m'appelle|[Mm]e llamo|[Mm]i nombre es|[Mm]eu nome é"
    r"|[Mm]i chiamo|[Nn]azywam się)"
)
_CAPITALISED = r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ'’-]{1,30}"
_CUED = re.compile(rf"(?<!\w)(?:{_TITLED}|{_GREETED}|{_SAID}) {{1,2}}({_CAPITALISED})(?: {{1,2}}({_CAPITALISED}))?")
_CYRILLIC = re.compile(r"(?<!\w)(?:[Мм]еня зовут|[Уу]важаем(?:ый|ая)|г-н|г-жа) {1,2}([А-ЯЁ][а-яё-]{1,30})")
_PAIR = re.compile(rf"(?<![^\W_])(?=({_CAPITALISED})[ _,.-]{{1,2}}({_CAPITALISED})(?![^\W_]|-|[ _-][A-ZÀ-ÖØ-Þ]))")
_ENOUGH_PAIRS = 2


def names_people(texts: list[str]) -> bool:
    """Whether the texts name people: a cue before a known name, or two different pairs of known names.

    >>> names_people(["Dear Anna, thank you"]), names_people(["Dear customer"]), names_people(["CV_Anna_Schmidt.pdf"])
    (True, False, False)
    >>> names_people(["met Anna Schmidt today", "call Peter Weber"])
    True
    """
    first, last = dictionary("first names"), dictionary("last names")
    pairs: set[tuple[str, str]] = set()
    for text in texts:
        if _CYRILLIC.search(text):
            return True
        for match in _CUED.finditer(text):
            said = [quick_fold(word) for word in match.groups() if word]
            if any(word in first or word in last for word in said):
                return True
        for match in _PAIR.finditer(text):
            one, other = quick_fold(match[1]), quick_fold(match[2])
            if (one in first and other in last) or (one in last and other in first):
                pairs.add((one, other))
        if len(pairs) >= _ENOUGH_PAIRS:
            return True
    return False
