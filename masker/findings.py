"""What a scan says of a snapshot, never with a value in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from masker.snapshot import ForeignKey, Limits

Decision = Literal["personal", "clean", "unsure"]
SUBJECTS = ("employee", "customer", "partner", "supplier", "user", "patient", "none")


@dataclass(frozen=True, slots=True)
class Finding:
    """What the scan says of one column.

    `infotype` is a registry id or `none`; `score` in 0..1; `evidence` are the log-odds terms in words ("header token
    email +2.4"); `contains` lists infotypes seen inside some cells. `pattern` is the date pattern found (a strptime
    pattern, "" where none). `unique` says that no non-null value repeats over all rows, `nulls` counts NULLs.
    `shape` is "" or a hint on how values are built: `integer`, `uuid`, `hex`. `limits` are what the source declares
    that the column takes, `ignores` what it does not look at when it compares values (`case`, `accents`, `blanks`).
    `register` is the module of python-stdnum whose check most values pass ("": none). Where cells hold JSON, `inside`
    says what stands at which path into them (`column` is the path).
    """

    column: str
    type: str
    infotype: str
    score: float
    decision: Decision
    subject: str
    evidence: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    pattern: str = ""
    shape: str = ""
    unique: bool = False
    nulls: int = 0
    limits: Limits | None = None
    ignores: tuple[str, ...] = ()
    register: str = ""
    inside: "tuple[Finding, ...]" = ()


@dataclass(frozen=True, slots=True)
class TableFindings:
    """What the scan says of one table: data subject, keys (declared or inferred), and a finding per column in order.

    `subject_key` is the column that says whose row it is ("" where none was found); its owner is `subject`. Declared
    foreign keys stand before inferred ones; `unique` (the primary key too) and `part_of`
    are the source's own words.
    """

    name: str
    rows: int
    subject: str
    subject_score: float
    columns: tuple[Finding, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    subject_key: str = ""
    unique: tuple[tuple[str, ...], ...] = ()
    part_of: str = ""

    def column(self, name: str) -> Finding:
        """The finding for a column; `KeyError` where the table has none of that name."""
        for finding in self.columns:
            if finding.column == name:
                return finding
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings of a whole snapshot, tables in snapshot order; `notices` say in sentences what no copy can have."""

    source: str
    tables: tuple[TableFindings, ...]
    notices: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[TableFindings]:
        return iter(self.tables)

    def table(self, name: str) -> TableFindings:
        """The findings for a table; `KeyError` where there is none of that name."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)
