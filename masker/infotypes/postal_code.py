"""Postal codes: a plausible one of the person's fake place, in the row's country where it is known."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker import words
from masker.columns import Bools, flags, indices, text_bytes, validity
from masker.infotypes import Draws, Infotype
from masker.infotypes._draw import Indices, index, like_flags, of_matrix
from masker.infotypes._fold import folded, letters_of
from masker.infotypes._person import ZIP_PLUS_4
from masker.infotypes._place import gazetteer, locale_numbers, places, postal_numbers

# A scalar out of a column: `pa.scalar` would load pandas.
(_HYPHEN,) = words.text_column(["-"])
_FIVE_DIGITS = "#####"
# Letters that British inward codes have, of which Dutch ones use most too.
_LETTERS = np.frombuffer(b"ABDEFGHJLNPQRSTUWXYZ", dtype=np.uint8)


def canonical(column: pa.Array) -> pa.Array:
    """Without blanks and hyphens, case folded: `sw1a 1aa` and `SW1A1AA` agree, and `12345-6789` and `123456789`.

    NULL where there is no digit.

    >>> canonical(pa.array(["sw1a 1aa", "n/a"])).to_pylist()
    ['sw1a1aa', None]
    """
    letters = letters_of(column)
    if ((letters - np.uint8(ord("0"))) < 10).all() and (_filled(column) | ~validity(column)).all():
        return column
    text = folded(column)
    for separator in (" ", "-"):
        text = pc.replace_substring(text, separator, "")
    # Stray white space other than blanks may now stand at an end.
    text = pc.utf8_trim_whitespace(text)
    readable = pc.match_substring_regex(text, r"[0-9]")
    if pc.all(readable).as_py() is not False:
        return text
    return pc.if_else(readable, text, pa.nulls(len(text), text.type))


def _filled(column: pa.Array) -> Bools:
    filled: Bools = np.diff(text_bytes(column)[1]) > 0
    return filled


def fake(draws: Draws, column: pa.Array, given: Mapping[str, pa.Array], locale: str) -> pa.Array:
    """A code of the place that `city` and `region` draw too, as its country writes it (`12345`, `LS2 9JT`).

    Without separators where the original has none; ZIP+4 where the original is one and the place American.

    A code is drawn from the city's span, or begins with the number of its province (Spain) or département (France): it
    need not be in use.
    """
    rows = places(draws, given, locale, len(column))
    code = _codes(draws, rows, column)
    if not (letters_of(column) == ord("-")).any():
        return code
    long = pc.match_substring_regex(column, r"^[0-9]{5}-[0-9]{4}$")
    if not pc.any(long).as_py():
        return code
    digits = _digits(index(draws.person, ZIP_PLUS_4, 9000) + 1000, 4)
    plus_4 = pc.binary_join_element_wise(code, of_matrix(digits, column), _HYPHEN)
    american = locale_numbers(given, locale, len(column)) == words.locales().index("en_US")
    return pc.if_else(pc.and_(long, like_flags(american)), plus_4, code)


def _codes(draws: Draws, rows: Indices, column: pa.Array) -> pa.Array:
    """The code of each row's place as its form writes it; without separators where the original has none."""
    book = gazetteer()
    numbers, form = postal_numbers(draws, rows), book.form[rows]
    kinds = np.unique(form).tolist()
    if kinds == [book.forms.index(_FIVE_DIGITS)] or not len(rows):
        return of_matrix(_digits(numbers, 5), column)
    apart = flags(pc.match_substring_regex(column, "[ -]"))
    letters = index(draws.person, ZIP_PLUS_4, len(_LETTERS) ** 2)
    pieces, order = [], []
    for kind in kinds:
        for separated in (True, False):
            mine = np.flatnonzero((form == kind) & (apart == separated))
            shape = book.forms[kind] if separated else book.forms[kind].replace(" ", "").replace("-", "")
            pieces.append(of_matrix(_spelled(shape, numbers[mine], letters[mine]), column.take(indices(mine))))
            order.append(mine)
    return pa.concat_arrays(pieces).take(indices(np.argsort(np.concatenate(order), kind="stable")))


def _spelled(form: str, numbers: Indices, letters: Indices) -> npt.NDArray[np.uint8]:
    """Numbers in a form: `#` a digit, `@` a letter (at most two), all else itself; shape (n, length of the form)."""
    out = np.empty((len(numbers), len(form)), dtype=np.uint8)
    out[:] = np.frombuffer(form.encode(), dtype=np.uint8)
    digits = _digits(numbers, form.count("#"))
    out[:, [place for place, mark in enumerate(form) if mark == "#"]] = digits
    for turn, place in enumerate(place for place, mark in enumerate(form) if mark == "@"):
        out[:, place] = _LETTERS[letters // len(_LETTERS) ** turn % len(_LETTERS)]
    return out


def _digits(numbers: Indices, width: int) -> npt.NDArray[np.uint8]:
    letters = np.empty((len(numbers), width), dtype=np.uint8)
    rest = numbers.astype(np.uint32)
    for place in reversed(range(width)):
        tens = rest // np.uint32(10)
        letters[:, place] = rest - tens * np.uint32(10) + np.uint32(ord("0"))
        rest = tens
    return letters


INFOTYPE = Infotype(
    name="postal_code",
    title="Postal code",
    group="contact",
    headers={
        "en": ("postal code", "postalcode", "postcode", "post code", "zip", "zip code", "zipcode", "pcode"),
        "de": ("plz", "postleitzahl"),
        "fr": ("code postal", "cp"),
        "es": ("código postal", "codigo postal", "cp"),
        "pt": ("cep", "código postal"),
        "it": ("cap", "codice postale", "codice avviamento postale"),
        "nl": ("postcode",),
        "pl": ("kod pocztowy",),
        "ru": ("индекс", "почтовый индекс"),
        "zh": ("邮编", "邮政编码", "郵遞區號"),
        "ja": ("郵便番号",),
    },
    not_headers=("zip file", "market cap", "post code review"),
    pattern=r"^(?=[^0-9]{0,9}[0-9])[A-Za-z0-9][A-Za-z0-9 -]{1,9}$",
    canonical=canonical,
    fake=fake,
    space=20.0,
    widest=9,
    by_subject=True,
    quasi=True,
    sources=("masker/words/v1/SOURCES.md",),
)
