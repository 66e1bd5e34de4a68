"""Which rows of SOURCE a copy must not have, worked out anew: conditions of an agreement, and what hangs on their rows.

Shares nothing with the code that left the rows out but the conditions themselves and the foreign keys that the copy
promises. It also looks at the copy: a row there that a condition names, told by columns that were kept, is a leak, and
so is every row too many in a table that has rows to leave out.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.agreement import Agreement
from masker.errors import GateError, Place, UsageError
from masker.exclusion import Exclusion
from masker.hidden_file import HiddenFile
from masker.manifest import Manifest
from masker.promises import TablePromise
from masker.selection import Root
from masker.verify.closed import Closed
from masker.verify.fingerprints import Prints
from masker.verify.growing import Growing, Room
from masker.verify.leads import Ignored, Lead, ignored, leads_of, origin, target
from masker.verify.problems import Problem
from masker.verify.row_keys import Flags, together
from masker.verify.subset import Subset
from masker.verify.texts import as_text, text_column

Claimed = Callable[[str, int, int], Flags]
_Ref = tuple[str, tuple[str, ...]]
_MESSAGE = "the copy has rows that the agreement keeps out"


def conditions_of(manifest: Manifest, agreement: Agreement | None) -> tuple[Exclusion, ...]:
    """The conditions for rows that a copy must not have: those of the agreement that it was made under.

    Raises `UsageError` where the copy lacks rows and no agreement says which, `GateError` (`agreement`) where the
    agreement is another customer's.
    """
    if agreement is None:
        if any(table.excluded for table in manifest.tables):
            message = "rows of SOURCE were kept out of this copy, and only the agreement says which"
            raise UsageError("usage", message, "name the agreement: `--agreement A`")
        return ()
    if agreement.customer != manifest.agreement:
        message = "the copy was made under another customer's agreement"
        raise GateError("agreement", message, "give the agreement that the manifest names")
    return agreement.exclude


@dataclass(frozen=True, slots=True)
class _Condition:
    column: str
    prints: Prints
    others: bool


@dataclass
class Excluded:
    """The rows to be absent. Give it the rows of SOURCE with `left`; it watches the copy as a `Check`.

    `read` gives the rows of a table of SOURCE from the start, as often as asked; nothing is read where `exclude` is
    empty. `claimed` is what a run says that it left out: which of n rows of a table from a row (0-based) on. Where all
    columns are masked nothing else would tell that one row stands in the copy in another's place. `roots` are where a
    subset begins, which is all that the copy is then to have; `closed` watches what that leaves. In memory are 8 bytes
    for each key value of an absent row, up to a bound; more lie in `file`. Raises `GateError` (`drift`) where a
    condition's table or column was not promised.
    """

    exclude: Sequence[Exclusion]
    tables: Sequence[TablePromise]
    read: Callable[[TablePromise], Iterator[pa.RecordBatch]]
    claimed: Claimed | None = None
    roots: Sequence[Root] = ()
    closed: Closed | None = None
    file: HiddenFile = field(default_factory=HiddenFile)
    _subset: Subset | None = None
    _absent_by_agreement: Counter[str] = field(default_factory=Counter)
    _conditions: dict[str, list[_Condition]] = field(default_factory=dict, repr=False)
    _leads: dict[str, list[Lead]] = field(default_factory=dict)
    _ignores: dict[str, Ignored] = field(default_factory=dict)
    _gone: dict[_Ref, Growing] = field(default_factory=dict, repr=False)
    _room: Room = field(default_factory=Room, repr=False)
    _absent: Counter[str] = field(default_factory=Counter)
    _problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        promised = {table.name: {column.name for column in table.columns} for table in self.tables}
        for each in self.exclude:
            if each.column not in promised.get(each.table, ()):
                message = "the agreement keeps out rows by a column that the copy's source does not have"
                raise GateError("drift", message, place=Place(table=each.table, column=each.column))
            prints, _ = together([text_column(sorted(each.values))])
            condition = _Condition(each.column, np.sort(prints), each.others)
            self._conditions.setdefault(each.table, []).append(condition)
        self._ignores = {table.name: ignored(table) for table in self.tables}
        self._room = Room(self.file)
        self._find_leads()
        self._follow()
        if self.roots:
            self._subset = Subset(self.roots, self.tables, self.read, self._among, Room(self.file))

    def left(self, table: str, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The rows of SOURCE that the copy is to have; `batches` are all rows of the table, and are counted."""
        self._absent[table] = self._absent_by_agreement[table] = start = 0
        if not self.exclude and self._subset is None:
            yield from batches
            return
        outside = self._subset.outside(table) if self._subset else None
        for batch in batches:
            kept_out = self._among(table, batch)
            absent = kept_out | outside(start, batch.num_rows) if outside else kept_out
            self._compare(table, start, kept_out, absent)
            if self.closed:
                self.closed.see(table, batch, ~absent)
            start += batch.num_rows
            if not absent.any():
                yield batch
                continue
            self._absent[table] += int(absent.sum())
            self._absent_by_agreement[table] += int(kept_out.sum())
            yield batch.take(_indices(np.flatnonzero(~absent)))

    def absent(self, table: str) -> int:
        """How many rows of the table `left` has held back."""
        return self._absent[table]

    def surplus(self, table: str, place: Place, rows: int) -> list[Problem]:
        """The leak that `rows` rows too many are, where the agreement keeps rows of the table out."""
        return [Problem("leak", _MESSAGE, place, rows)] if rows > 0 and self._absent_by_agreement[table] else []

    def take(self, table: TablePromise, before: pa.RecordBatch, after: pa.RecordBatch, first_row: int) -> None:
        """Look at rows of the copy by the columns that were kept; see `Check`."""
        kept = {column.name for column in table.columns if column.fate == "kept"}
        absent = self._among(table.name, after, kept) if table.name in self._conditions | self._leads else None
        if absent is not None and absent.any():
            place = Place(table.file or None, table.name, row=first_row + int(absent.argmax()))
            self._problems.append(Problem("leak", _MESSAGE, place, int(absent.sum())))

    def finish(self) -> Iterable[Problem]:
        """What was found in the copy."""
        return [*self._problems, *(self.closed.problems() if self.closed else ())]

    def _compare(self, table: str, start: int, kept_out: Flags, absent: Flags) -> None:
        claimed = absent if self.claimed is None else self.claimed(table, start, len(absent))
        for code, message, rows in (
            ("leak", _MESSAGE, kept_out & ~claimed),
            ("mismatch", "the copy has rows that are outside of the subset", absent & ~kept_out & ~claimed),
            ("mismatch", "the copy lacks rows that nothing keeps out", claimed & ~absent),
        ):
            if rows.any():
                place = Place(table=table, row=start + int(rows.argmax()) + 1)
                self._problems.append(Problem(code, message, place, int(rows.sum())))

    def _find_leads(self) -> None:
        """Keep what leads from a table to one that a condition can reach."""
        reached = set(self._conditions)
        while True:
            found = [(name, lead) for name, leads in leads_of(self.tables).items() for lead in leads]
            found = [(name, lead) for name, lead in found if lead.table in reached]
            if reached >= {name for name, _ in found}:
                break
            reached |= {name for name, _ in found}
        ends = sorted({(lead.table, lead.ref) for _, lead in found})
        self._gone = {end: self._room.growing() for end in ends}
        for name, lead in found:
            self._leads.setdefault(name, []).append(lead)

    def _follow(self) -> None:
        """Gather the keys of absent rows; a table is read again when keys that it refers to have joined since."""
        parents = {table for table, _ in self._gone}
        stale = [table for table in self.tables if table.name in parents]
        while stale:
            table = stale.pop(0)
            grown: set[_Ref] = set()
            for batch in self._room.groups(self.read(table)):
                absent = self._among(table.name, batch)
                if absent.any():
                    grown |= self._note(table.name, batch, absent)
            for other in self.tables:
                touched = any((lead.table, lead.ref) in grown for lead in self._leads.get(other.name, ()))
                if touched and other.name in parents and other not in stale:
                    stale.append(other)

    def _note(self, table: str, batch: pa.RecordBatch, absent: Flags) -> set[_Ref]:
        """Take in the keys of absent rows, and of what hangs on them in the same batch; gives the keys that grew."""
        ignores = self._ignores[table]
        sides = {ref: target(batch, ref, ignores) for name, ref in self._gone if name == table}
        own = [lead for lead in self._leads.get(table, ()) if lead.table == table]
        hanging = [(lead.ref, *origin(batch, lead, ignores)) for lead in own]
        fresh = absent
        while fresh.any():
            more = absent.copy()
            for ref, rows, prints in hanging:
                keys, filled = sides[ref]
                more[rows[_in(prints, np.sort(keys[fresh & filled]))]] = True
            absent, fresh = more, more & ~absent
        grown: set[_Ref] = set()
        for ref, (keys, filled) in sides.items():
            if self._gone[table, ref].take(keys[absent & filled]):
                grown.add((table, ref))
        return grown

    def _among(self, table: str, batch: pa.RecordBatch, columns: set[str] | None = None) -> Flags:
        """The rows that are to be absent, as far as `columns` (None: all) tell, shape (n,)."""
        absent = np.zeros(batch.num_rows, dtype=np.bool_)
        for condition in self._conditions.get(table, ()):
            if columns is None or condition.column in columns:
                column = batch[condition.column]
                prints, valid = together([column if condition.others else _stripped(column)])
                named = valid & _in(prints, condition.prints)
                absent |= ~named if condition.others else named
        for lead in self._leads.get(table, ()):
            gone = self._gone[lead.table, lead.ref]
            if gone and (columns is None or columns >= lead.reads):
                rows, prints = origin(batch, lead, self._ignores[table])
                absent[rows[gone.has(prints)]] = True
        return absent


def _stripped(column: pa.Array) -> pa.Array:
    return column if pa.types.is_timestamp(column.type) else pc.utf8_trim_whitespace(as_text(column))


def _in(prints: Prints, known: Prints) -> Flags:
    """Which fingerprints are among the sorted `known`, shape (n,)."""
    if not len(known):
        return np.zeros(len(prints), dtype=np.bool_)
    at = np.minimum(np.searchsorted(known, prints), len(known) - 1)
    return np.asarray(known[at] == prints, dtype=np.bool_)


def _indices(rows: npt.NDArray[np.int64]) -> pa.Array:
    return pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(np.ascontiguousarray(rows))])
