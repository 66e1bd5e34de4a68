"""Where the rows of a COPY end: at line ends, of CSV at those that an even number of quotes precedes."""

from masker.sql.copy_options import CopyOptions


def last_row_end(data: bytes, start: int, options: CopyOptions) -> int:
    """Where the last whole row of what stands behind `start` ends; `start` where none does."""
    if not options.csv:
        return data.rfind(b"\n", start) + 1 or start
    quote = options.quote
    inside = data.count(quote, start) % 2 == 1
    end = len(data)
    while (end := data.rfind(b"\n", start, end)) >= 0:
        # The quotes before it: all less those behind it.
        if not (inside ^ (data.count(quote, end) % 2 == 1)):
            return end + 1
    return start


def first_row_end(data: bytes, start: int, options: CopyOptions) -> int:
    """Where the row at `start` ends, behind its line end; -1 where that is not there."""
    if not options.csv:
        return data.find(b"\n", start) + 1 or -1
    end = start
    while (found := data.find(b"\n", end)) >= 0:
        if data.count(options.quote, start, found) % 2 == 0:
            return found + 1
        end = found + 1
    return -1
