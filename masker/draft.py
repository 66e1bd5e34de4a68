"""Drafts a profile from findings: every column decided, the doubtful ones marked, the evidence in comments.

A run without a profile plans by the same draft that `masker init` writes down, so what is seen is what runs.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from masker.agreement import Terms
from masker.draft_keys import joining
from masker.draft_terms import for_recipient
from masker.errors import GateError, Place, holds_a_value
from masker.findings import Finding, Findings, TableFindings
from masker.fitting import fitting, needs_compact, why_unfit
from masker.infotypes import INFOTYPES
from masker.methods.fpe.registers import builds
from masker.methods.generalize import DATES
from masker.plan.joined import Column
from masker.profile import RESERVED, Profile, Rule, Subject, TableRules
from masker.profile.load import LoadedProfile
from masker.snapshot import Limits

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_YAML_WORDS = frozenset(["y", "n", "yes", "no", "true", "false", "on", "off", "null", "nan", "inf"])
_OWN = ("person_key", "email", "username", "national_id", "phone")
_TEMPORAL = ("date32", "date64", "timestamp")
_NO_TEXT_FORM = ("list", "large_list", "struct", "map", "binary", "large_binary", "fixed_size")
_KNOWN_REGISTERS = frozenset(["us.ssn", "de.idnr", "fr.nir", "es.dni", "es.nie", "es.nif", "it.codicefiscale"])
"""Those that `check: national_id` knows by itself."""
_WAYS_OF_LAST_RESORT = {"pseudonymize": "fpe", "redact": "redact", "drop": "drop", "refuse": "fpe"}


@dataclass(frozen=True)
class Draft:
    """A drafted profile: ready to plan with (`loaded`), and as a commented YAML text (`text`) for its owner."""

    loaded: LoadedProfile
    text: str
    doubtful: int
    not_allowed: int = 0


def draft(
    findings: Findings, base: LoadedProfile, terms: Terms | None = None, *, name: str = "", owner: str = ""
) -> Draft:
    """Decide every column of `findings` by the ways of a built-in profile.

    `personal` columns get the profile's way for their infotype, `clean` ones are kept, `unsure` ones go the way that
    `base.undecided` names: pseudonyms of the same format, redacted or dropped. With `terms`, each column gets a way
    that they allow; `not_allowed` counts those that no such way fits. `name` and `owner` are the new profile's own.
    Raises `GateError`
    (`undecided-column`) where a column's name looks like a value: a name is never masked.
    """
    for table in findings:
        for number, finding in enumerate(table.columns, 1):
            if holds_a_value(finding.column):
                hint = "is there no header line (`--no-header`)? else decide the column in a profile of your own"
                message = f"the name of column {number} looks like a value"
                raise GateError("undecided-column", message, hint, Place(table=table.name))
    narrow = _narrow(findings, base.profile)
    tables = joining({table.name: _rules(table, findings, base.profile, narrow) for table in findings}, findings)
    missing: frozenset[Column] = frozenset()
    if terms is not None:
        tables, missing = for_recipient(tables, findings, terms)
    own = {key: said for key, said in (("name", name), ("owner", owner)) if said}
    profile = base.profile.model_copy(update={"tables": tables, "undecided": "refuse", **own})
    doubtful = sum(finding.decision == "unsure" for table in findings for finding in table.columns)
    text = "\n".join(_yaml(findings, profile, base.profile, missing)) + "\n"
    loaded = LoadedProfile(profile, base.file, {}, base.built_in, base.path, base.agreement)
    return Draft(loaded, text, doubtful, len(missing))


def _narrow(findings: Findings, base: Profile) -> frozenset[str | None]:
    """Domains in which some column has room for a compact form only: all their columns must have it, or none joins."""
    ways = [(finding, _way(finding, base)) for table in findings for finding in table.columns if finding.limits]
    ways = [(finding, rule) for finding, rule in ways if not rule.paths]
    return frozenset(
        rule.domain or rule.infotype for finding, rule in ways if finding.limits and needs_compact(rule, finding)
    )


def _rules(table: TableFindings, findings: Findings, base: Profile, narrow: frozenset[str | None]) -> TableRules:
    subject = Subject.model_validate({"is": table.subject, "key": _subject_key(table)})
    joined = _joined(findings)
    fakes_gender = _some_table_lacks_gender(table.subject, findings)
    columns = {}
    for finding in table.columns:
        rule = _way(finding, base)
        if finding.infotype == "gender" and rule.method == "keep" and fakes_gender:
            rule = Rule(method="fake", infotype="gender")
        infotype = INFOTYPES[finding.infotype] if finding.infotype in INFOTYPES else None
        if (table.name, finding.column) in joined and infotype and infotype.by_subject and rule.method == "fake":
            rule = rule.model_copy(update={"by": "none"})
        if not rule.paths:  # JSON stays JSON whatever becomes of what is in it
            rule = fitting(rule, finding, compact=(rule.domain or rule.infotype) in narrow)
        columns[finding.column] = rule
    return TableRules(subject=subject, columns=columns)


def _subject_key(table: TableFindings) -> str:
    """The column that tells persons apart: the one that the scan found, else one that is unique and a person's own.

    Without any, names and places of one row would go by value each, and no longer hang together.
    """
    if table.subject_key or table.subject == "none":
        return table.subject_key
    own = [f for f in table.columns if f.unique and not f.nulls and f.infotype in _OWN and f.decision == "personal"]
    return min(own, key=lambda f: _OWN.index(f.infotype)).column if own else ""


def _joined(findings: Findings) -> set[tuple[str, str]]:
    """Columns at either end of a key: they must go by value, or tables would no longer join on them."""
    ends = set()
    for table in findings:
        for key in table.foreign_keys:
            ends |= {(table.name, column) for column in key.columns} | {(key.table, column) for column in key.ref}
    return ends


def _some_table_lacks_gender(subject: str, findings: Findings) -> bool:
    """Whether the same people's names stand somewhere without their gender.

    A fake person's name follows a gender that is kept; where one table cannot see it, the same person would get two
    names. Then the gender is drawn with the person, in every table alike.
    """
    names = {"first_name", "person_name"}
    ours = [table for table in findings if table.subject == subject and table.subject_key]
    with_names = [table for table in ours if names & {f.infotype for f in table.columns}]
    return any("gender" not in {f.infotype for f in table.columns} for table in with_names)


def _way(finding: Finding, base: Profile) -> Rule:
    if finding.inside and _takes_any_length(finding.limits):
        return _ways_inside(finding, base)
    temporal = finding.type.startswith(_TEMPORAL)
    if finding.decision == "clean" and not finding.contains:
        rule = base.clean.dates if temporal or finding.pattern else base.clean.ids if _is_id(finding) else None
        if rule is not None:
            return _fitted(rule.model_copy(update={"infotype": "other"}), finding)
        named = finding.infotype if finding.infotype in INFOTYPES else None
        return Rule(method="keep", infotype=named)
    if finding.decision == "personal" and finding.infotype in base.infotypes:
        rule = base.infotypes[finding.infotype].model_copy(update={"infotype": finding.infotype})
        return _fitted(rule, finding)
    last = Rule(method=_WAYS_OF_LAST_RESORT[base.undecided], infotype="other")
    if last.method == "fpe" and (finding.pattern or temporal) and finding.shape != "integer":
        return _fitted(Rule(method="shift_date", infotype="other", parameters={"within": 90}), finding)
    return _fitted(last, finding)


def _takes_any_length(limits: Limits | None) -> bool:
    return limits is None or (limits.max_characters is None and limits.max_bytes is None and not limits.fixed)


def _ways_inside(finding: Finding, base: Profile) -> Rule:
    """A way for each path into JSON, and for values that no path leads to yet the one of last resort."""
    paths = {each.column: _way(each, base) for each in finding.inside}
    if all(rule.method == "keep" for rule in paths.values()):
        return Rule(method="keep")
    paths = {path: rule if rule.method != "drop" else Rule(method="null") for path, rule in paths.items()}
    last = _WAYS_OF_LAST_RESORT[base.undecided]
    return Rule(method="redact" if last == "drop" else last, infotype="other", paths=paths)


def _fitted(rule: Rule, finding: Finding) -> Rule:
    """The rule in the form that suits how the column's values are built: that is the owner's to see and to change."""
    if finding.type.startswith(_NO_TEXT_FORM) and rule.method not in ("keep", "drop", "null"):
        return Rule(method="null", infotype=rule.infotype)
    integer = finding.shape == "integer" or finding.type.startswith(("int", "uint"))
    if rule.method == "permute" and not integer:
        alphabet = {"alphabet": "hex"} if finding.shape in ("uuid", "hex") else {}
        return Rule(method="fpe", infotype=rule.infotype, domain=rule.domain, parameters=alphabet)
    if rule.method == "fpe" and finding.type.startswith(("int", "uint")) and not rule.parameters:
        return Rule(method="permute", infotype=rule.infotype, domain=rule.domain)
    if rule.method == "fpe" and _of_register(rule, finding):
        return rule.model_copy(update={"parameters": {"check": finding.register}})
    dated = rule.method == "shift_date" or (rule.method == "generalize" and rule.parameters.get("to") in DATES)
    if dated and finding.pattern and not finding.type.startswith(_TEMPORAL):
        return rule.model_copy(update={"parameters": {**rule.parameters, "pattern": finding.pattern}})
    return rule


def _is_id(finding: Finding) -> bool:
    """Whether a clean column tells rows apart: what names one thing may name one person."""
    return finding.unique and not finding.type.startswith(("bool", "float", "double", "decimal"))


def _of_register(rule: Rule, finding: Finding) -> bool:
    """Whether the column's register has a check that the rule's own does not know, and that `fpe` can keep right."""
    if rule.parameters not in ({}, {"check": "national_id"}) or finding.register not in builds():
        return False
    return not rule.parameters or finding.register not in _KNOWN_REGISTERS


def _yaml(findings: Findings, profile: Profile, base: Profile, missing: frozenset[Column]) -> Iterator[str]:
    yield "# yaml-language-server: $schema=profile-v1.json"
    yield "# Drafted by `masker init`. Read it, change what is wrong, and look first at what is marked `review`."
    yield "masker: 1"
    yield f"name: {_scalar(profile.name if profile.name != base.name else 'draft')}"
    if profile.owner != base.owner:
        yield f"owner: {_scalar(profile.owner)}"
    yield f"extends: {_scalar(base.name)}"
    yield f"locale: {profile.locale}"
    yield "undecided: refuse"
    yield "tables:" if findings.tables else "tables: {}"
    for table in findings:
        rules = profile.tables[table.name]
        yield f"  {_scalar(table.name)}:"
        if rules.subject:
            key = f", key: {_scalar(rules.subject.key)}" if rules.subject.key else ""
            yield f"    subject: {{is: {rules.subject.is_}{key}}}"
        yield "    columns:" if table.columns else "    columns: {}"
        for finding in table.columns:
            mark = "review: unsure" if finding.decision == "unsure" else finding.decision
            evidence = f", {'; '.join(finding.evidence)}" if finding.evidence else ""
            contains = f", contains {' '.join(finding.contains)}" if finding.contains else ""
            yield f"      # {mark}: {finding.infotype} {finding.score:.2f}{evidence}{contains}"
            rule, wanted = rules.columns[finding.column], _way(finding, base)
            if wanted.method != rule.method and (reason := why_unfit(wanted, finding)):
                yield f"      # not `{wanted.method}`: it {reason}"
            elif finding.limits and finding.limits.fixed and (reason := why_unfit(rule, finding)):
                yield f"      # review: `{rule.method}` {reason}, so that no run begins; `keep` shows the originals"
            if (table.name, finding.column) in missing:
                yield f"      # review: the recipient may not get `{rule.method}`, and nothing else fits the column"
            yield f"      {_scalar(finding.column)}: {_rule(rule)}"


def _rule(rule: Rule) -> str:
    pairs: dict[str, object] = {name: getattr(rule, name) for name in RESERVED if name not in ("unreadable", "paths")}
    pairs = {name: value for name, value in {**pairs, **rule.parameters}.items() if value not in (None, ())}
    if set(pairs) == {"method"} and rule.unreadable is None and not rule.paths:
        return _scalar(rule.method)
    written = [f"{name}: {_scalar(value)}" for name, value in pairs.items()]
    if rule.paths:
        paths = (f"{json.dumps(path, ensure_ascii=False)}: {_rule(each)}" for path, each in rule.paths.items())
        written.append(f"paths: {{{', '.join(paths)}}}")
    if rule.unreadable is not None:
        written.append(f"unreadable: {_rule(rule.unreadable)}")
    return "{" + ", ".join(written) + "}"


def _scalar(value: object) -> str:
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_scalar(item) for item in value) + "]"
    if isinstance(value, str) and _PLAIN_KEY.match(value) and value.casefold() not in _YAML_WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)
