"""Which rows of SOURCE a subset begins with: those that a condition picks, or a keyed sample. Plain values.

The run and the verifier both read them, each with code of its own.
"""

import re
from dataclasses import dataclass, field
from fractions import Fraction

from masker.condition import Condition, parse
from masker.errors import UsageError

SEED_BYTES = 16
_COUNT = re.compile(r"[0-9]{1,15}\Z")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,9})?) ?%\Z")
_WHERE = "write `TABLE: CONDITION`, such as 'customers: country = \"DE\"'"
_SUBSET = "write 5%, 1000 or TABLE:5%"


@dataclass(frozen=True, slots=True)
class Where:
    """All rows of `table` that meet `condition`."""

    table: str
    condition: Condition = field(repr=False)
    text: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Size:
    """How much of a table a sample takes: `share` of its rows (0 to 1), or `count` rows; the other one is None."""

    text: str
    share: Fraction | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """So much of `table`, drawn by what `columns` hold in a row: BLAKE2b (RFC 7693) of that under `seed`, 64 bits.

    Hashed are the canonical texts of the columns, each as UTF-8 with its length (4 bytes, big-endian) before it. Of a
    share every row is in whose hash, over 2^64, is below it; of a count the rows with the lowest hashes, and those that
    share the highest of these. A row where any column is NULL is in no sample.
    """

    table: str
    columns: tuple[str, ...]
    size: Size
    seed: bytes = field(repr=False)


Root = Where | Sample


@dataclass(frozen=True, slots=True)
class CopyRoot:
    """Where a subset begins: in `table` by a condition, which is not told, or by a sample of `size` (`5%`, `1000`).

    A sample is drawn by `columns` under `seed` (hex), which is made for this alone and tells nothing of the key.
    """

    table: str
    size: str = ""
    columns: tuple[str, ...] = ()
    seed: str = ""


def parse_where(text: str) -> Where:
    """Read `TABLE: CONDITION`; raises `UsageError`."""
    table, colon, condition = text.partition(":")
    if not colon or not table.strip():
        raise UsageError("usage", "`--where` does not begin with a table and a colon", _WHERE)
    return Where(table.strip(), parse(condition.strip()), condition.strip())


def parse_subset(text: str) -> tuple[str, Size]:
    """Read `SIZE` or `TABLE:SIZE` into the table ("": none is named) and the size; raises `UsageError`.

    >>> parse_subset("customers: 2.5%")
    ('customers', Size(text='2.5%', share=Fraction(1, 40), count=None))
    """
    table, _, size = text.rpartition(":")
    return table.strip(), parse_size(size.strip())


def parse_size(text: str) -> Size:
    """Read a share such as `5%` (above 0, at most 100) or a count such as `1000` (at least 1)."""
    if found := _PERCENT.match(text):
        share = Fraction(found[1]) / 100
        if not 0 < share <= 1:
            raise UsageError("usage", "`--subset` takes more than 0 % and at most 100 %", _SUBSET)
        return Size(text.replace(" ", ""), share=share)
    if not _COUNT.match(text) or not int(text):
        raise UsageError("usage", "`--subset` is neither a share nor a count of rows", _SUBSET)
    return Size(text, count=int(text))
