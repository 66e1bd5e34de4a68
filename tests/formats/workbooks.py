"""Workbooks for tests: made by XlsxWriter, and with parts put in that it does not write."""

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

MARK = "canaryq7xw"
PEOPLE = ["customer_id", "name", "email", "born", "quantity", "price", "total", "vip"]


def made(fill: Callable[[xlsxwriter.Workbook], None], **options: object) -> bytes:
    """The bytes of a workbook that `fill` writes into."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    fill(book)
    book.close()
    return out.getvalue()


def of_rows(*rows: list[object], name: str = "people", **options: object) -> bytes:
    """One sheet of rows; None is no cell, `=` begins a formula, (formula, value) has its value."""

    def fill(book: xlsxwriter.Workbook) -> None:
        put(book.add_worksheet(name), *rows)

    return made(fill, **options)


def put(sheet: Worksheet, *rows: list[object]) -> None:
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, tuple):
                sheet.write_formula(number, column, value[0], None, value[1])
            elif value is not None:
                sheet.write(number, column, value)


def people(book: xlsxwriter.Workbook, rows: int = 12) -> Worksheet:
    """A sheet whose every text holds the mark, with dates, formats, widths and formulas."""
    sheet = book.add_worksheet("people")
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    money = book.add_format({"num_format": '#,##0.00 "EUR"'})
    sheet.write_row(0, 0, PEOPLE)
    sheet.set_column(1, 2, 31.5)
    for n in range(1, rows + 1):
        sheet.write_number(n, 0, 700_000 + n)
        sheet.write_string(n, 1, f"{MARK.title()}{n} Meier")
        sheet.write_string(n, 2, f"{MARK}{n}@mail.example")
        sheet.write_datetime(n, 3, datetime(1960 + n, 1 + n % 12, 1 + n % 28), day)
        sheet.write_number(n, 4, n % 7)
        sheet.write_number(n, 5, n * 1.25, money)
        sheet.write_formula(n, 6, f"=E{n + 1}*F{n + 1}", money, (n % 7) * n * 1.25)
        sheet.write_boolean(n, 7, n % 2 == 0)
    return sheet


def with_parts(data: bytes, parts: Mapping[str, str | None], **edits: tuple[str, str]) -> bytes:
    """A workbook with parts more or (None) less; `edits` replace a text in the parts whose names end so."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            for ending, (before, after) in edits.items():
                if name.endswith(ending + ".xml"):
                    assert before in text
                    text = text.replace(before, after)
            if name not in parts:
                new.writestr(name, text)
        for name, more in parts.items():
            if more is not None:
                new.writestr(name, more)
    return out.getvalue()


def unzipped(data: bytes) -> bytes:
    """All parts, joined with their names."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"\n".join(name.encode() + archive.read(name) for name in archive.namelist())
