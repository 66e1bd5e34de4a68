"""Makes drafted rules such that a recipient may get what they make: nothing that the key turns back, no kept infotypes.

Columns that keys connect change together. Where no such way fits all of them, the draft stays as it is and says so.
"""

from collections.abc import Iterator, Mapping, Sequence

from masker.agreement import Terms
from masker.draft_keys import connected
from masker.errors import MaskerError, Place
from masker.findings import Finding, Findings
from masker.fitting import fits
from masker.plan.fits import harmless
from masker.plan.joined import Column
from masker.plan.ways import method_of
from masker.profile import Rule, TableRules
from masker.snapshot import Limits

Rules = Mapping[Column, Rule]
_GONE = ("null", "constant", "redact", "drop")
_NUMBERS = ("int", "uint")
_PLAIN = Rule(method="redact")


def for_recipient(
    tables: Mapping[str, TableRules], findings: Findings, terms: Terms
) -> tuple[dict[str, TableRules], frozenset[Column]]:
    """The rules that the terms allow, and the columns for which none fits: those are left, for the run to refuse."""
    rules = {(table, column): rule for table, part in tables.items() for column, rule in part.columns.items()}
    found = {(table.name, finding.column): finding for table in findings for finding in table.columns}
    keys = {
        (table.name, column) for table in findings for names in (table.primary_key, *table.unique) for column in names
    }
    joined = connected(findings, rules)
    alone = [[column] for column in rules if not any(column in group for group in joined)]
    missing: set[Column] = set()
    for group in [*joined, *alone]:
        allowed = [column for column in group if _may_have(rules[column], found[column], terms)]
        if len(allowed) == len(group):
            continue
        tells_apart = len(group) > 1 or group[0] in keys or found[group[0]].unique
        way = _way(group, rules, found, tells_apart=tells_apart)
        if way is None:
            missing |= set(group) - set(allowed)
            continue
        rules |= dict.fromkeys(group, way)
    for column, rule in rules.items():
        if not terms.reversible and rule.unreadable is None and rule.method not in ("keep", *_GONE, "token", "hash"):
            rules[column] = rule.model_copy(update={"unreadable": _fallback(rule, found[column])})
    return {
        name: part.model_copy(update={"columns": {column: rules[name, column] for column in part.columns}})
        for name, part in tables.items()
    }, frozenset(missing)


def _may_have(rule: Rule, finding: Finding, terms: Terms) -> bool:
    if rule.method == "keep":
        return not {rule.infotype, finding.infotype, *finding.contains} & set(terms.never_keep)
    return terms.reversible or not _turns_back(rule, finding)


def _turns_back(rule: Rule, finding: Finding) -> bool:
    try:
        method = method_of(rule, infotype=rule.infotype or finding.infotype, locale="en_US", place=Place())
    except MaskerError:
        return True
    return method.reversible


def _way(group: Sequence[Column], rules: Rules, found: Mapping[Column, Finding], *, tells_apart: bool) -> Rule | None:
    """The first way that all columns of a group can hold; None where there is none."""
    first = rules[group[0]]
    for way in _candidates(found[group[0]], tells_apart=tells_apart):
        rule = way.model_copy(update={"infotype": first.infotype, "domain": first.domain})
        if all(fits(rule, found[column]) for column in group):
            return rule
    return None


def _candidates(finding: Finding, *, tells_apart: bool) -> Iterator[Rule]:
    """Pseudonyms first, and last what leaves nothing of a value; `tells_apart`: different values must stay so."""
    limits = finding.limits or Limits()
    if finding.type.startswith(_NUMBERS) or limits.holds == "integer" or finding.shape == "integer":
        yield Rule(method="hash", parameters={"form": "integer"})
        if not tells_apart:
            yield from (Rule(method="hash", parameters={"form": "integer", "length": n}) for n in (9, 4, 2))
    else:
        yield Rule(method="token")
        yield from (Rule(method="hash", parameters={"length": n}) for n in ((32, 16) if tells_apart else (32, 16, 8)))
    if not tells_apart:
        yield _PLAIN
        yield Rule(method="null")
        if (value := harmless(limits)) is not None:
            yield Rule(method="constant", parameters={"value": value})


def _fallback(rule: Rule, finding: Finding) -> Rule:
    """A way for what the method cannot read."""
    ways = (Rule(method="token"), Rule(method="redact"), Rule(method="null"))
    return next((way for way in ways if fits(way, finding)), Rule(method="null"))
