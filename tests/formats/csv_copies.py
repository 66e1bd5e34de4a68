"""What the CSV tests share: copying a file through source and sink, and a maker of odd CSV files."""

import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from masker.formats import ReadOptions
from masker.formats.csv import FORMAT
from masker.formats.csv.fast import Fast
from masker.formats.csv.source import CsvSource
from masker.snapshot import Rows


@dataclass(frozen=True, slots=True)
class BytesFile:
    """A file in memory, with the shape of `streams.InputFile`."""

    data: bytes
    path: Path
    compression: str = ""

    def open(self) -> BinaryIO:
        return io.BytesIO(self.data)


def opened(data: bytes, *, faithful: bool = False, name: str = "odd.csv", **options: object) -> CsvSource:
    return replace(FORMAT.open(BytesFile(data, Path(name)), ReadOptions(**options)), faithful=faithful)


def copied(
    data: bytes,
    new: Mapping[str, Sequence[str | None] | pa.Array] | None = None,
    *,
    drop: Sequence[str] = (),
    faithful: bool = False,
    **options: object,
) -> bytes:
    """Copy a file, with new values for some columns (of all rows) and without others."""
    new = {
        name: values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, pa.string())
        for name, values in (new or {}).items()
    }
    source = opened(data, faithful=faithful, **options)
    out = io.BytesIO()
    sink = FORMAT.sink(out, source, None)
    row = 0
    for part in source.parts():
        if isinstance(part, Rows):
            count = part.batch.num_rows
            columns = {
                name: new[name].slice(row, count) if name in new else column
                for name, column in zip(part.batch.schema.names, part.batch.columns, strict=True)
                if name not in drop
            }
            masked = pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))
            part = replace(part, batch=masked, changed=frozenset(new) - frozenset(drop))
            row += count
        sink.write(sink.prepare(part))
    sink.close()
    return out.getvalue()


def read_rows(data: bytes, **options: object) -> tuple[list[str], list[tuple[str | None, ...]]]:
    """Read column names and rows."""
    source = opened(data, **options)
    rows: list[tuple[str | None, ...]] = []
    for part in source.parts():
        if isinstance(part, Rows) and part.batch.num_rows:
            rows += zip(*[column.to_pylist() for column in part.batch.columns], strict=True)
    return list(source.table.schema.names), rows


def fast_parts(data: bytes) -> int:
    return sum(isinstance(part.origin, Fast) for part in opened(data).parts() if isinstance(part, Rows))


def renamed(value: str) -> str:
    return value[::-1] + ("," if len(value) % 3 == 0 else "")


@dataclass(frozen=True, slots=True)
class OddCsv:
    """A CSV file built cell by cell: what it holds, how each cell was quoted, and what stands between the rows."""

    names: list[str]
    rows: list[tuple[str | None, ...]]
    quoted: list[list[bool]]
    line_ends: list[str]
    lead: str
    separator: str
    header: bool
    bom: bool

    @property
    def data(self) -> bytes:
        return self.render({})

    def render(self, new: Mapping[int, Sequence[str | None]], keep: Sequence[int] | None = None) -> bytes:
        """Write the file by the rules in words: new values quoted where the old cell was or where they must be."""
        columns = range(len(self.names)) if keep is None else keep
        records: list[Sequence[str | None]] = [*([self.names] if self.header else []), *self.rows]
        text = self.lead
        for number, (record, quoted, end) in enumerate(zip(records, self.quoted, self.line_ends, strict=True)):
            cells = []
            for column in columns:
                value, quotes = record[column], quoted[column]
                row = number - self.header
                if column in new and row >= 0:
                    value = new[column][row]
                must = value is not None and (value == "" or any(mark in value for mark in f'"\n\r{self.separator}'))
                if value is None and len(columns) == 1:
                    value, must = "", True
                cells.append(
                    "" if value is None else f'"{value.replace(chr(34), chr(34) * 2)}"' if quotes or must else value
                )
            text += self.separator.join(cells) + end
        return (b"\xef\xbb\xbf" if self.bom else b"") + text.encode()


_VALUES = [
    "x",
    "Ünal",
    "007",
    "1e5",
    "-0.0",
    "123456789012345678901234567890",
    "日本語テキスト",
    " pad ",
    "N/A",
    "null",
    "a longer text of more than twelve bytes",
    "O'Brien",
    "😀",
    "+49 (30) 12-34",
    "2024-02-29",
    "#no",
    "\\N",
]
_NEEDY = ["", "Doe, Jane", 'say "hi"', "two\nlines", "dos\r\nlines", '"', '""', "a;b", "t\tb", "p|q", "\n", ",", "\r"]


def odd_csv(seed: int) -> OddCsv:
    """Make the odd CSV number `seed`, always the same."""
    rng = random.Random(seed)
    width, height = rng.randint(1, 6), rng.randint(0 if seed % 10 == 0 else 1, 40)
    # One column shows no separator; it is read as a comma then.
    separator = rng.choice(",,;\t|") if width > 1 else ","
    uniform = rng.random() < 0.5
    style = [rng.choice(["never", "always", "mixed", "nonnull"]) for _ in range(width)]
    if rng.random() < 0.3:
        style = [rng.choice(["never", "always"])] * width
    plain = rng.random() < 0.3
    end = rng.choice(["\n", "\r\n", "\r"])
    names = [f"col {number}" if rng.random() < 0.5 else f"n{number}" for number in range(width)]

    def value() -> str | None:
        pick = rng.random()
        if width > 1 and pick < 0.15:
            return None
        return rng.choice(_VALUES if plain or pick < 0.8 else _NEEDY)

    header = rng.random() < 0.9 and seed % 10 != 1
    if not header and height == 0:
        height = 1
    rows = [tuple(value() for _ in range(width)) for _ in range(height)]
    if not header:
        names = [f"c{number}" for number in range(1, width + 1)]
    records: list[Sequence[str | None]] = [*([names] if header else []), *rows]
    quoted = []
    ends = []
    for record in records:
        flags = []
        for cell, kind in zip(record, style, strict=True):
            must = cell is not None and (cell == "" or any(mark in cell for mark in f'"\n\r{separator}'))
            flags.append(
                cell is not None and (must or kind in ("always", "nonnull") or (kind == "mixed" and rng.random() < 0.5))
            )
        quoted.append(flags)
        this = end if uniform else rng.choice(["\n", "\r\n", "\r"])
        # A CR before an LF would be one line end, so a blank line after a lone CR starts with a CR too.
        blank = "" if uniform or rng.random() < 0.9 else rng.choice(["\n", "\r\n"]) * rng.randint(1, 2)
        ends.append(this if this == "\r" and blank[:1] == "\n" else this + blank)
    if rng.random() < 0.3:
        ends[-1] = ""
    lead = "" if rng.random() < 0.9 else rng.choice(["\n", "\r\n", "\n\n"])
    return OddCsv(names, rows, quoted, ends, lead, separator, header, rng.random() < 0.2)
