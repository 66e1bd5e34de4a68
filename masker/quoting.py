"""Statements of a source that quote an original of a masked column: looked for while the rows go by.

A dump's DDL holds literals (a DEFAULT, a view's condition, a trigger's body) that no method reaches. Where one of them
is, as a whole cell, a value of a column that the plan masks, the copy would show it: the run stops before anything is
published, unless the profile says that the statement may stay. A literal that only kept columns hold is no secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import as_text, is_text, offsets_of, text_of
from masker.errors import GateError, Place, shown
from masker.plan import Plan
from masker.snapshot import Quoted, Rows

_LISTED = 12


@dataclass
class Quotes:
    """What a source's statements quote, and which of it was met in a masked column. Thread-safe: sets only grow."""

    quoted: tuple[Quoted, ...]
    plan: Plan
    _met: set[str] = field(default_factory=set)

    @cached_property
    def _texts(self) -> pa.Array:
        texts = dict.fromkeys(each.text for each in self.quoted if each.name not in self.plan.quoting)
        encoded = [text.encode(errors="replace") for text in texts]
        lengths = np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))
        return text_of(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets_of(lengths))

    @cached_property
    def _masked(self) -> Mapping[str, tuple[str, ...]]:
        return {
            table.name: tuple(column.name for column in table.columns if column.fate != "kept")
            for table in self.plan.tables
        }

    def look(self, rows: Rows) -> None:
        """Note which quoted texts are cells of the masked columns of these rows, shape (n,) each; before masking."""
        if not len(self._texts):
            return
        for name in self._masked.get(rows.table, ()):
            column = rows.batch.column(name)
            if is_text(column.type):
                found = as_text(column).filter(pc.is_in(as_text(column), value_set=self._texts))
                if len(found):
                    self._met.update(pc.unique(found).to_pylist())

    def require(self) -> None:
        """Raise `GateError` (`leak`) where a statement quotes an original of a masked column; all are listed."""
        # A name that is a value itself is not told.
        told = {(each.kind, "" if self._says_one(each.name) else each.name, each.line) for each in self.quoted
                if each.text in self._met and each.name not in self.plan.quoting}  # fmt: skip
        if not told:
            return
        ordered = sorted(told, key=lambda each: each[2])
        listed = [f"`{shown(kind)}` {shown(name)} (line {line})" for kind, name, line in ordered[:_LISTED]]
        more = f" and {len(told) - _LISTED} more" if len(told) > _LISTED else ""
        message = f"statements quote values of masked columns: {', '.join(listed)}{more}"
        hint = "keep the column, or name what may stay under `statements: {keep: […]}` in the profile"
        place = Place(table=ordered[0][1] or None, line=ordered[0][2])
        raise GateError("leak", message, hint, place)

    def _says_one(self, name: str) -> bool:
        return any(text in name for text in self._met)


def quoted_by(source: object) -> tuple[Quoted, ...]:
    """What a source's statements quote; nothing, where it has rows only."""
    found: tuple[Quoted, ...] = getattr(source, "quoted", ())
    return found
