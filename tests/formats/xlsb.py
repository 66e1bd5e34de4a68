"""Writes small binary workbooks (MS-XLSB), which no library here writes."""

import io
import struct
import zipfile
from datetime import date

DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def record(kind: int, data: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    size = len(data)
    while size > 127:
        head += bytes([size & 127 | 128])
        size >>= 7
    return head + bytes([size]) + data


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def cell(column: int, value: object) -> bytes:
    style = 1 if isinstance(value, date) else 0
    head = struct.pack("<II", column, style)
    if isinstance(value, bool):
        return record(4, head + bytes([value]))
    if isinstance(value, date):
        return record(5, head + struct.pack("<d", (value - date(1899, 12, 30)).days))
    if isinstance(value, int):
        return record(2, head + struct.pack("<i", value << 2 | 2))
    if isinstance(value, float):
        return record(5, head + struct.pack("<d", value))
    return record(6, head + wide(str(value)))


def sheet(rows: list[list[object]]) -> bytes:
    lines = b"".join(
        record(0, struct.pack("<IIHHBI", n, 0, 300, 0, 0, 0)) + b"".join(cell(i, v) for i, v in enumerate(row))
        for n, row in enumerate(rows)
    )
    corners = struct.pack("<IIII", 0, max(0, len(rows) - 1), 0, max(len(row) for row in rows) - 1)
    return record(129) + record(148, corners) + record(145) + lines + record(146) + record(130)


def xlsb(rows: list[list[object]], *, name: str = "people", hidden: str = "") -> bytes:
    """A sheet of rows, and a hidden one of one cell."""
    sheets = record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide(name))
    sheets += record(156, struct.pack("<II", 1, 2) + wide("rId2") + wide("hidden"))
    styles = record(278) + record(615, struct.pack("<I", 1)) + record(44, struct.pack("<H", 164) + wide("yyyy-mm-dd"))
    styles += record(616) + record(617, struct.pack("<I", 2))
    styles += b"".join(record(47, struct.pack("<HH", 0, number) + bytes(12)) for number in (0, 164))
    relations = [("rId1", "worksheet", "worksheets/sheet1.bin"), ("rId2", "worksheet", "worksheets/sheet2.bin")]
    relations += [("rId3", "styles", "styles.bin")]
    parts = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": related([("rId1", "officeDocument", "xl/workbook.bin")]),
        "xl/workbook.bin": record(131) + record(143) + sheets + record(144) + record(132),
        "xl/_rels/workbook.bin.rels": related(relations),
        "xl/styles.bin": styles + record(618) + record(279),
        "xl/worksheets/sheet1.bin": sheet(rows),
        "xl/worksheets/sheet2.bin": sheet([[hidden]]),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    return out.getvalue()


def related(targets: list[tuple[str, str, str]]) -> bytes:
    each = "".join(f'<Relationship Id="{i}" Type="{DOCUMENT}/{kind}" Target="{to}"/>' for i, kind, to in targets)
    return f'<Relationships xmlns="{RELATIONS}">{each}</Relationships>'.encode()


def with_sheet(book: bytes, data: bytes) -> bytes:
    """A workbook with another first sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, data if name.endswith("sheet1.bin") else old.read(name))
    return out.getvalue()
