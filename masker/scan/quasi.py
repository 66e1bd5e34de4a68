"""Quasi-identifiers of a table: columns that name nobody alone and may tell people apart together."""

from masker.findings import TableFindings
from masker.infotypes import INFOTYPES


def quasi_identifiers(table: TableFindings) -> tuple[str, ...]:
    """The personal columns of infotypes that are quasi-identifiers and no direct ones, in the table's order."""
    return tuple(
        finding.column
        for finding in table.columns
        if finding.decision == "personal" and finding.infotype in INFOTYPES and _quasi(finding.infotype)
    )


def _quasi(infotype: str) -> bool:
    return INFOTYPES[infotype].quasi and not INFOTYPES[infotype].direct
