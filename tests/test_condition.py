"""Which rows meet a condition: tables first, then the two evaluators against each other."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.condition import parse
from masker.condition_columns import meeting
from masker.errors import UsageError
from masker.verify.condition_rows import Rows

TEXTS = pa.array(["7", "007", "7.0", " 7", "-1", "2024-02-29", "2024-02-29T10:00", "Anna", "anna's", "", None, "true"])


def rows(condition: str, column: pa.Array = TEXTS) -> list[int]:
    batch = pa.RecordBatch.from_arrays([column], ["c"])
    parsed = parse(condition)
    found = [n for n, meets in enumerate(meeting(parsed, batch).tolist()) if meets]
    assert [n for n, meets in enumerate(Rows(parsed)(batch)) if meets] == found
    return found


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("c = '7'", [0]),
        ("c = 7", [0, 1, 2, 3]),
        ("c != 7", [4]),
        ("not c = 7", [4]),
        ("c <> '7'", [1, 2, 3, 4, 5, 6, 7, 8, 9, 11]),
        ("c < 0", [4]),
        ("c >= -1 and c <= 6.999", [4]),
        ("c = 2024-02-29", [5, 6]),
        ("c > 2024-02-28 and c <= 2024-02-29", [5, 6]),
        ("c < 2024-03-01 or c is null", [5, 6, 10]),
        ("c in ('Anna', 7, 2024-02-29)", [0, 1, 2, 3, 5, 6, 7]),
        ("c not in ('Anna', '7')", [1, 2, 3, 4, 5, 6, 8, 9, 11]),
        ("c = 'anna''s' or c = \"anna's\"", [8]),
        ("c like 'a%'", [8]),
        ("c like '_nna%'", [7, 8]),
        ("c not like '%a%'", [0, 1, 2, 3, 4, 5, 6, 9, 11]),
        ("c = ''", [9]),
        ("c is null", [10]),
        ("c is not null and not (c >= '' )", []),
        ("c = true", [11]),
        ("true", list(range(12))),
        ("not true", []),
        ("c > 'a'", [8, 11]),
        ("C = 7 or c = 8", None),
    ],
)
def test_rows_that_meet_a_condition(condition: str, found: list[int] | None) -> None:
    if found is None:
        with pytest.raises(KeyError):
            rows(condition)
    else:
        assert rows(condition) == found


@pytest.mark.parametrize(
    ("column", "condition", "found"),
    [
        (pa.array([7, 8, None]), "c = 7", [0]),
        (pa.array([2**53, 2**53 + 1]), f"c > {2**53}", [1]),
        (pa.array(["99999999999999999999", "100000000000000000000"]), "c >= 100000000000000000000", [1]),
        (pa.array([0.5, 1e20, None]), "c > 0.5", [1]),
        (pa.array([19782, 0, None], pa.date32()), "c >= 2024-02-29", [0]),
        (pa.array([0, 86_400_000_000], pa.timestamp("us")), "c = 1970-01-02", [1]),
        (pa.array([True, False, None]), "c = true", [0]),
        (pa.array(["a", "b", "a"]).dictionary_encode(), "c = 'a'", [0, 2]),
        (pa.array(["a", "b", "a"], pa.large_string()), "c != 'a'", [1]),
        (pa.array(["a", None, "b", "a"]).slice(1), "c = 'a'", [2]),
    ],
)
def test_columns_of_any_type(column: pa.Array, condition: str, found: list[int]) -> None:
    assert rows(condition, column) == found


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", 1),
        ("c", 2),
        ("c = ", 4),
        ("c = 'x", 5),
        ("(c = 1", 7),
        ("c = 1)", 6),
        ("c == 1", 4),
        ("c = anna@firma.example", 5),
        ("c between 1 and 2", 3),
        ("c = 2024-13-01", 5),
        ("c in ()", 7),
        ("c is 1", 6),
        ("c like 5", 8),
        ("and c = 1", 1),
        ("c = 1 c = 2", 7),
        ("c = 1; drop", 6),
        ("(" * 200 + "c = 1", 51),
    ],
)
def test_a_mistake_is_pointed_at_without_a_value(text: str, at: int) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert f"character {at}:" in caught.value.message
    assert caught.value.hint.split("\n")[-1].endswith("^")
    assert not {"anna", "drop", "2024", "1"} & set(caught.value.hint.replace(";", " ").replace("@", " ").split())


cells = st.lists(
    st.none()
    | st.text(st.sampled_from("ab_%\\\n '\"é"), max_size=5)
    | st.integers(-20, 20).map(str)
    | st.decimals(-2, 2, places=1, allow_nan=False).map(str)
    | st.dates().map(str)
    | st.sampled_from(["1e1", "t", "FALSE", "2024-02-30", "2024-02-29 ", ".5", "5.", ".", "-", "+", "1e999999", "²"]),
    max_size=12,
)
texts = st.text(st.sampled_from("ab_%\\\n é\"'"), max_size=4).map(lambda text: "'" + text.replace("'", "''") + "'")
numbers = st.integers(-20, 20).map(str) | st.decimals(-2, 2, places=1, allow_nan=False).map(str)
values = texts | numbers | st.sampled_from(["true", "false"]) | st.dates().map(str)
tests = (
    st.tuples(st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), values).map(lambda pair: f"c {pair[0]} {pair[1]}")
    | texts.map(lambda text: f"c like {text}")
    | st.lists(values, min_size=1, max_size=3).map(lambda each: f"c not in ({', '.join(each)})")
    | st.sampled_from(["c is null", "c is not null", "true", "false"])
)
conditions = st.recursive(
    tests,
    lambda part: (
        part.map(lambda text: f"not ({text})")
        | st.tuples(part, st.sampled_from(["and", "or"]), part).map(lambda each: f"({each[0]}) {each[1]} {each[2]}")
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(condition=conditions, column=cells)
def test_run_and_verifier_read_every_condition_alike(condition: str, column: list[str | None]) -> None:
    rows(condition, pa.array(column, pa.string()))
