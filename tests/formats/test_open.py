"""A SOURCE becomes a snapshot: every file is read, listed as hidden, or an error."""

import os
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from masker.errors import GateError, InputError, UsageError
from masker.formats import FORMATS, ReadOptions
from masker.formats._open import open_snapshot, table_names
from masker.snapshot import Rows, Snapshot

LINE = b'{"id": 1}\n'
SIGNED = b'{"payload":"","payloadType":"application/vnd.in-toto+json","signatures":[]}\n'


def opened(path: Path, *arguments: str, **options: bool) -> Snapshot:
    return open_snapshot(path, ReadOptions(), *arguments, **options)


def tree(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if name.lower().endswith(".parquet"):
            pq.write_table(pa.table({"id": [1]}), root / name)
        else:
            (root / name).write_bytes(SIGNED if name.endswith("masker.json") else LINE)
    return root


def test_a_file_is_a_snapshot_of_one_table(tmp_path: Path):
    snapshot = opened(tree(tmp_path, "orders.jsonl") / "orders.jsonl")
    assert (snapshot.name, snapshot.is_folder) == ("orders.jsonl", False)
    (member,) = snapshot.members
    assert (member.path, member.format, member.compression) == (PurePosixPath("orders.jsonl"), "json", "")
    assert [table.name for table in snapshot.tables] == ["orders"]


def test_a_folder_is_read_with_all_folders_below_in_path_order(tmp_path: Path):
    root = tree(tmp_path / "src", "b/z.json", "a.ndjson", "b/c/y.parquet", "B.JSONL")
    snapshot = opened(root)
    assert (snapshot.name, snapshot.is_folder, snapshot.skipped) == ("src", True, ())
    assert [str(member.path) for member in snapshot.members] == ["B.JSONL", "a.ndjson", "b/c/y.parquet", "b/z.json"]
    assert [table.name for table in snapshot.tables] == ["B", "a", "y", "z"]


def test_parts_carry_the_table_name_of_the_snapshot(tmp_path: Path):
    snapshot = opened(tree(tmp_path, "crm/a.jsonl", "web/a.parquet"))
    for member, name in zip(snapshot.members, ["crm/a", "web/a"], strict=True):
        assert [table.name for table in member.source.tables] == [name]
        assert {part.table for part in member.source.parts() if isinstance(part, Rows)} == {name}


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a.csv", "b.json"], ["a", "b"]),
        (["crm/a.csv", "web/a.csv"], ["crm/a", "web/a"]),
        (["a.csv", "a.json"], ["a.csv", "a.json"]),
        (["a.csv", "x/a.csv", "x/a.json"], ["a", "x/a.csv", "x/a.json"]),
        (["a.csv.gz", "b.CSV.ZST"], ["a", "b"]),
        (["a.csv", "a.csv.gz"], ["a.csv", "a.csv.gz"]),
        (["a.csv", "a.json", "a.csv.csv"], ["a.csv", "a.json", "a.csv.csv"]),
    ],
)
def test_tables_are_named_by_as_little_of_the_path_as_tells_them_apart(paths: list[str], names: list[str]):
    assert table_names([PurePosixPath(path) for path in paths]) == names


def test_compressed_files_are_read_inflated(tmp_path: Path):
    from masker.deflating import compressed_writer

    for ending in ("gz", "zst"):
        with (tmp_path / f"{ending}.jsonl.{ending}").open("wb") as file, compressed_writer(file, ending) as stream:
            stream.write(LINE)
    snapshot = opened(tmp_path)
    assert [member.compression for member in snapshot.members] == ["gz", "zst"]
    assert [table.name for table in snapshot.tables] == ["gz", "zst"]


def test_hidden_files_and_folders_are_listed_not_read(tmp_path: Path):
    snapshot = opened(tree(tmp_path, "a.jsonl", ".hidden.jsonl", ".git/config", "b/.DS_Store", "b/c.jsonl"))
    assert [str(member.path) for member in snapshot.members] == ["a.jsonl", "b/c.jsonl"]
    assert [str(path) for path in snapshot.skipped] == [".git", ".hidden.jsonl", "b/.DS_Store"]


def test_a_file_of_unknown_ending_is_refused_by_name(tmp_path: Path):
    with pytest.raises(InputError, match=r"unsupported.*b/notes\.docx"):
        opened(tree(tmp_path, "a.jsonl", "b/notes.docx"))


def test_the_name_of_a_person_is_not_shown(tmp_path: Path):
    with pytest.raises(InputError, match="name withheld") as caught:
        opened(tree(tmp_path, "anna@firma.example"))
    assert "anna" not in str(caught.value)


def test_a_given_format_serves_files_of_unknown_ending(tmp_path: Path):
    tree(tmp_path, "a.export", "b.parquet")
    assert [member.format for member in opened(tmp_path / "a.export", "json").members] == ["json"]
    assert [member.format for member in opened(tmp_path, "json").members] == ["json", "parquet"]


def test_an_unknown_given_format_is_a_usage_error(tmp_path: Path):
    with pytest.raises(UsageError):
        opened(tree(tmp_path, "a.jsonl"), "jsn")


def test_content_that_its_ending_does_not_name_is_refused(tmp_path: Path):
    (tmp_path / "a.parquet").write_bytes(LINE)
    with pytest.raises(InputError, match="malformed"):
        opened(tmp_path)


@pytest.mark.parametrize("name", ["missing", "missing.json", "a.jsonl/b.json", "nul\0.json"])
def test_what_is_not_there_is_refused(name: str, tmp_path: Path):
    with pytest.raises(InputError):
        opened(tree(tmp_path, "a.jsonl") / name)


@pytest.mark.parametrize("names", [[], [".hidden.json"]])
def test_a_folder_without_files_is_refused(names: list[str], tmp_path: Path):
    with pytest.raises(InputError, match="not-found"):
        opened(tree(tmp_path, *names))


@pytest.mark.promise("P16")
@pytest.mark.parametrize(
    ("names", "source"),
    [
        (["a.jsonl", "a.jsonl.masker.json"], "a.jsonl"),
        (["a.jsonl", "masker.json"], "a.jsonl"),
        (["b/c/a.jsonl", "masker.json"], "b/c/a.jsonl"),
        (["a.jsonl", "masker.json"], "."),
        (["b/a.jsonl", "b/masker.json"], "."),
        (["b/a.jsonl", "masker.json"], "b"),
        (["b/a.jsonl", "b/a.jsonl.masker.json"], "."),
    ],
)
def test_a_masked_copy_is_refused_unless_allowed(names: list[str], source: str, tmp_path: Path):
    tree(tmp_path, *names)
    with pytest.raises(GateError, match="already-masked"):
        opened(tmp_path / source)
    snapshot = opened(tmp_path / source, allow_remask=True)
    assert len(snapshot.members) == 1


def test_manifests_are_never_tables(tmp_path: Path):
    snapshot = opened(tree(tmp_path, "a.jsonl", "gone.csv.masker.json"))
    assert [str(member.path) for member in snapshot.members] == ["a.jsonl"]
    assert [str(path) for path in snapshot.skipped] == ["gone.csv.masker.json"]


def test_a_link_to_a_file_inside_the_folder_is_read(tmp_path: Path):
    root = tree(tmp_path / "src", "a.jsonl")
    (root / "b.jsonl").symlink_to("a.jsonl")
    assert [table.name for table in opened(root).tables] == ["a", "b"]


@pytest.mark.parametrize("target", ["../secret.jsonl", "../folder", "inner", ".", "missing.jsonl"])
def test_any_other_link_inside_a_folder_is_refused(target: str, tmp_path: Path):
    root = tree(tmp_path, "secret.jsonl", "folder/x.jsonl", "src/inner/a.jsonl") / "src"
    (root / "link.jsonl").symlink_to(target)
    with pytest.raises(InputError, match="unsupported"):
        opened(root)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_in_a_folder_is_refused(tmp_path: Path):
    os.mkfifo(tree(tmp_path, "a.jsonl") / "b.jsonl")
    with pytest.raises(InputError, match="unsupported"):
        opened(tmp_path)


def test_opening_and_reading_changes_nothing_in_the_source(tmp_path: Path):
    root = tree(tmp_path, "a.jsonl", "b/c.parquet")
    before = {path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes()) for path in root.rglob("*")}
    for member in opened(root).members:
        list(member.source.parts())
    assert {path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes()) for path in root.rglob("*")} == before


def test_every_format_has_endings_of_its_own():
    endings = [suffix for name in FORMATS for suffix in FORMATS[name].suffixes]
    assert len(set(endings)) == len(endings)
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in endings)


def test_other_files_called_masker_json_above_the_source_do_not_matter(tmp_path: Path):
    tree(tmp_path, "data/a.jsonl")
    (tmp_path / "masker.json").write_bytes(b'{"name": "settings of something else"}')
    assert len(opened(tmp_path / "data").members) == 1
