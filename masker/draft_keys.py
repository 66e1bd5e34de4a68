"""Makes drafted rules fit the keys: both ends of a key alike, unique sets one to one.

Only what the source declares makes a draft choose another method than the profile's way for the infotype: a copy that
breaks a constraint cannot be loaded.
"""

from collections.abc import Mapping

from masker.findings import Findings, TableFindings
from masker.infotypes import INFOTYPES
from masker.plan.joined import Column, groups
from masker.profile import Rule, TableRules

Rules = dict[Column, Rule]
_ONE_TO_ONE = frozenset(["keep", "permute", "fpe", "token", "encrypt", "hash"])
_UNTOUCHED = frozenset(["drop", "null"])
_UNIQUE_SPACE = 2.0**32


def joining(tables: Mapping[str, TableRules], findings: Findings) -> dict[str, TableRules]:
    """The rules with both ends of every key masked alike: a key that only one end masks joins nothing any more."""
    rules = {(table, column): rule for table, part in tables.items() for column, rule in part.columns.items()}
    joined = connected(findings, rules)
    for group in joined:
        rules |= dict.fromkeys(group, _way_of(group, rules))
    keys = {name: part.subject.key if part.subject else "" for name, part in tables.items()}
    for table in findings:
        for names in table.unique:
            for column in _not_kept_apart(table, names, rules, keys[table.name]):
                group = next((group for group in joined if column in group), [column])
                rules |= dict.fromkeys(group, Rule(method="fpe", infotype=rules[column].infotype))
    for group in joined:
        ignored = {word for table, name in group for word in findings.table(table).column(name).ignores}
        way = rules[group[0]]
        if ignored and way.method not in {"keep", "permute", *_UNTOUCHED}:
            rules |= dict.fromkeys(group, way.model_copy(update={"ignore": tuple(sorted(ignored))}))
    return {
        name: part.model_copy(update={"columns": {column: rules[name, column] for column in part.columns}})
        for name, part in tables.items()
    }


def connected(findings: Findings, rules: Mapping[Column, Rule]) -> list[list[Column]]:
    """Columns that keys connect, those that others refer to first."""
    pairs = [
        ((table.name, name), (key.table, ref))
        for table in findings
        for key in table.foreign_keys
        if len(key.columns) == 1 or key.declared
        for name, ref in zip(key.columns, key.ref, strict=True)
    ]
    children = {child for child, _ in pairs}
    pieces = ((table, finding.column) for table in findings if table.part_of for finding in table.columns)
    pairs += [((table.name, name), (table.part_of, name)) for table, name in pieces]
    pairs = [pair for pair in pairs if pair[0] in rules and pair[1] in rules]
    order = list(rules)
    return [sorted(group, key=lambda column: (column in children, order.index(column))) for group in groups(pairs)]


def _way_of(group: list[Column], rules: Rules) -> Rule:
    """The way of the first column that is not kept: what one end hides, the other must not show."""
    return next((rules[column] for column in group if rules[column].method != "keep"), rules[group[0]])


def _not_kept_apart(table: TableFindings, names: tuple[str, ...], rules: Rules, subject_key: str) -> list[Column]:
    """The columns of a unique set that must go another way for it to stay unique."""
    ways = {name: rules[table.name, name] for name in names if (table.name, name) in rules}
    if any(way.method in _UNTOUCHED for way in ways.values()):
        return []
    if any(table.column(name).unique and _one_to_one(way) for name, way in ways.items()):
        return []
    moves = subject_key in names
    return [
        (table.name, name)
        for name, way in ways.items()
        # A date that would become no date is left to the plan to refuse: only its owner can say what it may be.
        if not (_one_to_one(way) or (way.method == "shift_date" and (moves or _is_date(table, name))))
    ]


def _one_to_one(rule: Rule) -> bool:
    if rule.method == "fake":
        infotype = rule.infotype or ""
        return infotype in INFOTYPES and INFOTYPES[infotype].space >= _UNIQUE_SPACE
    return rule.method in _ONE_TO_ONE


def _is_date(table: TableFindings, name: str) -> bool:
    finding = table.column(name)
    return bool(finding.pattern) or finding.type.startswith(("date", "timestamp"))
