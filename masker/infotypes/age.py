"""Ages in years: harmless alone, telling beside place and sex; any number may be one, so a header has to tell."""

import pyarrow as pa
import pyarrow.compute as pc

from masker.infotypes import Infotype

OLDEST = 122
"""Years; the longest life that is verified."""


def canonical(column: pa.Array) -> pa.Array:
    """The digits without what stands around them: n texts to n texts; NULL where there is not one run of 1 to 3 digits.

    >>> canonical(pa.array(["42", " 42 years", "42.0", "1980-01-01", None])).to_pylist()
    ['42', '42', '42', None, None]
    """
    return pc.struct_field(pc.extract_regex(column, r"^[^0-9]*0*(?P<n>[0-9]{1,3})(?:\.0+)?[^0-9]*$"), "n")


def validate(value: str) -> bool:
    """Whether it is a number of years that people reach, or a span of them.

    >>> validate("42"), validate("18-24"), validate("65+"), validate("420")
    (True, True, True, False)
    """
    digits = "".join(c if c in "0123456789" else " " for c in value.removesuffix(".0")).split()
    return bool(digits) and all(len(number) < 4 and int(number) <= OLDEST for number in digits)


INFOTYPE = Infotype(
    name="age",
    title="age",
    group="person",
    headers={
        "en": ("age", "age in years", "age years", "age group", "age range", "age band", "current age",
               "customer age"),
        "de": ("alter", "lebensalter", "altersgruppe", "alter in jahren"),
        "fr": ("age", "tranche d age", "âge"),
        "es": ("edad", "grupo de edad", "rango de edad"),
        "pt": ("idade", "faixa etaria"),
        "it": ("eta", "età", "fascia di eta"),
        "nl": ("leeftijd", "leeftijdsgroep"),
        "pl": ("wiek", "grupa wiekowa"),
        "ru": ("возраст", "возрастная группа"),
        "zh": ("年龄", "年龄段"),
        "ja": ("年齢", "年代"),
    },
    not_headers=("account", "days", "max", "min", "limit", "rating", "cache", "page", "ticket", "vehicle",
                 "restriction",
                 "stone", "house", "housing", "building", "stock"),
    pattern=r"[0-9]{1,3}(?:\.0)?(?: ?(?:-|to|bis) ?[0-9]{1,3}|\+)?"
    r"(?: ?(?:years?|yrs?|y|Jahre|ans|años|anos|anni|jaar|lat|лет|岁|歳))?",
    validate=validate,
    # Any small number is one.
    accident=1.0,
    canonical=canonical,
    by_subject=True,
    quasi=True,
    sources=("NIST SP 800-188 section 4.3: quasi-identifiers",),
)  # fmt: skip
