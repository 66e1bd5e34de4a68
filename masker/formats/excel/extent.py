"""How far a sheet reaches: python-calamine holds every cell between the first and the last, also where there is none.

A cell in a far corner would take all memory, and so would a row that a document says comes a million times. Both are
found here before, in `content.xml` of `.ods` and in the records of `.xlsb` (MS-XLSB, section 2.1.4).
"""

import struct
from collections.abc import Iterator

from masker.formats.excel.container import Container, Element, local

CONTENT = "content.xml"
MAX_CELLS = 32 << 20
SPARSE = 64  # cells of the extent for each that has a value
_ROW, _FIRST_CELL, _LAST_CELL = 0, 1, 11


def reaches_too_far(container: Container) -> bool:
    """Whether a sheet of an `.ods` or `.xlsb` workbook takes more than `MAX_CELLS`."""
    if container.has(CONTENT):
        return any(cells > MAX_CELLS for cells in _of_document(container))
    sheets = [name for name in container.names if name.startswith("xl/worksheets/") and name.endswith(".bin")]
    return any(_of_records(container.blocks(name)) > MAX_CELLS for name in sheets)


def is_sparse(rows: int, columns: int, cells: int) -> bool:
    """Whether so few cells are so far apart that nobody made such a table."""
    return rows * columns > MAX_CELLS // 8 and rows * columns > SPARSE * cells


def _of_document(container: Container) -> Iterator[int]:
    rows = widest = row = 0
    reached = 0
    for event, element in container.events(CONTENT):
        if event == "start":
            continue
        name = local(element.tag)
        if name in ("table-cell", "covered-table-cell"):
            row += _repeats(element, "number-columns-repeated")
            if len(element) or any(key.endswith("}value-type") for key, _ in element.items()):
                reached = row
        elif name == "table-row":
            rows += _repeats(element, "number-rows-repeated")
            if reached:
                widest = max(widest, reached)
                yield rows * widest
            row = reached = 0
            element.clear()
        elif name == "table":
            rows = widest = 0


def _of_records(blocks: Iterator[bytes]) -> int:
    """The last row times the last column of a part; a sheet that cannot be cut into records reaches nowhere."""
    data, row, column, last = bytearray(), 0, 0, 0
    for block in blocks:
        data += block
        at = 0
        while (head := _head(data, at)) is not None:
            kind, start, length = head
            if start + length > len(data):
                break
            if kind == _ROW and length >= 4:
                row = struct.unpack_from("<I", data, start)[0]
            elif _FIRST_CELL <= kind <= _LAST_CELL and length >= 4:
                column, last = max(column, struct.unpack_from("<I", data, start)[0]), max(last, row)
            at = start + length
        del data[:at]
    return (last + 1) * (column + 1)


def _head(data: bytearray, at: int) -> tuple[int, int, int] | None:
    """The number of a record, where its bytes begin, and how many they are; None where its head is not all there."""
    if at + 2 > len(data):
        return None
    kind, at = data[at], at + 1
    if kind & 128:
        if at >= len(data):
            return None
        kind, at = (kind & 127) | (data[at] & 127) << 7, at + 1
    length = shift = 0
    while at < len(data) and shift < 28:
        byte, at = data[at], at + 1
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return kind, at, length
    return None


def _repeats(element: Element, word: str) -> int:
    return next((int(value) for key, value in element.items() if key.endswith("}" + word)), 1)
