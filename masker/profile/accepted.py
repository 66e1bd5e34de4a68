"""What the owner of a profile accepted of a scan, as the lock holds it: names, types, kinds of data; never a value."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from masker.errors import GateError, Place, holds_a_value
from masker.findings import Findings


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class AcceptedColumn(_Model):
    """What a column was found to be when its decision was accepted."""

    type: str
    infotype: str
    decision: str
    contains: Annotated[tuple[str, ...], Field(strict=False)] = ()


class AcceptedTable(_Model):
    """Whose data a table was found to hold, and its columns in their order."""

    subject: str
    columns: Mapping[str, AcceptedColumn]


class AcceptedFindings(_Model):
    """That the findings of a scan were accepted for a profile: by whom (a role), and when (RFC 3339, UTC)."""

    by: str
    at: str
    tables: Mapping[str, AcceptedTable]


def accepted_findings(findings: Findings, *, by: str, at: str) -> AcceptedFindings:
    """The findings as the lock holds them; raises `GateError` (`undecided-column`) where a name looks like a value."""
    for table in findings:
        for number, finding in enumerate(table.columns, 1):
            if holds_a_value(finding.column):
                message = f"the name of column {number} looks like a value"
                hint = "is there no header line (`--no-header`)? a lock holds no value"
                raise GateError("undecided-column", message, hint, Place(table=table.name))
    return AcceptedFindings(
        by=by,
        at=at,
        tables={
            table.name: AcceptedTable(
                subject=table.subject,
                columns={
                    finding.column: AcceptedColumn(
                        type=finding.type,
                        infotype=finding.infotype,
                        decision=finding.decision,
                        contains=finding.contains,
                    )
                    for finding in table.columns
                },
            )
            for table in findings
        },
    )
