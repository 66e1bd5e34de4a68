"""The plan of a run: what happens to every column, and why. Frozen, picklable, free of keys and values.

`build.py` makes it from profile × snapshot schema × findings, `bind.py` turns it into a step that masks rows,
`explain.py` tells it to people, `promise.py` says what the verifier may hold the copy to.
"""

import json
from dataclasses import asdict, dataclass, field
from hashlib import sha256

from masker.methods import Method
from masker.requirement import Require
from masker.snapshot import ForeignKey, HeldKey, Limits, TypedKey

_SMALLEST_UNIQUE_SPACE = 2.0**32


@dataclass(frozen=True, slots=True)
class Way:
    """How values are masked: by which method, under the keys of which domain, and how what it cannot read.

    `ignores` says what does not tell values apart: `case`, `accents`, `blanks` (at the end). `limits` are what the
    column takes (None: whatever its type takes).
    """

    method: Method
    domain: str
    unreadable: Method
    ignores: tuple[str, ...] = ()
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """What happens to one column.

    `by` is the column that says whose value it is (None: the value speaks for itself), `given` maps a role to another
    column of the row that the method reads. `unreadable` is the way for values that `method` cannot read. `unique`:
    the copy must keep different values different. `limits` are what the column takes (None: whatever its type takes).
    `why` is one sentence for people.

    A column of keys of several tables has `cases`: where the row's cell in `type_column` is the word, the value goes
    that way; other rows go the column's own, or stop the run where `others_stop`. `inside` has the ways of keys that
    stand in the cells at a path; all else in these cells is kept. `joins_over` is what does not keep the source from
    joining two values, and what its method does not look at either. `leaves` has the ways of values at paths into JSON;
    all others in it go the column's own way.
    """

    name: str
    type: str
    infotype: str
    method: Method
    domain: str
    unreadable: Method
    by: str | None = None
    given: tuple[tuple[str, str], ...] = ()
    unique: bool = False
    limits: Limits | None = None
    why: str = ""
    ignores: tuple[str, ...] = ()
    type_column: str = ""
    cases: tuple[tuple[str, Way], ...] = ()
    others_stop: bool = False
    inside: tuple[tuple[str, Way], ...] = ()
    joins_over: tuple[str, ...] = ()
    leaves: tuple[tuple[str, Way], ...] = ()

    @property
    def way(self) -> Way:
        """How the column's own values are masked."""
        return Way(self.method, self.domain, self.unreadable, self.ignores, self.limits)

    @property
    def ways(self) -> tuple[Way, ...]:
        """All ways that values of the column may go."""
        return (self.way, *(way for _, way in (*self.cases, *self.inside, *self.leaves)))

    @property
    def mixed(self) -> bool:
        """Whether its values go several ways: by row, or by where they stand in a cell."""
        return bool(self.cases or self.inside or self.leaves)

    @property
    def fate(self) -> str:
        """`kept`, `dropped`, `nulled` or `masked`."""
        if self.inside or any(way.method.name != "keep" for _, way in (*self.cases, *self.leaves)):
            return "masked"
        return {"keep": "kept", "drop": "dropped", "null": "nulled"}.get(self.method.name, "masked")


@dataclass(frozen=True, slots=True)
class TablePlan:
    """What happens to one table; `subject` and `key` say whose rows they are and which column tells persons apart.

    `require` is what its rows must keep to in the copy. `held` and `typed` are keys beside the foreign ones, `unique`
    the sets of columns that the copy must keep unique; its rows count as those of the table it is `part_of`.
    `at` says where in a document they stand.
    """

    name: str
    subject: str
    key: str
    columns: tuple[ColumnPlan, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    require: Require = field(default_factory=Require)
    held: tuple[HeldKey, ...] = ()
    typed: tuple[TypedKey, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    part_of: str = ""
    at: str = ""

    def column(self, name: str) -> ColumnPlan:
        """The plan of a column; `KeyError` where there is none."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens to every column of every table of a snapshot, for one purpose and recipient.

    `quoting` names what may quote values of masked columns in its statements; `remarks` says that comments for people
    stay.
    """

    profile: str
    profile_digest: str
    customer: str
    purpose: str
    recipient: str
    tables: tuple[TablePlan, ...]
    quoting: tuple[str, ...] = ()
    remarks: bool = True

    def for_table(self, name: str) -> TablePlan:
        """The plan of a table; `KeyError` where there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over everything that the plan says."""
        tables = [
            {**asdict(table), "columns": [{**asdict(column), "ways": [_told(way) for way in column.ways]}
                                          for column in table.columns]}
            for table in self.tables
        ]  # fmt: skip
        rest = [self.profile_digest, self.customer, self.purpose, self.recipient, self.remarks, self.quoting]
        return sha256(json.dumps([rest, tables], sort_keys=True, default=str).encode()).hexdigest()


def collision_bound(column: ColumnPlan, rows: int) -> float | None:
    """The chance that two of `rows` different values share a pseudonym, at most: rows² / (2 · output space).

    0 for what can be turned back, since nothing falls together there; None where different values may well share a
    pseudonym (names, places). Source: the union bound over all pairs.
    """
    method = column.method
    if method.reversible:
        return 0.0
    if method.space is None or method.space < _SMALLEST_UNIQUE_SPACE:
        return None
    return min(1.0, rows * rows / (2 * method.space))


def _told(way: Way) -> list[object]:
    return [(each.name, asdict(each)) for each in (way.method, way.unreadable)]  # type: ignore[call-overload]
