"""How a snapshot differs from what the owner of its profile accepted: the changes, each told in words.

New and gone tables and columns, columns that were renamed (one gone, one new, of the same type and the same kind of
data, the only such pair of the table), retyped, found to hold another kind of data, or holding something new inside.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from masker.errors import shown
from masker.findings import Finding, Findings, TableFindings
from masker.profile.accepted import AcceptedColumn, AcceptedFindings, AcceptedTable

Kind = Literal["new", "gone", "renamed", "retyped", "reclassified", "containing", "subject"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `column` is "" where it is of the whole table. `was` and `now` are words, never values."""

    kind: Kind
    table: str
    column: str = ""
    was: str = ""
    now: str = ""

    @property
    def message(self) -> str:
        """The change in words."""
        what = "column" if self.column else "table"
        if self.kind == "new":
            return f"a {what} that was not accepted" + (f": {self.now}" if self.now else "")
        if self.kind == "gone":
            return f"a {what} that was accepted is gone"
        if self.kind == "renamed":
            return f"a column was renamed: it was `{shown(self.was)}`"
        if self.kind == "retyped":
            return f"the column's type was {self.was} and is {self.now}"
        if self.kind == "containing":
            return f"the column holds {self.now} in some cells, which was not accepted"
        if self.kind == "subject":
            return f"the table's data subject was {self.was} and is {self.now}"
        return f"the column was accepted as {self.was} and is found to be {self.now}"


def drift(accepted: AcceptedFindings, findings: Findings) -> tuple[Change, ...]:
    """All changes, by table in the order of the findings, gone tables last."""
    found = {table.name: table for table in findings}
    changes = [change for table in findings for change in _of_table(accepted.tables.get(table.name), table)]
    changes += [Change("gone", name) for name in accepted.tables if name not in found]
    return tuple(changes)


def _of_table(accepted: AcceptedTable | None, table: TableFindings) -> Iterator[Change]:
    if accepted is None:
        yield Change("new", table.name, now=f"{len(table.columns)} columns")
        return
    if accepted.subject != table.subject:
        yield Change("subject", table.name, was=accepted.subject, now=table.subject)
    gone = {name: column for name, column in accepted.columns.items() if name not in {f.column for f in table.columns}}
    fresh = {finding.column: finding for finding in table.columns if finding.column not in accepted.columns}
    renamed = dict(_renamed(gone, fresh))
    for finding in table.columns:
        name = finding.column
        if name in renamed:
            yield Change("renamed", table.name, name, was=renamed[name])
            yield from _of_column(accepted.columns[renamed[name]], finding, table.name)
        elif name in fresh:
            yield Change("new", table.name, name, now=_told(finding.decision, finding.infotype))
        else:
            yield from _of_column(accepted.columns[name], finding, table.name)
    for name in gone:
        if name not in renamed.values():
            yield Change("gone", table.name, name)


def _renamed(gone: Mapping[str, AcceptedColumn], fresh: Mapping[str, Finding]) -> Iterator[tuple[str, str]]:
    """Pairs of a new name and the old one, where each is the other's only match."""
    old: dict[tuple[str, str, str], list[str]] = {}
    new: dict[tuple[str, str, str], list[str]] = {}
    for name, column in gone.items():
        old.setdefault((column.type, column.infotype, column.decision), []).append(name)
    for name, finding in fresh.items():
        new.setdefault((finding.type, finding.infotype, finding.decision), []).append(name)
    for what, names in new.items():
        if len(names) == 1 and len(old.get(what, ())) == 1:
            yield names[0], old[what][0]


def _of_column(accepted: AcceptedColumn, finding: Finding, table: str) -> Iterator[Change]:
    if accepted.type != finding.type:
        yield Change("retyped", table, finding.column, was=accepted.type, now=finding.type)
    was, now = (accepted.decision, accepted.infotype), (finding.decision, finding.infotype)
    if was != now:
        yield Change("reclassified", table, finding.column, was=_told(*was), now=_told(*now))
    if more := sorted(set(finding.contains) - set(accepted.contains)):
        yield Change("containing", table, finding.column, now=", ".join(more))


def _told(decision: str, infotype: str) -> str:
    return decision if infotype == "none" else f"{decision} ({infotype})"
