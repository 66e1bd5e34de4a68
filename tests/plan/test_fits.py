"""Plans refuse what a column cannot hold, and drafts propose what it can."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from masker.draft import draft
from masker.errors import GateError, UsageError
from masker.findings import Finding, Findings, TableFindings
from masker.infotypes import INFOTYPES
from masker.methods.constant import Constant
from masker.methods.encrypt import Encrypt
from masker.methods.fake import Fake
from masker.methods.fpe import Fpe
from masker.methods.generalize import Generalize
from masker.methods.hash import Hash
from masker.methods.ip import Ip
from masker.methods.keep import Keep
from masker.methods.null import Null
from masker.methods.permute import Permute
from masker.methods.redact import Redact
from masker.methods.shift_date import ShiftDate
from masker.methods.token import Token
from masker.plan.build import make_plan
from masker.plan.fits import refuse_misfits, why_not
from masker.profile.load import load_profile
from masker.snapshot import Limits, Table
from masker.words import locales
from tests.methods.support import keys_of, text

BASE = load_profile("test-env")
INT = Limits("integer", minimum=-(2**31), maximum=2**31 - 1)
FITS = [
    (Fake("email"), Limits(max_characters=24)),
    (Fake("email", compact=True), Limits(max_characters=19)),
    (Fake("username", compact=True), Limits(max_characters=12)),
    (Fpe(), Limits(max_characters=1)),
    (Token("same"), Limits(max_characters=3)),
    (Hash(length=8), Limits(max_characters=8)),
    (Redact(same_length=True), Limits(max_characters=2)),
    (Permute(), INT),
    (Fpe(), INT),
    (Hash("integer", 9), INT),
    (Generalize("band", width=10), Limits("decimal", precision=5, scale=2)),
    (Fpe("digits"), Limits("decimal")),
    (ShiftDate(), Limits("timestamp", not_null=True)),
    (Fpe("hex"), Limits("uuid")),
    (Ip(), Limits("inet")),
    (Redact('"x"'), Limits("json")),
    (Null(), Limits("other")),
    (Constant("ok"), Limits("enum", values=("sad", "ok"))),
    (Constant("(0,0)"), Limits("other", neutral="(0,0)")),
    (Keep(), Limits("enum", values=("a",), fixed=True, not_null=True)),
]
MISFITS = [
    (Fake("email"), Limits(max_characters=23)),
    (Fake("email"), Limits(max_bytes=20)),
    (Token(), Limits(max_characters=11)),
    (Encrypt(), Limits(max_characters=255)),
    (Redact(), Limits(max_characters=9)),
    (Fake("postal_code"), INT),
    (Redact(), INT),
    (Hash("integer"), INT),
    (Permute(), Limits("integer", minimum=1901, maximum=2155)),
    (Fpe(), Limits("decimal")),
    (Fpe("digits"), Limits("decimal", precision=4, scale=4)),
    (Fpe(), Limits("date")),
    (Fpe(), Limits("uuid")),
    (Fpe(), Limits("inet")),
    (Redact(), Limits("json")),
    (Fpe(), Limits("boolean")),
    (Fpe(), Limits("array")),
    (Null(), Limits(not_null=True)),
    (Fpe(), Limits(values=("new", "paid"))),
    (Constant("old"), Limits("enum", values=("new", "paid"))),
    (ShiftDate(), Limits("date", fixed=True)),
]


@pytest.mark.parametrize(("method", "limits"), FITS)
def test_what_holds_fits(method, limits):
    assert why_not(method, limits) is None


@pytest.mark.parametrize(("method", "limits"), MISFITS)
def test_what_does_not_hold_is_told(method, limits):
    assert why_not(method, limits)


def finding(column, infotype="none", decision="unsure", **more):
    return Finding(column, "string", infotype, 0.9, decision, "customer", **more)


def drafted(*columns):
    return draft(Findings("s", (TableFindings("t", 10, "customer", 0.9, columns),)), BASE)


def plan_of(columns, loaded):
    fields = pa.schema([(each.column, pa.string()) for each in columns])
    limits = {each.column: each.limits for each in columns if each.limits}
    table = Table("t", fields, limits=limits)
    return make_plan([table], loaded, None, customer="c", purpose="test-fix", recipient="staff")


@pytest.mark.parametrize(
    ("column", "rule"),
    [
        (finding("a", limits=Limits("enum", values=("x",))), "keep"),
        (finding("a", limits=Limits("boolean")), "keep"),
        (finding("a", "religion", "personal", limits=Limits("enum", values=("x",))), '"null"'),
        (finding("a", "religion", "personal", limits=Limits(values=("x", "y"), not_null=True)), "constant"),
        (finding("a", "photo", "personal", limits=Limits("binary")), '"null"'),
        (finding("a", "photo", "personal", limits=Limits("binary", not_null=True)), "constant"),
        (finding("a", "last_name", "personal", limits=Limits(max_characters=9)), "fpe"),
        (finding("a", "free_text", "personal", limits=Limits(max_characters=9)), "redact"),
        (finding("a", "birth_date", "personal", limits=Limits("date", not_null=True)), "shift_date"),
        (finding("a", limits=INT), "fpe"),
        (finding("a", limits=replace(INT, minimum=1901)), '"null"'),
        (finding("a", limits=Limits("json", not_null=True)), "constant"),
        (finding("a", limits=Limits("date", fixed=True)), "keep"),
    ],
)
def test_a_draft_proposes_what_fits_and_its_text_plans(column, rule, tmp_path: Path):
    made = drafted(column)
    assert rule in made.text
    (tmp_path / "p.yaml").write_text(made.text, encoding="utf-8")
    written = load_profile(str(tmp_path / "p.yaml"))
    assert written.profile.tables == made.loaded.profile.tables
    assert plan_of([column], written).for_table("t").columns[0].method.name == rule.strip('"')


def test_one_narrow_column_makes_its_whole_domain_compact():
    narrow = finding("a", "email", "personal", limits=Limits(max_characters=20))
    wide = finding("b", "email", "personal", limits=Limits(max_characters=99))
    rules = drafted(narrow, wide).loaded.profile.tables["t"].columns
    assert [rules[name].parameters for name in "ab"] == [{"compact": True}] * 2


def test_two_forms_in_one_domain_are_refused(tmp_path: Path):
    columns = "{a: {method: fake, infotype: email, compact: true}, b: {method: fake, infotype: email}}"
    (tmp_path / "p.yaml").write_text(f"masker: 1\nname: t\ntables:\n  t:\n    columns: {columns}\n")
    with pytest.raises(UsageError, match="compact"):
        plan_of([finding("a"), finding("b")], load_profile(str(tmp_path / "p.yaml")))


def test_a_plan_names_table_and_column_of_what_does_not_fit(tmp_path: Path):
    (tmp_path / "p.yaml").write_text("masker: 1\nname: t\ntables:\n  t:\n    columns: {a: redact}\n")
    with pytest.raises(GateError) as caught:
        plan_of([finding("a", limits=INT)], load_profile(str(tmp_path / "p.yaml")))
    assert (caught.value.code, caught.value.place.table, caught.value.place.column) == ("does-not-fit", "t", "a")


@pytest.mark.parametrize(
    ("values", "limits"),
    [
        (["8388608"], Limits("integer", minimum=-8388608, maximum=8388607)),
        (["1", None, "-1"], Limits("integer", minimum=0, maximum=16777215)),
        (["123.4"], Limits("decimal", precision=3, scale=1)),
        (["abc"], Limits(max_characters=2)),
        (["äö"], Limits(max_bytes=3)),
    ],
)
def test_masked_values_outside_of_the_type_are_refused(values, limits):
    with pytest.raises(GateError) as caught:
        refuse_misfits(text(values), Permute(), limits, unreadable=False)
    assert caught.value.code == "does-not-fit"
    assert values[0] not in str(caught.value)


@given(st.lists(st.sampled_from(["äö", "99.9", "-12", "a", None, ""])))
def test_masked_values_inside_of_the_type_pass(values):
    for limits in (Limits(max_characters=4), Limits("decimal", precision=3, scale=1), INT):
        refuse_misfits(text(values), Permute(), limits, unreadable=True)


@pytest.mark.parametrize("name", [name for name in INFOTYPES if INFOTYPES[name].widest])
def test_no_fake_is_wider_than_its_infotype_says(name):
    values = text([f"Muster {number}, x@y.example" for number in range(3000)])
    for compact in (False, True)[: 2 if INFOTYPES[name].compact else 1]:
        for locale in locales():
            method = Fake(name, locale, compact=compact)
            assert max(len(fake or "") for fake in method(keys_of("a"), values).to_pylist()) <= (method.widest or 0)
