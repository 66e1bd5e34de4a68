"""The parts of a fresh workbook: only what is named here can be in a copy (ECMA-376 part 1, section 18; part 2).

Texts stand in their cells, so that no list of strings can hold one that no cell has.
"""

import html
import re
from collections.abc import Iterable, Mapping

from masker.formats.excel.book import DATE, ERROR, NUMBER, TRUTH, Cell
from masker.formats.excel.formulas import column_letters
from masker.formats.excel.number_formats import BUILT_IN
from masker.label import KEY

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006"
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FMTID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # properties of users (ECMA-376 part 1, section 15.2.12.2)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Characters that XML 1.0 does not have, or changes, and escapes that a text holds as such.
_SPECIAL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_FIRST_OWN_FORMAT = 164
_BLANKS = str.maketrans({"\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})
MAX_TEXT = 32_767  # characters of a cell


def content_types(sheets: int) -> str:
    """`[Content_Types].xml`."""
    parts = [("xl/workbook.xml", f"{_SHEETS}.sheet.main+xml"), ("xl/styles.xml", f"{_SHEETS}.styles+xml")]
    parts += [(sheet_part(i), f"{_SHEETS}.worksheet+xml") for i in range(sheets)]
    parts += [("docProps/custom.xml", "application/vnd.openxmlformats-officedocument.custom-properties+xml")]
    listed = "".join(f'<Override PartName="/{name}" ContentType="{type_}"/>' for name, type_ in parts)
    return (
        f'{_HEAD}<Types xmlns="{_TYPES}"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{listed}</Types>'
    )


def root_relations() -> str:
    """`_rels/.rels`."""
    return _relations([("officeDocument", "xl/workbook.xml"), ("custom-properties", "docProps/custom.xml")])


def workbook_relations(sheets: int) -> str:
    """`xl/_rels/workbook.xml.rels`."""
    targets = [("worksheet", sheet_part(i).removeprefix("xl/")) for i in range(sheets)]
    return _relations([*targets, ("styles", "styles.xml")])


def workbook(names: Iterable[str]) -> str:
    """`xl/workbook.xml`."""
    sheets = "".join(f'<sheet name={_attribute(n)} sheetId="{i}" r:id="rId{i}"/>' for i, n in enumerate(names, 1))
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}/relationships"><sheets>{sheets}</sheets>'
        '<calcPr fullCalcOnLoad="1"/></workbook>'
    )


def custom_properties(label: str | None) -> str:
    """`docProps/custom.xml`, with the label of the copy."""
    types = f"{_DOCUMENT}/docPropsVTypes"
    opened = f'<property fmtid="{_FMTID}" pid="2" name="{KEY}">'
    held = f"{opened}<vt:lpwstr>{_content(label)}</vt:lpwstr></property>" if label is not None else ""
    return f'{_HEAD}<Properties xmlns="{_DOCUMENT}/custom-properties" xmlns:vt="{types}">{held}</Properties>'


def styles(codes: Iterable[str]) -> str:
    """`xl/styles.xml`: a style for each number format, in order."""
    known = {code: number for number, code in BUILT_IN.items()}
    own: dict[str, int] = {}
    for code in (codes := list(codes)):
        if code not in known:
            own.setdefault(code, _FIRST_OWN_FORMAT + len(own))
    listed = "".join(f'<numFmt numFmtId="{number}" formatCode={_attribute(code)}/>' for code, number in own.items())
    used = "".join(
        f'<xf numFmtId="{known.get(code, own.get(code, 0))}" fontId="0" fillId="0" borderId="0" xfId="0" '
        'applyNumberFormat="1"/>'
        for code in codes
    )
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
        + (f'<numFmts count="{len(own)}">{listed}</numFmts>' if own else "")
        + '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(codes)}">{used}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def sheet_part(number: int) -> str:
    """The name of a sheet's part, counted from 0."""
    return f"xl/worksheets/sheet{number + 1}.xml"


def sheet_start(widths: Mapping[int, float]) -> str:
    """A sheet up to its first row; widths by column, in characters."""
    listed = "".join(
        f'<col min="{column + 1}" max="{column + 1}" width="{width:g}" customWidth="1"/>'
        for column, width in sorted(widths.items())
    )
    return f'{_HEAD}<worksheet xmlns="{_MAIN}">' + (f"<cols>{listed}</cols>" if listed else "") + "<sheetData>"


SHEET_END = "</sheetData></worksheet>"


def row(number: int, cells: Iterable[tuple[int, Cell]], style_of: Mapping[str, int]) -> str:
    """A row, its number and those of its columns counted from 0."""
    at = str(number + 1)
    return f'<row r="{at}">' + "".join(_cell(column_letters(i) + at, cell, style_of) for i, cell in cells) + "</row>"


def _cell(where: str, cell: Cell, style_of: Mapping[str, int]) -> str:
    style = style_of[cell.format]
    head = f'<c r="{where}"' + (f' s="{style}"' if style else "")
    formula = f"<f>{_content(cell.formula)}</f>" if cell.formula else ""
    if cell.kind in (NUMBER, DATE):
        return f"{head}>{formula}<v>{cell.raw}</v></c>"
    if cell.kind == TRUTH:
        return f'{head} t="b">{formula}<v>{cell.raw}</v></c>'
    if cell.kind == ERROR:
        return f'{head} t="e">{formula}<v>{_text(cell.raw)}</v></c>'
    if formula:
        return f'{head} t="str">{formula}<v>{_text(cell.raw)}</v></c>'
    return f'{head} t="inlineStr"><is><t xml:space="preserve">{_text(cell.raw)}</t></is></c>'


def _text(text: str) -> str:
    return _content(_SPECIAL.sub(lambda found: f"_x{ord(found.group()):04X}_", text))


def _relations(targets: list[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{i}" Type="{_DOCUMENT}/relationships/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_RELATIONS}">{listed}</Relationships>'


def _content(text: str) -> str:
    return html.escape(text, quote=False)


def _attribute(text: str) -> str:
    # (`xml.sax.saxutils` does the same, and imports what fetches pages from the web.)
    return f'"{html.escape(text).translate(_BLANKS)}"'
