"""Evidence of its own that a column is not personal: `clean` is never the mere absence of a finding.

Booleans, enumerations, measures, times, technical keys, codes, and texts of small tables of things.
"""

import re

from masker.scan.dates import Dates
from masker.scan.dictionaries import dictionary, person_share, quick_fold, share
from masker.scan.headers import Lexicon, Tokens
from masker.scan.keys import key_like, read_key
from masker.scan.profiles import ColumnProfile
from masker.scan.terms import Term
from masker.scan.values import is_yes_no
from masker.scan.weights import weights

_CODE = re.compile(
    r"[a-z]{2}(?:[-_][A-Za-z]{2,4})?|[A-Z]{3}|UTC|GMT|[A-Z][A-Za-z]+/[A-Z][\w+-]+(?:/\w+)?|[a-z]+/[a-z0-9.+-]+|"
    r"#[0-9A-Fa-f]{3,8}|[0-9]+(?:\.[0-9]+){1,3}"
)
_SURNAME_SHAPE = re.compile(r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{2,}(?:[-'’ ][A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{2,})?")
_SEVERAL_NAMES = 8
_NAME_SHAPE = re.compile(r"[^\W\d_a-z][^\W\d_]*[.]?(?:[ ,'’-]+[^\W\d_][^\W\d_]*[.]?){1,3}")
_OPAQUE = re.compile(r"(?=[^ ]*[0-9+/=])[A-Za-z0-9+/_=-]{16,}")
_ENUMERATED = 24  # distinct values
_TIMES_REPEATED = 5


def clean_terms(
    column: ColumnProfile, dates: Dates | None, lexicon: Lexicon, *, things: bool, named: bool
) -> list[Term]:
    """The terms for `clean`, without the prior. `things`: the table holds no people; `named`: names count."""
    words = lexicon.split(column.name) if named else ()
    terms = _of_values(column, dates) + _of_names(column, dates, words)
    weight = weights().clean
    if named and key_like(column) and (key := read_key(column.name, lexicon)).is_key and not key.person:
        unique = column.sketch.unique or column.shape
        terms.append(Term("technical key", weight["technical_id"] if unique else weight["technical_id"] - 1))
    worded = column.kind == "text" and not column.numeric and dates is None and column.sketch.rows <= 2000
    worded = worded and column.mean_words <= 5 and column.longest <= 80 and not _could_be_anybody(column)
    if things and worded and not terms and not _names_people(column):
        terms.append(Term("text in a table of things", weight["lookup"]))
    return terms


def _of_values(column: ColumnProfile, dates: Dates | None) -> list[Term]:
    weight = weights().clean
    filled = column.sketch.rows - column.sketch.nulls
    if column.kind == "boolean" or is_yes_no(column):
        return [Term("yes or no", weight["boolean"])]
    if column.kind in ("timestamp", "time") or (dates is not None and dates.has_time and dates.share >= 0.9):
        return [Term("times of day", weight["timestamp"])]
    terms = []
    if column.distinct and all(_CODE.fullmatch(v) for v in column.distinct) and len(column.distinct) <= 400:
        repeats = column.repeats >= 3 or len(column.distinct) == 1
        terms += [Term("codes", weight["code"])] if repeats and not column.numeric else []
    few = 1 < column.sketch.distinct <= _ENUMERATED and column.repeats >= _TIMES_REPEATED and column.longest <= 40
    few = few and filled >= 20 and not column.digests
    if few and not _names_people(column):
        told = "few" if _could_be_surnames(column) else "enumeration"
        terms.append(Term(f"{column.sketch.distinct} values, repeated", weight[told]))
    elif column.sketch.distinct == 1 and filled >= 20 and not _names_people(column):
        terms.append(Term("one value throughout", weight["constant"]))
    elif column.sketch.distinct <= 8 and column.repeats >= 2 and column.longest <= 40 and not _names_people(column):
        terms.append(Term("few values", weight["few"]))
    if column.kind == "decimal" or (column.kind == "text" and column.fractions and column.longest <= 16):
        terms.append(Term("amounts", weight["measure"]))
    elif column.numeric and column.low == 0 and column.high is not None and column.high <= 1000:
        terms.append(Term("small numbers", weight["measure_word"]))
    if dates is not None and dates.share >= 0.9 and dates.first_year >= 2012:
        terms.append(Term("recent dates", weight["time_word"]))
    if column.numeric and _product_codes(column):
        terms.append(Term("product codes", weight["product_code"]))
    return terms


def _of_names(column: ColumnProfile, dates: Dates | None, words: Tokens) -> list[Term]:
    lists, weight = weights().words, weights().clean
    terms = []
    numeric = column.numeric or column.kind == "empty"
    if (word := next((w for w in words if w in lists["measure"]), "")) and numeric:
        terms.append(Term(f"header token {word}, numbers", weight["measure_word"] + 1.0))
    timely = dates is not None or column.kind in ("date", "empty")
    if (word := next((w for w in words if w in lists["time"]), "")) and timely and words[-1] not in lists["key"]:
        terms.append(
            Term(f"header token {word}, dates", weight["time_word"] + (2.0 if column.kind != "empty" else 0.5))
        )
    if word := next((w for w in words if w in lists["kind"]), ""):
        short = column.longest <= 60 and column.mean_words <= 6
        terms += [Term(f"header token {word}", weight["kind_word"])] if short and not _names_people(column) else []
    return terms


def _names_people(column: ColumnProfile) -> bool:
    """Whether values look like names of people: nothing that holds them is an enumeration."""
    if not column.distinct or column.letters < 0.8:
        return False
    in_lists = max(share(column.distinct, "first names"), person_share(column.distinct))
    known = dictionary("last names")
    return in_lists >= 0.3 or sum(quick_fold(v) in known for v in column.distinct) >= 0.4 * len(column.distinct)


def _could_be_surnames(column: ColumnProfile) -> bool:
    """Whether these are eight capitalised words or more: family names repeat as the words of an enumeration do."""
    words = [v for v in column.distinct if _SURNAME_SHAPE.fullmatch(v)]
    return len(words) >= _SEVERAL_NAMES and len(words) >= 0.9 * len(column.distinct)


def _could_be_anybody(column: ColumnProfile) -> bool:
    """Whether most values are built like names of people, or are long opaque tokens: nothing speaks for clean there."""
    suspects = sum(bool(_NAME_SHAPE.fullmatch(v) or _OPAQUE.search(v)) for v in column.distinct)
    return suspects >= 0.5 * len(column.distinct)


def _product_codes(column: ColumnProfile) -> bool:
    """Whether at least 80 % are valid EAN-13 (GS1 General Specifications, section 7.9: weights 1 and 3, modulo 10)."""
    codes = [v for v in column.distinct if len(v) == 13 and v.isascii() and v.isdigit()]
    if len(codes) < max(5, 0.8 * len(column.distinct)):
        return False
    valid = sum(sum(int(c) * (1 + 2 * (at % 2)) for at, c in enumerate(v)) % 10 == 0 for v in codes)
    return valid >= 0.8 * len(codes)
