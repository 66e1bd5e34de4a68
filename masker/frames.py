"""Masks frames in memory: the plan and kernels of a run over an Arrow table, for notebooks and test suites."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from masker import clock
from masker.agreement import Agreement
from masker.columns import booleans
from masker.config import Config
from masker.crypto.keys import Keyring
from masker.crypto.root import KeySource
from masker.draft import draft
from masker.errors import InputError
from masker.exclusion import Exclusion
from masker.findings import Findings
from masker.keying import root_of
from masker.label import Label
from masker.left_out import check_conditions, leave_out, with_keys
from masker.plan import Plan, TablePlan
from masker.plan.bind import Masking
from masker.plan.build import make_plan
from masker.plan.narrow import for_table
from masker.plan.promise import promises_of
from masker.plan.terms import refuse_fallbacks, refuse_plan
from masker.profile.load import LoadedProfile
from masker.promises import Promises
from masker.record import Counts, copy_id
from masker.requirement import Require
from masker.scan import scan
from masker.snapshot import Rows, Table
from masker.verify.in_memory import examine_table
from masker.verify.problems import Verification
from masker.verify.risk import Risk
from masker.verify.spill import Spill


def table_of(frame: object) -> pa.Table:
    """The Arrow table of a pandas frame (without its index) or of anything with the Arrow C stream.

    Raises `InputError` (`unsupported`) for other objects and (`malformed`) for duplicate column names.
    """
    if type(frame).__module__.partition(".")[0] == "pandas":
        table = pa.Table.from_pandas(frame, preserve_index=False)
    elif hasattr(frame, "__arrow_c_stream__"):
        table = pa.RecordBatchReader.from_stream(frame).read_all()
    else:
        raise InputError("unsupported", "this is no frame", "pass pandas, or anything with the Arrow C stream")
    if len(set(table.schema.names)) != len(table.schema.names):
        raise InputError("malformed", "two columns of the frame have the same name")
    # Metadata of pandas or of a file can hold values; only the rows go on.
    return _rebuilt(table.replace_schema_metadata(None))


def _rebuilt(table: pa.Table) -> pa.Table:
    """The same rows in buffers of their own: those of slices, NULLs and dictionaries hold values of other rows."""
    taken = table.take(pa.array(np.arange(table.num_rows, dtype=np.int64)))
    columns = [_reencoded(column) if pa.types.is_dictionary(column.type) else column for column in taken.columns]
    return pa.Table.from_arrays(columns, schema=table.schema)


def _reencoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    chunks = []
    for chunk in column.chunks:
        encoded = chunk.dictionary_decode().dictionary_encode()
        indices = encoded.indices.cast(column.type.index_type)
        chunks.append(pa.DictionaryArray.from_arrays(indices, encoded.dictionary, ordered=column.type.ordered))
    return pa.chunked_array(chunks, column.type)


def mask_table(
    table: pa.Table,
    name: str,
    *,
    loaded: LoadedProfile,
    agreement: Agreement,
    purpose: str,
    until: datetime,
    recipient: str,
    key_file: str | Path | None,
) -> tuple[pa.Table, str]:
    """Mask an Arrow table: n rows in, n less those to `exclude` out, types kept; also gives the text of its label.

    What the agreement lets `recipient` have is asked here; that it allows the purpose was asked before.
    """
    terms, exclude = agreement.terms(recipient), agreement.exclude
    root = root_of(KeySource(Path(key_file) if key_file is not None else None), Config())
    keyring = Keyring(
        root if root is not None else os.urandom(32),
        customer=agreement.customer,
        purpose=purpose,
        recipient=recipient if terms.own_pseudonyms else "",
        ephemeral=root is None,
    )
    loaded.require_key(ephemeral=keyring.ephemeral)
    plan = _plan(table, name, loaded, agreement, purpose=purpose, recipient=recipient)
    if exclude:
        plan = with_keys(plan, _scan(table, name))
    masking = Masking(plan, keyring)
    stays = _without(table, plan.tables[0], exclude)
    batches = stays.to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]
    counts, done = Counts(), []
    for batch in batches:
        rows, tally = masking(Rows(name, batch))
        counts.add(tally)
        done.append(rows.batch)
    masked = pa.Table.from_batches(done)
    refuse_fallbacks(plan, terms, counts.unreadable)
    promises = promises_of(plan, {name: ""})
    examine_table(promises.tables[0], table, masked, exclude).require()
    _hold_to_risk(promises, plan.tables[0].require.stricter(terms.require), masked)
    created = clock.rfc3339(clock.stamp(clock.now()))
    id_ = copy_id(keyring.derive("copy-id"), plan, created, name)
    return masked, Label(id_, purpose, recipient, clock.rfc3339(until)).as_text()


def _hold_to_risk(promises: Promises, require: Require, masked: pa.Table) -> None:
    (promise,) = promises.tables
    with Spill() as spill:
        risk = Risk(promises, {promise.name: require}, spill)
        for batch in masked.to_batches():
            risk.take(promise, batch, batch, 0)
        problems = tuple(risk.finish())
    Verification(problems, 1, masked.num_rows, {}).require()


def _without(table: pa.Table, plan: TablePlan, exclude: Sequence[Exclusion]) -> pa.Table:
    """The rows that an agreement does not keep out."""
    check_conditions(exclude, [Table(plan.name, table.schema)])
    left_out = leave_out(exclude, [plan], lambda _: iter(table.to_batches())).rows(plan.name, 0, table.num_rows)
    return table.filter(booleans(~left_out)) if left_out.any() else table


def _plan(
    table: pa.Table, name: str, loaded: LoadedProfile, agreement: Agreement, *, purpose: str, recipient: str
) -> Plan:
    described = Table(name, table.schema)
    findings: Findings | None = None
    if loaded.built_in:
        findings = _scan(table, name)
        loaded = draft(findings, loaded).loaded
    else:
        loaded = for_table(loaded, name)
    customer = agreement.customer
    plan = make_plan([described], loaded, findings, customer=customer, purpose=purpose, recipient=recipient)
    terms = agreement.terms(recipient)
    # What a column holds is for the scan to say, whatever the owner's profile calls it.
    refuse_plan(plan, terms, _scan(table, name) if terms.never_keep and findings is None else findings)
    return plan


def _scan(table: pa.Table, name: str) -> Findings:
    return scan([(Table(name, table.schema), lambda: iter(table.to_batches()))], source=name)
