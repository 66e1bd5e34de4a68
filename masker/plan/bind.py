"""Turns a plan and a keyring into the step that masks rows: one pure function from rows to rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import as_text, is_text, key_text, like, once_per_value
from masker.crypto.keys import Keyring, Keys
from masker.errors import GateError, Place
from masker.plan import ColumnPlan, Plan, TablePlan
from masker.plan.fits import refuse_misfits
from masker.snapshot import Rows


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
                masked, unreadable[column.name] = self._mask_column(table, column, by_name[column.name], context)
            elif column.fate == "nulled":
                masked = pa.nulls(len(batch), original.type)
            fields.append(batch.schema.field(index))
            columns.append(masked)
        schema = pa.schema(fields)
        return pa.RecordBatch.from_arrays(columns, schema=schema), Tally(table.name, len(batch), nulls, unreadable)

    def _mask_column(
        self, table: TablePlan, column: ColumnPlan, original: pa.Array, context: Mapping[str, pa.Array]
    ) -> tuple[pa.Array, int]:
        place = Place(table=table.name, column=column.name)
        keys = self._keys_for(column.domain, table.subject if column.by else "")
        method = column.method
        value = original if method.takes == "any" else as_text(original)
        by = context[column.by] if column.by else None
        given = {role: context[name] for role, name in column.given}
        try:
            if by is None and not given and is_text(value.type):
                masked = once_per_value(lambda values: method(keys, values), value)
            else:
                masked = method(keys, value, by, given)
            unread = masked.null_count - original.null_count
            if unread:
                masked = self._fill_unreadable(column, keys, as_text(original), masked)
            if column.limits is not None:
                refuse_misfits(masked, method, column.limits, unreadable=bool(unread))
            return like(masked, original.type), unread
        except GateError as error:
            raise GateError(error.code, error.message, error.hint, place) from None
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            hint = "choose a method that keeps the column's type, such as `permute`, `null` or `drop`"
            message = f"`{method.name}` gives values that do not fit the column's type"
            raise GateError("does-not-fit", message, hint, place) from None

    def _fill_unreadable(self, column: ColumnPlan, keys: Keys, text: pa.Array, masked: pa.Array) -> pa.Array:
        if not column.unreadable_fits:
            ways = f"`{column.unreadable.name}`, the way for values that `{column.method.name}` cannot read"
            message = f"{ways}, gives what does not fit the column"
            raise GateError("does-not-fit", message, "say `unreadable: null`, or a `constant` of the column's type")
        lost = pc.and_(masked.is_null(), text.is_valid())
        values = text.filter(lost)
        replaced = once_per_value(lambda each: column.unreadable(keys, each), values)
        if replaced.null_count and column.unreadable.name != "null":
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
