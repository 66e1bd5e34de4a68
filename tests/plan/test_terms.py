from dataclasses import replace

import pytest

from masker.agreement import Terms
from masker.errors import GateError
from masker.findings import Finding, Findings, TableFindings
from masker.methods import METHODS, Method
from masker.plan import ColumnPlan, Plan, TablePlan
from masker.plan.terms import refuse_fallbacks, refuse_plan

NOTHING_REVERSIBLE = Terms(reversible=False)


def method(name: str) -> Method:
    return METHODS[name]()


def column(name: str, way: str, infotype: str = "other", unreadable: str = "redact") -> ColumnPlan:
    return ColumnPlan(name, "string", infotype, method(way), infotype, method(unreadable))


def plan(*columns: ColumnPlan) -> Plan:
    return Plan("p", "", "acme", "test-patch", "subcontractor:x", (TablePlan("people", "customer", "", columns),))


def found(name: str, infotype: str, contains: tuple[str, ...] = ()) -> Findings:
    finding = Finding(name, "string", infotype, 0.9, "personal", "customer", contains=contains)
    return Findings("s", (TableFindings("people", 3, "customer", 0.9, (finding,)),))


@pytest.mark.parametrize("way", ["fpe", "permute"])
def test_what_the_key_turns_back_is_refused_and_every_such_column_is_told(way: str) -> None:
    made = plan(column("a", way), column("b", "token"), column("c", way), column("d@x.example", way))
    with pytest.raises(GateError) as caught:
        refuse_plan(made, NOTHING_REVERSIBLE, None)
    assert caught.value.code == "agreement"
    assert f"people.a (`{way}`), people.c (`{way}`), people.(name withheld)" in caught.value.message
    assert "token" in caught.value.hint


@pytest.mark.parametrize("way", ["keep", "token", "hash", "redact", "drop", "null"])
def test_what_no_key_turns_back_is_not(way: str) -> None:
    refuse_plan(plan(column("a", way)), NOTHING_REVERSIBLE, None)


def test_who_may_get_everything_gets_it() -> None:
    refuse_plan(plan(column("a", "fpe"), column("b", "keep", "health")), Terms(), found("b", "health"))


@pytest.mark.parametrize("way", ["token", "redact", "drop", "null"])
def test_an_infotype_that_is_never_kept_may_be_masked(way: str) -> None:
    refuse_plan(plan(column("a", way, "health")), Terms(never_keep=("health",)), found("a", "health"))


@pytest.mark.parametrize(
    ("says", "findings"),
    [
        ("health", None),
        ("other", found("a", "health")),
        ("free_text", found("a", "free_text", ("email", "health"))),
    ],
    ids=["the profile", "the scan", "the scan, in some cells"],
)
def test_an_infotype_that_is_never_kept_is_refused_whoever_says_that_it_is_there(
    says: str, findings: Findings | None
) -> None:
    made = plan(column("a", "keep", says), column("b", "keep", "city"))
    with pytest.raises(GateError, match=r"people\.a \(health\)") as caught:
        refuse_plan(made, Terms(never_keep=("gender", "health")), findings)
    assert "people.b" not in caught.value.message
    refuse_plan(made, Terms(never_keep=("gender",)), findings)


def test_the_findings_of_another_table_do_not_count() -> None:
    others = Findings("s", (replace(found("a", "health").tables[0], name="orders"),))
    refuse_plan(plan(column("a", "keep")), Terms(never_keep=("health",)), others)


@pytest.mark.parametrize(("unreadable", "count", "refused"), [("fpe", 1, True), ("fpe", 0, False), ("token", 9, False)])
def test_a_reversible_way_for_unreadable_values_is_refused_where_it_was_taken(
    unreadable: str, count: int, refused: bool
) -> None:
    made = plan(column("a", "token", unreadable=unreadable))
    refuse_plan(made, NOTHING_REVERSIBLE, None)
    counts = {("people", "a"): count}
    refuse_fallbacks(made, Terms(), counts)
    if refused:
        with pytest.raises(GateError) as caught:
            refuse_fallbacks(made, NOTHING_REVERSIBLE, counts)
        assert "unreadable: redact" in caught.value.hint
    else:
        refuse_fallbacks(made, NOTHING_REVERSIBLE, counts)


def test_a_list_of_very_many_columns_is_cut() -> None:
    made = plan(*(column(f"c{letter}", "fpe") for letter in "abcdefghijklmnop"))
    with pytest.raises(GateError, match="and 4 more"):
        refuse_plan(made, NOTHING_REVERSIBLE, None)
