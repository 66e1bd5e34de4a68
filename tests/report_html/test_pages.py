"""Reports as pages: whole and well-formed, nothing loaded, no value, hostile names harmless, never over 200 kB."""

import base64
import hashlib
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from desk import MARK, Desk, desk

from masker import clock
from masker.findings import Finding, Findings, TableFindings
from masker.manifest import CopyColumn, CopyTable
from masker.report_html import findings_page, run_page, verified_page
from masker.report_html.frame import LARGEST
from masker.verify.utility import ColumnUtility, Shape

__all__ = ["desk"]

VOID = {"meta", "rect"}
HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=1>', "a\u202etxt.exe", "x' onclick='1")


class Page(HTMLParser):
    """A page as a browser reads it; `feed` fails where an element is not closed in its place."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = self.style = ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["style"]:
            self.style += data
        else:
            self.text += data


def harmless(text: str) -> Page:
    page = Page(text)
    assert len(text.encode()) <= LARGEST
    assert not {"script", "img", "link", "iframe", "object", "form", "base"} & set(page.tags)
    names = {name for name, _ in page.attributes}
    assert not {name for name in names if name.startswith("on")} | ({"src", "href", "style"} & names)
    policy = next(value for name, value in page.attributes if name == "content" and value and "default-src" in value)
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert "http" not in page.style
    assert "\u202e" not in text
    return page


def finding(column: str, decision: str = "personal") -> Finding:
    return Finding(column, "string", "email", 0.99, decision, "customer", ("200/200 distinct values match +3.1",))  # type: ignore[arg-type]


def findings(tables: int = 1, columns: int = 2, name: str = "t") -> Findings:
    found = tuple(
        TableFindings(f"{name}{n}", 9, "customer", 1.0, tuple(
            finding(f"c{m}", "personal" if m % 2 else "clean") for m in range(columns)))
        for n in range(tables)
    )  # fmt: skip
    return Findings("crm", found)


@pytest.fixture
def outcome(desk: Desk):
    from masker.api import mask

    return mask(desk.good(), desk.out, purpose="test-patch", expires="14d")


def test_a_scan_is_a_page_without_a_value(desk: Desk) -> None:
    told = desk.run("scan", desk.good(), "--format", "html")
    page = harmless(told.stdout)
    assert MARK not in told.stdout
    assert "email" in page.text
    assert "distinct values match" in page.text


def test_several_sources_are_one_page(desk: Desk) -> None:
    other = desk.put("others.csv", desk.good().read_bytes())
    told = desk.run("scan", desk.good(), other, "--format", "html", "-o", "found.html")
    assert told.exit == 0
    assert harmless((desk.folder / "found.html").read_text()).tags.count("h2") == 5


def test_the_report_of_a_run_is_a_page_with_drawings(desk: Desk) -> None:
    assert desk.mask(desk.good(), "--report", "r.html", "--reference", '<b onclick="1">').exit == 0
    text = (desk.folder / "r.html").read_text()
    page = harmless(text)
    assert MARK not in text
    assert page.tags.count("svg") == 4
    for told in (
        "0 leaks",
        "test-patch",
        "expires",
        "pseudonymised personal data",
        '<b onclick="1">',
        "distinct 40 before",
    ):
        assert told in page.text


def test_a_report_with_another_ending_stays_json(desk: Desk) -> None:
    assert desk.mask(desk.good(), "--report", "r.json").exit == 0
    assert (desk.folder / "r.json").read_text().startswith("{")


def test_a_verified_copy_is_a_page_with_drawings_where_source_is_at_hand(desk: Desk) -> None:
    source = desk.good()
    assert desk.mask(source).exit == 0
    alone = harmless(desk.run("verify", desk.out, "--format", "html").stdout)
    assert "svg" not in alone.tags
    against = harmless(desk.run("verify", desk.out, "--against", source, "--format", "html").stdout)
    assert against.tags.count("svg") == 4


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_are_withheld(outcome, hostile: str) -> None:
    table = TableFindings(hostile, 1, "customer", 1.0, (finding(hostile),))
    scanned = findings_page([Findings("crm", (table,))])
    manifest = replace(outcome.manifest, tables=(renamed(outcome.manifest.tables[0], hostile),), reference=hostile)
    for text in (
        scanned,
        run_page(manifest, clock.now(), 1.0, {}),
        verified_page(manifest, 1, clock.now(), against=True),
    ):
        page = harmless(text)
        assert "(name withheld)" in page.text


def renamed(table: CopyTable, name: str) -> CopyTable:
    return replace(table, name=name, columns=(replace(table.columns[0], name=name),))


def test_names_in_scripts_that_run_from_right_to_left_keep_to_themselves() -> None:
    page = harmless(findings_page([findings(name="العملاء ")]))
    assert "العملاء 0" in page.text
    assert "bdi" in page.tags


@pytest.mark.parametrize(("tables", "columns"), [(1, 3000), (200, 50), (5000, 2)])
def test_a_scan_of_any_size_fits_and_says_what_is_left_out(tables: int, columns: int) -> None:
    page = harmless(findings_page([findings(tables, columns, name="ä" * 70)]))
    assert "too many for one page" in page.text


@pytest.mark.parametrize(("tables", "columns"), [(1, 3000), (200, 50), (5000, 2)])
def test_a_copy_of_any_size_fits_and_says_what_is_left_out(outcome, tables: int, columns: int) -> None:
    one = outcome.manifest.tables[0].columns[0]
    many = tuple(
        CopyTable(f"{'ä' * 70}{n}", "", 9, tuple(replace(one, name=f"c{m}") for m in range(columns)))
        for n in range(tables)
    )
    shape = Shape(9, 0.1, 1, 2.0, 3)
    utility = {(t.name, c.name): ColumnUtility(9, shape, shape, "ks", 0.5) for t in many for c in t.columns}
    files = tuple(replace(outcome.manifest.files[0], path=f"{'ä' * 70}{n}") for n in range(tables))
    manifest = replace(outcome.manifest, tables=many, files=files, is_folder=True)
    page = harmless(run_page(manifest, clock.now(), 1.0, utility, notices=["a notice " * 20] * 500))
    assert "too many for one page" in page.text
    assert "and 401 more of the kind" in page.text


def test_a_short_report_leaves_nothing_out(outcome) -> None:
    page = harmless(run_page(outcome.manifest, clock.now(), 1.0, outcome.utility))
    assert "too many" not in page.text
    assert "@media print" in page.style


def test_nulls_and_lengths_before_and_after_can_be_read_without_seeing(outcome) -> None:
    column: CopyColumn = outcome.manifest.tables[0].columns[0]
    before, after = Shape(40, 0.25, 3, 5.0, 9), Shape(38, 0.5, 4, 6.0, 8)
    utility = {(outcome.manifest.tables[0].name, column.name): ColumnUtility(40, before, after, "ks", 0.125)}
    page = harmless(run_page(outcome.manifest, clock.now(), 1.0, utility))
    assert "distinct 40 before, 38 after; NULLs 25.0%, 50.0%; lengths 3 to 9, 4 to 8" in page.text
    assert "0.125 ks" in page.text
    widths = [int(value or 0) for name, value in page.attributes if name == "width"][1:]
    assert widths == [120, 114, 30, 60, 80, 53]
