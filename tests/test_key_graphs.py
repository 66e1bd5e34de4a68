"""Whatever way tables refer to each other, a copy joins exactly as its source does."""

import csv
import tempfile
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from key_graphs import Cell, Graph, graphs, joins

from masker.api import mask
from masker.crypto.keys import Keyring
from masker.plan.bind import Masking
from masker.plan.build import make_plan
from masker.profile.load import load_profile
from masker.snapshot import Table


@given(graphs(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_rows_join_as_before(graph: Graph, follow: bool) -> None:
    tables = [
        Table(name, pa.schema([(column, pa.string()) for column in columns]), foreign_keys=graph.keys[name])
        for name, columns in graph.columns.items()
    ]
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder) / "p.yaml"
        profile.write_text(graph.profile(follow=follow))
        plan = make_plan(tables, load_profile(str(profile)), None, customer="c", purpose="p", recipient="staff")
    masking = Masking(plan, Keyring(sha256(b"graphs").digest(), customer="c", purpose="p"))
    copy: dict[str, list[dict[str, Cell]]] = {}
    for table in tables:
        batch = pa.RecordBatch.from_pylist(graph.rows[table.name], schema=table.schema)
        copy[table.name] = masking.mask_batch(table.name, batch).to_pylist()
    _require_same_joins(graph, copy)


@given(graphs(nulls=False))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.promise("P7")
def test_a_masked_folder_joins_as_before(graph: Graph) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        patch.setenv("MASKER_CONFIG_DIR", str(folder / "config"))
        patch.setenv("MASKER_LEDGER", str(folder / "ledger"))
        source = folder / "source"
        source.mkdir()
        for table, columns in graph.columns.items():
            with (source / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, columns)
                writer.writeheader()
                writer.writerows(graph.rows[table])
        (folder / "p.yaml").write_text(graph.profile(follow=True))
        mask(source, folder / "copy", profile=folder / "p.yaml", purpose="test-patch", expires="1d")
        copy = {}
        for table in graph.columns:
            with (folder / "copy" / f"{table}.csv").open(newline="", encoding="utf-8") as file:
                copy[table] = [dict(row) for row in csv.DictReader(file)]
    _require_same_joins(graph, copy)  # type: ignore[arg-type]


def _require_same_joins(graph: Graph, copy: dict[str, list[dict[str, Cell]]]) -> None:
    for name, keys in graph.keys.items():
        for key in keys:
            before = joins(key, graph.rows[name], graph.rows[key.table])
            assert joins(key, copy[name], copy[key.table]) == before
            for old, new in zip(graph.rows[name], copy[name], strict=True):
                assert all((old[column] is None) == (new[column] is None) for column in key.columns)
