"""What a user sees of proof: risk gates and `masker risk`, utility in the report, copies scanned alone, the page."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from desk import MARK, Desk, desk

__all__ = ["desk"]

CITIES = ["Berlin", "Hamburg", "Bremen"]
PROFILE = """\
masker: 1
name: own
undecided: refuse
{require}
tables:
  people:
    {own}
    columns:
      id: {{method: permute, infotype: person_key}}
      city: {{method: keep, infotype: city}}
      band: {{method: keep, infotype: none}}
      illness: {{method: keep, infotype: health}}
      remark: {{method: keep, infotype: {remark}}}
"""


def people(desk: Desk, *, rows: int = 60, odd: bool = False, remark: str = "fine {}") -> Path:
    lines = ["id,city,band,illness,remark"]
    for i in range(rows):
        city = f"{MARK}burg" if odd and i == 7 else CITIES[i % 3]
        lines.append(
            f"{1000 + i},{city},{'ab'[i % 2]},{['flu', 'cold', 'gout', 'cough'][i // 6 % 4]},{remark.format(i)}"
        )
    return desk.put("people.csv", ("\n".join(lines) + "\n").encode())


def profile(desk: Desk, *, require: str = "", own: str = "", remark: str = "none") -> Path:
    path = desk.folder / "own.yaml"
    path.write_text(PROFILE.format(require=require, own=own or "subject: {is: customer, key: id}", remark=remark))
    return path


@pytest.mark.parametrize("at", ["everywhere", "in the table"])
def test_a_table_with_a_row_that_stands_out_is_refused(desk: Desk, at: str) -> None:
    require = "require: {k: 5, l: 2}"
    where = {"require": require} if at == "everywhere" else {"own": require}
    source, owner = people(desk, odd=True), profile(desk, **where)
    outcome = desk.refuses(lambda: desk.mask(source, "--profile", owner, dest=desk.out), 1, "risk")
    assert "k is 1, required is 5" in outcome.stderr
    assert "table `people`" in outcome.stderr


def test_a_table_that_keeps_to_what_is_required_is_published(desk: Desk) -> None:
    owner = profile(desk, require="require: {k: 20, unique: 0}", own="require: {l: 4}")
    assert desk.mask(people(desk), "--profile", owner).exit == 0
    told = json.loads(desk.run("risk", desk.out, "--format", "json").stdout)
    assert told["masker"] == 1
    assert len(told["copy_id"]) == 32
    assert told["tables"] == [
        {
            "name": "people",
            "rows": 60,
            "quasi": ["city"],
            "sensitive": ["illness"],
            "k": 20,
            "l": 4,
            "unique": 0.0,
            "groups": 3,
            "below_5": 0.0,
            "below_10": 0.0,
        }
    ]


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ("require: {k: 11, quasi: [city, band]}", "k is 10, required is 11"),
        ("require: {l: 3, sensitive: [band]}", "l is 2, required is 3"),
        ("require: {unique: 0.5, quasi: [id]}", "100.00% of the rows are unique"),
    ],
)
def test_the_owner_names_the_columns(desk: Desk, own: str, told: str) -> None:
    source, owner = people(desk), profile(desk, own=own)
    outcome = desk.refuses(lambda: desk.mask(source, "--profile", owner), 1, "risk")
    assert told in outcome.stderr


@pytest.mark.parametrize(
    ("own", "code", "exit_code"),
    [
        ("require: {k: 5, quasi: [town]}", "drift", 1),
        ("require: {k: -1}", "profile", 2),
        ("require: {unique: 2}", "profile", 2),
        ("require: {m: 2}", "profile", 2),
    ],
)
def test_a_requirement_that_makes_no_sense_is_refused(desk: Desk, own: str, code: str, exit_code: int) -> None:
    source, owner = people(desk), profile(desk, own=own)
    outcome = desk.refuses(lambda: desk.mask(source, "--profile", owner), exit_code, code)
    assert "own.yaml:7" in outcome.stderr


def test_risk_of_any_file_by_the_columns_that_are_named(desk: Desk) -> None:
    source = people(desk, odd=True)
    outcome = desk.run("risk", source, "--quasi", "city,band", "--sensitive", "illness")
    assert outcome.exit == 0
    assert "people: 60 rows in 7 groups by city, band" in outcome.stdout
    assert "k = 1, l = 1 over illness" in outcome.stdout
    assert "alone in their group: 1.67% of the rows" in outcome.stdout
    assert MARK not in outcome.stdout + outcome.stderr


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        ((), 3, "not-found"),
        (("--quasi", "town"), 2, "usage"),
        (("--quasi", "city", "--table", "towns"), 2, "usage"),
    ],
)
def test_risk_says_what_is_missing(desk: Desk, arguments: tuple[str, ...], exit_code: int, code: str) -> None:
    source = people(desk)
    desk.refuses(lambda: desk.run("risk", source, *arguments), exit_code, code)


def test_risk_of_a_copy_that_was_changed_is_not_told(desk: Desk) -> None:
    assert desk.mask(people(desk), "--profile", profile(desk)).exit == 0
    desk.out.write_bytes(desk.out.read_bytes() + b"\n")
    desk.refuses(lambda: desk.run("risk", desk.out), 1, "digest")


def test_addresses_in_a_column_that_the_owner_kept_are_refused(desk: Desk) -> None:
    source = people(desk, remark=f"{MARK}.{{}}@mail.example")
    owner = profile(desk)
    outcome = desk.refuses(lambda: desk.mask(source, "--profile", owner), 1, "leak")
    assert "the copy holds `email` in a column that was to hold none" in outcome.stderr
    assert "column `remark`" in outcome.stderr
    knowingly = profile(desk, remark="email")
    assert desk.mask(source, "--profile", knowingly).exit == 0
    assert desk.run("verify", desk.out).exit == 0


def test_the_report_tells_what_masking_left_and_the_manifest_does_not(desk: Desk) -> None:
    report = desk.folder / "report.json"
    assert desk.mask(people(desk), "--profile", profile(desk), "--report", report).exit == 0
    told = json.loads(report.read_text())["tables"][0]
    key = next(column for column in told["columns"] if column["name"] == "id")
    assert key["utility"]["rows"] == 60
    assert key["utility"]["before"] == {"distinct": 60, "nulls": 0.0, "shortest": 4, "mean": 4.0, "longest": 4}
    assert 0 < key["utility"]["distance"] <= 1
    assert (told["risk"]["k"], told["risk"]["quasi"]) == (20, ["city"])
    assert b"utility" not in desk.out.with_name("out.masker.json").read_bytes()


def test_unreadable_values_of_a_unique_column_may_all_be_redacted(desk: Desk) -> None:
    lines = ["email,note", *(f"user{i}@mail.example,{i % 5}" for i in range(200)), "n/a,1", "none given,2", "?-3,3"]
    source = desk.put("contacts.csv", ("\n".join(lines) + "\n").encode())
    assert desk.mask(source, "--profile", "gdpr-strict").exit == 0


class Page(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_what_was_checked_and_loads_nothing(desk: Desk) -> None:
    reference = '<img src=x onerror="1"> & co'
    assert desk.mask(people(desk), "--profile", profile(desk), "--reference", reference).exit == 0
    outcome = desk.run("verify", desk.out, "--against", people(desk), "--format", "html")
    assert outcome.exit == 0
    page = Page()
    page.feed(outcome.stdout)
    assert not {"script", "img", "link", "iframe", "object"} & set(page.tags)
    assert not {"src", "href", "onerror"} & {name for name, _ in page.attributes}
    for told in (
        reference,
        "pseudonymised personal data",
        "test-patch",
        "permute",
        "k = 20",
        "once more against SOURCE",
    ):
        assert told in page.text
    assert "anonym" not in page.text.lower()
    assert "Hamburg" not in page.text
