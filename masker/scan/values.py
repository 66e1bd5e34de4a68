"""What a column's values say of an infotype: shapes, checks, word lists; shares of distinct non-null values.

Checks confirm and never veto (test cards fail Luhn, demo IBANs fail modulo 97). A check that random values pass in 2 %
of cases decides alone, one of 10 % helps, one that passes more says no more than a shape.
"""

import math
import re
from functools import cache

from masker.infotypes import Infotype
from masker.scan.dates import Dates
from masker.scan.profiles import ColumnProfile
from masker.scan.terms import Term
from masker.scan.traits import DICTIONARIES, TRAITS
from masker.scan.weights import weights

MOST, SOME, FEW = 0.6, 0.3, 0.2
_CLASS_A, _CLASS_B = 0.02, 0.12
_PROBE = 24
_FIRST = 8  # with 60 % of the values right, none of eight is in one case of 1,500
_SURE = 5  # distinct values from which on a word list counts in full


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def matches(infotype: Infotype, values: tuple[str, ...]) -> tuple[int, int]:
    """How many values have the infotype's shape, and how many of these its check confirms (all, where it has none).

    A probe of the first values is the cheap gate: where none of them has the shape, the rest is not looked at.
    """
    if infotype.pattern is None:
        return 0, 0
    shaped = _shaped(infotype.pattern, values)
    if infotype.validate is None:
        return len(shaped), len(shaped)
    return len(shaped), sum(map(infotype.validate, shaped))


def _shaped(pattern: str, values: tuple[str, ...]) -> list[str]:
    compiled = _compiled(pattern)
    shaped = [v for v in values[:_PROBE] if compiled.fullmatch(v)]
    return shaped + [v for v in values[_PROBE:] if compiled.fullmatch(v)] if shaped else []


def value_terms(infotype: Infotype, column: ColumnProfile, dates: Dates | None) -> list[Term]:
    """The terms that the values of a column give for one infotype."""
    weight = weights()
    wordy = weight.of(infotype.name, "wordy")
    if wordy and column.numeric and column.kind != "boolean" and not is_yes_no(column):
        return [Term("numbers", weight.value["numeric"])]
    terms = _by_pattern(infotype, column) + _by_trait(infotype, column, dates)
    if column.kind == "boolean" or is_yes_no(column):
        terms.append(Term("yes or no", _coded(infotype)))
    if column.mean_words > 9 and not weight.of(infotype.name, "long"):
        terms.append(Term("long texts", weight.value["prose"]))
    spread = weight.of(infotype.name, "varied")
    if spread and not column.digests and column.sketch.rows >= 30 and column.repeats > 20 and len(column.distinct) < 12:
        terms.append(Term("few distinct values", weight.value["repeated"]))
    return terms


def _coded(infotype: Infotype) -> float:
    # what is asked with yes or no, or coded as 0 and 1
    if infotype.group == "special":
        return weights().value["boolean_special"]
    return weights().of(infotype.name, "coded") or weights().value["boolean"]


def _by_pattern(infotype: Infotype, column: ColumnProfile) -> list[Term]:
    many, weight = len(column.distinct), weights()
    if many == 0 or infotype.pattern is None:
        return []
    if infotype.kinds:
        return _by_kinds(infotype, column)
    shaped, valid = matches(infotype, column.distinct)
    found = f"{valid}/{many} distinct values match"
    if shaped < FEW * many and column.digests:
        return []  # a pseudonym of an e-mail is personal data still, and its column's name is all there is to read
    if shaped < FEW * many:
        return [Term(f"{shaped}/{many} distinct values have its shape", weight.of(infotype.name, "mismatch"))]
    if shaped < MOST * many:
        return []
    checked = infotype.validate is not None
    enough = valid >= 5
    if valid >= MOST * many and infotype.accident <= _CLASS_A:
        strongest = weight.value["proven" if checked or infotype.accident <= 0.001 else "shaped"]
        own = weight.of(infotype.name, "proof") or strongest
        # few values: no more than what so many accidents in a row are unlikely by
        few = round(0.8 * valid * -math.log(max(infotype.accident, 1e-4)), 1)
        return [Term(found, own if enough else min(own, few))]
    if valid >= 0.8 * many and infotype.accident <= _CLASS_B:
        return [
            Term(
                found,
                (weight.of(infotype.name, "likely") or weight.value["likely"])
                if valid >= 10
                else weight.value["confirmed"],
            )
        ]
    if checked and valid < FEW * many:
        return [Term(f"{shaped}/{many} distinct values have its shape, few pass its check", 0.0)]
    return [Term(found, weight.of(infotype.name, "pattern"))]


def _by_kinds(infotype: Infotype, column: ColumnProfile) -> list[Term]:
    """The term of the one kind that most values are, and of the shape alone where no check says which."""
    many, weight = len(column.distinct), weights()
    shaped = _shaped(infotype.pattern or "", column.distinct)
    if len(shaped) < FEW * many:
        return [Term(f"{len(shaped)}/{many} distinct values have its shape", weight.of(infotype.name, "mismatch"))]
    if len(shaped) < MOST * many:
        return []
    best = Term("", 0.0)
    for kind in infotype.kinds:
        if kind.letter == "C" or not any(map(kind.accepts, shaped[:_FIRST])):
            continue
        if sum(map(kind.accepts, shaped[:_PROBE])) < 0.4 * len(shaped[:_PROBE]):
            continue
        valid = sum(map(kind.accepts, shaped))
        found = f"{valid}/{many} distinct values are: {kind.title}"
        term = Term(found, _worth(infotype.name, kind.letter, kind.accident, valid, many), kind.register)
        best = max(best, term, key=lambda one: one.weight)
    if best.weight:
        return [best]
    probed = shaped[:_PROBE]
    plain = sum(any(kind.accepts(v) for kind in infotype.kinds if kind.letter == "C") for v in probed)
    if plain < FEW * len(probed):
        return [Term(f"{len(shaped)}/{many} distinct values have its shape, few pass a check", 0.0)]
    return [Term(f"{len(shaped)}/{many} distinct values have its shape", weight.of(infotype.name, "pattern"))]


def _worth(infotype: str, letter: str, accident: float, valid: int, many: int) -> float:
    weight = weights()
    if letter == "A" and valid >= MOST * many:
        own = weight.of(infotype, "proof") or weight.value["proven"]
        # few values: no more than what so many accidents in a row are unlikely by
        return own if valid >= 5 else min(own, round(0.8 * valid * -math.log(max(accident, 1e-4)), 1))
    if valid >= 0.8 * many:
        return (weight.of(infotype, "likely") or weight.value["likely"]) if valid >= 10 else weight.value["confirmed"]
    return 0.0


def _by_trait(infotype: Infotype, column: ColumnProfile, dates: Dates | None) -> list[Term]:
    terms, weight = [], weights()
    if (trait := TRAITS.get(infotype.name)) and (part := trait(column, dates)) is not None:
        own = weight.of(infotype.name, "trait") or weight.value["own_shape"]
        if part >= MOST:
            terms.append(Term(f"{_percent(part)} of the values look like it", own))
        elif part < FEW and not column.digests and not is_yes_no(column):
            terms.append(Term("the values do not look like it", weight.of(infotype.name, "no_trait")))
    if (listed := DICTIONARIES.get(infotype.name)) and (part := listed(column, dates)) is not None:
        own = weight.of(infotype.name, "dictionary") or weight.value["dictionary"]
        some = weight.of(infotype.name, "some") or weight.value["some_dictionary"]
        # two or three words are in some list by accident: Mobile is a city, and Home is one somewhere
        sure = min(1.0, len(column.distinct) / _SURE)
        in_list = f"{_percent(part)} of the values are in its word list"
        if part >= MOST:
            terms.append(Term(in_list, round(own * sure, 1)))
        elif part >= SOME:
            terms.append(Term(in_list, round(some * sure, 1)))
        elif part < 0.05:
            terms.append(Term("none of the values is in its word list", weight.value["not_dictionary"]))
    return terms


def _percent(part: float) -> str:
    return f"{min(part, 1.0):.0%}"


_YES_NO = frozenset(
    [
        "true",
        "false",
        "yes",
        "no",
        "y",
        "n",
        "t",
        "f",
        "0",
        "1",
        "ja",
        "nein",
        "oui",
        "non",
        "si",
        "sim",
        "nao",
        "tak",
        "nie",
        "да",
        "нет",
        "是",
        "否",
        "on",
        "off",
        "j",
        "wahr",
        "falsch",
        "vrai",
        "faux",
    ]
)


_SPELLINGS = 8  # of two words, in upper case and lower


def is_yes_no(column: ColumnProfile) -> bool:
    """Whether all values are words for yes and no, both of them or one over many rows."""
    if len(column.distinct) > _SPELLINGS:
        return False
    folded = {v.casefold() for v in column.distinct}
    return bool(folded) and len(folded) <= 2 and folded <= _YES_NO and column.kind in ("text", "boolean", "integer")
