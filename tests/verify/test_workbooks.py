"""The verifier sees what a workbook of a copy may not hold, and every cell that is not as promised."""

from collections.abc import Callable
from pathlib import Path

import pytest
from desk import Desk, desk
from formats.test_excel import copied
from formats.workbooks import MARK, made, people, unzipped, with_parts

from masker.errors import GateError, InputError
from masker.manifest import Manifest, manifest_path, read_manifest
from masker.trust import own_signer
from masker.verify.against import examine, readings
from masker.verify.containers import container_problems
from masker.verify.reading import Reading, open_reader

__all__ = ["desk"]
Edit = Callable[[bytes], bytes]


def edited(**edits: tuple[str, str]) -> Edit:
    return lambda data: with_parts(data, {}, **edits)


def added(**parts: str) -> Edit:
    return lambda data: with_parts(data, {name.replace("__", "/") + ".xml": text for name, text in parts.items()})


SHEET = "/sheet1"
BESIDE = {
    "a part of comments": added(xl__comments1=f"<c>{MARK}</c>"),
    "a list of strings": added(xl__sharedStrings=f"<sst>{MARK}</sst>"),
    "document properties": added(docProps__core=f"<p>{MARK}</p>"),
    "another property": edited(custom=("</Properties>", '<property name="x"></property></Properties>')),
    "another label": edited(custom=("purpose=test-patch", "purpose=test-fix")),
    "a text in a number format": edited(styles=("#,##0.00 &quot;EUR&quot;", f"0 &quot;{MARK}&quot;")),
    "a comment of XML": edited(**{SHEET: ("<sheetData>", f"<!-- {MARK} --><sheetData>")}),
    "a header": edited(**{SHEET: ("</worksheet>", f"<oddHeader>{MARK}</oddHeader></worksheet>")}),
    "a link": edited(**{SHEET: ("</worksheet>", "<hyperlinks/></worksheet>")}),
    "a text between cells": edited(**{SHEET: ("</row><row", f"</row>{MARK}<row")}),
    "a name": edited(workbook=("</sheets>", f"</sheets><definedName>{MARK}</definedName>")),
    "a formula with a text": edited(**{SHEET: ("<f>E2*F2</f>", f'<f>IF(E2=1,"{MARK}",1)</f>')}),
    "a formula in a masked column": edited(**{SHEET: ('<c r="A2"><v>', '<c r="A2"><f>E2</f><v>')}),
    "bytes before the archive": lambda data: MARK.encode() + data,
    "bytes after the archive": lambda data: data + MARK.encode(),
}  # fmt: skip


def manifest_of(copy: Path) -> Manifest:
    signer = own_signer()
    return read_manifest(manifest_path(copy), {signer.id: signer.public})


@pytest.mark.parametrize("name", BESIDE)
def test_what_is_planted_beside_the_cells_is_found(desk: Desk, name: str) -> None:
    copy = copied(desk, made(people))
    manifest = manifest_of(copy)
    label = f"copy={manifest.copy_id}; purpose=test-patch; recipient=staff; expires={manifest.expires}"
    assert container_problems(manifest.promises, copy, label) == []
    copy.write_bytes(BESIDE[name](copy.read_bytes()))
    assert container_problems(manifest.promises, copy, label)


CELLS = {
    "another number": edited(**{SHEET: ('<c r="E3"><v>2', '<c r="E3"><v>3')}),
    "a number that became a text": edited(**{SHEET: ('<c r="E3"><v>2</v>', '<c r="E3" t="str"><v>2</v>')}),
    "a cell beside the table": edited(**{SHEET: ("</row></sheetData>", '<c r="Z13"><v>1</v></c></row></sheetData>')}),
    "a row more": edited(**{SHEET: ("</sheetData>", '<row r="14"><c r="A14"><v>1</v></c></row></sheetData>')}),
    "an original": lambda data: with_parts(data, {}, **{SHEET: (_cell(data, "C2"), f"{MARK}1@mail.example<")}),
}  # fmt: skip


def _cell(data: bytes, where: str) -> str:
    """The text of a cell, up to the end of its element."""
    text = unzipped(data).decode()
    start = text.index(">", text.index("<t", text.index(f'<c r="{where}"'))) + 1
    return text[start : text.index("<", start) + 1]


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_that_is_not_as_promised_is_found(desk: Desk, name: str) -> None:
    source = desk.folder / "in" / "people.xlsx"
    copy = copied(desk, made(people))
    manifest = manifest_of(copy)
    assert examine(manifest.promises, source, copy, readings=readings(manifest)).problems == ()
    copy.write_bytes(CELLS[name](copy.read_bytes()))
    assert examine(manifest.promises, source, copy, readings=readings(manifest)).problems


def test_the_rows_are_counted_by_other_code(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    path.write_bytes(made(people))
    columns = ("customer_id", "name", "email", "born", "quantity", "price", "total", "vip")
    reader = open_reader(path, Reading("excel"), columns, "people")
    assert reader.records() == sum(batch.num_rows for batch in reader.batches()) == 12


def test_other_columns_are_a_mismatch(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    path.write_bytes(made(people))
    with pytest.raises(GateError, match="columns"):
        open_reader(path, Reading("excel"), ("customer_id", "name"), "people")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04" + bytes(90), b"\xd0\xcf\x11\xe0" + bytes(900)])
def test_a_damaged_workbook_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    path.write_bytes(data)
    with pytest.raises(InputError):
        open_reader(path, Reading("excel"), ("a",), "p")
