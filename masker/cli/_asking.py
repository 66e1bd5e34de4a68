"""What `masker init` asks on a terminal: the profile's name and owner, and what the columns are that it doubts."""

from collections.abc import Iterable
from dataclasses import replace

import click

from masker.cli._output import say, wrapped
from masker.errors import did_you_mean, shown
from masker.findings import Finding, Findings

_LEAVE, _LEAVE_ALL, _NOTHING = "", "!", "none"


def ask_name_and_owner(default: str) -> tuple[str, str]:
    """The profile's name, and the role that answers for it."""
    name = _asked("name of the profile", default)
    return name, _asked("who answers for it (a role, not a person)", "data-owner")


def ask_about(findings: Findings, infotypes: Iterable[str]) -> Findings:
    """The findings with what the owner said of unsure columns; what was left stays unsure and is marked for review."""
    known = [*infotypes, _NOTHING]
    unsure = sum(finding.decision == "unsure" for table in findings for finding in table.columns)
    if not unsure:
        return findings
    say(f"{unsure} columns are doubtful: say what each one is")
    say("an infotype (`masker show infotypes`), `none`, Enter to leave it for review, `!` to leave all")
    said: dict[tuple[str, str], str] = {}
    for table in findings:
        for finding in table.columns:
            if finding.decision != "unsure":
                continue
            answer = _infotype(table.name, finding, known)
            if answer == _LEAVE_ALL:
                return _with(findings, said)
            if answer != _LEAVE:
                said[table.name, finding.column] = answer
    return _with(findings, said)


def _infotype(table: str, finding: Finding, known: list[str]) -> str:
    why = "; ".join(finding.evidence) or "nothing is known of it"
    for line in wrapped(f"{shown(table)}.{shown(finding.column)}, {finding.type}: {why}", width=72):
        say(line)
    while True:
        answer: str = click.prompt("it is", default=_LEAVE, show_default=False, err=True).strip()
        if answer in (_LEAVE, _LEAVE_ALL) or answer in known:
            return answer
        say(f"there is no such infotype; {did_you_mean(answer, known, '`masker show infotypes` lists them')}")


def _with(findings: Findings, said: dict[tuple[str, str], str]) -> Findings:
    def judged(table: str, finding: Finding) -> Finding:
        answer = said.get((table, finding.column))
        if answer is None:
            return finding
        decision = "clean" if answer == _NOTHING else "personal"
        contains = () if answer == _NOTHING else finding.contains
        evidence = (*finding.evidence, "said by its owner")
        return replace(finding, infotype=answer, decision=decision, score=1.0, evidence=evidence, contains=contains)  # type: ignore[arg-type]

    tables = tuple(
        replace(table, columns=tuple(judged(table.name, finding) for finding in table.columns)) for table in findings
    )
    return replace(findings, tables=tables)


def _asked(question: str, default: str) -> str:
    while True:
        answer: str = click.prompt(question, default=default, err=True).strip()
        if answer.isprintable() and 0 < len(answer) <= 200:
            return answer
        say("one line of at most 200 characters")
