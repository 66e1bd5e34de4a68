"""Frozen pools of names, streets, places and company words per locale, as Arrow columns.

The files in `v1/` and, for languages that came later, `languages/` are the contract: sorted, UTF-8, one entry a line,
pinned by `SHA256SUMS` beside them; `SOURCES.md` tells where each comes from. They are read when first asked for and
never written here.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_FILES = Path(__file__).parent / "v1"
_LATER = Path(__file__).parent / "languages"
_FALLBACK = "en_US"
_FIRST = ("de_DE", "en_US", "es_ES", "fr_FR")
_LANGUAGES = (*("en_GB", "en_IN", "it_IT", "ja_JP", "nl_NL", "pl_PL", "pt_BR", "ru_RU", "sv_SE", "tr_TR", "zh_CN"),)
_SERVES = {locale[:2]: locale for locale in (*_LANGUAGES, *_FIRST)}
"""The locale that serves a language's other countries; the later one of two counts."""
_FIVE_DIGITS = "#####"


def locales() -> tuple[str, ...]:
    """The locales that have pools, sorted.

    >>> len(locales()), locales()[:3]
    (15, ('de_DE', 'en_GB', 'en_IN'))
    """
    return tuple(sorted((*_FIRST, *_LANGUAGES)))


def nearest(locale: str) -> str:
    """The locale whose pools serve `locale`: itself, else the one of its language, else en_US.

    >>> nearest("en-gb"), nearest("de_AT"), nearest("pt_PT"), nearest("fi_FI")
    ('en_GB', 'de_DE', 'pt_BR', 'en_US')
    """
    language, _, country = locale.replace("-", "_").partition("_")
    named = f"{language.lower()}_{country.upper()}"
    return named if named in locales() else _SERVES.get(language.lower(), _FALLBACK)


def _folder(locale: str) -> Path:
    served = nearest(locale)
    return (_FILES if served in _FIRST else _LATER) / served


def text_column(entries: Iterable[str]) -> pa.Array:
    """The entries (none may hold a line feed) as `pa.string()` of shape (n,), without the detour over pandas."""
    return _lines("".join(f"{entry}\n" for entry in entries).encode())


def _lines(text: bytes) -> pa.Array:
    ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == ord("\n"))
    offsets = np.zeros(len(ends) + 1, dtype=np.int32)
    offsets[1:] = ends - np.arange(len(ends))
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(text.replace(b"\n", b""))]
    return pa.Array.from_buffers(pa.string(), len(ends), buffers)


@cache
def pool(locale: str, name: str) -> pa.Array:
    """One pool as `pa.string()`, sorted, distinct, no NULLs; `locale` is served by `nearest(locale)`.

    `name` is one of female_first_names, male_first_names, last_names, streets, company_trades, company_forms.

    >>> pool("de_DE", "company_forms").to_pylist()
    ['AG', 'GmbH', 'GmbH & Co. KG', 'KG', 'OHG']
    """
    return _lines((_folder(locale) / f"{name}.txt").read_bytes())


@cache
def female_last_names(locale: str) -> pa.Array | None:
    """What women are called who bear the `last_names` of the locale, entry by entry; None where names have one form.

    >>> female_last_names("ru_RU").to_pylist()[pool("ru_RU", "last_names").to_pylist().index("Иванов")]
    'Иванова'
    """
    path = _folder(locale) / "female_last_names.txt"
    return _lines(path.read_bytes()) if path.is_file() else None


def _table(path: Path) -> dict[str, pa.Array]:
    header, *rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {name: text_column(cells) for name, cells in zip(header, zip(*rows, strict=True), strict=True)}


@cache
def places(locale: str) -> Mapping[str, pa.Array]:
    """The places of a locale's country, one a row, as text columns that belong together.

    Columns: city, region, region_code (the letters or digits of ISO 3166-2) and postal_low, postal_high, postal_step:
    the city's postal codes are low, low + step, … up to high, written as postal_form says: `#` a digit of it, `@` any
    letter, all else itself.
    """
    table = _table(_folder(locale) / "places.tsv")
    rows = len(table["city"])
    return table if "postal_form" in table else {**table, "postal_form": text_column([_FIVE_DIGITS] * rows)}


@cache
def countries() -> pa.Array:
    """Names of countries in en, de, fr, es and ISO 3166-1 codes of two and three letters, case-folded, sorted."""
    return _lines((_FILES / "countries.txt").read_bytes())


def _integers(values: npt.NDArray[np.int32]) -> pa.Array:
    return pa.Array.from_buffers(pa.int32(), len(values), [None, pa.py_buffer(values)])


def _values(integers: pa.Array) -> npt.NDArray[np.int32]:
    return np.frombuffer(integers.buffers()[1], dtype=np.int32)[integers.offset : integers.offset + len(integers)]


@cache
def _aliases() -> tuple[pa.Array, npt.NDArray[np.int8]]:
    tables = [_table(folder / "country_locales.tsv") for folder in (_FILES, _LATER)]
    named = [name for table in tables for name in table["locale"].to_pylist()]
    aliases = pa.concat_arrays([table["alias"] for table in tables])
    return aliases, np.array([locales().index(name) for name in named], dtype=np.int8)


def locale_of_country(column: pa.Array, default: str) -> pa.DictionaryArray:
    """The locale that serves each row's country; `default` (by `nearest`) where it is NULL, unknown or without pools.

    Reads ISO 3166-1 codes and names in en, de, fr, es, it, pt, nl, pl, ru, zh, ja, in any case. n rows in, n rows out,
    no NULLs; the dictionary is `locales()` in its order, so that the indices number them.

    >>> locale_of_country(text_column(["DE", "Francia", "Atlantis"]), "es_ES").to_pylist()
    ['de_DE', 'fr_FR', 'es_ES']
    """
    names, numbers = _aliases()
    otherwise = locales().index(nearest(default))
    encoded = column if pa.types.is_dictionary(column.type) else pc.cast(column, pa.string()).dictionary_encode()
    folded = pc.utf8_lower(pc.utf8_trim_whitespace(pc.utf8_normalize(encoded.dictionary, form="NFC")))
    unknown = _integers(np.full(len(folded), len(names), dtype=np.int32))
    by_value = np.append(numbers, np.int8(otherwise))[
        _values(pc.coalesce(pc.index_in(folded, value_set=names), unknown))
    ]
    rows = pc.cast(encoded.indices, pa.int32())
    if rows.null_count:
        rows = pc.coalesce(rows, _integers(np.full(len(column), len(folded), dtype=np.int32)))
    indices = np.append(by_value, np.int8(otherwise))[_values(rows)]
    whole = pa.Array.from_buffers(pa.int8(), len(indices), [None, pa.py_buffer(indices)])
    return pa.DictionaryArray.from_arrays(whole, text_column(locales()))
