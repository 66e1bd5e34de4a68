"""Turns a plan and a keyring into the step that masks rows: one pure function from rows to rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import as_text, flags, indices, is_text, key_text, like, once_per_value, text_array
from masker.crypto.keys import Keyring, Keys
from masker.errors import GateError, Place, shown
from masker.paths import read_path
from masker.plan import ColumnPlan, Plan, TablePlan, Way
from masker.plan.fits import refuse_misfits, why_not
from masker.plan.inside import mask_cells
from masker.plan.json_values import trail_of
from masker.plan.leaves import mask_leaves
from masker.snapshot import Rows
from masker.spelling import masked_alike


@dataclass(frozen=True, slots=True)
class Tally:
    """What masking counted in one run of rows: per column the NULLs and the values that its method could not read."""

    table: str
    rows: int
    nulls: Mapping[str, int]
    unreadable: Mapping[str, int]


@dataclass(frozen=True)
class Masking:
    """A plan bound to its keys: called with `Rows` it gives masked `Rows` and a `Tally`; `mask_batch` does Arrow.

    Thread-safe; the result of a row depends on that row alone, however rows are batched.
    """

    plan: Plan
    keyring: Keyring
    _keys: dict[tuple[str, str], Keys] = field(default_factory=dict, repr=False)

    def __call__(self, rows: Rows) -> tuple[Rows, Tally]:
        """Mask the rows of one table; a column that the plan drops is gone from the result."""
        table = self.plan.for_table(rows.table)
        batch, tally = self._mask(table, rows.batch)
        changed = frozenset(column.name for column in table.columns if column.fate != "kept")
        return Rows(rows.table, batch, rows.origin, changed), tally

    def mask_batch(self, table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Mask one Arrow batch of a table: n rows in, n rows out, column types kept, dropped columns gone."""
        return self._mask(self.plan.for_table(table), batch)[0]

    def _mask(self, table: TablePlan, batch: pa.RecordBatch) -> tuple[pa.RecordBatch, Tally]:
        by_name = dict(zip(batch.schema.names, batch.columns, strict=True))
        context = _context(table, by_name)
        fields, columns = [], []
        nulls: dict[str, int] = {}
        unreadable: dict[str, int] = {}
        for index, column in enumerate(table.columns):
            original = by_name[column.name]
            nulls[column.name] = original.null_count
            unreadable[column.name] = 0
            if column.fate == "dropped":
                continue
            masked = original
            if column.fate == "masked":
                masked, unreadable[column.name] = self._mask_column(table, column, by_name, context)
            elif column.fate == "nulled":
                masked = pa.nulls(len(batch), original.type)
            fields.append(batch.schema.field(index))
            columns.append(masked)
        schema = pa.schema(fields)
        return pa.RecordBatch.from_arrays(columns, schema=schema), Tally(table.name, len(batch), nulls, unreadable)

    def _mask_column(
        self,
        table: TablePlan,
        column: ColumnPlan,
        by_name: Mapping[str, pa.Array],
        context: Mapping[str, pa.Array],
    ) -> tuple[pa.Array, int]:
        original = by_name[column.name]
        try:
            if column.inside:
                return self._mask_inside(column, original)
            if column.leaves:
                return self._mask_leaves(column, original)
            if column.cases:
                return self._mask_cases(column, original, by_name[column.type_column])
            by = context[column.by] if column.by else None
            given = {role: context[name] for role, name in column.given}
            return self._mask_values(column.way, table.subject if column.by else "", original, by, given)
        except GateError as error:
            place = Place(table=table.name, column=column.name)
            raise GateError(error.code, error.message, error.hint, place) from None
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            hint = "choose a method that keeps the column's type, such as `permute`, `null` or `drop`"
            message = f"`{column.method.name}` gives values that do not fit the column's type"
            place = Place(table=table.name, column=column.name)
            raise GateError("does-not-fit", message, hint, place) from None

    def _mask_values(
        self,
        way: Way,
        subject: str,
        original: pa.Array,
        by: pa.Array | None = None,
        given: Mapping[str, pa.Array] | None = None,
    ) -> tuple[pa.Array, int]:
        method, keys = way.method, self._keys_for(way.domain, subject)
        value = original if method.takes == "any" and not way.ignores else as_text(original)
        if way.ignores and is_text(original.type):
            masked = masked_alike(lambda values: method(keys, values, by, given or {}), value, way.ignores)
        elif by is None and not given and is_text(value.type):
            masked = once_per_value(lambda values: method(keys, values), value)
        else:
            masked = method(keys, value, by, given or {})
        unread = masked.null_count - original.null_count
        if unread:
            masked = self._fill_unreadable(way, keys, as_text(original), masked)
        if way.limits is not None:
            refuse_misfits(masked, method, way.limits, unreadable=bool(unread))
        return like(masked, original.type), unread

    def _mask_cases(self, column: ColumnPlan, original: pa.Array, types: pa.Array) -> tuple[pa.Array, int]:
        """Each value by the way of the table that its row's type names."""
        spread: npt.NDArray[np.int64] = np.full(len(original), len(column.cases), dtype=np.int64)
        words = as_text(types)
        for number, (word, _) in enumerate(column.cases):
            spread[flags(pc.equal(words, text_array([word] * len(words))))] = number
        pieces, rows, unread = [], [], 0
        for number in sorted(set(spread.tolist())):
            chosen = np.flatnonzero(spread == number)
            values = original.take(indices(chosen))
            if number == len(column.cases) and column.others_stop and values.null_count < len(values):
                message = f"rows have another word in {shown(column.type_column)} than the profile maps to a table"
                raise GateError("does-not-fit", message, "map it under `tables`, or say `other: own`")
            way = column.way if number == len(column.cases) else column.cases[number][1]
            masked, lost = (values, 0) if way.method.name == "keep" else self._mask_values(way, "", values)
            pieces.append(masked)
            rows.append(chosen)
            unread += lost
        if not pieces:
            return original, 0
        back = np.argsort(np.concatenate(rows), kind="stable")
        return pa.concat_arrays(pieces).take(indices(back)), unread

    def _mask_inside(self, column: ColumnPlan, original: pa.Array) -> tuple[pa.Array, int]:
        """Keys that stand in the cells; a cell that cannot be read goes the column's `unreadable` way as a whole."""
        text = as_text(original)
        cells: list[str | None] = text.to_pylist()
        for path, way in column.inside:
            if way.method.name != "keep":
                cells = mask_cells(cells, read_path(path), partial(self._mask_keys, way))
        masked = text_array(cells)
        unread = masked.null_count - original.null_count
        if unread:
            keys = self._keys_for(column.domain, "")
            masked = self._fill_unreadable(column.way, keys, text, masked)
        if column.limits is not None:
            refuse_misfits(masked, column.method, column.limits, unreadable=bool(unread))
        return like(masked, original.type), unread

    def _mask_leaves(self, column: ColumnPlan, original: pa.Array) -> tuple[pa.Array, int]:
        """Values that stand in JSON; a cell that cannot be read goes the column's `unreadable` way as a whole."""
        text = as_text(original)
        trail = trail_of([read_path(path) for path, _ in column.leaves])
        masks = [partial(self._mask_texts, way) for _, way in column.leaves]
        masked = text_array(mask_leaves(text.to_pylist(), trail, masks, partial(self._mask_texts, column.way)))
        unread = masked.null_count - original.null_count
        if unread:
            masked = self._fill_unreadable(column.way, self._keys_for(column.domain, ""), text, masked)
        if column.limits is not None:
            refuse_misfits(masked, column.method, column.limits, unreadable=bool(unread))
        return like(masked, original.type), unread

    def _mask_texts(self, way: Way, texts: pa.Array) -> pa.Array:
        if way.method.name in ("keep", "null"):
            return texts if way.method.name == "keep" else pa.nulls(len(texts), pa.string())
        return self._mask_values(replace(way, limits=None), "", texts)[0]

    def _mask_keys(self, way: Way, texts: pa.Array) -> pa.Array:
        return self._mask_values(way, "", texts)[0]

    def _fill_unreadable(self, way: Way, keys: Keys, text: pa.Array, masked: pa.Array) -> pa.Array:
        if way.limits is not None and why_not(way.unreadable, way.limits) is not None:
            ways = f"`{way.unreadable.name}`, the way for values that `{way.method.name}` cannot read"
            message = f"{ways}, gives what does not fit the column"
            raise GateError("does-not-fit", message, "say `unreadable: null`, or a `constant` of the column's type")
        lost = pc.and_(masked.is_null(), text.is_valid())
        values = text.filter(lost)
        replaced = once_per_value(lambda each: way.unreadable(keys, each), values)
        if replaced.null_count and way.unreadable.name != "null":
            raise GateError("does-not-fit", "the `unreadable` way cannot read every value either", "use `fpe`")
        return pc.replace_with_mask(like(masked, replaced.type), lost, replaced)

    def _keys_for(self, domain: str, subject: str) -> Keys:
        # Two threads may both derive the same keys; either is right, and the last one stays.
        keys = self._keys.get((domain, subject))
        if keys is None:
            keys = self._keys[domain, subject] = self.keyring.keys(domain, subject)
        return keys


def _context(table: TablePlan, by_name: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """What methods read of a row beside the value itself, made once for all of its columns: subject keys, `given`."""
    context: dict[str, pa.Array] = {}
    for column in table.columns:
        if column.by and column.by not in context:
            context[column.by] = key_text(by_name[column.by])
    for column in table.columns:
        for _, name in column.given:
            if name not in context:
                context[name] = as_text(by_name[name]).dictionary_encode()
    return context
