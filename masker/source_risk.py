"""How well the rows of a source hide among each other by what the scan calls quasi-identifiers: a second reading."""

import contextlib
from collections.abc import Mapping
from pathlib import Path

from masker.address import Address
from masker.findings import Findings
from masker.formats import ReadOptions
from masker.opening import open_source
from masker.scan.quasi import quasi_identifiers
from masker.snapshot import Rows
from masker.verify.risk import Figures, TableGroups
from masker.verify.spill import Spill


def source_risk(
    source: Path | Address, findings: Findings, *, options: ReadOptions | None = None, input_format: str = ""
) -> Mapping[str, Figures]:
    """k and its company by table, for the tables in which the scan found quasi-identifiers; every such table is read.

    Memory stays bounded: what is held of a row is a keyed hash, and spills encrypted.
    """
    quasi = {table.name: quasi_identifiers(table) for table in findings}
    found: dict[str, Figures] = {}
    opened = open_source(source, options or ReadOptions(), input_format, allow_remask=True)
    with contextlib.closing(opened), Spill() as spill:
        for member in opened.snapshot.members:
            for table in member.source.tables:
                if not quasi.get(table.name):
                    continue
                groups = TableGroups(quasi[table.name], (), spill)
                for part in member.source.parts(table.name):
                    if isinstance(part, Rows) and part.table == table.name:
                        groups.take(part.batch)
                if groups.any:
                    found[table.name] = groups.figures()
    return found
