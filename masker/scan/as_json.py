"""Findings as JSON: the contract of `masker scan --format json` (version 1). No value of the data is in it."""

from typing import NotRequired, TypedDict

from masker.errors import holds_a_value, shown
from masker.findings import Finding, Findings


class ForeignKeyJson(TypedDict):
    """A foreign key: `columns` here refer to `ref` in `table`."""

    columns: list[str]
    table: str
    ref: list[str]
    declared: bool


class ColumnJson(TypedDict):
    """A column's finding."""

    name: str
    type: str
    infotype: str
    score: float
    decision: str
    subject: str
    contains: list[str]
    evidence: list[str]
    inside: NotRequired[list["ColumnJson"]]


class TableJson(TypedDict):
    """A table's findings."""

    name: str
    rows: int
    subject: str
    subject_score: float
    primary_key: list[str]
    foreign_keys: list[ForeignKeyJson]
    columns: list[ColumnJson]


class FindingsJson(TypedDict):
    """The whole document."""

    masker: int
    source: str
    tables: list[TableJson]
    notices: NotRequired[list[str]]


def findings_json(findings: Findings) -> FindingsJson:
    """The document as plain dicts and lists, ready for a JSON encoder."""
    told: FindingsJson = {
        "masker": 1,
        "source": findings.source,
        "tables": [
            {
                "name": table.name,
                "rows": table.rows,
                "subject": table.subject,
                "subject_score": table.subject_score,
                "primary_key": list(table.primary_key),
                "foreign_keys": [
                    {"columns": list(k.columns), "table": k.table, "ref": list(k.ref), "declared": k.declared}
                    for k in table.foreign_keys
                ],
                "columns": [_column(finding) for finding in table.columns],
            }
            for table in findings
        ],
    }
    if findings.notices:
        told["notices"] = [*findings.notices]
    return told


def _column(finding: Finding) -> ColumnJson:
    told: ColumnJson = {
        "name": shown(finding.column) if holds_a_value(finding.column) else finding.column,
        "type": finding.type,
        "infotype": finding.infotype,
        "score": finding.score,
        "decision": finding.decision,
        "subject": finding.subject,
        "contains": list(finding.contains),
        "evidence": list(finding.evidence),
    }
    if finding.inside:
        told["inside"] = [_column(each) for each in finding.inside]
    return told
