"""Gender: kept by default, a quasi-identifier; fake first names follow it through `given["gender"]`.

The fake is the gender of the fake person, for data where some table names the same people without their gender.
"""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from masker import words
from masker.columns import booleans
from masker.infotypes import Draws, Infotype
from masker.infotypes._fold import folded_words
from masker.infotypes._gender import FEMALE, MALE, OTHER
from masker.infotypes._person import is_female

_KNOWN = frozenset({*FEMALE, *MALE, *OTHER})
_PAIRS = (
    ("f", "m"), ("female", "male"), ("woman", "man"), ("girl", "boy"), ("w", "m"), ("weiblich", "männlich"),
    ("frau", "herr"), ("femme", "homme"), ("féminin", "masculin"), ("mujer", "hombre"), ("femenino", "masculino"),
    ("donna", "uomo"), ("femminile", "maschile"), ("mulher", "homem"), ("vrouw", "man"), ("vrouwelijk", "mannelijk"),
    ("k", "m"), ("kobieta", "mężczyzna"), ("ж", "м"), ("женский", "мужской"), ("женщина", "мужчина"), ("女", "男"),
    ("女性", "男性"), ("2", "1"), ("mrs", "mr"), ("ms", "mr"), ("ms.", "mr."), ("mrs.", "mr."), ("mme", "monsieur"),
    ("madame", "monsieur"), ("sra", "sr"), ("sra.", "sr."), ("señora", "señor"), ("signora", "signor"),
    ("sig.ra", "sig."), ("mevrouw", "meneer"),
)  # fmt: skip
_PARTNERS = {word: pair for pair in reversed(_PAIRS) for word in pair}
_GERMAN = {"m": ("w", "m")}


def is_gender(value: str) -> bool:
    """Whether the value is a known letter, word or code (ISO/IEC 5218) for a gender, or a form of address.

    >>> is_gender("weiblich"), is_gender("7")
    (True, False)
    """
    return value.strip().casefold() in _KNOWN


def fake(draws: Draws, column: pa.Array, given: Mapping[str, pa.Array], locale: str) -> pa.Array:
    """The gender of the row's fake person, in the words, letters or codes and the case of the original.

    What is none of the known words becomes `f` or `m` (`w` or `m` in German), since it cannot be told in its own.
    """
    encoded = column.dictionary_encode()
    pairs = [_pair(word, locale) for word in encoded.dictionary.to_pylist()]
    women, men = (words.text_column([pair[side] for pair in pairs]).take(encoded.indices) for side in (0, 1))
    return pc.if_else(booleans(is_female(draws, {}, locale)), women, men)


def _pair(word: str, locale: str) -> tuple[str, str]:
    german = _GERMAN if locale.startswith("de") else {}
    folded = word.strip().casefold()
    pair = german.get(folded) or _PARTNERS.get(folded) or (german or _PARTNERS)["m"]
    if word[:1].isupper():
        style = str.upper if word.isupper() else str.capitalize
        pair = (style(pair[0]), style(pair[1]))
    return pair


INFOTYPE = Infotype(
    name="gender",
    title="Gender",
    group="person",
    headers={
        "en": ("gender", "sex", "salutation", "courtesy title", "title of courtesy", "honorific", "name prefix"),
        "de": ("geschlecht", "anrede", "titel anrede"),
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
    reads_all=True,
    fake=fake,
    widest=12,
    space=2.0,
    by_subject=True,
    quasi=True,
    role="gender",
    sources=("ISO/IEC 5218:2022",),
)
