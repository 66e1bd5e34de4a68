"""Makes the CSV that `csv_masking.py` measures: 14 columns of invented customers, about 210 bytes a row, seeded.

Whole columns with NumPy and Arrow, so that a million rows take seconds. Numbers and domains are of reserved kinds.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tools.sample_words import COUNTRIES

SEED = 20_260_301
CHUNK = 50_000
STATES = [
    "active; newsletter and telephone calls allowed since first order",
    "inactive; no order for more than two years",
    "blocked; three reminders sent, handed over to collection",
    "active",
]
Column = pa.Array | pa.ChunkedArray


def _pick(random: np.random.Generator, words: list[str], n: int) -> Column:
    return pa.array(words, pa.string()).take(pa.array(random.integers(0, len(words), n), pa.int64()))


def _digits(random: np.random.Generator, n: int, width: int) -> npt.NDArray[np.uint8]:
    return random.integers(0, 10, (n, width), dtype=np.uint8)


def _text(ascii_: npt.NDArray[np.uint8]) -> pa.Array:
    """Rows of ASCII codes, shape (n, width), as n strings."""
    n, width = ascii_.shape
    offsets = pa.py_buffer(np.arange(0, (n + 1) * width, width, dtype=np.int32))
    return pa.StringArray.from_buffers(n, offsets, pa.py_buffer(np.ascontiguousarray(ascii_)))


def _cards(random: np.random.Generator, n: int) -> pa.Array:
    """16 digits behind the test prefix 424242, Luhn valid."""
    digits = np.empty((n, 16), np.uint8)
    digits[:, :6] = (4, 2, 4, 2, 4, 2)
    digits[:, 6:15] = _digits(random, n, 9)
    doubled = digits[:, 0:15:2] * 2
    total = (doubled - 9 * (doubled > 9)).sum(axis=1, dtype=np.int64) + digits[:, 1:15:2].sum(axis=1, dtype=np.int64)
    digits[:, 15] = -total % 10
    return _text(digits + ord("0"))


def _join(*parts: Column | str) -> Column:
    return pc.binary_join_element_wise(*parts, "")


def _letters(names: Column) -> Column:
    return pc.replace_substring_regex(pc.ascii_lower(names), r"[^a-z]", "")


def rows(random: np.random.Generator, first: int, n: int) -> pa.Table:
    """`n` customers from number `first` on, every column as text."""
    given = sorted({name for country in COUNTRIES for name in (*country.female, *country.male)})
    family = sorted({name for country in COUNTRIES for name in country.family})
    streets = sorted({street for country in COUNTRIES for street in country.streets})
    places = [place for country in COUNTRIES for place in country.places]
    ids = pc.cast(pa.array(np.arange(first, first + n) * 3 + 100_000), pa.string())
    first_name, last_name = _pick(random, given, n), _pick(random, family, n)
    born = np.datetime64("1945-01-01") + random.integers(0, 22_000, n).astype("timedelta64[D]")
    area = pc.cast(pa.array(random.integers(201, 990, n)), pa.string())
    euros = pc.cast(pa.array(random.integers(1, 5000, n)), pa.string())
    octets = [pc.cast(pa.array(random.integers(1, 255, n)), pa.string()) for _ in range(2)]
    domain = _pick(random, ["@mail.customers.example.org", "@post.customers.example.net", "@example.com"], n)
    number = pc.cast(pa.array(random.integers(1, 180, n)), pa.string())
    net = _pick(random, ["198.18.", "198.19."], n)
    return pa.table(
        {
            "customer_id": ids,
            "first_name": first_name,
            "last_name": last_name,
            "email": _join(_letters(first_name), ".", _letters(last_name), ids, domain),
            "phone": _join("+1 (", area, ") 555-01", _text(_digits(random, n, 2) + ord("0"))),
            "street": _join(_pick(random, streets, n), " ", number),
            "city": _pick(random, [place.city for place in places], n),
            "postal_code": _text(_digits(random, n, 5) + ord("0")),
            "country": _pick(random, [country.code for country in COUNTRIES], n),
            "birth_date": pc.cast(pa.array(born), pa.string()),
            "payment_card": _cards(random, n),
            "ip": _join(net, octets[0], ".", octets[1]),
            "amount": _join(euros, ".", _text(_digits(random, n, 2) + ord("0"))),
            "status": _pick(random, STATES, n),
        }
    )


def write(path: Path, n: int) -> None:
    """Write a header and `n` rows to `path`: commas, LF, quotes only where a cell needs them."""
    random = np.random.default_rng(SEED)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("wb") as out:
        for first in range(0, n, CHUNK):
            table = rows(random, first, min(CHUNK, n - first))
            if first == 0:
                out.write((",".join(table.column_names) + "\n").encode())
            quoted = [_needed_quotes(column) for column in table.columns]
            lines = pc.binary_join_element_wise(*quoted, ",")
            for chunk in _join(lines, "\n").chunks:
                out.write(memoryview(chunk.buffers()[2])[: pc.sum(pc.binary_length(chunk)).as_py()])
    partial.rename(path)


def _needed_quotes(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.match_substring(column, ","), _join('"', column, '"'), column)
