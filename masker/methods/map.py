"""The owner's table of replacements: each value becomes what it says; one that it lacks stops the run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import as_text, flags, like, text_array, text_bytes
from masker.crypto.keys import Keys
from masker.errors import GateError, UsageError
from masker.methods import Example, Iso20889


class Entries(tuple[tuple[str, str], ...]):
    """Pairs of a value and its replacement; told to people as their number alone."""

    __slots__ = ()

    def __str__(self) -> str:
        return "1 entry" if len(self) == 1 else f"{len(self)} entries"


@dataclass(frozen=True)
class Map:
    """Replace each value by the one that the table `values` gives for it, as it is written there.

    `values` is a mapping (`{Anna: Berta}`), or `{file: names.csv}`: a CSV file of two columns beside the profile, read
    with it. Values are compared as text, exactly. A value that the table lacks stops the run; with `missing:
    unreadable` it takes the profile's `unreadable` way instead. NULL stays NULL, '' stays ''.

    It is as safe as the table: whoever has it turns the copy back, whether two values share a replacement is its
    owner's choice, and the key plays no part. It does NOT hide repetitions. The profile then holds originals: keep it,
    and its digest in the manifest tells whoever knows all the rest of it whether a guess at the table is right.
    """

    values: Entries = field(default=Entries(), repr=False)
    missing: Literal["refuse", "unreadable"] = "refuse"

    name: ClassVar[str] = "map"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = False
    reversible: ClassVar[bool] = False
    keeps_format: ClassVar[bool] = False
    iso20889: ClassVar[Iso20889] = "pseudonymization"
    changes: ClassVar[bool] = False
    takes: ClassVar[Literal["text", "any"]] = "text"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "never"

    def __post_init__(self) -> None:
        given = self.values.items() if isinstance(self.values, Mapping) else self.values
        hint = "`values: {old: new}`, or `values: {file: table.csv}` with two columns"
        if not isinstance(given, type({}.items()) | tuple) or not given:
            raise UsageError("usage", "`map` needs a table of `values`", hint)
        pairs = [tuple(pair) if isinstance(pair, tuple | list) else () for pair in given]
        if any(len(pair) != 2 or not all(type(each) in (str, int) for each in pair) for pair in pairs):
            raise UsageError("usage", "`values` of `map` are texts or whole numbers, two by two", hint)
        entries = Entries((str(old), str(new)) for old, new in pairs)
        if len({old for old, _ in entries}) < len(entries):
            raise UsageError("usage", "a value stands twice in the table of `map`", "give it one replacement")
        if any(not old or not new for old, new in entries):
            raise UsageError("usage", "an entry of `map` is empty", "empty cells stay; use `null` to empty a column")
        if self.missing not in ("refuse", "unreadable"):
            raise UsageError("usage", "`missing` of `map` is not one of refuse, unreadable")
        object.__setattr__(self, "values", entries)

    @property
    def space(self) -> float | None:
        """1.0: what the table does is its owner's choice."""
        return 1.0

    @property
    def widest(self) -> int | None:
        """The longest replacement."""
        return max(len(new) for _, new in self.values)

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Replace a column of text; raises `GateError` (`does-not-fit`) where the table lacks a value."""
        text = as_text(column)
        known, new = (text_array([pair[side] for pair in self.values]) for side in (0, 1))
        found = new.take(pc.index_in(text, value_set=known))
        masked = pc.if_else(pc.equal(text, ""), text, found)
        lost = flags(pc.is_null(masked)) & (np.diff(text_bytes(text)[1]) > 0)
        if lost.any() and self.missing == "refuse":
            message = f"the table of `map` lacks {int(lost.sum())} of the values in these rows"
            raise GateError("does-not-fit", message, "complete the table, or say `missing: unreadable`")
        return like(masked, column.type)


METHOD = Map
EXAMPLES = (
    Example(Map(Entries((("Anna", "Berta"), ("Berta", "Clara"), ("7", "8")))), ("Anna", "Berta", "7")),
    Example(Map(Entries((("north", "area 1"),)), missing="unreadable"), ("north",), ("South", "NORTH")),
)
