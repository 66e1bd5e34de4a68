"""Byte spans of delimited text: where its cells stand, cells as Arrow columns, columns joined back into bytes.

Every text format stands on these four steps, none of which loops over cells: `find_quotes` (which quotes open and
close), `record_end` (where a block may be cut), `find_cells` (the span of each cell), `gather` (spans as a column),
and on the way out `quote_cells` and `join`. The grammar is RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180), section
2, with any one-byte separator, any mixture of line ends, and a quote inside an unquoted cell taken literally.
"""

from masker.spans.cells import Cells, find_cells
from masker.spans.columns import as_mask, as_scalar, gather, join, needs_quotes, quote_cells, without_spans
from masker.spans.quotes import Quotes, find_quotes, record_end

__all__ = [
    "Cells",
    "Quotes",
    "as_mask",
    "as_scalar",
    "find_cells",
    "find_quotes",
    "gather",
    "join",
    "needs_quotes",
    "quote_cells",
    "record_end",
    "without_spans",
]
