"""Sequences of PostgreSQL go on behind the largest number that masking wrote."""

import io
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from small_dumps import opened

from masker.formats import FORMATS
from masker.snapshot import Rows

HEAD = "-- PostgreSQL database dump\n"
ROWS = "COPY public.t (id, a) FROM stdin;\n7\tx\n5\ty\n\\.\n\n"
SETVAL = "SELECT pg_catalog.setval('public.t_id_seq', 7, true);\n"
WAYS = {
    "default": "CREATE TABLE public.t (a text, id integer DEFAULT nextval('public.t_id_seq'::regclass) NOT NULL);\n",
    "owned": "CREATE TABLE public.t (id integer, a text);\nALTER SEQUENCE public.t_id_seq OWNED BY public.t.id;\n",
    "later": "CREATE TABLE public.t (id integer, a text);\n"
    "ALTER TABLE ONLY public.t ALTER COLUMN id SET DEFAULT nextval('public.t_id_seq'::regclass);\n",
    "identity": "CREATE TABLE public.t (id integer NOT NULL, a text);\nALTER TABLE public.t ALTER COLUMN id "
    "ADD GENERATED ALWAYS AS IDENTITY (\n    SEQUENCE NAME public.t_id_seq\n    START WITH 1\n);\n",
    "none": "CREATE TABLE public.t (id integer, a text);\n",
}


def masked(path: Path, ids: list[str], changed: str) -> tuple[bytes, list[str]]:
    source = opened(path)
    out = io.BytesIO()
    sink = FORMATS["sql"].sink(out, source, None)
    for part in source.parts():
        if isinstance(part, Rows):
            columns = {"id": pa.array(ids, pa.string()), "a": part.batch.column("a")}
            arrays = [columns[name] for name in part.batch.schema.names]
            batch = pa.RecordBatch.from_arrays(arrays, schema=part.batch.schema)
            part = replace(part, batch=batch, changed=frozenset(changed.split()))
        sink.write(sink.prepare(part))
    sink.close()
    return out.getvalue(), sink.moved  # type: ignore[attr-defined]


@pytest.mark.parametrize("way", WAYS)
def test_a_sequence_moves_with_the_column_that_it_numbers(tmp_path: Path, way: str):
    path = tmp_path / "d.sql"
    path.write_text(HEAD + WAYS[way] + ROWS + SETVAL)
    copy, moved = masked(path, ["4", "9"], "id")
    number, names = (7, []) if way == "none" else (9, ["t_id_seq"])
    assert copy.endswith(f"setval('public.t_id_seq', {number}, true);\n".encode())
    assert moved == names


@pytest.mark.parametrize(("ids", "changed"), [(["7", "5"], ""), (["3", "2"], "id"), (["x", "y"], "id")])
def test_a_sequence_stays_where_nothing_larger_was_written(tmp_path: Path, ids: list[str], changed: str):
    path = tmp_path / "d.sql"
    path.write_text(HEAD + WAYS["default"] + ROWS + SETVAL)
    copy, moved = masked(path, ids, changed)
    assert copy.endswith(SETVAL.encode())
    assert moved == []


@pytest.mark.parametrize("ended", ["\n", ""])
def test_a_sequence_that_is_set_before_its_rows_is_set_once_more_behind_them(tmp_path: Path, ended: str):
    path = tmp_path / "d.sql"
    source = HEAD + WAYS["default"] + SETVAL + ROWS + "SET row_security = off;" + ended
    path.write_text(source)
    copy, moved = masked(path, ["4", "9"], "id")
    kept = source.replace("7\tx", "4\tx").replace("5\ty", "9\ty").rstrip("\n")
    assert copy.decode() == f"{kept}\nSELECT pg_catalog.setval('public.t_id_seq', 9);\n"
    assert moved == ["t_id_seq"]
