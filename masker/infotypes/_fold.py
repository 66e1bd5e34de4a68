"""Canonical text: the form in which two spellings of one value agree, before the keyed function sees them."""

import pyarrow as pa
import pyarrow.compute as pc


def folded(column: pa.Array) -> pa.Array:
    """NFC, no blanks around, case folded (ß is ss, ς is σ); n rows, NULL stays NULL; applying it twice changes nothing.

    >>> folded(pa.array([" Groß", "GROSS", None])).to_pylist()
    ['gross', 'gross', None]
    """
    if pc.all(pc.string_is_ascii(column)).as_py() is not False:
        return pc.ascii_lower(pc.utf8_trim_whitespace(column))
    text = pc.utf8_lower(pc.utf8_normalize(column, form="NFC"))
    for letter, plain in (("ß", "ss"), ("ς", "σ")):
        text = pc.replace_substring(text, letter, plain)
    return pc.utf8_trim_whitespace(pc.utf8_normalize(text, form="NFC"))


def folded_words(column: pa.Array) -> pa.Array:
    """`folded`, and every run of white space is one blank.

    >>> folded_words(pa.array(["Anna  Maria\\tMuster"])).to_pylist()
    ['anna maria muster']
    """
    text = folded(column)
    if not pc.any(pc.match_substring_regex(text, r"\s\s|[\t\n\v\f\r\x{a0}]")).as_py():
        return text
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(text, r"[\s\v\x{a0}]+", " "))
