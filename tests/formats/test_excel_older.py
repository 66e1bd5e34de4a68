"""Workbooks of the older and other kinds: read, and their copies are `.xlsx`."""

import io
import struct
import zipfile
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest
from desk import Desk, desk
from formats.test_excel import PROFILE
from formats.workbooks import MARK, unzipped
from formats.xlsb import cell as cell_of_xlsb
from formats.xlsb import sheet, with_sheet, xlsb

__all__ = ["desk"]
SUPERSTORE = Path(__file__).parents[2].parent / "shared/corpus/excel_superstore/Sample - Superstore.xls"
NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text", "style")
)
ROWS: list[list[object]] = [
    ["customer_id", "name", "email", "born", "quantity", "price", "total", "vip"],
    *[
        [700_000 + n, f"{MARK}{n} Meier", f"{MARK}{n}@mail.example", date(1970 + n, 3, 4), n, n / 4, n * n / 4, n > 9]
        for n in range(1, 20)
    ],
]


def cell(value: object) -> str:
    if isinstance(value, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(value).lower()}"/>'
    if isinstance(value, int | float):
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>x</text:p></table:table-cell>'
        )
    if isinstance(value, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


def ods(rows: list[list[object]], manifest: str = "", row: str = "") -> bytes:
    lines = "".join(f"<table:table-row>{''.join(map(cell, each))}</table:table-row>" for each in rows)
    hidden = f'<table:table table:name="{MARK}" table:style-name="off"><table:table-row>{cell(MARK)}</table:table-row>'
    hidden += "</table:table>"
    style = '<style:style style:name="off" style:family="table"><style:table-properties table:display="false"/>'
    style += "</style:style>"
    content = (
        f"<office:document-content {NAMESPACES}><office:automatic-styles>{style}</office:automatic-styles><office:body>"
        f'<office:spreadsheet><table:table table:name="people">{lines}{row}</table:table>{hidden}</office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest or "<manifest/>")
    return out.getvalue()


KINDS = {"people.ods": ods(ROWS), "people.xlsb": xlsb(ROWS, hidden=MARK)}


@pytest.mark.parametrize("name", KINDS)
def test_an_other_kind_becomes_a_workbook_of_excel(desk: Desk, name: str) -> None:
    source, dest = desk.put(name, KINDS[name]), desk.folder / "c.xlsx"
    seen = desk.mask(source, "--profile", desk.put("../p.yaml", PROFILE.encode()), dest=dest)
    assert seen.exit == 0, seen.stderr
    assert "hidden sheets (SOURCE has 1)" in seen.stderr
    assert MARK.encode() not in unzipped(dest.read_bytes())
    book = openpyxl.load_workbook(dest)
    assert book.sheetnames == ["people"]
    people = book["people"]
    for column in "EFGH":
        assert [c.value for c in people[column]] == [row["ABCDEFGH".index(column)] for row in ROWS]
    assert people["D2"].number_format == "yyyy-mm-dd"
    assert people["D2"].is_date
    assert desk.run("verify", dest, "--against", source).exit == 0


def test_what_is_left_out_of_the_older_kinds_is_told(desk: Desk) -> None:
    seen = desk.mask(desk.put("people.ods", ods(ROWS)), dest=desk.folder / "c.xlsx")
    assert "hidden sheets (SOURCE has 1)" in seen.stderr
    assert "formulas, comments, names, widths" in seen.stderr


def test_an_encrypted_document_is_refused(desk: Desk) -> None:
    source = desk.put("people.ods", ods(ROWS, "<m><file-entry><encryption-data/></file-entry></m>"))
    desk.refuses(lambda: desk.mask(source, dest=desk.folder / "c.xlsx"), 3, "unsupported")


def test_a_row_repeated_beyond_measure_is_refused(desk: Desk) -> None:
    row = f'<table:table-row table:number-rows-repeated="1000000">{cell(MARK) * 90}</table:table-row>'
    source = desk.put("people.ods", ods(ROWS, row=row))
    desk.refuses(lambda: desk.mask(source, dest=desk.folder / "c.xlsx"), 3, "limit")


def far_away() -> bytes:
    """A cell in each of two corners of the largest sheet."""
    rows: list[list[object]] = [["a"], ["b"]]
    data = sheet(rows)
    data = data.replace(struct.pack("<IIHHBI", 1, 0, 300, 0, 0, 0), struct.pack("<IIHHBI", 1_048_575, 0, 300, 0, 0, 0))
    data = data.replace(cell_of_xlsb(0, "b"), cell_of_xlsb(16_383, "b"))
    return with_sheet(xlsb(rows), data)


def test_cells_in_far_corners_are_refused(desk: Desk) -> None:
    source = desk.put("people.xlsb", far_away())
    desk.refuses(lambda: desk.mask(source, dest=desk.folder / "c.xlsx"), 3, "limit")


@pytest.mark.parametrize("name", ["people.xls", "people.xlsb", "people.ods"])
@pytest.mark.parametrize("data", [b"PK\x03\x04" + bytes(90), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900)])
def test_a_damaged_workbook_is_refused(desk: Desk, name: str, data: bytes) -> None:
    source = desk.put(name, data)
    desk.refuses(lambda: desk.mask(source, dest=desk.folder / "c.xlsx"), 3, "malformed", "truncated")


def test_a_folder_with_an_older_workbook_is_refused(desk: Desk) -> None:
    desk.put("people.ods", ods(ROWS))
    desk.refuses(lambda: desk.mask(desk.folder / "in"), 2, "usage")


@pytest.mark.slow
@pytest.mark.skipif(not SUPERSTORE.exists(), reason="needs the corpus")
def test_an_xls_of_the_corpus_is_masked_and_verified(desk: Desk) -> None:
    dest = desk.folder / "c.xlsx"
    assert desk.mask(SUPERSTORE, dest=dest).exit == 0
    assert unzipped(dest.read_bytes()).count(b"<row ") == 9995 + 297 + 5
