"""What the name of DEST says, its bytes are: compressed or not, and of no other format."""

import gzip
from pathlib import Path

import pytest
from desk import Desk, csv_bytes, desk

from masker.streams import InputFile, split_compression

__all__ = ["desk"]

DUMP = b"""-- PostgreSQL database dump
CREATE TABLE public.people (id integer, email text);
COPY public.people (id, email) FROM stdin;
1\tanna@firma.example
\\.
"""


def read(path: Path) -> bytes:
    with InputFile(path, split_compression(path.name)[1]).open() as stream:
        return stream.read()


@pytest.mark.parametrize("source", ["crm.sql", "crm.sql.gz"])
@pytest.mark.parametrize("dest", ["copy.sql", "copy.sql.gz", "copy.sql.zst", "copy"])
def test_a_copy_is_compressed_as_its_name_says(desk: Desk, source: str, dest: str) -> None:
    data = gzip.compress(DUMP) if source.endswith(".gz") else DUMP
    path = desk.put(source, data)
    made = desk.mask(path, dest=desk.folder / dest)
    assert made.exit == 0, made.stderr
    assert read(desk.folder / dest).startswith(b"-- masker: ")
    verified = desk.run("verify", desk.folder / dest, "--against", path)
    assert verified.exit == 0, verified.stderr


@pytest.mark.parametrize(
    ("source", "data", "dest"),
    [
        ("crm.sql", DUMP, "copy.csv"),
        ("crm.sql", DUMP, "copy.jsonl.gz"),
        ("crm.sql", DUMP, "copy.sqlite"),
        ("crm.csv", csv_bytes(), "copy.sql"),
        ("crm.csv", csv_bytes(), "copy.parquet"),
    ],
)
def test_a_name_of_another_format_is_refused(desk: Desk, source: str, data: bytes, dest: str) -> None:
    told = desk.mask(desk.put(source, data), dest=desk.folder / dest)
    assert (told.exit, told.code) == (2, "usage")
    assert not (desk.folder / dest).exists()


def test_names_of_one_format_and_names_of_none_are_taken(desk: Desk) -> None:
    path = desk.put("crm.csv", csv_bytes())
    assert desk.mask(path, dest=desk.folder / "copy.tsv").exit == 0
    assert desk.mask(path, dest=desk.folder / "copy.of.tuesday").exit == 0
