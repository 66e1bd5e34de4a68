"""Folding of signs that look alike: what a reader takes for one text is one text for recognition.

NFKC, signs without width and direction marks out (category Cf), any dash a hyphen, any blank a blank; Cyrillic and
Greek letters in words that are otherwise Latin become the Latin letters that they look like
(Unicode TS 39, confusables).
Only recognition sees the folded text: masking takes the original.
"""

import re
import unicodedata

_CYRILLIC = "аеорсухіјѕԁԛԝһӏАВЕКМНОРСТУХІЈЅҮ"
_CYRILLIC_LATIN = "aeopcyxijsdqwhlABEKMHOPCTYXIJSY"
_GREEK = "οανρυικτχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_GREEK_LATIN = "oavpuiktxyABEZHIKMNOPTYX"
_LATIN = str.maketrans(_CYRILLIC + _GREEK, _CYRILLIC_LATIN + _GREEK_LATIN)
_FOREIGN = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_RUN = re.compile(r"\S+")
_LATIN_LETTER = re.compile(r"[A-Za-z@]")


def folded_signs(value: str) -> str:
    """Fold a value for recognition, without blanks around.

    >>> folded_signs("４１１１‑１１１１"), folded_signs("j\u0430ne\u200b@ex\u0430mple.org"), folded_signs("улица 5")
    ('4111-1111', 'jane@example.org', 'улица 5')
    """
    if value.isascii():
        return value.strip()
    folded = "".join(_sign(c) for c in unicodedata.normalize("NFKC", value))
    if _FOREIGN.search(folded):
        folded = _RUN.sub(_as_latin, folded)
    return folded.strip()


def _sign(sign: str) -> str:
    if sign.isascii():
        return sign
    match unicodedata.category(sign):
        case "Cf":
            return ""
        case "Pd":
            return "-"
        case "Zs":
            return " "
    return "-" if sign == "\u2212" else sign


def _as_latin(match: re.Match[str]) -> str:
    """The run in Latin letters, where it holds some already, or is made of look-alikes and at least four digits."""
    run = match[0]
    if not _FOREIGN.search(run):
        return run
    latin = run.translate(_LATIN)
    numbered = sum(c.isdigit() for c in run) >= 4 and not _FOREIGN.search(latin)
    return latin if numbered or _LATIN_LETTER.search(run) else run
