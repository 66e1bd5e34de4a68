"""Workbooks that are refused: nothing is written, and no value shown."""

import io
import zipfile

import pytest
from desk import Desk, desk
from formats.workbooks import MARK, made, of_rows, people, with_parts

__all__ = ["desk"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "' + "lol" * 9 + '">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 99}">' for a, b in zip("abcdefg", "bcdefgh", strict=True))
    + "]><sst><si><t>&h;</t></si></sst>"
)  # fmt: skip


def bomb() -> bytes:
    data = made(people)
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/more.xml", "w") as part:
        for _ in range(90):
            part.write(bytes(1 << 20))
    return out.getvalue()


def deep() -> bytes:
    nested = "<x>" * 100_000 + "</x>" * 100_000
    return with_parts(made(people), {}, sheet1=("<sheetData>", f"{nested}<sheetData>"))


BAD = {
    "encrypted": (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "unsupported"),
    "of another kind": (OLE + bytes(600), "malformed"),
    "macros": (
        with_parts(made(people), {}, **{"[Content_Types]": ("sheet.main+xml", "sheet.macroEnabled.main+xml")}),
        "unsupported",
    ),
    "bomb": (bomb(), "limit"),
    "entities": (with_parts(made(people), {"xl/sharedStrings.xml": ENTITIES}), "unsupported"),
    "no workbook": (with_parts(made(people), {"_rels/.rels": "<Relationships/>"}), "unsupported"),
    "cut": (made(people)[:-400], "truncated"),
    "damaged": (made(people)[:900] + b"\0" * 40 + made(people)[940:], "malformed"),
    "cells far apart": (
        with_parts(of_rows(["a", "b"], [1, 2]), {}, sheet1=("</sheetData>", f"{FAR}</sheetData>")),
        "limit",
    ),
    "nested too deep": (deep(), "malformed"),
    "no cells": (of_rows(), "unsupported"),
    "equal names": (of_rows(["a", "a"], [MARK, MARK]), "malformed"),
    "rows out of order": (with_parts(made(people), {}, sheet1=('<row r="3"', '<row r="2"')), "malformed"),
    "a string that is not there": (with_parts(made(people), {"xl/sharedStrings.xml": "<sst/>"}), "malformed"),
    "a part that is not there": (with_parts(made(people), {"xl/worksheets/sheet1.xml": None}), "malformed"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_workbook_is_refused_and_shows_nothing(desk: Desk, name: str) -> None:
    data, code = BAD[name]
    source = desk.put("people.xlsx", data)
    desk.refuses(lambda: desk.mask(source, dest=desk.folder / "c.xlsx"), 3, code)


def test_a_row_that_would_be_blank_is_refused(desk: Desk) -> None:
    source = desk.put("people.xlsx", of_rows(["a"], *[[f"{MARK}{n}"] for n in range(9)]))
    path = desk.put("../p.yaml", b"masker: 1\nname: p\ntables:\n  people:\n    columns: {a: 'null'}\n")
    desk.refuses(lambda: desk.mask(source, "--profile", path, dest=desk.folder / "c.xlsx"), 1, "does-not-fit")


def test_a_macro_workbook_is_refused_by_name_too(desk: Desk) -> None:
    data = with_parts(made(people), {}, **{"[Content_Types]": ("sheet.main+xml", "sheet.macroEnabled.main+xml")})
    source = desk.put("people.xlsm", data)
    desk.refuses(lambda: desk.mask(source, dest=desk.folder / "c.xlsx"), 3, "unsupported")
