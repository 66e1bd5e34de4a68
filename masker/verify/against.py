"""Compares a copy with its SOURCE, promise by promise and row by row, with readers that share nothing with masking.

Both sides are streamed in step in bounded memory. This is what gates publication, and what `masker verify --against`
runs later from the manifest alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from masker.errors import GateError, Place
from masker.exclusion import Exclusion
from masker.manifest import Manifest
from masker.promises import Promises, TablePromise
from masker.selection import Root
from masker.verify.beside_originals import OriginalsBeside
from masker.verify.cell_leaves import CellLeaves, with_leaves
from masker.verify.cells import Cells
from masker.verify.check import CellCheck, Check
from masker.verify.closed import Closed
from masker.verify.column_pair import ColumnPair
from masker.verify.excluded import Claimed, Excluded
from masker.verify.forms import Forms
from masker.verify.hidden_rows import hidden_rows
from masker.verify.keys import Keys
from masker.verify.limits import Limits
from masker.verify.opening import Where
from masker.verify.problems import Problem, Verification
from masker.verify.reading import KIND, Reader, Reading, with_documents
from masker.verify.related import Related
from masker.verify.search import Search
from masker.verify.sides import Sides, unexpected_files
from masker.verify.spill import Spill
from masker.verify.stepping import CopyFailsError, copied, reading_the_copy, side_by_side
from masker.verify.unpaired import Orderless, Unpaired, goes_unpaired
from masker.verify.unproven import Unproven


def verify_against(
    promises: Promises,
    source: Where,
    copy: Where,
    *,
    readings: Mapping[str, Reading] | None = None,
    checks: Sequence[Check] = (),
    exclude: Sequence[Exclusion] = (),
    roots: Sequence[Root] = (),
    claimed: Claimed | None = None,
    spill: Spill | Path | None = None,
    orderless: Orderless | None = None,
) -> Verification:
    """Check every promise of `copy` against `source` (both a folder, or both a single file, or what opens one).

    `readings` says by `TablePromise.file` how files are read where their names and bytes do not tell; `checks` see all
    rows beside the promises' own; `exclude` are the agreement's conditions for rows that the copy must not have,
    `roots` where a subset begins, `claimed` the rows that the run left out (see `Excluded`); what does not fit into
    memory goes encrypted into the folder `spill` (else the system's for temporary files), or by a `Spill` that the
    checks share, which is closed at the end. `orderless` says that the copy is in a database, so that no row of it can
    be put beside its original. Raises `GateError` (`leak`, `mismatch`, `orphans`) with table and column,
    never a value; `InputError` where SOURCE cannot be read; `OutputError` where there is no space to spill.
    """
    verification = examine(
        promises, source, copy, readings=readings, checks=checks, exclude=exclude, roots=roots,
        claimed=claimed, spill=spill, orderless=orderless,
    )  # fmt: skip
    verification.require()
    return verification


def examine(
    promises: Promises,
    source: Where,
    copy: Where,
    *,
    readings: Mapping[str, Reading] | None = None,
    checks: Sequence[Check] = (),
    exclude: Sequence[Exclusion] = (),
    roots: Sequence[Root] = (),
    claimed: Claimed | None = None,
    spill: Spill | Path | None = None,
    orderless: Orderless | None = None,
) -> Verification:
    """`verify_against` without the refusal: the result lists what is wrong."""

    sides = Sides(source, copy, with_documents(readings or {}, promises))
    with spill if isinstance(spill, Spill) else Spill(spill) as spilled:
        closed = Closed(promises.tables, spilled) if roots else None
        excluded = Excluded(exclude, promises.tables, sides.rows, claimed, roots, closed, spilled.file)
        related = Related(promises, spilled)
        watching: list[Check] = [excluded, related, *checks]
        run = _Run(
            Keys(promises, spilled),
            Search(with_leaves(promises), spilled),
            excluded,
            sides,
            watching,
            orderless=orderless,
        )
        tables = sides.ordered(promises)
        said = sides.said(promises)
        run.originals = OriginalsBeside(promises, said)
        run.problems += hidden_rows(promises, said)
        for table in tables:
            run.table(table)
        run.files({*sides.readings, *(table.file for table in promises.tables)}, source, copy)
        shortened = None if orderless else [t.name for t in promises.tables if excluded.absent(t.name)]
        run.problems += sides.beside(promises, shortened)
        related.unpaired |= run.unproven.tables
        run.problems += run.keys.joins(run.failed)
        run.problems += run.search.finish()
        run.problems += run.originals.finish()
        run.problems += [problem for check in run.watching for problem in check.finish()]
    return Verification(
        tuple(run.problems),
        run.checks + run.keys.checks + len(exclude) + len(roots) + related.checks,
        run.rows,
        run.unchanged,
        run.search.searched,
        run.search.by_chance,
        tuple(run.unproven.told(promises)),
    )


def readings(manifest: Manifest) -> dict[str, Reading]:
    """How the files of a copy are read, as its manifest recorded it."""
    return {
        file.path if manifest.is_folder else "": Reading(file.format, file.encoding, file.delimiter, file.header)
        for file in manifest.files
    }


@dataclass
class _Run:
    keys: Keys
    search: Search
    excluded: Excluded
    sides: Sides
    watching: Sequence[Check] = ()
    originals: OriginalsBeside = field(default_factory=lambda: OriginalsBeside(Promises(()), {}))
    problems: list[Problem] = field(default_factory=list)
    checks: int = 0
    rows: int = 0
    unchanged: dict[tuple[str, str], int] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    orderless: Orderless | None = None
    unproven: Unproven = field(init=False)

    def __post_init__(self) -> None:
        self.unproven = Unproven(self.orderless)

    def table(self, table: TablePromise) -> None:
        """Stream one table from both sides and check all that can be checked in it alone."""
        place = Place(table.file or None, table.name)
        try:
            self._compare(table, place)
        except GateError as error:
            self._fail(table, error.message, place)
        except CopyFailsError as error:
            self._fail(table, str(error), place)

    def _compare(self, table: TablePromise, place: Place) -> None:
        columns = [replace(c, fate="nulled") if c.fate == "dropped" else c for c in table.columns]
        pairs = [
            ColumnPair(
                column,
                Place(place.file, table.name, column.name),
                searched=self.search.covers(table.name, column.name),
            )
            for column in columns
        ]
        before = self.sides.before(table)
        with reading_the_copy():
            after = self.sides.after(table)
        if self.orderless or goes_unpaired(after, columns):
            compared = self.unproven.compared(table.name, columns, self.sides.declared(table))
            both = Unpaired(columns, place, compared, styles=self.unproven.same_style)
            self._compare_sets(table, both, before, after)
            return
        keys = self.keys.pairs(table)
        leaves = CellLeaves(table, place, self.search)
        forms, limits = Forms(table, place), Limits(table, self.sides.declared(table), place)
        counts = [0, 0]
        left = self.excluded.left(table.name, before.batches())
        for old, new in side_by_side(left, copied(after), counts):
            first_row = counts[0] - old.num_rows + 1
            before_cells, after_cells = _cells(old), _cells(new)
            self.search.take(table.name, before_cells, after_cells)
            self.originals.take(table, before_cells)
            for pair in pairs:
                for name in (pair.promise.name, KIND + pair.promise.name):
                    if name in after_cells and (name[:1] != KIND or pair.promise.fate == "kept"):
                        pair.take(before_cells[name], after_cells[name], first_row)
            leaves.take(old, new, first_row)
            forms.take(old, new, first_row)
            limits.take(before_cells, after_cells, first_row)
            keys.take(before_cells, after_cells)
            for check in self.watching:
                if isinstance(check, CellCheck):
                    check.take_cells(table, before_cells, after_cells)
                else:
                    check.take(table, old, new, first_row)
        with reading_the_copy():
            counted = [before.records() - self.excluded.absent(table.name), after.records()]
        self.rows += counts[0]
        self.checks += len(table.columns) + 2
        if counts[0] != counts[1] or counted != counts:
            off = max(1, abs(counts[0] - counts[1]))
            self.problems.append(Problem("mismatch", "the copy has more or fewer rows than SOURCE", place, off))
        self.problems += forms.finish(all_there=not self.excluded.absent(table.name))
        self.problems += limits.finish()
        self.problems += leaves.finish()
        self.problems += self.excluded.surplus(table.name, place, counts[1] - counts[0])
        for pair in pairs:
            self.problems += pair.finish()
            self.unchanged[table.name, pair.promise.name] = pair.unchanged
        self.problems += keys.clashes()

    def _compare_sets(self, table: TablePromise, both: Unpaired, before: Reader, after: Reader) -> None:
        if table.made:
            for new in copied(after):
                self.search.take(table.name, {}, _cells(new))
                self.rows += new.num_rows
            return
        keys = self.keys.loose(table)
        for old in self.excluded.left(table.name, before.batches()):
            cells = _cells(old)
            self.search.take(table.name, cells, {})
            self.originals.take(table, cells)
            both.take(0, cells)
            keys.take(0, cells)
        for new in copied(after):
            cells = _cells(new)
            self.search.take(table.name, {}, cells)
            self.excluded.take(table, new, new, both.rows[1] + 1)
            both.take(1, cells)
            keys.take(1, cells)
        self.rows += both.rows[1]
        self.checks += len(table.columns) + 2
        self.problems += both.finish()
        self.problems += self.excluded.surplus(table.name, both.place, both.rows[1] - both.rows[0])
        self.problems += keys.clashes()

    def files(self, promised: Collection[str], source: Where, copy: Where) -> None:
        """Check that a folder holds the promised files and nothing else but its manifest, and SOURCE no other ones."""
        if not isinstance(copy, Path) or not copy.is_dir():
            return
        self.checks += 1
        for path in unexpected_files(copy, promised):
            self.problems.append(Problem("mismatch", "a file in the copy that nobody promised", Place(file=path)))
        for path in unexpected_files(source, promised) if isinstance(source, Path) and source.is_dir() else ():
            if not any(part.startswith(".") for part in path.split("/")):
                self.problems.append(
                    Problem("mismatch", "a file of SOURCE that the copy does not have", Place(file=path))
                )

    def _fail(self, table: TablePromise, message: str, place: Place) -> None:
        self.failed.add(table.name)
        self.problems.append(Problem("mismatch", message, place))


def _cells(batch: pa.RecordBatch) -> dict[str, Cells]:
    return {name: Cells(column) for name, column in zip(batch.schema.names, batch.columns, strict=True)}
