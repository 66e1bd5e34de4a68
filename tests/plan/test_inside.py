import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masker.paths import read_path
from masker.plan.inside import find, put
from masker.plan.json_values import UnreadableError
from masker.verify.cell_keys import keys_in

LEAVES = st.none() | st.booleans() | st.integers(-9, 10**12) | st.text(max_size=5)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)
KEYS = st.lists(st.integers(0, 10**9) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6), max_size=4)


@pytest.mark.parametrize(
    ("cell", "path", "keys"),
    [
        ("{1,2,3}", "$[*]", ["1", "2", "3"]),
        ('{{1,NULL},{"a \\"b\\\\","x y"}}', "$[*]", ["1", 'a "b\\', "x y"]),
        ("[0:1]={7,8}", "$[*]", ["7", "8"]),
        ("{}", "$[*]", []),
        ("[1, 2,null]", "$[*]", ["1", "2"]),
        ('{"buyer": {"id": 7}, "id": 8}', "$.buyer.id", ["7"]),
        ('[{"id": "a"}, {"id": "b"}, {}]', "$[*].id", ["a", "b"]),
        ('{"a": [5, 6]}', "$['a'][1]", ["6"]),
        ('{"a": {"id": 5}, "b": {"id": 6}}', "$.*.id", ["5", "6"]),
        ('"4711"', "$", ["4711"]),
        ("4711", "$", ["4711"]),
    ],
)
def test_keys_are_found_where_the_path_leads(cell: str, path: str, keys: list[str]) -> None:
    found = find(cell, read_path(path))
    assert [each.text for each in found] == keys
    assert put(cell, found, [each.text for each in found]) == cell
    seen = keys_in(cell, path, [path])
    assert seen is not None
    assert seen.keys == keys


@pytest.mark.parametrize(
    ("cell", "path"),
    [
        ("{1,2", "$[*]"),
        ("{1,2}}", "$[*]"),
        ("{1,,2}", "$[*]"),
        ('{"a": {"b": 1}}', "$.a"),
        ('{"buyer": 4711}', "$.buyer.id"),
        ("[1, 2", "$[*]"),
        ("[true]", "$[*]"),
        ("[NaN]", "$[*]"),
        ("[1] x", "$[*]"),
        ('["\\ud800"]', "$[*]"),
        ("[" * 5000, "$[*]"),
        ("x", "$"),
    ],
)
def test_a_cell_where_something_else_stands_is_unreadable(cell: str, path: str) -> None:
    with pytest.raises(UnreadableError):
        find(cell, read_path(path))


@pytest.mark.parametrize(
    ("cell", "path", "masked", "after"),
    [
        ("{1, 2}", "$[*]", ["a b", "NULL"], '{"a b", "NULL"}'),
        ('{ "1" ,2}', "$[*]", ["3", None], '{ "3" ,NULL}'),
        ('[ 1,"x" ]', "$[*]", ["2", 'y"'], '[ 2,"y\\"" ]'),
        ('["ü"]', "$[*]", ["ö"], '["ö"]'),
    ],
)
def test_a_key_is_written_as_the_old_one_was(cell: str, path: str, masked: list[str | None], after: str) -> None:
    assert put(cell, find(cell, read_path(path)), masked) == after


def test_a_number_that_is_none_any_more_is_refused() -> None:
    with pytest.raises(UnreadableError):
        put("[1]", find("[1]", read_path("$[*]")), ["x"])


@given(KEYS, TREES, st.booleans())
def test_only_the_keys_of_json_change(keys: list[object], other: object, is_ascii: bool) -> None:
    tree = {"keys": keys, "other": other}
    cell = json.dumps(tree, ensure_ascii=is_ascii, indent=1)
    found = find(cell, read_path("$.keys[*]"))
    assert [each.text for each in found] == [str(key) for key in keys]
    after = put(cell, found, [str(int(each.text) + 1) if each.kind == "number" else each.text + "é" for each in found])
    new = [key + 1 if isinstance(key, int) else f"{key}é" for key in keys]
    assert json.loads(after) == {"keys": new, "other": other}


@given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=6), max_size=5))
def test_both_readers_agree_on_arrays(elements: list[str | None]) -> None:
    quoted = ["NULL" if e is None else '"' + e.replace("\\", "\\\\").replace('"', '\\"') + '"' for e in elements]
    cell = "{" + ",".join(quoted) + "}"
    wanted = [e for e in elements if e is not None]
    assert [each.text for each in find(cell, read_path("$[*]"))] == wanted
    seen = keys_in(cell, "$[*]", ["$[*]"])
    assert seen is not None
    assert seen.keys == wanted
