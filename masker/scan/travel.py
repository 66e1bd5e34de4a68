"""Labels travel along keys: what a key stands for, the columns that refer to it stand for too, with its owner."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from masker.findings import Finding, TableFindings
from masker.scan.terms import Term, logistic
from masker.scan.weights import weights

_ROUNDS = 4  # keys of keys: payment → order → customer → account holder


def travel(
    tables: Sequence[TableFindings],
    key_shaped: Mapping[str, frozenset[str]],
    things: frozenset[str] = frozenset(),
    dealings: frozenset[str] = frozenset(),
) -> tuple[TableFindings, ...]:
    """Make keys of people person keys, wherever they are referred to; n tables in, n out, in order.

    `key_shaped` names the columns per table whose values can be keys. A key of a table that holds people (its subject
    is not `none` and it is the table's own subject key) is a `person_key` of that subject, and so is what refers to it.
    A table that only points at people becomes theirs, but for `things`: products are not their supplier's data; nor are
    `dealings` data of the employee who serves in them.
    """
    by_name = {table.name: table for table in tables}
    for _ in range(_ROUNDS):
        moved = False
        for table in list(by_name.values()):
            shaped = key_shaped.get(table.name, frozenset())
            nobody = frozenset(["employee"]) if table.name in dealings else frozenset[str]()
            fresh = _with_references(table, by_name, shaped, thing=table.name in things, nobody=nobody)
            moved = moved or fresh is not table
            by_name[table.name] = fresh
        if not moved:
            break
    return tuple(by_name[table.name] for table in tables)


def _with_references(
    table: TableFindings,
    by_name: Mapping[str, TableFindings],
    key_shaped: frozenset[str],
    *,
    thing: bool,
    nobody: frozenset[str],
) -> TableFindings:
    columns = {finding.column: finding for finding in table.columns}
    fresh = dict(columns)
    for key in table.foreign_keys:
        target = by_name.get(key.table)
        if target is None or (len(key.columns) != 1 and not key.declared):
            continue
        for name, ref in zip(key.columns, key.ref, strict=True):
            led = next((finding for finding in target.columns if finding.column == ref), None)
            if led is None or name not in columns or (target is table and name == ref):
                continue
            if led.infotype == "person_key" and (key.declared or name in key_shaped):
                fresh[name] = _as_key(fresh[name], led)
            elif key.declared and led.decision == "personal":
                fresh[name] = _as_declared(fresh[name], led)
    subject_key = table.subject_key
    subject = table.subject
    if not subject_key:
        keyed = [f for f in fresh.values() if f.infotype == "person_key" and f.subject != "none"]
        own = [f for f in keyed if f.subject == subject]
        # a table of dealings belongs to whom its key names, where nothing else said whose it is
        others = [f for f in keyed if f.subject not in nobody]
        if own or (others and subject == "none" and not thing):
            chosen = (own or others)[0]
            subject_key, subject = chosen.column, chosen.subject
    unchanged = subject_key == table.subject_key and subject == table.subject
    if unchanged and all(fresh[name] is columns[name] for name in columns):
        return table
    score = table.subject_score if subject == table.subject else 0.8
    return replace(
        table,
        columns=tuple(fresh[f.column] for f in table.columns),
        subject=subject,
        subject_score=score,
        subject_key=subject_key,
    )


def _as_declared(finding: Finding, led: Finding) -> Finding:
    """What a declared key refers to, it holds, whatever its own name and values look like."""
    if finding.infotype == led.infotype and finding.decision == "personal":
        return finding
    told = f"declared to hold values of a {led.infotype}"
    return replace(
        finding, infotype=led.infotype, subject=led.subject, decision="personal", score=led.score, evidence=(told,)
    )


def _as_key(finding: Finding, led: Finding) -> Finding:
    if finding.infotype == "person_key" and finding.subject == led.subject:
        return finding
    weight = weights()
    term = Term(f"refers to a key of {led.subject}", weight.context["reference"])
    score = logistic(weight.of("person_key", "prior") + term.weight)
    return replace(
        finding, infotype="person_key", subject=led.subject, decision="personal", score=score, evidence=(str(term),)
    )
