"""Keys inside of cells, of several tables and unique together: copies that break them are refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from masker.promises import ColumnPromise, Promises, TablePromise
from masker.snapshot import ForeignKey, HeldKey, TypedKey
from masker.verify.against import examine

MASKED, KEPT = ("fpe", "masked"), ("keep", "kept")
USERS = TablePromise("users", "users.csv", (ColumnPromise("id", "other", *MASKED, space=9.0),))
Edit = Callable[[str], str]


def codes(folder: Path, promises: Promises, source: dict[str, str], copy: dict[str, str]) -> list[str]:
    for name, files in (("source", source), ("copy", copy)):
        (folder / name).mkdir(exist_ok=True)
        for file, text in files.items():
            (folder / name / file).write_text(text)
    return sorted({problem.code for problem in examine(promises, folder / "source", folder / "copy").problems})


HELD = Promises(
    (
        USERS,
        TablePromise(
            "t",
            "t.csv",
            (ColumnPromise("ids", "other", *MASKED, changes=False),),
            held=(HeldKey("ids", "$[*]", "users", "id"),),
        ),
    )
)
HELD_SOURCE = {"users.csv": "id\n11\n12\n13\n", "t.csv": 'ids\n"{11,12,99}"\n"[13, null]"\n""\n'}
HELD_COPY = {"users.csv": "id\n51\n52\n53\n", "t.csv": 'ids\n"{51,52,77}"\n"[53, null]"\n""\n'}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("", "", []),
        ("{51,", "{61,", ["orphans"]),
        (",77}", ",53}", ["orphans"]),
        ("{51,52,77}", "{51,52}", ["mismatch"]),
        ("null", "53", ["mismatch"]),
        ("[53", "{53", ["mismatch"]),
    ],
)
def test_keys_inside_of_cells_join_as_before(tmp_path: Path, before: str, after: str, found: list[str]) -> None:
    copy = {**HELD_COPY, "t.csv": HELD_COPY["t.csv"].replace(before, after, 1) if before else HELD_COPY["t.csv"]}
    assert codes(tmp_path, HELD, HELD_SOURCE, copy) == found


TYPED = Promises(
    (
        USERS,
        TablePromise("firms", "firms.csv", USERS.columns),
        TablePromise(
            "notes",
            "notes.csv",
            (ColumnPromise("kind", "other", *KEPT), ColumnPromise("owner", "other", *MASKED, space=9.0)),
            typed=(TypedKey("kind", "owner", (("U", "users", "id"), ("F", "firms", "id"))),),
        ),
    )
)
TYPED_SOURCE = {
    "users.csv": "id\n11\n12\n",
    "firms.csv": "id\n11\n",
    "notes.csv": "kind,owner\nU,11\nF,11\nF,12\nX,5\n",
}
TYPED_COPY = {"users.csv": "id\n51\n52\n", "firms.csv": "id\n61\n", "notes.csv": "kind,owner\nU,51\nF,61\nF,62\nX,8\n"}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [("", "", []), ("U,51", "U,61", ["orphans"]), ("F,62", "F,61", ["orphans"]), ("F,61", "F,51", ["orphans"])],
)
def test_keys_of_several_tables_join_as_before(tmp_path: Path, before: str, after: str, found: list[str]) -> None:
    copy = {**TYPED_COPY, "notes.csv": TYPED_COPY["notes.csv"].replace(before, after, 1) if before else
            TYPED_COPY["notes.csv"]}  # fmt: skip
    assert codes(tmp_path, TYPED, TYPED_SOURCE, copy) == found


@pytest.mark.parametrize(
    ("copy", "found"), [("a,b\n1,x\n1,y\n2,x\n2,x\n", []), ("a,b\n1,x\n1,x\n2,x\n2,x\n", ["mismatch"])]
)
def test_rows_that_differ_in_a_unique_set_still_do(tmp_path: Path, copy: str, found: list[str]) -> None:
    columns = (ColumnPromise("a", "other", *KEPT), ColumnPromise("b", "other", *MASKED, space=1.0))
    promises = Promises((TablePromise("t", "t.csv", columns, unique=(("a", "b"),)),))
    assert codes(tmp_path, promises, {"t.csv": "a,b\n1,k\n1,l\n2,k\n2,k\n"}, {"t.csv": copy}) == found


def composite(ignores: tuple[str, ...] = (), part_of: str = "") -> Promises:
    columns = tuple(ColumnPromise(name, "other", *MASKED, space=9.0, ignores=ignores) for name in "ab")
    key = ForeignKey(("a", "b"), "p", ("a", "b"), declared=True)
    more = (TablePromise("p1", "p1.csv", columns, part_of=part_of),) if part_of else ()
    return Promises((TablePromise("p", "p.csv", columns), *more, TablePromise("c", "c.csv", columns, (key,))))


@pytest.mark.parametrize(
    ("copy", "found"),
    [
        ("a,b\nq,7\nq,9\n,9\n", []),
        ("a,b\nq,8\nq,9\n,9\n", ["orphans"]),  # joined: does no more
        ("a,b\nq,7\nq,7\n,9\n", ["orphans"]),  # an orphan joins now
        ("a,b\nq,7\nq,9\n,7\n", []),  # NULL in a part joins nothing, whatever the other says
    ],
)
def test_composite_keys_join_as_match_simple_says(tmp_path: Path, copy: str, found: list[str]) -> None:
    source = {"p.csv": "a,b\nx,1\n", "c.csv": "a,b\nx,1\nx,2\n,2\n"}
    assert codes(tmp_path, composite(), source, {"p.csv": "a,b\nq,7\n", "c.csv": copy}) == found


@pytest.mark.parametrize(("ignores", "found"), [(("blanks", "case"), []), ((), ["orphans"])])
def test_keys_join_by_what_the_source_looks_at(tmp_path: Path, ignores: tuple[str, ...], found: list[str]) -> None:
    source = {"p.csv": "a,b\nAnna,1\n", "c.csv": "a,b\nanna ,1\nAnna,1\n"}
    copy = {"p.csv": "a,b\nQuux,7\n", "c.csv": "a,b\nquux ,7\nQuux,7\n"}
    assert codes(tmp_path, composite(ignores), source, copy) == []
    copy["c.csv"] = "a,b\nquux ,7\nquux,7\n"
    assert codes(tmp_path, composite(ignores), source, copy) == found


def test_rows_of_a_partition_are_rows_of_its_table(tmp_path: Path) -> None:
    source = {"p.csv": "a,b\ny,3\n", "p1.csv": "a,b\nx,1\n", "c.csv": "a,b\nx,1\n"}
    copy = {"p.csv": "a,b\nr,5\n", "p1.csv": "a,b\nq,7\n", "c.csv": "a,b\nq,7\n"}
    assert codes(tmp_path, composite(part_of="p"), source, copy) == []
    copy["c.csv"] = "a,b\nq,8\n"
    assert codes(tmp_path, composite(part_of="p"), source, copy) == ["orphans"]
