"""Dates of birth: calendar dates that lie a lifetime back and say how old a person is."""

import pyarrow as pa
import pyarrow.compute as pc

from masker.infotypes import Infotype

_ISO = r"^(?P<y>[12][0-9]{3})[-/.](?P<m>[0-9]{1,2})[-/.](?P<d>[0-9]{1,2})(?:[T ].*)?$"
_COMPACT = r"^(?P<y>(?:1[89]|20)[0-9]{2})(?P<m>0[1-9]|1[0-2])(?P<d>[0-2][0-9]|3[01])$"
_DOTTED = r"^(?P<d>[0-9]{1,2})\.(?P<m>[0-9]{1,2})\.(?P<y>[12][0-9]{3})$"


def canonical(column: pa.Array) -> pa.Array:
    """The date in ISO 8601: n texts to n texts; NULL where the text is no date of one possible reading.

    Year first, or day.month.year with dots. `3/4/1980` has two readings: a column's date pattern must say which.

    >>> canonical(pa.array(["1980-04-03", "3.4.1980", "19800403", "3/4/1980", None])).to_pylist()
    ['1980-04-03', '1980-04-03', '1980-04-03', None, None]
    """
    found = None
    for pattern in (_ISO, _COMPACT, _DOTTED):
        parts = pc.extract_regex(column, pattern)
        year, month, day = (pc.struct_field(parts, name) for name in ("y", "m", "d"))
        text = pc.binary_join_element_wise(
            year, pc.utf8_lpad(month, 2, "0"), pc.utf8_lpad(day, 2, "0"), "-", null_handling="emit_null"
        )
        found = text if found is None else pc.coalesce(found, text)
    # strptime refuses 31 April only through the round trip: a day over the month's end comes back as another day
    moment = pc.strptime(found, format="%Y-%m-%d", unit="s", error_is_null=True)
    back = pc.strftime(moment, format="%Y-%m-%d")
    return pc.if_else(pc.equal(back, found), found, pa.scalar(None, pa.string()))


INFOTYPE = Infotype(
    name="birth_date",
    title="date of birth",
    group="person",
    headers={
        "en": (
            "birth date",
            "date of birth",
            "dob",
            "birthday",
            "birth",
            "born",
            "born on",
            "birth day",
            "bday",
            "d o b",
        ),
        "de": ("geburtsdatum", "geburtstag", "geboren", "geboren am", "geb datum", "gebdatum", "geb"),
        "fr": ("date de naissance", "naissance", "date naissance", "ne le", "ddn"),
        "es": ("fecha de nacimiento", "fecha nacimiento", "nacimiento", "f nacimiento"),
        "pt": ("data de nascimento", "data nascimento", "nascimento", "dt nasc", "aniversario"),
        "it": ("data di nascita", "data nascita", "nascita", "nato il"),
        "nl": ("geboortedatum", "geboorte datum", "geboren op"),
        "pl": ("data urodzenia", "urodziny", "data ur"),
        "ru": ("дата рождения", "день рождения", "рождения", "др"),
        "zh": ("出生日期", "生日", "出生年月", "出生"),
        "ja": ("生年月日", "誕生日"),
    },
    not_headers=("place", "ort", "lieu", "lugar", "city", "country", "count", "rate", "verified", "name", "weight"),
    pattern=r"[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}(?:[T ].{0,20})?|(?:1[89]|20)[0-9]{6}",
    accident=0.2,  # any date passes; the scan also wants 0 to 110 years back and a header or a table of people
    canonical=canonical,
    by_subject=True,
    direct=True,
    quasi=True,
    sources=("ISO 8601-1:2019",),
)
