"""Workbooks in, fresh workbooks out."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from desk import TAGGED, Desk, desk
from formats.workbooks import MARK, PEOPLE, made, of_rows, people, put, unzipped, with_parts

__all__ = ["desk"]
KEEP = "{method: keep, infotype: none}"
PROFILE = f"""masker: 1
name: people
tables:
  people:
    subject: {{is: customer, key: customer_id}}
    columns:
      customer_id: permute
      name: {{method: fake, infotype: person_name}}
      email: {{method: fake, infotype: email}}
      born: {{method: shift_date, within: 90d, infotype: birth_date}}
      quantity: {KEEP}
      price: {KEEP}
      total: {KEEP}
      vip: {KEEP}
"""


def profile(desk: Desk, text: str = PROFILE) -> Path:
    return desk.put("../profile.yaml", text.encode())


def copied(desk: Desk, data: bytes, *more: object, text: str = PROFILE, name: str = "people.xlsx") -> Path:
    """The copy of a workbook under a profile of the owner's; the run has to go well."""
    dest = desk.folder / "copy.xlsx"
    seen = desk.mask(desk.put(name, data), "--profile", profile(desk, text), *more, dest=dest)
    assert seen.exit == 0, seen.stderr
    return dest


def kept(*columns: str, table: str = "people", **others: str) -> str:
    """A profile that keeps columns and treats others as said."""
    ways = {**dict.fromkeys(columns, KEEP), **others}
    lines = "".join(f"      {name}: {way}\n" for name, way in ways.items())
    return f"masker: 1\nname: p\ntables:\n  {table}:\n    columns:\n{lines}"


def full(book: xlsxwriter.Workbook) -> None:
    """A workbook with the mark wherever XlsxWriter puts text."""
    sheet = people(book)
    sheet.write_comment("B2", f"{MARK} said so", {"author": MARK})
    sheet.write_url("B3", f"https://{MARK}.example/", string=f"{MARK} Meier", tip=MARK)
    sheet.data_validation("H2:H9", {"validate": "list", "source": [MARK, "b"], "input_message": MARK})
    sheet.conditional_format("B2:B9", {"type": "text", "criteria": "containing", "value": MARK})
    sheet.set_header(f"&L{MARK}")
    sheet.set_footer(f"&R{MARK}")
    sheet.insert_textbox("J2", MARK)
    sheet.write_number("F2", 1.25, book.add_format({"num_format": f'0 "{MARK}"', "font_name": MARK}))
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=people!$E$2:$E$9", "name": MARK})
    chart.set_title({"name": MARK})
    sheet.insert_chart("J9", chart)
    book.define_name(f"{MARK}_name", "=people!$A$2")
    book.set_properties({"author": MARK, "title": MARK, "company": MARK, "comments": MARK})
    book.set_custom_property("client", MARK)
    for state in ("hide", "very_hidden"):
        hidden = book.add_worksheet(f"{MARK}_{state}")
        hidden.write(0, 0, MARK)
        getattr(hidden, state)()


@pytest.mark.promise("P1")
def test_a_copy_has_nothing_of_what_stands_beside_the_cells(desk: Desk) -> None:
    more = {
        "xl/pivotCache/pivotCacheRecords1.xml": f"<r>{MARK}</r>",
        "xl/persons/person.xml": f"<p>{MARK}</p>",
        "xl/externalLinks/externalLink1.xml": f"<l>{MARK}</l>",
        "customXml/item1.xml": f"<i>{MARK}</i>",
        "xl/media/image1.png": MARK,
    }
    data = with_parts(made(full), more)
    assert unzipped(data).lower().count(MARK.encode()) > 50
    assert MARK.encode() not in unzipped(copied(desk, data).read_bytes()).lower()


def test_what_a_copy_lacks_is_told(desk: Desk) -> None:
    data = with_parts(made(full), {"xl/pivotTables/pivotTable1.xml": "<p/>"})
    told = desk.mask(desk.put("people.xlsx", data), "--profile", profile(desk), dest=desk.folder / "c.xlsx").stderr
    for what in (
        "hidden sheets (SOURCE has 2)", "comments", "defined names", "links", "validation lists", "drawings",
        "headers and footers", "document properties", "pivot tables", "conditional formats",
    ):  # fmt: skip
        assert f"the copy has no {what}" in told


def test_cells_keep_kind_number_format_and_width(desk: Desk) -> None:
    sheet = openpyxl.load_workbook(copied(desk, made(people)))["people"]
    assert [cell.value for cell in sheet[1]] == PEOPLE
    assert [cell.data_type for cell in sheet[5]] == ["n", "s", "s", "d", "n", "n", "f", "b"]
    assert sheet["D5"].number_format == "dd.mm.yyyy"
    assert sheet["F5"].number_format == '#,##0.00 "EUR"'
    assert sheet.column_dimensions["B"].width == pytest.approx(31.5, abs=1)
    assert [sheet[f"E{n}"].value for n in range(2, 8)] == [1, 2, 3, 4, 5, 6]
    assert sheet["G5"].value == "=E5*F5"


def test_values_stay_beside_the_formulas_that_are_kept(desk: Desk) -> None:
    sheet = openpyxl.load_workbook(copied(desk, made(people)), data_only=True)["people"]
    assert sheet["G5"].value == 4 * 4 * 1.25


def test_a_formula_in_a_masked_column_becomes_a_value(desk: Desk) -> None:
    data = of_rows(["a", "b"], *[[n, (f"=A{n}*2", n * 2)] for n in range(2, 12)])
    text = kept("a", b="{method: permute, infotype: person_key}")
    copy = copied(desk, data, text=text)
    assert openpyxl.load_workbook(copy)["people"]["B3"].data_type == "n"
    told = desk.mask(desk.put("people.xlsx", data), "--profile", profile(desk), dest=desk.folder / "c.xlsx")
    assert told.exit != 0
    again = desk.mask(desk.put("b.xlsx", data), "--profile", profile(desk, text), dest=desk.folder / "d.xlsx")
    assert "sheet `people`: 10 formulas became values" in again.stderr


@pytest.mark.promise("P1")
@pytest.mark.parametrize("formula", ["=A2&B2", "=SUM(A:A)", "=VLOOKUP(B2,$A$2:$B$9,2)", "=people!A3", "='people'!$A$3"])
def test_a_kept_column_with_formulas_over_masked_ones_is_refused(desk: Desk, formula: str) -> None:
    source = desk.put("people.xlsx", of_rows(["a", "b", "c"], *[[f"{MARK}{n}", n, (formula, 7)] for n in range(9)]))
    path = profile(desk, kept("b", "c", a="{method: token, infotype: username}"))
    desk.refuses(lambda: desk.mask(source, "--profile", path, dest=desk.folder / "c.xlsx"), 1, "does-not-fit")


@pytest.mark.parametrize(
    "formula", ['=IF(A2=1,"yes","no")', "=INDIRECT(A2)", "=SUM(total_of_all)", "=A2+4111111111111111", "=[1]x!A1+A2"]
)
def test_a_formula_that_is_not_read_becomes_a_value(desk: Desk, formula: str) -> None:
    copy = copied(desk, of_rows(["a", "b"], *[[n, (formula, 7)] for n in range(9)]), text=kept("a", "b"))
    assert [cell.value for cell in openpyxl.load_workbook(copy)["people"]["B"]][1:] == [7] * 9


def test_a_shared_formula_is_written_out_where_it_is_used(desk: Desk) -> None:
    data = of_rows(["a", "b"], [1, ("=A2*$A$2", 1)], [2, ("=A3*$A$2", 2)])
    data = with_parts(
        data,
        {},
        sheet1=("<f>A2*$A$2</f>", '<f t="shared" ref="B2:B3" si="0">A2*$A$2</f>'),
        **{"/sheet1": ("<f>A3*$A$2</f>", '<f t="shared" si="0"/>')},
    )
    sheet = openpyxl.load_workbook(copied(desk, data, text=kept("a", "b")))["people"]
    assert [sheet["B2"].value, sheet["B3"].value] == ["=A2*$A$2", "=A3*$A$2"]


def test_pseudonyms_are_those_of_the_same_people_in_csv(desk: Desk) -> None:
    key = desk.folder / "key"
    assert desk.run("key", "new", key).exit == 0
    copy = copied(desk, made(people), "--key-file", key)
    sheet = openpyxl.load_workbook(copy)["people"]
    out = io.StringIO()
    rows = [["customer_id", "name", "email", "born"]]
    rows += [[str(700_000 + n), f"{MARK.title()}{n} Meier", f"{MARK}{n}@mail.example",
              f"{1960 + n}-{1 + n % 12:02}-{1 + n % 28:02}"] for n in range(1, 13)]  # fmt: skip
    csv.writer(out).writerows(rows)
    source, dest = desk.put("people.csv", out.getvalue().encode()), desk.folder / "copy.csv"
    text = PROFILE.split("      quantity")[0]
    assert desk.mask(source, "--profile", profile(desk, text), "--key-file", key, dest=dest).exit == 0
    written = [[str(c.value).removesuffix(" 00:00:00") for c in row[:4]] for row in sheet.iter_rows()]
    assert written == [*csv.reader(io.StringIO(dest.read_text()))]


def test_rows_above_the_header_and_blank_places_are_no_table(desk: Desk) -> None:
    rows: list[list[object]] = [[f"Report for {MARK}"], [], [None, "a", "b"], *[[None, n, n * n] for n in range(5)]]
    source = desk.put("people.xlsx", of_rows(*rows))
    dest = desk.folder / "c.xlsx"
    seen = desk.mask(source, "--profile", profile(desk, kept("a", "b")), dest=dest)
    assert "sheet `people`: 1 rows above the header are left out" in seen.stderr
    sheet = openpyxl.load_workbook(dest)["people"]
    assert [cell.value for cell in sheet[1]] == [None] * 3
    assert [cell.value for cell in sheet[3]] == [None, "a", "b"]
    assert sheet["C8"].value == 16


def test_a_column_without_a_header_is_masked_under_its_number(desk: Desk) -> None:
    data = of_rows([None, "b", "c"], *[[f"{MARK}{n}", n, n] for n in range(9)])
    copy = copied(desk, data, text=kept("b", "c", **{"column 1": "{method: token, infotype: username}"}))
    assert MARK.encode() not in unzipped(copy.read_bytes())
    assert openpyxl.load_workbook(copy)["people"]["A1"].value is None


@pytest.mark.parametrize("second", [["a", "b"], ["person", "city"]], ids=["the same header again", "another header"])
def test_two_tables_one_below_the_other_are_refused(desk: Desk, second: list[object]) -> None:
    rows = [["a", "b"], [1, "x"], [2, "y"], [], second, [f"{MARK}1", MARK]]
    source = desk.put("people.xlsx", of_rows(*rows))
    desk.refuses(lambda: desk.mask(source, dest=desk.folder / "c.xlsx"), 3, "unsupported")


def test_a_sheet_with_a_dropped_column_leaves_its_place_blank(desk: Desk) -> None:
    data = of_rows(["a", "b", "c"], *[[n, f"{MARK}{n}", (f"=A{n + 2}+1", n + 1)] for n in range(9)])
    copy = copied(desk, data, text=kept("a", "c", b="drop"))
    sheet = openpyxl.load_workbook(copy)["people"]
    assert [sheet["B1"].value, sheet["B4"].value, sheet["C4"].value] == [None, None, "=A4+1"]


def test_sheets_are_tables_and_their_keys_join(desk: Desk) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        people(book, 30)
        put(book.add_worksheet("orders"), ["order_id", "customer_id"], *[[n, 700_001 + n % 30] for n in range(60)])

    copy = desk.folder / "c.xlsx"
    assert desk.mask(desk.put("shop.xlsx", made(fill)), dest=copy).exit == 0
    book = openpyxl.load_workbook(copy)
    assert {c.value for c in book["orders"]["B"][1:]} == {c.value for c in book["people"]["A"][1:]}


def test_the_label_is_in_the_workbook_and_a_copy_is_not_masked_again(desk: Desk) -> None:
    copy = copied(desk, made(people))
    properties = {p.name: p.value for p in openpyxl.load_workbook(copy).custom_doc_props.props}
    assert "purpose=test-patch" in properties["masker_tag"]
    alone = desk.put("alone.xlsx", copy.read_bytes())
    desk.refuses(lambda: desk.mask(alone, dest=desk.folder / "d.xlsx"), 1, "already-masked")


def test_a_copy_verifies_against_its_source(desk: Desk) -> None:
    copy = copied(desk, made(people))
    assert desk.run("verify", copy, "--against", desk.folder / "in" / "people.xlsx").exit == 0


@pytest.mark.parametrize("name", ["c.xls", "c.ods", "c.xlsb", "c.csv", "c.xlsx.gz"])
def test_a_copy_is_named_xlsx(desk: Desk, name: str) -> None:
    source = desk.put("people.xlsx", made(people))
    desk.refuses(lambda: desk.mask(source, dest=desk.folder / name), 2, "usage")


def test_two_runs_are_equal_to_the_byte(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    key = desk.folder / "key"
    assert desk.run("key", "new", key).exit == 0
    source = desk.put("people.xlsx", made(people))
    for name in ("1", "2"):
        (desk.folder / name).mkdir()
        dest = desk.folder / name / "c.xlsx"
        words = ("mask", source, "-o", dest, TAGGED[0], TAGGED[1], "--expires", "2026-12-01", "--key-file", key)
        assert desk.run(*words).exit == 0
    first, second = ((desk.folder / name / "c.xlsx").read_bytes() for name in ("1", "2"))
    assert first == second


def test_a_sheet_without_a_header_has_numbered_columns(desk: Desk) -> None:
    rows = [[n, f"{MARK}{n}"] for n in range(9)]
    source, dest = desk.put("people.xlsx", of_rows(*rows)), desk.folder / "c.xlsx"
    path = profile(desk, kept("column 1", **{"column 2": "{method: token, infotype: username}"}))
    assert desk.mask(source, "--profile", path, "--no-header", dest=dest).exit == 0
    assert MARK.encode() not in unzipped(dest.read_bytes())
    assert [cell.value for cell in openpyxl.load_workbook(dest)["people"]["A"]] == [*range(9)]


def test_rows_of_data_are_not_taken_for_a_header(desk: Desk) -> None:
    source = desk.put("people.xlsx", of_rows(*[[n, f"{MARK}{n}", n] for n in range(9)]))
    desk.refuses(lambda: desk.mask(source, dest=desk.folder / "c.xlsx"), 3, "unsupported")


def test_rows_that_stay_out_leave_no_gap_and_no_formula(desk: Desk) -> None:
    copy = copied(desk, made(people), "--where", "people: quantity >= 4")
    sheet = openpyxl.load_workbook(copy)["people"]
    assert [cell.value for cell in sheet["E"]] == ["quantity", 4, 5, 6, 4, 5]
    assert {cell.data_type for cell in sheet["G"][1:]} == {"n"}


def test_reversible_values_can_be_turned_back(desk: Desk) -> None:
    key, back = desk.folder / "key", desk.folder / "back.xlsx"
    assert desk.run("key", "new", key).exit == 0
    data = of_rows(["a", "mail"], *[[n, f"{MARK}{n}@mail.example"] for n in range(9)])
    copy = copied(desk, data, "--key-file", key, text=kept("a", mail="{method: encrypt, infotype: email}"))
    told = desk.run("reveal", copy, "-o", back, "--columns", "mail", "--key-file", key, "--reason", "a test")
    assert told.exit == 0, told.stderr
    sheet = openpyxl.load_workbook(back)["people"]
    assert [cell.value for cell in sheet["B"]][1:] == [f"{MARK}{n}@mail.example" for n in range(9)]


def test_a_folder_may_hold_workbooks_beside_other_files(desk: Desk) -> None:
    desk.put("people.xlsx", made(people))
    desk.put("notes.csv", b"customer_id,note\n700001,x\n700002,y\n")
    assert desk.mask(desk.folder / "in").exit == 0
    assert desk.run("verify", desk.out, "--against", desk.folder / "in").exit == 0


def test_a_formula_that_nothing_has_computed_is_left_out_and_told(desk: Desk) -> None:
    book = openpyxl.Workbook()
    book.active.title = "people"
    book.active.append(["a", "b"])
    for n in range(9):
        book.active.append([n, f"=A{n + 2}*2"])
    data = io.BytesIO()
    book.save(data)
    source, dest = desk.put("people.xlsx", data.getvalue()), desk.folder / "copy.xlsx"
    seen = desk.mask(source, "--profile", profile(desk, kept("a", "b")), dest=dest)
    assert seen.exit == 0, seen.stderr
    assert "formulas without values" in seen.stderr
    assert [cell.value for cell in openpyxl.load_workbook(dest)["people"]["A"]] == ["a", *range(9)]
