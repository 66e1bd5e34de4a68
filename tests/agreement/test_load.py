from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from agreement.agreements import GOOD, loaded, written
from masker.agreement import BUILT_IN, Agreement, Terms
from masker.agreement.file import agreement_schema
from masker.agreement.load import load_agreement
from masker.errors import UsageError
from masker.exclusion import Exclusion

CANARY = "canaryq7xw"
DAY = timedelta(days=1)
DECLINED = """exclude:
  - table: customers
    column: customer_id
    values: [canaryq7xw, 4711]
    reason: declined
  - {table: tenants, column: tenant, only: [acme], reason: other customers}
"""


def test_no_path_means_the_built_in_agreement() -> None:
    assert load_agreement("") is BUILT_IN


def test_a_known_purpose_has_its_text_and_a_term_already(tmp_path: Path) -> None:
    purpose = loaded(tmp_path).purposes["test-patch"]
    assert (purpose.text, purpose.longest, purpose.dpv) == ("test patches", 14 * DAY, "dpv:ServiceProvision")


@pytest.mark.parametrize(
    ("rule", "days"), [("14d", 14), ("2w", 14), ("P14D", 14), ("{longest: P2W}", 14), ("24h", 1), ("", 30), ("{}", 30)]
)
def test_lifetimes_are_read_in_every_form(tmp_path: Path, rule: str, days: int) -> None:
    text = GOOD.replace("test-patch: 14d", f"test-patch: {rule}")
    assert loaded(tmp_path, text).purposes["test-patch"].longest == days * DAY


def test_staff_may_get_what_the_key_turns_back_and_subcontractors_not(tmp_path: Path) -> None:
    agreement = loaded(tmp_path)
    assert agreement.terms("staff") == Terms()
    assert agreement.terms("subcontractor:northwind") == Terms(reversible=False, purposes=("test-patch",))


def test_terms_are_what_the_file_says(tmp_path: Path) -> None:
    rule = "{reversible: true, require: {k: 5, l: 2, unique: 0}, never_keep: [health, gender], own_pseudonyms: true}"
    text = GOOD.replace("{purposes: [test-patch]}", rule)
    assert loaded(tmp_path, text).terms("subcontractor:northwind") == Terms(
        reversible=True, k=5, l=2, unique=0.0, never_keep=("health", "gender"), own_pseudonyms=True
    )


def test_validity_is_read_as_days_quoted_or_not(tmp_path: Path) -> None:
    agreement = loaded(tmp_path, GOOD.replace("2027-12-31", '"2028-02-29"'))
    assert (agreement.starts, agreement.ends) == (date(2026, 1, 1), date(2028, 2, 29))


def test_rows_to_leave_out_are_read(tmp_path: Path) -> None:
    assert loaded(tmp_path, GOOD + DECLINED).exclude == (
        Exclusion("customers", "customer_id", frozenset([CANARY, "4711"]), reason="declined"),
        Exclusion("tenants", "tenant", frozenset(["acme"]), others=True, reason="other customers"),
    )


LISTED = "exclude: [{table: t, column: c, values_file: lists/out.txt, reason: declined}]\n"


def put_list(folder: Path, data: bytes) -> None:
    (folder / "lists").mkdir()
    (folder / "lists" / "out.txt").write_bytes(data)


@pytest.mark.parametrize("data", [b"a b\nc\n", b"\xef\xbb\xbfa b\r\nc\r\n\r\n", b"a b\nc"])
def test_values_come_from_a_file_beside_the_agreement(tmp_path: Path, data: bytes) -> None:
    put_list(tmp_path, data)
    assert loaded(tmp_path, GOOD + LISTED).exclude[0].values == {"a b", "c"}


def test_a_value_that_might_let_somebody_pass_is_refused(tmp_path: Path) -> None:
    for value in ('" canaryq7xw"', '"canaryq7xw\\t"', '"canary\\u200bq7xw"', '""'):
        with pytest.raises(UsageError) as failure:
            loaded(tmp_path, GOOD + LISTED.replace("values_file: lists/out.txt", f"values: [C-1, {value}]"))
        assert "canary" not in str(failure.value)


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"", "a.yaml:12:"),
        (b"\n\n", "a.yaml:12:"),
        (b"\xff", "a.yaml:12:"),
        (b"good\n canaryq7xw\n", "out.txt:2"),
        (b"good\ncanaryq7xw\t\n", "out.txt:2"),
        (b"canaryq7xw\x00\n", "out.txt:1"),
        ("canaryq7xw\u2028x\n".encode(), "out.txt:1"),
    ],
    ids=["empty", "blank lines", "no text", "blank before", "tab after", "control", "separator"],
)
def test_a_list_that_might_let_somebody_pass_is_refused(tmp_path: Path, data: bytes, where: str) -> None:
    put_list(tmp_path, data)
    with pytest.raises(UsageError) as caught:
        loaded(tmp_path, GOOD + LISTED)
    assert where in str(caught.value)
    assert CANARY not in str(caught.value) + caught.value.hint


def test_a_list_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        loaded(tmp_path, GOOD + LISTED)


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


EXCLUDE = "exclude: [{table: t, column: c, reason: r, %s}]\n"


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        (changed("agreement: 1", "agreement: 2"), "a.yaml:1:1", "one of the words"),
        (changed("masker-agreement: 1\n", ""), "a.yaml:1:1", "`masker-agreement` is missing"),
        (changed("customer: acme\n", ""), "a.yaml:1:1", "`customer` is missing"),
        (changed("customer: acme", "customer: [canaryq7xw]"), "a.yaml:2:1", "wrong form"),
        (changed("customer: acme", "customer: ''"), "a.yaml:2:1", "one line"),
        (changed("customer: acme", 'customer: "canaryq7xw\\n"'), "a.yaml:2:1", "one line"),
        (changed("customer: acme", "customer: acme\ncustomer: canaryq7xw"), "a.yaml:3:1", "stands twice"),
        (changed("reference: MSA-1", "reference: &a MSA-1\nnote: *a"), "a.yaml", "aliases"),
        (changed("reference: MSA-1", "reference: !!python/name:os.system"), "a.yaml", "tags"),
        (changed("customer: acme", "customer: acme\nrefrence: MSA-1"), "a.yaml:3:1", "not known"),
        (GOOD + "canaryq7xw: 1\n", "a.yaml:12:1", "not known"),
        (changed('"3"', "2.10"), "a.yaml:4:29", "version is text"),
        (changed('"3"', "true"), "a.yaml:4:29", "wrong form"),
        (changed("2026-01-01", "2027-02-29"), "a.yaml:5:9", "no day of the calendar"),
        (changed("2027-12-31", '"2027-02-29"'), "a.yaml:5:27", "no day of the calendar"),
        (changed("2027-12-31", "2027-13-01"), "a.yaml:5:27", "no day of the calendar"),
        (changed("2027-12-31", "2027-12-31T10:00:00Z"), "a.yaml:5:27", "no day of the calendar"),
        (changed("2027-12-31", "24.12.2027"), "a.yaml:5:27", "no day of the calendar"),
        (changed("2027-12-31", "20271231"), "a.yaml:5:27", "no day of the calendar"),
        (changed("2027-12-31", "2025-12-31"), "a.yaml:5:1", "end before it begins"),
        (changed("from: 2026-01-01, ", ""), "a.yaml:5:1", "`from` is missing"),
        (changed("14d", "14"), "a.yaml:7:3", "wrong form"),
        (changed("14d", "soon"), "a.yaml:7:3", "whole days"),
        (changed("14d", "0d"), "a.yaml:7:3", "whole days"),
        (changed("14d", "12h"), "a.yaml:7:3", "whole days"),
        (changed("14d", "5000d"), "a.yaml:7:3", "whole days"),
        (changed("P60D", "2027-01-01"), "a.yaml:8:17", "whole days"),
        (changed("test-patch:", "test-pach:"), "a.yaml:7:3", "needs a `text`"),
        (changed("test-patch:", "Test Patch:"), "a.yaml:7:3", "small letters"),
        (changed("14d", "{text: canaryq7xw, longest: 3d, max: 5}"), "a.yaml:7:47", "not known"),
        (changed("staff: {}", "everybody: {}"), "a.yaml:10:3", "`staff` or `subcontractor:NAME`"),
        (changed("staff: {}", "staff: {reversible: 1}"), "a.yaml:10:11", "wrong form"),
        (changed("staff: {}", "staff: {reversible: 'no'}"), "a.yaml:10:11", "wrong form"),
        (changed("staff: {}", "staff: {never_keep: [helth]}"), "a.yaml:10:11", "no infotype"),
        (changed("staff: {}", "staff: {purposes: [test-sytem]}"), "a.yaml:10:11", "no purpose"),
        (changed("staff: {}", "staff: {require: {k: 1}}"), "a.yaml:10:21", "wrong form"),
        (changed("staff: {}", "staff: {require: {k: 2.5}}"), "a.yaml:10:21", "wrong form"),
        (changed("staff: {}", "staff: {require: {unique: 1.5}}"), "a.yaml:10:21", "wrong form"),
        (changed("staff: {}", "staff: {require: {m: 5}}"), "a.yaml:10:21", "not known"),
        (GOOD + "notices: [{date: 2027-02-29, about: x, told: y, answer: agreed}]\n", "a.yaml:12:12", "no day"),
        (GOOD + "notices: [{date: 2026-02-28, about: x, told: y, answer: perhaps}]\n", "a.yaml:12:49", "words"),
        (GOOD + EXCLUDE % "values: []", "a.yaml:12:44", "wrong form"),
        (GOOD + EXCLUDE % "values: [canaryq7xw, 007]", "a.yaml:12:44", "leading zeros"),
        (GOOD + EXCLUDE % "values: [canaryq7xw, 1e5]", "a.yaml:12:44", "leading zeros"),
        (GOOD + EXCLUDE % "values: [canaryq7xw, yes, true]", "a.yaml:12:44", "leading zeros"),
        (GOOD + EXCLUDE % "values: [canaryq7xw, ~]", "a.yaml:12:44", "leading zeros"),
        (GOOD + EXCLUDE % "values: [canaryq7xw], only: [canaryq7xw]", "a.yaml:12:", "not two"),
        (GOOD + EXCLUDE % "condition: canaryq7xw", "a.yaml:12:44", "not known"),
        (GOOD + "exclude: [{table: t, column: c, reason: r}]\n", "a.yaml:12:", "not none"),
        (GOOD + "exclude: [{table: t, column: c, values: [canaryq7xw]}]\n", "a.yaml:12:", "`reason` is missing"),
        ("- 1\n", "a.yaml", "an agreement file is a YAML mapping"),
        ("", "a.yaml", "mapping"),
        ("masker: 1\nname: canaryq7xw\n", "a.yaml:1:1", "missing"),
        ("a: [\n", "a.yaml:", "YAML"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_without_what_was_given(
    tmp_path: Path, text: str, where: str, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        loaded(tmp_path, text)
    told = str(caught.value)
    assert caught.value.code == "agreement-file"
    assert message in told
    assert where in told
    assert CANARY not in told + caught.value.hint + repr(caught.value)


@pytest.mark.parametrize("name", ["none.yaml", ".", "x" * 5000, "a\0b"])
def test_a_path_without_an_agreement_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no such agreement file"):
        load_agreement(str(tmp_path / name))


def test_the_digest_follows_what_is_agreed_and_not_the_comments(tmp_path: Path) -> None:
    plain = loaded(tmp_path).digest
    assert loaded(tmp_path, "# hello\n" + GOOD).digest == plain
    lines = [("14d", "15d"), ("MSA-1", "MSA-2"), ('"3"', '"4"'), ("2027-12-31", "2027-12-30"), ("staff: {}\n  ", "")]
    assert len({plain, *(loaded(tmp_path, changed(*line)).digest for line in lines)}) == 1 + len(lines)


def test_the_digest_cannot_be_tried_out_for_who_declined(tmp_path: Path) -> None:
    agreement = loaded(tmp_path, GOOD + DECLINED)
    others = loaded(tmp_path, GOOD + DECLINED.replace(CANARY, "somebody else"))
    fewer = loaded(tmp_path, GOOD + DECLINED.replace(f"{CANARY}, ", ""))
    assert agreement.digest == others.digest != fewer.digest


def test_nobody_who_declined_is_in_a_repr(tmp_path: Path) -> None:
    agreement: Agreement = loaded(tmp_path, GOOD + DECLINED)
    assert CANARY not in repr(agreement) + str(replace(agreement, customer="x"))


def test_the_schema_says_what_every_key_is_for() -> None:
    schema = agreement_schema()
    models = [schema, *(model for each in schema["$defs"].values() for model in each.get("anyOf", [each]))]
    described = [key for model in models for key in model.get("properties", {}).values()]
    assert len(described) > 30
    assert all("description" in key or "$ref" in key for key in described)
    assert {"masker-agreement", "customer", "valid", "exclude"} <= set(schema["properties"])


def test_the_file_is_left_as_it_was(tmp_path: Path) -> None:
    path = written(tmp_path)
    before = path.read_bytes()
    load_agreement(str(path))
    assert path.read_bytes() == before


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_file_ends_in_one_error_without_what_it_holds(tmp_path: Path, seed: int) -> None:
    draw = Random(seed)
    good, damages = (GOOD + DECLINED).encode(), [b"", b"\n", b": ", b"\x00", b"\xff", b"{", b"'", b"&a ", b"!"]
    told = []
    for _ in range(100):
        data = bytearray(good)
        for _ in range(draw.randint(1, 4)):
            at = draw.randrange(len(data))
            data[at : at + draw.randint(0, 3)] = draw.choice(damages)
        path = tmp_path / "a.yaml"
        path.write_bytes(data)
        try:
            load_agreement(str(path))
        except UsageError as error:
            told.append(str(error) + error.hint)
    assert len(told) > 50
    assert CANARY not in "".join(told)
