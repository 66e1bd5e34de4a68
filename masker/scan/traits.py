"""Traits: what values of some infotypes have in common that no pattern says; each gives a share of distinct values.

A share of None says that the trait has nothing to say of this column. Word lists as in `dictionaries`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

from masker.scan.dates import Dates
from masker.scan.dictionaries import person_share, quick_fold, share
from masker.scan.profiles import ColumnProfile

Trait = Callable[[ColumnProfile, Dates | None], float | None]

_YEARS_BACK = (0, 115)  # the oldest verified person reached 122; children are in patients' and customers' tables
_GROWN = 14  # years
_STREET = re.compile(
    r"(?i)\b(?:apt|apartment|suite|st|street|rd|road|ave|avenue|blvd|boulevard|ln|lane|dr|drive|way|court|ct|place|pl|square|sq|terrace|hwy|parkway|"
    r"pkwy|trail|circle|cir|alley|po box|rue|quai|chemin|allee|allée|impasse|calle|c/|avda|avenida|plaza|paseo|via|"
    r"viale|piazza|corso|"
    r"rua|travessa|ul|ulica|ulitsa|улица|ул|проспект)\b|(?:str(?:\.|asse|aße)|weg|platz|gasse|allee|damm|ring|straat|laan|gracht|plein)\b|[路街号]"
)
_FORM = re.compile(
    r"(?i)(?:\b(?:gmbh|ag|kg|ohg|e\.?k|inc|incorporated|llc|ltd|limited|plc|corp|corporation|co|company|s\.?a\.?r?\.?l?|sas|sasu|"
    r"s\.?l\.?u?|s\.?p\.?a|s\.?r\.?l|b\.?v|n\.?v|oy|ab|aps|a/s|lda|ltda|pty|group|holding|holdings|sons|associates|partners|"
    r"industries|enterprises|bank|hotel|services|solutions|systems|consulting|foods?)\b\.?|公司|株式会社|ооо)"
)
_DIGIT = re.compile(r"\d")
_POSTAL = re.compile(
    r"(?i)[0-9]{4,6}(?:-[0-9]{3,4})?|[a-z]{1,2}[0-9][a-z0-9]? ?[0-9][a-z]{2}|[a-z][0-9][a-z] ?[0-9][a-z][0-9]|"
    r"[0-9]{4} ?[a-z]{2}|[a-z]{1,2}-?[0-9]{3,5}|[0-9]{2}-[0-9]{3}|[0-9]{3} [0-9]{2}"
)
_OPAQUE = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_+/=.:%-]{16,256}")
_PUNCTUATED = re.compile(
    r"\+[0-9][0-9 ()./-]{6,20}|\(?\+?[0-9]{1,5}\) ?[0-9][0-9 ./-]{4,14}|[0-9]{2,5}(?:[ ./-][0-9]{2,4}){2,5}|"
    r"0[0-9]{2,5}[ /-][0-9]{4,8}|[0-9]-[0-9]{3}-[0-9]{3}-[0-9]{4}|[0-9]{3} [0-9]{3}-[0-9]{4}|"
    r"[0-9] \([0-9]{2,4}\) ?[0-9 -]{6,10}"
)
_OTHER_GROUPS = frozenset({(3, 2, 4), (4, 2, 2), (2, 2, 4), (4, 4, 4, 4)})
"""Digits in these groups are social security numbers, dates, payment cards."""
_EXTENSION = re.compile(r"(?i) ?(?:x|ext\.?|#) ?[0-9]{1,6}")
_HANDLE = re.compile(r"@[A-Za-z0-9_.]{2,30}")
_CAR = re.compile(
    r"(?i)(?:(?:19|20)[0-9]{2} )?(?:"
    r"acura|alfa romeo|aston martin|audi|bentley|bmw|bugatti|buick|cadillac|chevrolet|chrysler|citro[eë]n|"
    r"cupra|dacia|daewoo|daihatsu|dodge|ferrari|fiat|ford|gmc|holden|honda|hummer|hyundai|infiniti|isuzu|"
    r"iveco|jaguar|jeep|kia|lada|lamborghini|lancia|land rover|lexus|lincoln|lotus|maserati|maybach|mazda|"
    r"mclaren|mercedes(?:[- ]benz)?|mercury|mg|mini|mitsubishi|nissan|oldsmobile|opel|peugeot|plymouth|"
    r"pontiac|porsche|proton|renault|rolls[- ]royce|rover|saab|saturn|scion|seat|[sš]koda|smart|ssangyong|"
    r"subaru|suzuki|tata|tesla|toyota|vauxhall|volkswagen|volvo|vw"
    r")(?: .{1,40})?"
)
_SEXES = frozenset(
    [
        "male",
        "female",
        "man",
        "woman",
        "m",
        "f",
        "w",
        "h",
        "masculin",
        "feminin",
        "homme",
        "femme",
        "mannlich",
        "weiblich",
        "maschio",
        "femmina",
        "hombre",
        "mujer",
        "masculino",
        "femenino",
        "feminino",
        "man",
        "vrouw",
        "mezczyzna",
        "kobieta",
        "муж",
        "жен",
        "мужской",
        "женский",
        "男",
        "女",
    ]
)


def birth_years(column: ColumnProfile, dates: Dates | None) -> float | None:
    """The share of dates where all lie 14 to 115 years back and spread; 0.0 where they cannot be births, else None."""
    if dates is None:
        return None if column.kind in ("empty",) else 0.0
    now = date.today().year
    oldest, youngest = now - dates.first_year, now - dates.last_year
    if not _YEARS_BACK[0] <= youngest <= oldest <= _YEARS_BACK[1] or dates.has_time or oldest < 3:
        return 0.0
    # dates of hire or sale lie a lifetime back too, but rarely all of them 14 years and spread over a generation
    return dates.share if youngest >= _GROWN and oldest - youngest >= _GROWN else None


def sexes(column: ColumnProfile, dates: Dates | None) -> float | None:
    """1.0 where there are at most eight values and most are words for a sex; single letters need both of a pair."""
    folded = {quick_fold(v).rstrip(".") for v in column.distinct}
    if not folded or len(folded) > 8:
        return 0.0 if folded else None
    known = folded & _SEXES
    letters = all(len(word) == 1 for word in known)
    pair = {"m", "f"} <= folded or {"m", "w"} <= folded or {"男", "女"} <= folded
    if letters and not pair:
        return None if known else 0.0
    return 1.0 if len(known) >= max(1, len(folded) // 2) else 0.0


def coordinates(column: ColumnProfile, dates: Dates | None) -> float | None:
    """1.0 for numbers of a latitude's or longitude's range with at least three decimals mostly."""
    if not column.numeric or column.low is None or column.high is None:
        return 0.0 if column.distinct and not any("," in v or ";" in v for v in column.distinct) else None
    fine = sum(len(v.rpartition(".")[2]) >= 3 for v in column.distinct if "." in v) / len(column.distinct)
    return fine if -180 <= column.low <= column.high <= 180 else 0.0


def _matching(pattern: re.Pattern[str], *, whole: bool = False) -> Trait:
    test = pattern.fullmatch if whole else pattern.search

    def trait(column: ColumnProfile, dates: Dates | None) -> float | None:
        return sum(test(v) is not None for v in column.distinct) / len(column.distinct) if column.distinct else None

    return trait


def written_like_phones(column: ColumnProfile, dates: Dates | None) -> float | None:
    """The share of values with a plus, brackets or groups of digits; 0.0 for dates and numbers with decimals."""
    if dates is not None or column.fractions:
        return 0.0
    if not column.distinct:
        return None
    return sum(map(_written_like_a_phone, column.distinct)) / len(column.distinct)


def _written_like_a_phone(value: str) -> bool:
    bare = _EXTENSION.sub("", value).strip()
    if not _PUNCTUATED.fullmatch(bare) or not 7 <= sum(map(str.isdigit, bare)) <= 15:
        return False
    groups = tuple(map(len, re.findall(r"[0-9]+", bare)))
    return groups not in _OTHER_GROUPS and not (bare.count(".") == 3 and max(groups) <= 3 and "+" not in bare)


def handles(column: ColumnProfile, dates: Dates | None) -> float | None:
    """The share written with an @ in front; None for none, since most usernames are not."""
    return sum(_HANDLE.fullmatch(v) is not None for v in column.distinct) / max(len(column.distinct), 1) or None


def cars(column: ColumnProfile, dates: Dates | None) -> float | None:
    """The share that names a make of cars, a year before it or not; None for none."""
    return sum(_CAR.fullmatch(v) is not None for v in column.distinct) / max(len(column.distinct), 1) or None


def street_words(column: ColumnProfile, dates: Dates | None) -> float | None:
    """The share that has a word for a street together with a number."""
    if not column.distinct:
        return None
    found = sum(
        len(v) < 100 and _DIGIT.search(v) is not None and _STREET.search(v) is not None for v in column.distinct
    )
    # "12, allée des Tilleuls" and "Av. Brasil 7" both count; half is plenty, as many addresses name no kind of street
    return min(1.0, 1.5 * found / len(column.distinct))


def prose(column: ColumnProfile, dates: Dates | None) -> float | None:
    """1.0 for sentences: five words or more on average, mostly letters."""
    if not column.distinct or column.kind != "text":
        return None
    return 1.0 if column.mean_words >= 5 and column.letters > 0.8 else min(0.5, column.mean_words / 10)


def whole_names(column: ColumnProfile, dates: Dates | None) -> float | None:
    """The share of full names: a first and a last name that are in the lists."""
    return person_share(column.distinct) * 1.3 if column.distinct and column.letters > 0.8 else None


def in_dictionary(name: str, rival: str = "") -> Trait:
    """The share of values that are in a word list; half of it where more are in the rival's: Martin is both."""

    def trait(column: ColumnProfile, dates: Dates | None) -> float | None:
        if not column.distinct or column.letters <= 0.8:
            return None
        part = share(column.distinct, name)
        return part / 2 if rival and part < share(column.distinct, rival) - 0.05 else part

    return trait


TRAITS: Mapping[str, Trait] = {
    "birth_date": birth_years,
    "gender": sexes,
    "geo_point": coordinates,
    "street_address": street_words,
    "company_name": _matching(_FORM),
    "postal_code": _matching(_POSTAL, whole=True),
    "session_id": _matching(_OPAQUE, whole=True),
    "phone": written_like_phones,
    "free_text": prose,
    "username": handles,
    "vehicle_id": cars,
}
DICTIONARIES: Mapping[str, Trait] = {
    "first_name": in_dictionary("first names", "last names"),
    "last_name": in_dictionary("last names", "first names"),
    "person_name": whole_names,
    "city": in_dictionary("cities"),
    "region": in_dictionary("regions"),
    "country": in_dictionary("countries"),
}
