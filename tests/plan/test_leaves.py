"""Values inside of JSON cells: which are found at which path, and that the verifier finds the same ones by itself."""

import itertools
import json

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.columns import text_array
from masker.paths import read_path
from masker.plan.json_values import trail_of
from masker.plan.leaves import mask_leaves
from masker.verify.cell_tokens import OTHERS, UNREADABLE, ChangedError, leaves

PATHS = ["$.a", "$.a.b", "$.*.b", "$.a[*]", "$[*].a", "$[1]", "$.c.*", "$[*][*]", "$"]
VALUES = st.recursive(
    st.sampled_from(["x", "é\n", "", 0, -7, 1.5, True, None, 10**25]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


def marked(cell: str, paths: list[str], others: str = "o") -> str | None:
    """The cell with the number of its path in the place of every value, `o` where no path leads."""

    def mark(word: str):
        return lambda texts: text_array([f"{word}-{text}" for text in texts.to_pylist()])

    trail = trail_of([read_path(path) for path in paths])
    return mask_leaves([cell], trail, [mark(str(n)) for n in range(len(paths))], mark(others))[0]


@pytest.mark.parametrize(
    ("cell", "paths", "expected"),
    [
        ('{"a": "x", "b" : "y"}', ["$.a"], '{"a": "0-x", "b" : "o-y"}'),
        ('{"a": {"b": "x"}, "c": {"b": "y"}}', ["$.a.b", "$.*.b"], '{"a": {"b": "0-x"}, "c": {"b": "1-y"}}'),
        ('["x", [ "y" ]]', ["$[*][*]"], None),
        ('[["x"], [ "y" ]]', ["$[*][*]"], '[["0-x"], [ "0-y" ]]'),
        ('{"a": null, "b": true}', ["$.a"], '{"a": null, "b": true}'),
        ('{"a": true}', ["$.a"], None),
        ('{"a": {"b": 1}}', ["$.a"], None),
        ('{"a": {"b": 1}}', ["$.a[*].b"], None),
        ('{"a": [1]}', ["$.a.b"], None),
        ('{"a": [{"b": 1}]}', ["$.a.b", "$.a[*].b"], '{"a": [{"b": "1-1"}]}'),
        ('{"a": "x", "a": "y"}', ["$.b"], None),
        ('{"a": 7}', ["$.a"], '{"a": "0-7"}'),
        ('"x"', ["$"], '"0-x"'),
        ('{"a": "x"', ["$.a"], None),
        ('{"a": "\\ud800"}', ["$.a"], None),
        ("[" * 300 + "]" * 300, ["$.a"], None),
    ],
)
def test_values_go_the_way_of_their_path(cell: str, paths: list[str], expected: str | None):
    assert marked(cell, paths) == expected


@settings(deadline=None, max_examples=200)
@given(value=VALUES, paths=st.lists(st.sampled_from(PATHS), max_size=3, unique=True), indent=st.sampled_from([None, 1]))
def test_the_verifier_finds_the_same_values(value: object, paths: list[str], indent: int | None):
    cell = json.dumps(value, indent=indent)
    copy = marked(cell, paths)
    steps = [read_path(path) for path in paths]
    if copy is None:
        assert [leaf.path for leaf in leaves(cell, "masked", steps)] == [UNREADABLE]
        return
    for leaf in leaves(cell, copy, steps):
        if leaf.before is not None:
            word = "o" if leaf.path == OTHERS else str(leaf.path)
            assert leaf.after == f"{word}-{leaf.before}"


@settings(deadline=None, max_examples=100)
@given(value=VALUES, paths=st.lists(st.sampled_from(PATHS), max_size=3, unique=True))
def test_cells_whose_values_all_stay_keep_their_bytes(value: object, paths: list[str]):
    def keep(texts: pa.Array) -> pa.Array:
        return texts

    cell = json.dumps(value, ensure_ascii=False)
    trail = trail_of([read_path(path) for path in paths])
    same = mask_leaves([cell], trail, [keep] * len(paths), keep)[0]
    if same is not None:
        assert json.loads(same) == value
        assert all(leaf.before == leaf.after for leaf in leaves(cell, same, [read_path(path) for path in paths]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"a": 1}', '{"a" : 1}'),
        ('{"a": 1}', '{"b": 1}'),
        ('{"a": 1, "b": true}', '{"a": 1, "b": false}'),
        ("[1]", "[1, 2]"),
        ("[1]", "[[1]]"),
        ("[1, 2]", "[1, ["),
        ("[null]", "[1]"),
        ("{}", '{"a": 1}'),
    ],
)
def test_other_bytes_than_values_have_to_stay(before: str, after: str):
    with pytest.raises(ChangedError):
        list(itertools.islice(leaves(before, after, []), 100))
