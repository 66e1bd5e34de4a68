"""A copy in a database is compared with SOURCE as sets: what is told of it, what is found, and what is not."""

from pathlib import Path

import pytest

from masker.promises import ColumnPromise, Promises, TablePromise
from masker.snapshot import ForeignKey
from masker.verify.against import examine
from masker.verify.problems import Verification
from masker.verify.unpaired import Orderless

KEY = ForeignKey(("person",), "people", ("id",), declared=True)
PROMISES = Promises(
    (
        TablePromise(
            "people",
            "",
            (
                ColumnPromise("id", "person_key", "permute", "masked", unique=True, space=2.0**31),
                ColumnPromise("email", "email", "fake", "masked", unique=True, space=2.0**60),
                ColumnPromise("plan", "none", "keep", "kept"),
                ColumnPromise("paid", "none", "keep", "kept"),
            ),
        ),
        TablePromise(
            "visits",
            "",
            (
                ColumnPromise("person", "person_key", "permute", "masked", space=2.0**31),
                ColumnPromise("place", "none", "keep", "kept"),
            ),
            foreign_keys=(KEY,),
        ),
    )
)
PEOPLE = [(n, f"muster{n}.anna@firma.example", "gold" if n % 2 else "tin", n / 4) for n in range(1, 9)]
VISITS = [(n % 8 + 1, f"room {n}") for n in range(20)]
KEYS = {n: 11 * n + 700 for n in range(1, 10)}
Row = tuple[object, ...]


def masked_people() -> list[Row]:
    return [(KEYS[n], f"q{n}w{n}e{n}@mail.example", plan, paid) for n, _, plan, paid in reversed(PEOPLE)]  # type: ignore[index]


def masked_visits() -> list[Row]:
    return sorted(((KEYS[n], place) for n, place in VISITS), key=str)  # type: ignore[index]


def dump(people: list[Row], visits: list[Row], *, number: str = "{:g}", more: str = "") -> str:
    def line(row: Row) -> str:
        cells = (number.format(each) if isinstance(each, float) else each for each in row)
        return "\t".join("\\N" if each is None else str(each) for each in cells) + "\n"

    return (
        "-- PostgreSQL database dump\n"
        "CREATE TABLE public.people (id integer NOT NULL, email text, plan character varying(9), paid numeric(9,2));\n"
        "CREATE TABLE public.visits (person integer, place text);\n"
        f"COPY public.people (id, email, plan, paid) FROM stdin;\n{''.join(map(line, people))}\\.\n"
        f"COPY public.visits (person, place) FROM stdin;\n{''.join(map(line, visits))}\\.\n{more}"
    )


def compared(folder: Path, copy: str, *, same_style: bool = True) -> Verification:
    (folder / "source.sql").write_text(dump(PEOPLE, VISITS))  # type: ignore[arg-type]
    (folder / "copy.sql").write_text(copy)
    orderless = Orderless(same_style=same_style)
    return examine(PROMISES, folder / "source.sql", folder / "copy.sql", orderless=orderless)


def test_rows_in_another_order_are_right_and_what_was_not_checked_is_told(tmp_path: Path) -> None:
    found = compared(tmp_path, dump(masked_people(), masked_visits()) + "CREATE VIEW public.v AS SELECT 1;\n")
    assert found.problems == ()
    assert len(found.unproven) == 3
    assert "compared as sets" in found.unproven[0]
    assert "views" in found.unproven[-1]


def test_what_a_server_writes_in_its_own_way_is_told_and_not_held_against_it(tmp_path: Path) -> None:
    copy = dump(masked_people(), masked_visits(), number="{:.2f}")
    found = compared(tmp_path, copy, same_style=False)
    assert found.problems == ()
    assert [line for line in found.unproven if "people.paid" in line]
    assert compared(tmp_path, copy).count("mismatch") == 1


def changed(rows: list[Row], number: int, *cells: object) -> list[Row]:
    return [*rows[:number], cells, *rows[number + 1 :]]


@pytest.mark.parametrize("same_style", [True, False])
@pytest.mark.parametrize(
    ("fault", "code", "place"),
    [
        ("kept", "mismatch", ("people", None)),
        ("swapped", "mismatch", ("visits", None)),
        ("original", "leak", ("people", "email")),
        ("null", "mismatch", ("people", "email")),
        ("kept null", "mismatch", ("people", "paid")),
        ("twice", "mismatch", ("people", "email")),
        ("lost parent", "orphans", ("visits", "person")),
        ("lost row", "mismatch", ("visits", None)),
        ("stray table", "mismatch", (None, None)),
    ],
)
def test_faults_show_without_an_order(
    tmp_path: Path, fault: str, code: str, place: tuple[str | None, str | None], *, same_style: bool
) -> None:
    people, visits, more = masked_people(), masked_visits(), ""
    id_, email, plan, paid = people[0]
    if fault == "kept":
        people = changed(people, 0, id_, email, "gold" if plan == "tin" else "tin", paid)
    elif fault == "swapped":
        visits = changed(visits, 3, visits[3][0], visits[4][1])
    elif fault == "original":
        people = changed(people, 0, id_, PEOPLE[3][1], plan, paid)
    elif fault == "null":
        people = changed(people, 0, id_, None, plan, paid)
    elif fault == "kept null":
        people = changed(people, 0, id_, email, plan, None)
    elif fault == "twice":
        people = changed(people, 0, id_, people[1][1], plan, paid)
    elif fault == "lost parent":
        people = changed(people, 0, 99_999, email, plan, paid)
    elif fault == "lost row":
        visits = visits[:-1]
    else:
        more = "COPY public.other (a) FROM stdin;\n1\n\\.\n"
    found = compared(tmp_path, dump(people, visits, more=more), same_style=same_style)
    assert code in {problem.code for problem in found.problems}
    assert place in {(problem.place.table, problem.place.column) for problem in found.problems if problem.code == code}
