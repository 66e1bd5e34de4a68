"""The profile of a column: what its sampled values look like, in a form that rules can ask.

Values are folded first (`look_alikes`), so that signs without width and look-alike letters hide nothing.
"""

import re
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from masker.columns import as_text, is_text
from masker.relations import ColumnSketch
from masker.scan.look_alikes import folded_signs
from masker.scan.observe import ObservedColumn

Kind = Literal["text", "integer", "decimal", "boolean", "date", "timestamp", "time", "binary", "nested", "empty"]

DISTINCT = 200  # distinct values that are looked at one by one
LOOKED_INTO = 4096  # letters of a cell that its shape is judged by
_INTEGER = re.compile(r"[+-]?[0-9]{1,40}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:[.,][0-9]{1,20})?(?:[eE][+-]?[0-9]{1,3})?")
_UUID = re.compile(r"\{?[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\}?")
_DIGEST = re.compile(
    r"[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{96}|[0-9A-Fa-f]{128}|"
    r"[A-Za-z0-9+/_-]{22}==|[A-Za-z0-9+/_-]{27}=|[A-Za-z0-9+/_-]{43}="
)
_HEX = re.compile(r"(?:0x)?(?=[0-9A-Fa-f]*[A-Fa-f])(?=[0-9A-Fa-f]*[0-9])[0-9A-Fa-f]{8,128}")


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What the scan knows of a column's values. `values` and `distinct` hold originals and never leave the scan.

    `values` are the sampled non-null, non-empty values (at most about 1,000, long ones as excerpts), `distinct` the
    first 200 distinct beginnings of them; shares are of distinct values. `low`/`high` are the range where all
    are numbers. `digests`: all are written like digests of 16 bytes and more, which hide what they were made of.
    """

    name: str
    type: str
    kind: Kind
    values: tuple[str, ...]
    distinct: tuple[str, ...]
    sketch: ColumnSketch
    shape: str = ""
    low: float | None = None
    high: float | None = None
    fractions: bool = False
    mean_length: float = 0.0
    longest: int = 0
    mean_words: float = 0.0
    letters: float = 0.0
    digests: bool = False

    @property
    def numeric(self) -> bool:
        """Whether all sampled values are numbers."""
        return self.low is not None

    @property
    def repeats(self) -> float:
        """How often a value stands in the column on average, over all rows."""
        filled = self.sketch.rows - self.sketch.nulls
        return filled / max(self.sketch.distinct, 1)


def kind_of(type_: pa.DataType) -> Kind:
    """The kind of an Arrow type, before any value is looked at."""
    if pa.types.is_dictionary(type_):
        return kind_of(type_.value_type)
    tests = pa.types
    table: tuple[tuple[bool, Kind], ...] = (
        (is_text(type_), "text"), (tests.is_boolean(type_), "boolean"), (tests.is_integer(type_), "integer"),
        (tests.is_floating(type_) or tests.is_decimal(type_), "decimal"), (tests.is_date(type_), "date"),
        (tests.is_timestamp(type_), "timestamp"), (tests.is_time(type_) or tests.is_duration(type_), "time"),
        (tests.is_binary(type_) or tests.is_large_binary(type_) or tests.is_fixed_size_binary(type_), "binary"),
        (tests.is_null(type_), "empty"),
    )  # fmt: skip
    return next((kind for holds, kind in table if holds), "nested")


def profile(column: ObservedColumn) -> ColumnProfile:
    """Profile a column from its sample; nested and binary ones have no values to look at."""
    kind = kind_of(column.type)
    texts: tuple[str, ...] = ()
    if kind not in ("nested", "binary", "empty", "time"):
        texts = tuple(text for value in as_text(column.sample).to_pylist() if value and (text := folded_signs(value)))
    distinct = tuple(dict.fromkeys(text[:LOOKED_INTO] for text in texts))
    looked_at = distinct[:DISTINCT]
    many = max(len(looked_at), 1)
    numbers = [float(v.replace(",", ".")) for v in looked_at if _NUMBER.fullmatch(v)]
    all_numbers = bool(looked_at) and len(numbers) == len(looked_at)
    return ColumnProfile(
        name=column.name,
        type=_type_word(column.type, kind),
        kind=kind if texts or kind in ("nested", "binary", "time") else "empty",
        values=texts,
        distinct=looked_at,
        sketch=column.sketch,
        shape=_shape(looked_at, kind),
        low=min(numbers) if all_numbers else None,
        high=max(numbers) if all_numbers else None,
        fractions=all_numbers and any("." in v or "," in v for v in looked_at),
        mean_length=sum(map(len, looked_at)) / many,
        longest=max(map(len, looked_at), default=0),
        mean_words=sum(len(v.split()) for v in looked_at) / many,
        letters=sum(any(c.isalpha() for c in v) for v in looked_at) / many,
        digests=bool(looked_at) and all(_DIGEST.fullmatch(v) for v in looked_at),
    )


def _shape(values: tuple[str, ...], kind: Kind) -> str:
    if not values or kind not in ("text", "integer"):
        return ""
    for word, pattern in (("integer", _INTEGER), ("uuid", _UUID), ("hex", _HEX)):
        # an integer is text that reads back as itself: no leading zero, no plus
        if all(pattern.fullmatch(v) for v in values):
            written = word != "integer" or all(v == str(int(v)) for v in values)
            return word if written else ""
    return ""


def _type_word(type_: pa.DataType, kind: Kind) -> str:
    if kind == "text":
        return "string"
    return "nested" if kind == "nested" else str(type_)
