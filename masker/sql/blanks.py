"""Blanks and comments between the words of SQL, as the part of a regular expression."""

BLANK = r"(?:\s|--[^\n]*(?:\n|\Z)|(?>/\*.*?(?:\*/|\Z)))"
"""One blank, or one comment, which need not end where the text does; in an expression with `re.DOTALL`.

A comment is taken whole or not at all (atomic): else a row of n comments could be parted in 2^n ways.
"""

BLANK_BYTES = BLANK.encode()
