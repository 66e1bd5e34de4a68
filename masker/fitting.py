"""Turns a drafted way into one that the column can hold: of the same kind if there is one, else nothing of the value.

A draft proposes what fits and says so in the profile, where its owner sees it; a plan never adapts.
"""

from collections.abc import Iterator, Mapping

from masker.errors import MaskerError, Place
from masker.findings import Finding
from masker.infotypes import INFOTYPES
from masker.plan.fits import harmless, why_not
from masker.plan.ways import method_of
from masker.profile import Rule
from masker.snapshot import Holds, Limits

_KEPT_WHERE_UNSURE = frozenset(["boolean", "enum"])
_OF_A_KIND: Mapping[Holds, tuple[Rule, ...]] = {
    "text": (
        Rule(method="redact", parameters={"same_length": True}),
        Rule(method="fpe"),
    ),
    "integer": (Rule(method="permute"), Rule(method="fpe")),
    "decimal": (Rule(method="fpe", parameters={"alphabet": "digits"}),),
    "date": (Rule(method="shift_date", parameters={"within": 90}),),
    "timestamp": (Rule(method="shift_date", parameters={"within": 90}),),
    "uuid": (Rule(method="fpe", parameters={"alphabet": "hex"}),),
    "inet": (Rule(method="ip"),),
    "mac": (Rule(method="fpe", parameters={"alphabet": "hex"}),),
}


def fitting(rule: Rule, finding: Finding, *, compact: bool = False) -> Rule:
    """The rule, or the nearest one that fits the column's limits; with what to do with values that it cannot read.

    `compact`: the short form of a fake, where there is one. What nothing fits is left as it is, for the plan to refuse.
    """
    limits = finding.limits or Limits()
    if limits.fixed:
        # Whoever a partition key tells of is for the owner to show, not for a draft. A day alone tells of nobody.
        told = _tells_who(finding) and limits.holds not in ("date", "timestamp")
        return rule if told else Rule(method="keep", infotype=rule.infotype)
    unsure = finding.decision == "unsure"
    if unsure and (limits.holds in _KEPT_WHERE_UNSURE or limits.values is not None):
        return Rule(method="keep", infotype=None if rule.infotype == "other" else rule.infotype)
    if unsure and limits.checked and limits.holds not in ("text", "json") and not limits.not_null:
        # Whether a pseudonym passes its condition, nobody can say; NULL passes every one.
        return Rule(method="null", infotype=rule.infotype)
    for candidate in _candidates(rule, limits, compact=compact):
        if _fits(candidate, finding, limits):
            return _with_fallback(candidate, finding, limits)
    return rule


def _tells_who(finding: Finding) -> bool:
    infotype = INFOTYPES[finding.infotype] if finding.infotype in INFOTYPES else None
    return finding.decision == "personal" and infotype is not None and infotype.direct


def needs_compact(rule: Rule, finding: Finding) -> bool:
    """Whether only the short form of a fake fits, so that its whole domain must have it."""
    limits = finding.limits or Limits()
    return not _fits(rule, finding, limits) and any(_fits(each, finding, limits) for each in _compact(rule))


def _candidates(rule: Rule, limits: Limits, *, compact: bool) -> Iterator[Rule]:
    if compact:
        yield from _compact(rule)
    iso = str(rule.parameters.get("pattern", "")).startswith("%Y-%m-%d")
    if rule.method == "shift_date" and iso and limits.holds in ("date", "timestamp"):
        # Servers write dates of their own types in ISO 8601, with or without fractions and zones.
        rule = rule.model_copy(update={"parameters": {k: v for k, v in rule.parameters.items() if k != "pattern"}})
    yield rule
    for other in _OF_A_KIND.get(limits.holds, ()):
        suppresses = rule.method in ("redact", "null", "constant")
        if limits.holds == "text" and (other.method == "redact") != suppresses:
            continue
        if rule.method == "redact" and limits.holds != "text":
            break
        yield other.model_copy(update={"infotype": rule.infotype, "domain": rule.domain, "by": rule.by})
    yield Rule(method="null", infotype=rule.infotype)
    value = harmless(limits)
    if value is not None:
        yield Rule(method="constant", infotype=rule.infotype, parameters={"value": value})


def _compact(rule: Rule) -> Iterator[Rule]:
    name = rule.infotype or ""
    infotype = INFOTYPES[name] if name in INFOTYPES else None
    if rule.method == "fake" and infotype is not None and infotype.compact is not None:
        yield rule.model_copy(update={"parameters": {**rule.parameters, "compact": True}})


def why_unfit(rule: Rule, finding: Finding) -> str:
    """Why the column cannot hold what the rule gives: `gives up to 14 characters, and …`; "" where it can."""
    return _unfit(rule, finding, finding.limits or Limits()) or ""


def fits(rule: Rule, finding: Finding) -> bool:
    """Whether the column can hold what the rule gives."""
    return _fits(rule, finding, finding.limits or Limits())


def _fits(rule: Rule, finding: Finding, limits: Limits) -> bool:
    return _unfit(rule, finding, limits) is None


def _unfit(rule: Rule, finding: Finding, limits: Limits) -> str | None:
    if rule.method == "keep":
        return None
    try:
        method = method_of(rule, infotype=rule.infotype or finding.infotype, locale="en_US", place=Place())
    except MaskerError:
        return "is no method for it"
    return why_not(method, limits)


def _with_fallback(rule: Rule, finding: Finding, limits: Limits) -> Rule:
    """The rule with a way for values that its method cannot read, where format-preserving text would not fit."""
    if rule.unreadable is not None or rule.method in ("keep", "drop", "null", "constant", "redact"):
        return rule
    if _fits(Rule(method="fpe"), finding, limits):
        return rule
    value = harmless(limits)
    ways = [Rule(method="null"), *([Rule(method="constant", parameters={"value": value})] if value else [])]
    for way in ways:
        if _fits(way, finding, limits):
            return rule.model_copy(update={"unreadable": way})
    return rule
