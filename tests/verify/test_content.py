"""What a copy holds beside its promised cells: containers, identifiers that nobody planned, and what is told of it."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from masker.errors import GateError
from masker.manifest import CopyColumn, CopyFile, CopyTable, Manifest
from masker.promises import ColumnPromise, Promises, TablePromise
from masker.verify.containers import container_problems
from masker.verify.problems import Problem
from masker.verify.redetect import Redetection, Seen
from masker.verify.told import Counted, require_true
from masker.verify.utility import ColumnUtility, Utility

LABEL = "copy=1; purpose=test; recipient=staff; expires=never"
HELD = Promises((TablePromise("t", "t.parquet", ()),))


def written(folder: Path, table: pa.Table, **options: object) -> Path:
    labelled = table.replace_schema_metadata({"masker_tag": LABEL, **(table.schema.metadata or {})})
    pq.write_table(labelled, folder / "t.parquet", **options)
    return folder


def words(count: int = 500) -> pa.Array:
    return pa.array([f"word {i % 20}" if i % 7 else None for i in range(count)])


TABLES = {
    "text": pa.table({"a": words(), "n": range(500)}),
    "dictionary": pa.table({"a": words().dictionary_encode()}),
    "large text": pa.table({"a": words().cast(pa.large_string())}),
    "nested": pa.table({"a": [[1, 2], [], None], "b": [{"x": 1, "y": "z"}, None, {"x": 2, "y": ""}]}),
    "no rows": pa.table({"a": pa.array([], pa.string())}),
    "all null": pa.table({"a": pa.array([None, None], pa.string()), "b": pa.nulls(2)}),
    "empty text": pa.table({"a": ["", "", "b"]}),
    "times": pa.table({"a": pa.array([1, 2], pa.timestamp("us", "UTC")), "b": pa.array([b"x", b"yz"])}),
    "long text": pa.table({"a": ["ü" * 5000, "x" * 3000, "y"]}),
}


@pytest.mark.parametrize("options", [{}, {"row_group_size": 7}, {"compression": "none"}, {"use_dictionary": False}])
@pytest.mark.parametrize("name", TABLES)
def test_a_plain_parquet_file_holds_nothing_else(name: str, options: dict[str, object], tmp_path: Path) -> None:
    assert container_problems(HELD, written(tmp_path, TABLES[name], **options), LABEL) == []


def dictionary_with_more(words: pa.Array) -> pa.Table:
    encoded = words.dictionary_encode()
    more = pa.concat_arrays([encoded.dictionary, pa.array(["left over"])])
    return pa.table({"a": pa.DictionaryArray.from_arrays(encoded.indices, more)})


BROKEN = {
    "an unused word": (dictionary_with_more(words()), "words that no row uses"),
    "file metadata": (TABLES["text"].replace_schema_metadata({"pandas": "{}"}), "not the copy's label"),
    "field metadata": (
        pa.table({"a": ["x"]}, schema=pa.schema([pa.field("a", pa.string(), metadata={"seen": "x"})])),
        "metadata of its own",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_a_parquet_file_holds_beside_its_cells_is_a_leak(name: str, tmp_path: Path) -> None:
    table, message = BROKEN[name]
    (problem,) = container_problems(HELD, written(tmp_path, table), LABEL)
    assert problem.code == "leak"
    assert message in problem.message


def test_another_label_is_a_leak_where_the_label_is_known(tmp_path: Path) -> None:
    folder = written(tmp_path, TABLES["text"])
    assert container_problems(HELD, folder, "another")
    assert container_problems(HELD, folder, None) == []


def test_bytes_of_no_page_are_a_leak(tmp_path: Path) -> None:
    path = written(tmp_path, TABLES["text"]) / "t.parquet"
    data = path.read_bytes()
    footer = int.from_bytes(data[-8:-4], "little") + 8
    path.write_bytes(data[:-footer] + b"somebody" + data[-footer:])
    assert [problem.message for problem in container_problems(HELD, tmp_path, LABEL)] == [
        "the file has bytes that belong to no page"
    ]


def test_other_formats_and_damaged_files_are_left_to_the_readers(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"PAR1 nothing")
    assert container_problems(HELD, tmp_path, LABEL) == []
    (tmp_path / "t.parquet").write_text("a,b\n")
    assert container_problems(HELD, tmp_path, LABEL) == []


def people(rows: int = 600) -> dict[str, list[str]]:
    return {
        "email": [f"person.{i}@firma{i % 9}.example" for i in range(rows)],
        "words": [["red", "green", "light blue", "dark grey"][i % 4] + f" {i % 50}" for i in range(rows)],
        "number": [str(1000 + i * 17 % 977) for i in range(rows)],
    }


def rescanned(
    columns: dict[str, list[str]], promises: dict[str, tuple[str, str]], never_keep: tuple[str, ...] = ()
) -> tuple[list[Problem], tuple[Seen, ...]]:
    told = tuple(ColumnPromise(name, infotype, "m", fate) for name, (infotype, fate) in promises.items())
    table = TablePromise("t", "t.csv", told)
    check = Redetection(never_keep)
    batch = pa.RecordBatch.from_pydict(columns)
    for start in range(0, batch.num_rows, 100):
        check.take(table, batch.slice(start, 100), batch.slice(start, 100), start + 1)
    return list(check.finish()), check.seen


def test_identifiers_in_a_kept_column_are_a_leak() -> None:
    made = people()
    columns = {"remark": made["email"], "words": made["words"]}
    (problem,), _ = rescanned(columns, {"remark": ("other", "kept"), "words": ("none", "kept")})
    assert (problem.code, problem.place.table, problem.place.column) == ("leak", "t", "remark")
    assert problem.message == "the copy holds `email` in a column that was to hold none"


def test_the_hint_says_how_to_keep_it_knowingly() -> None:
    (problem,), _ = rescanned({"remark": people()["email"]}, {"remark": ("other", "kept")})
    assert "{method: keep, infotype: email}" in problem.hint


def test_identifiers_that_the_plan_names_are_knowingly_kept() -> None:
    assert rescanned({"remark": people()["email"]}, {"remark": ("email", "kept")}) == ([], ())


def test_identifiers_in_a_masked_column_are_told_only() -> None:
    problems, seen = rescanned({"remark": people()["email"]}, {"remark": ("other", "masked")})
    assert problems == []
    assert [(found.column, found.infotype, found.fate) for found in seen] == [("remark", "email", "masked")]


@pytest.mark.parametrize("infotype", ["other", "none", "email"])
def test_what_is_never_kept_is_found_in_kept_columns_whatever_the_plan_calls_it(infotype: str) -> None:
    problems, _ = rescanned({"remark": people()["email"]}, {"remark": (infotype, "kept")}, ("email", "health"))
    found = [problem for problem in problems if problem.code == "agreement"]
    assert [(problem.place.column, "`email`" in problem.message) for problem in found] == [("remark", True)]


def test_what_is_never_kept_may_be_masked_and_other_columns_be_kept() -> None:
    made = people()
    columns = {"remark": made["email"], "words": made["words"]}
    problems, _ = rescanned(columns, {"remark": ("other", "masked"), "words": ("none", "kept")}, ("email", "gender"))
    assert problems == []


def test_what_identifies_nobody_is_no_leak() -> None:
    made = people()
    promises = {"words": ("none", "kept"), "number": ("none", "kept")}
    assert rescanned({name: made[name] for name in promises}, promises) == ([], ())


def measured(before: dict[str, list[object]], after: dict[str, list[object]]) -> dict[str, ColumnUtility]:
    check = Utility()
    table = TablePromise("t", "", tuple(ColumnPromise(name, "other", "m", "masked") for name in before))
    check.take(table, pa.RecordBatch.from_pydict(before), pa.RecordBatch.from_pydict(after), 1)
    assert list(check.finish()) == []
    return {column: found for (_, column), found in check.found.items()}


def test_utility_tells_shapes_and_no_value() -> None:
    found = measured({"c": ["aa", "bbbb", None, "aa"]}, {"c": ["x", "yy", None, "x"]})["c"]
    assert (found.rows, found.kind, found.distance) == (4, "frequencies", 0.0)
    assert (found.before.distinct, found.before.nulls, found.before.shortest) == (2, 0.25, 2)
    assert (found.before.mean, found.before.longest) == (2.667, 4)
    assert "bbbb" not in repr(found)


@pytest.mark.parametrize(
    ("before", "after", "kind", "distance"),
    [
        (["a", "a", "b", "c"], ["x", "x", "x", "x"], "frequencies", 0.5),
        (["a", "b", "c", "d"], ["w", "x", "y", "z"], "frequencies", 0.0),
        ([1, 2, 3, 4], [1, 2, 3, 4], "ks", 0.0),
        ([1, 2, 3, 4], [11, 12, 13, 14], "ks", 1.0),
        ([1.5, 2.5, 3.5, 4.5], [1.5, 2.5, 9.5, 9.5], "ks", 0.5),
        (["1", "2", "3", "4"], ["1", "2", "8", "9"], "ks", 0.5),
        ([None, None], [None, None], "frequencies", 0.0),
    ],
)
def test_the_distance_is_that_of_the_distributions(
    before: list[object], after: list[object], kind: str, distance: float
) -> None:
    found = measured({"c": before}, {"c": after})["c"]
    assert (found.kind, found.distance) == (kind, distance)


@pytest.fixture
def told(tmp_path: Path) -> tuple[Manifest, Path, Counted]:
    import hashlib

    (tmp_path / "t.csv").write_bytes(b"a\nx\n\ny\n")
    digest = hashlib.sha256(b"a\nx\n\ny\n").hexdigest()
    column = CopyColumn("a", "other", "m", "masked", nulls=1)
    manifest = Manifest(
        *("0f", "test", "", (), "2030-01-01T00:00:00Z", "2029-12-01T00:00:00Z", "staff", "", "", "", "", "1", ()),
        *("", "", False, "", "", "s", True, (CopyFile("t.csv", digest, 3, "csv"),)),
        (CopyTable("t", "t.csv", 3, (column,)),),
    )
    counted = Counted()
    batch = pa.RecordBatch.from_pydict({"a": ["x", None, "y"]})
    counted.take(manifest.promises.tables[0], batch, batch, 1)
    return manifest, tmp_path, counted


def test_a_true_manifest_passes(told: tuple[Manifest, Path, Counted]) -> None:
    require_true(*told)


def test_a_file_with_another_digest_is_refused(told: tuple[Manifest, Path, Counted]) -> None:
    (told[1] / "t.csv").write_bytes(b"a\nx\n\nz\n")
    with pytest.raises(GateError, match="digest"):
        require_true(*told)


@pytest.mark.parametrize("what", ["rows", "nulls"])
def test_a_wrong_count_is_refused(what: str, told: tuple[Manifest, Path, Counted]) -> None:
    told[2].rows["t"] += what == "rows"
    told[2].nulls["t", "a"] += what == "nulls"
    with pytest.raises(GateError, match="mismatch"):
        require_true(*told)
