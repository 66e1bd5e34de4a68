"""The values of a block that belong to one table, as the spans and columns that flat records have too."""

import numpy as np

from masker.formats.json.cells import Block
from masker.formats.json.documents.values import KEY, Values
from masker.formats.json.scan import Kind, Longs, Spans, with_escapes


def spans_of(values: Values, members: Longs, record: Longs | None = None, rows: int = 1) -> Spans:
    """The spans of some values, ascending, as members of `rows` records (`record` says of which; all of one)."""
    start, end = values.start[members].astype(np.int32), values.end[members].astype(np.int32)
    kind = values.kind[members].copy()
    kind[kind == KEY] = Kind.STRING
    of = np.zeros(len(members), dtype=np.int64) if record is None else record
    first = np.searchsorted(of, np.arange(rows + 1)).astype(np.int32)
    first[-1] = len(members)
    return Spans(
        values.data, first, start, start, start, end, kind, with_escapes(values.backslashes, start, end, kind), True
    )


def grouped(spans: Spans, column: Longs, columns: int) -> Block:
    """The members of `spans` by their column, shape (m,)."""
    order = np.argsort(column, kind="stable")
    return Block(spans, order, np.searchsorted(column[order], np.arange(columns + 1)))
