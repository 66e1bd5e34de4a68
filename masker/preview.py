"""Some rows before and after, for whoever writes a profile: masked as a run would, under a key drawn for this once.

Originals are hidden unless they were asked for, and so are masked cells that may show them: of kept columns, of methods
that change a part of a value only, and those that happen to be their original. Pseudonyms are those of no copy, so that
a preview never says which pseudonym stands for whom.
"""

import contextlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pyarrow as pa

from masker.address import Address
from masker.agreement.load import load_agreement
from masker.columns import as_text
from masker.crypto.keys import Keyring
from masker.draft import draft
from masker.errors import UsageError, shown
from masker.formats import ReadOptions
from masker.left_out import Cut, LeftOut, check_conditions, leave_out, with_keys
from masker.opening import open_source
from masker.plan import ColumnPlan, TablePlan
from masker.plan.bind import Masking
from masker.plan.build import make_plan
from masker.plan.terms import refuse_plan
from masker.profile.load import load_profile
from masker.scanning import scan_snapshot
from masker.snapshot import Member, Part, Rows
from masker.writing import rows_of

HIDDEN, KEPT, PARTS, SAME, DROPPED = "(hidden)", "(kept)", "(hidden: may show parts)", "(as before)", "(dropped)"
MOST_ROWS = 100
"""A preview is no export."""


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """What is to be shown: `rows` of each of `tables` (none: all); `reveal` shows originals."""

    source: Path | Address
    profile: str
    rows: int = 3
    tables: tuple[str, ...] = ()
    reveal: bool = False
    agreement: str = ""
    recipient: str = "staff"
    options: ReadOptions = field(default_factory=ReadOptions)
    input_format: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell before and after; None is NULL. Never in a repr: it may hold a value."""

    before: str | None = field(repr=False)
    after: str | None = field(repr=False)


@dataclass(frozen=True)
class Previewed:
    """Rows of one table, each a mapping from column to cell; `methods` names the method of every column."""

    table: str
    methods: dict[str, str]
    rows: tuple[dict[str, Cell], ...] = field(repr=False)


def preview(request: PreviewRequest, record: Callable[[dict[str, str | int | bool]], None]) -> tuple[Previewed, ...]:
    """The first rows of each table before and after; rows that the agreement keeps out are in none.

    `record` is called with the facts before anything is revealed; where it raises, nothing is. Raises what a run
    would: a column that nobody decided, a method that does not fit, terms that refuse.
    """
    loaded = load_profile(request.profile)
    agreement = load_agreement(request.agreement or loaded.agreement)
    opened = open_source(request.source, request.options, request.input_format, allow_remask=True)
    with contextlib.closing(opened):
        snapshot, findings = opened.snapshot, None
        if loaded.built_in or agreement.exclude:
            findings = scan_snapshot(snapshot)
        if loaded.built_in and findings is not None:
            loaded = draft(findings, loaded).loaded
        plan = make_plan(
            snapshot.tables, loaded, findings, customer=agreement.customer, purpose="", recipient=request.recipient
        )
        refuse_plan(plan, agreement.terms(request.recipient), findings)
        check_conditions(agreement.exclude, snapshot.tables)
        left_out = LeftOut()
        if agreement.exclude and findings is not None:
            left_out = leave_out(agreement.exclude, with_keys(plan, findings).tables, partial(rows_of, snapshot, None))
        names = [table.name for table in plan.tables]
        if missing := [name for name in request.tables if name not in names]:
            told = f"{len(missing)} of the tables asked for are not in SOURCE"
            raise UsageError("usage", told, f"there are: {', '.join(map(shown, names[:20]))}")
        if request.reveal:
            facts: dict[str, str | int | bool] = {"source": shown(snapshot.name), "into": "preview"}
            record({**facts, "tables": len(request.tables or names), "rows": request.rows})
        keyring = Keyring(os.urandom(32), customer="", purpose="", ephemeral=True)
        masking = Masking(plan, keyring)
        return tuple(
            _previewed(member, plan.for_table(table.name), masking, left_out, request)
            for member in snapshot.members
            for table in member.source.tables
            if not request.tables or table.name in request.tables
        )


def _previewed(
    member: Member, table: TablePlan, masking: Masking, left_out: LeftOut, request: PreviewRequest
) -> Previewed:
    rows: list[dict[str, Cell]] = []
    for batch in _batches(member, table.name, left_out):
        before = batch.slice(0, request.rows - len(rows))
        after = masking.mask_batch(table.name, before)
        rows += _cells(table, before, after, reveal=request.reveal)
        if len(rows) >= request.rows:
            break
    return Previewed(table.name, {column.name: column.method.name for column in table.columns}, tuple(rows))


def _batches(member: Member, table: str, left_out: LeftOut) -> Iterator[pa.RecordBatch]:
    if not left_out.marks:
        yield from (p.batch for p in member.source.parts(table) if isinstance(p, Rows) and p.table == table)
        return
    for found in left_out.parts(member.source, Counter()):
        part: Part = found.made(member.source) if isinstance(found, Cut) else found
        if isinstance(part, Rows) and part.table == table:
            yield part.batch


def _cells(
    table: TablePlan, before: pa.RecordBatch, after: pa.RecordBatch, *, reveal: bool
) -> Iterator[dict[str, Cell]]:
    originals = {column.name: _texts(before[column.name]) for column in table.columns}
    masked = {name: _texts(after[name]) for name in after.schema.names}
    for row in range(before.num_rows):
        cells: dict[str, Cell] = {}
        for column in table.columns:
            original = originals[column.name][row]
            result = masked[column.name][row] if column.name in masked else DROPPED
            cells[column.name] = Cell(original, result) if reveal else _hidden(column, original, result)
        yield cells


def _hidden(column: ColumnPlan, original: str | None, result: str | None) -> Cell:
    before = None if original is None else HIDDEN
    if result is None or result == DROPPED:
        return Cell(before, result)
    if column.fate == "kept":
        return Cell(before, KEPT)
    if column.mixed or not column.method.changes:
        return Cell(before, PARTS)
    return Cell(before, SAME if result == original else result)


def _texts(column: pa.Array) -> list[str | None]:
    try:
        return as_text(column).to_pylist()  # type: ignore[no-any-return]
    except (pa.ArrowException, ValueError):  # nested or binary: there is no one text of it
        return [None if value is None else "(no text)" for value in column.is_valid().to_pylist()]
