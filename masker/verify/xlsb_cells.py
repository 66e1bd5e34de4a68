"""The verifier's reading of binary workbooks (`.xlsb`; MS-XLSB, "Excel (.xlsb) Binary File Format", sections 2.1, 2.4).

A part is a sequence of records: a number, a length, and that many bytes.
"""

import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

_ROW, _RK, _BOOL, _REAL, _TEXT, _SHARED, _F_TEXT, _F_REAL, _F_BOOL = 0, 2, 4, 5, 6, 7, 8, 9, 10
_STRING, _FORMAT, _STYLE, _SHEET, _PROPERTIES = 19, 44, 47, 156, 153
_STYLES_BEGIN, _STYLES_END = 617, 618
_DATES = {*range(14, 23), 45, 47}  # formats that have a number and no code
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h|m|s)[^\]]*\]', re.IGNORECASE)


def xlsb_sheets(path: Path) -> list[str]:
    """The visible worksheets, in order."""
    with zipfile.ZipFile(path) as archive:
        return [name for name, part in _sheets(archive) if part.startswith("xl/worksheets/")]


def xlsb_rows(path: Path, sheet: str) -> Iterator[tuple[int, Mapping[int, object]]]:
    """The rows with values of a sheet; errors are no values."""
    with zipfile.ZipFile(path) as archive:
        part = dict(_sheets(archive))[sheet]
        strings = [_wide(data, 1) for kind, data in _part(archive, "xl/sharedStrings.bin") if kind == _STRING]
        dates = _dates(archive)
        late = any(data[0] & 1 for kind, data in _part(archive, "xl/workbook.bin") if kind == _PROPERTIES)
        epoch = datetime(1904, 1, 1) if late else datetime(1899, 12, 30)
        number, values = -1, dict[int, object]()
        for kind, data in _part(archive, part):
            if kind == _ROW:
                if values:
                    yield number, values
                number, values = struct.unpack_from("<I", data)[0], {}
            elif _RK <= kind <= _F_BOOL and kind != 3:
                column, style = struct.unpack_from("<II", data)
                value = _value(kind, data, strings)
                style &= 0xFFFFFF
                if isinstance(value, float) and style < len(dates) and dates[style]:
                    value = _moment(value, epoch)
                if value != "":
                    values[column] = value
        if values:
            yield number, values


def _value(kind: int, data: bytes, strings: list[str]) -> object:
    if kind == _RK:
        number = struct.unpack_from("<I", data, 8)[0]
        if number & 2:
            value = float(struct.unpack("<i", struct.pack("<I", number))[0] >> 2)
        else:
            value = struct.unpack("<d", struct.pack("<Q", (number & 0xFFFFFFFC) << 32))[0]
        return value / 100 if number & 1 else value
    if kind in (_REAL, _F_REAL):
        return float(struct.unpack_from("<d", data, 8)[0])
    if kind in (_BOOL, _F_BOOL):
        return bool(data[8])
    if kind == _SHARED:
        return strings[struct.unpack_from("<I", data, 8)[0]]
    return _wide(data, 8)


def _moment(value: float, epoch: datetime) -> object:
    if value < 0:
        return value
    moment = (datetime.min if value < 1 else epoch) + timedelta(milliseconds=round(value * 86_400_000))
    return moment.time() if value < 1 else moment


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    targets = {
        each.get("Id", ""): each.get("Target", "")
        for each in ElementTree.fromstring(archive.read("xl/_rels/workbook.bin.rels"))
    }
    for kind, data in _part(archive, "xl/workbook.bin"):
        if kind == _SHEET:
            id_ = _wide(data, 8)
            name = _wide(data, 12 + len(id_.encode("utf-16-le")))
            target = targets.get(id_, "")
            if struct.unpack_from("<I", data)[0] == 0:
                yield name, target[1:] if target.startswith("/") else "xl/" + target


def _dates(archive: zipfile.ZipFile) -> list[bool]:
    """Whether the cells of each style are dates."""
    known, styles, inside = set(_DATES), list[bool](), False
    for kind, data in _part(archive, "xl/styles.bin"):
        inside = kind == _STYLES_BEGIN or (inside and kind != _STYLES_END)
        if kind == _FORMAT:
            bare = _QUOTED.sub("", _wide(data, 2).split(";")[0])
            if re.search("[ymdhs]", bare, re.IGNORECASE) and "[" not in bare and "general" not in bare.lower():
                known.add(struct.unpack_from("<H", data)[0])
        elif kind == _STYLE and inside:
            styles.append(struct.unpack_from("<H", data, 2)[0] in known)
    return styles


def _part(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[int, bytes]]:
    if name not in archive.NameToInfo:
        return
    data, at = archive.read(name), 0
    while at < len(data):
        kind, at = data[at], at + 1
        if kind & 128:
            kind, at = (kind & 127) | (data[at] & 127) << 7, at + 1
        length = shift = 0
        while True:
            byte, at = data[at], at + 1
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        yield kind, data[at : at + length]
        at += length


def _wide(data: bytes, at: int) -> str:
    length = struct.unpack_from("<I", data, at)[0]
    return data[at + 4 : at + 4 + 2 * length].decode("utf-16-le")
