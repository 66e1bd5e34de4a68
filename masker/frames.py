"""Masks frames in memory: the plan and kernels of a run over an Arrow table, for notebooks and test suites."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from masker import clock
from masker.agreement import BUILT_IN
from masker.crypto.keys import Keyring
from masker.crypto.root import load_root
from masker.draft import draft
from masker.errors import InputError
from masker.findings import Findings
from masker.label import Label
from masker.plan import Plan
from masker.plan.bind import Masking
from masker.plan.build import make_plan
from masker.plan.promise import promises_of
from masker.profile.load import load_profile
from masker.record import copy_id
from masker.scan import scan
from masker.snapshot import Table
from masker.verify.in_memory import examine_table


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
    profile: str | Path | None,
    purpose: str,
    until: datetime,
    recipient: str,
    key_file: str | Path | None,
) -> tuple[pa.Table, str]:
    """Mask an Arrow table: n rows in, n rows out, types kept; gives it with the text of its label."""
    root = load_root(Path(key_file) if key_file is not None else None, os.environ)
    keyring = Keyring(
        root if root is not None else os.urandom(32),
        customer=BUILT_IN.customer,
        purpose=purpose,
        ephemeral=root is None,
    )
    plan = _plan(table, name, profile=str(profile or "test-env"), purpose=purpose, recipient=recipient)
    masking = Masking(plan, keyring)
    batches = table.to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]
    masked = pa.Table.from_batches([masking.mask_batch(name, batch) for batch in batches])
    examine_table(promises_of(plan, {name: ""}).tables[0], table, masked).require()
    created = clock.rfc3339(clock.stamp(clock.now()))
    id_ = copy_id(keyring.derive("copy-id"), plan, created, name)
    return masked, Label(id_, purpose, recipient, clock.rfc3339(until)).as_text()


def _plan(table: pa.Table, name: str, *, profile: str, purpose: str, recipient: str) -> Plan:
    described = Table(name, table.schema)
    loaded = load_profile(profile)
    findings: Findings | None = None
    if loaded.built_in:

        def read() -> Iterator[pa.RecordBatch]:
            yield from table.to_batches()

        findings = scan([(described, read)], source=name)
        loaded = draft(findings, loaded).loaded
    return make_plan([described], loaded, findings, customer=BUILT_IN.customer, purpose=purpose, recipient=recipient)
