"""Compares a copy with its SOURCE, promise by promise and row by row, with readers that share nothing with masking.

Both sides are streamed in step in bounded memory. This is what gates publication, and what `masker verify --against`
runs later from the manifest alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from masker.errors import GateError, Place
from masker.exclusion import Exclusion
from masker.manifest import Manifest
from masker.promises import ColumnPromise, Promises, TablePromise
from masker.selection import Root
from masker.verify.beside_originals import OriginalsBeside
from masker.verify.cells import Cells
from masker.verify.check import Check
from masker.verify.closed import Closed
from masker.verify.column_pair import ColumnPair
from masker.verify.excluded import Claimed, Excluded
from masker.verify.fingerprints import Prints, mixed
from masker.verify.forms import Forms
from masker.verify.key_pairs import KeyPairs, broken_joins
from masker.verify.limits import Limits
from masker.verify.opening import Where
from masker.verify.problems import Problem, Verification
from masker.verify.reading import KIND, Reader, Reading
from masker.verify.related import Related
from masker.verify.search import Search
from masker.verify.sides import Sides, unexpected_files
from masker.verify.spelled import spelled_prints
from masker.verify.spill import Spill
from masker.verify.stepping import CopyFailsError, copied, reading_the_copy, side_by_side
from masker.verify.unpaired import Unpaired, goes_unpaired

_Key = tuple[str, tuple[str, ...]]


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
) -> Verification:
    """Check every promise of `copy` against `source` (both a folder, or both a single file, or what opens one).

    `readings` says by `TablePromise.file` how files are read where their names and bytes do not tell; `checks` see all
    rows beside the promises' own; `exclude` are the agreement's conditions for rows that the copy must not have,
    `roots` where a subset begins, `claimed` the rows that the run left out (see `Excluded`); what does not fit into
    memory goes encrypted into the folder `spill` (else the system's for temporary files), or by a `Spill` that the
    checks share, which is closed at the end. Raises `GateError` (`leak`, `mismatch`, `orphans`) with table and column,
    never a value; `InputError` where SOURCE cannot be read; `OutputError` where there is no space to spill.
    """
    verification = examine(
        promises, source, copy, readings=readings, checks=checks, exclude=exclude, roots=roots,
        claimed=claimed, spill=spill,
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
) -> Verification:
    """`verify_against` without the refusal: the result lists what is wrong."""

    sides = Sides(source, copy, readings or {})
    with spill if isinstance(spill, Spill) else Spill(spill) as spilled:
        closed = Closed(promises.tables, spilled) if roots else None
        excluded = Excluded(exclude, promises.tables, sides.rows, claimed, roots, closed)
        related = Related(promises, spilled)
        watching: list[Check] = [excluded, related, *checks]
        run = _Run(_keys(promises, spilled), Search(promises, spilled), excluded, sides, watching)
        tables = sides.ordered(promises)
        run.originals = OriginalsBeside(promises, sides.said(promises))
        for table in tables:
            run.table(table)
        run.files(promises, source, copy)
        run.problems += sides.beside(promises, [t.name for t in promises.tables if excluded.absent(t.name)])
        related.unpaired |= run.unpaired
        run.joins(promises)
        run.problems += run.search.finish()
        run.problems += run.originals.finish()
        run.problems += [problem for check in run.watching for problem in check.finish()]
    return Verification(
        tuple(run.problems),
        run.checks + len(exclude) + len(roots) + related.checks,
        run.rows,
        run.unchanged,
        run.search.searched,
        run.search.by_chance,
    )


def readings(manifest: Manifest) -> dict[str, Reading]:
    """How the files of a copy are read, as its manifest recorded it."""
    return {
        file.path if manifest.is_folder else "": Reading(file.format, file.encoding, file.delimiter, file.header)
        for file in manifest.files
    }


@dataclass
class _Run:
    keys: dict[_Key, KeyPairs]
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
    unpaired: set[str] = field(default_factory=set)

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
        keys = {of: key for of, key in self.keys.items() if of[0] in (table.name, table.part_of)}
        ignores = {column.name: column.ignores for column in table.columns}
        before = self.sides.before(table)
        with reading_the_copy():
            after = self.sides.after(table)
        if goes_unpaired(after, columns):
            self._compare_sets(table, Unpaired(columns, place), before, after)
            return
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
            forms.take(old, new, first_row)
            limits.take(before_cells, after_cells, first_row)
            for (_, names), key in keys.items():
                if after_cells.keys() >= set(names):
                    _add(key, names, before_cells, after_cells, ignores)
            for check in self.watching:
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
        self.problems += self.excluded.surplus(table.name, place, counts[1] - counts[0])
        for pair in pairs:
            self.problems += pair.finish()
            self.unchanged[table.name, pair.promise.name] = pair.unchanged
        for column in table.columns:
            if _checks_unique(column) and (clashes := keys[table.name, (column.name,)].collisions()):
                message = "values that were to stay distinct fall together, or equal ones apart"
                at = Place(place.file, table.name, column.name)
                self.problems.append(Problem("mismatch", message, at, clashes))

    def _compare_sets(self, table: TablePromise, both: Unpaired, before: Reader, after: Reader) -> None:
        for old in map(_cells, self.excluded.left(table.name, before.batches())):
            both.take(0, old)
            self.search.take(table.name, old, {})
            self.originals.take(table, old)
        for new in map(_cells, copied(after)):
            both.take(1, new)
            self.search.take(table.name, {}, new)
        self.rows += both.rows[1]
        self.checks += len(table.columns) + 2
        self.problems += both.finish()
        self.unpaired.add(table.name)

    def joins(self, promises: Promises) -> None:
        """Check every foreign key whose two ends were both read to the end."""
        for table in promises.tables:
            for key in table.foreign_keys:
                child, parent = self.keys.get((table.name, key.columns)), self.keys.get((key.table, key.ref))
                if child is None or parent is None or {table.name, key.table} & (self.failed | self.unpaired):
                    continue
                self.checks += 1
                if broken := broken_joins(child, parent):
                    message = "key values that joined in SOURCE do not join in the copy, or the other way round"
                    place = Place(table.file or None, table.name, key.columns[0])
                    self.problems.append(Problem("orphans", message, place, broken))

    def files(self, promises: Promises, source: Where, copy: Where) -> None:
        """Check that a folder holds the promised files and nothing else but its manifest, and SOURCE no other ones."""
        if not isinstance(copy, Path) or not copy.is_dir():
            return
        self.checks += 1
        promised = {table.file for table in promises.tables}
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


def _keys(promises: Promises, spill: Spill) -> dict[_Key, KeyPairs]:
    columns = {(table.name, column.name): column for table in promises.tables for column in table.columns}
    wanted: set[_Key] = {(name, (column.name,)) for (name, _), column in columns.items() if _checks_unique(column)}
    for table in promises.tables:
        for key in table.foreign_keys:
            ends = [*((table.name, name) for name in key.columns), *((key.table, name) for name in key.ref)]
            fates = {columns[end].fate if end in columns else "dropped" for end in ends}
            # What is kept throughout joins as before; a side that is gone or NULL joins nothing and promises nothing.
            if "masked" in fates and fates <= {"masked", "kept"}:
                wanted |= {(table.name, key.columns), (key.table, key.ref)}
    return {key: KeyPairs(spill) for key in sorted(wanted)}


def _checks_unique(column: ColumnPromise) -> bool:
    return column.unique and column.fate == "masked"


def _cells(batch: pa.RecordBatch) -> dict[str, Cells]:
    return {name: Cells(column) for name, column in zip(batch.schema.names, batch.columns, strict=True)}


def _add(
    key: KeyPairs,
    names: tuple[str, ...],
    old: Mapping[str, Cells],
    new: Mapping[str, Cells],
    ignores: Mapping[str, tuple[str, ...]],
) -> None:
    valid = np.ones(len(old[names[0]].column), dtype=np.bool_)
    sides: list[Prints] = []
    for side in (old, new):
        prints = np.zeros(len(valid), dtype=np.uint64)
        for name in names:
            prints = mixed(prints, spelled_prints(side[name], ignores[name]))
            valid &= side[name].valid
        sides.append(prints)
    key.add(sides[0][valid], sides[1][valid])
