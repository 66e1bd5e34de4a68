"""What every method of the registry promises, tried on its own examples."""

import importlib
import pickle
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.methods import METHODS, Example, Method
from tests.methods.support import keys_of, text

KEYS = keys_of("a")
OTHER = keys_of("b")


def examples() -> Iterator[tuple[str, Example]]:
    for name in METHODS:
        for number, example in enumerate(importlib.import_module(METHODS[name].__module__).EXAMPLES):
            yield f"{name}-{number}", example


EVERY = dict(examples())
every = pytest.mark.parametrize("example", EVERY.values(), ids=EVERY)


def every_that(claim: Callable[[Method], bool]) -> pytest.MarkDecorator:
    chosen = {name: example for name, example in EVERY.items() if claim(example.method)}
    return pytest.mark.parametrize("example", chosen.values(), ids=chosen)


def mask(example: Example, column: pa.Array, keys: object = KEYS) -> pa.Array:
    return example.method(keys, column)  # type: ignore[arg-type]


def removes(example: Example) -> bool:
    return example.method.name in ("null", "drop")


def test_every_method_has_an_example() -> None:
    assert {name.rsplit("-", 1)[0] for name in EVERY} == set(METHODS)


@every
def test_length_type_and_nulls_stay(example: Example) -> None:
    column = text([None, *example.values, None])
    masked = mask(example, column)
    assert (masked.type, len(masked)) == (column.type, len(column))
    assert masked.is_null().to_pylist() == ([True] * len(column) if removes(example) else column.is_null().to_pylist())
    masked.validate(full=True)


@every
def test_an_empty_text_stays_empty(example: Example) -> None:
    assert mask(example, text(["", example.values[0], ""])).to_pylist()[::2] == (
        [None] * 2 if removes(example) else [""] * 2
    )


@every
def test_no_rows_give_no_rows(example: Example) -> None:
    assert mask(example, text([])).to_pylist() == []


@every
def test_a_column_of_nulls_stays_one(example: Example) -> None:
    assert mask(example, text([None, None])).to_pylist() == [None, None]


@every
def test_what_cannot_be_read_gives_null(example: Example) -> None:
    assert mask(example, text([*example.unreadable, ""])).to_pylist()[:-1] == [None] * len(example.unreadable)


@every
def test_one_row_at_a_time_gives_the_same(example: Example) -> None:
    column = text([*example.values, *example.unreadable, None, ""])
    assert [mask(example, column.slice(row, 1))[0].as_py() for row in range(len(column))] == mask(
        example, column
    ).to_pylist()


@every
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_batches_do_not_matter(example: Example, data: st.DataObject) -> None:
    pool = [*example.values, *example.unreadable, None, ""]
    column = text(data.draw(st.lists(st.sampled_from(pool), min_size=1, max_size=40)))
    cut = data.draw(st.integers(0, len(column)))
    parts = mask(example, column.slice(0, cut)).to_pylist() + mask(example, column.slice(cut)).to_pylist()
    assert parts == mask(example, column).to_pylist()


@every
def test_many_repeated_rows_give_the_same_as_few(example: Example) -> None:
    column = text([*example.values, *example.unreadable, None, ""])
    many = pa.concat_arrays([column] * 600)
    assert mask(example, many).to_pylist() == mask(example, column).to_pylist() * 600


@every
@pytest.mark.parametrize(
    "type_", [pa.large_string(), pa.dictionary(pa.int32(), pa.string()), pa.string_view()], ids=str
)
def test_every_layout_of_text_gives_the_same(example: Example, type_: pa.DataType) -> None:
    column = text([*example.values, None, "", *example.values])
    masked = mask(example, pc.cast(column, type_) if not pa.types.is_dictionary(type_) else column.dictionary_encode())
    assert masked.type == type_
    assert masked.to_pylist() == mask(example, column).to_pylist()


@every_that(lambda method: method.changes)
def test_a_dictionary_keeps_no_original(example: Example) -> None:
    masked = mask(example, text(example.values).dictionary_encode())
    assert not {value for value in example.values if len(value) > 7} & set(masked.dictionary.to_pylist())


@every
def test_the_same_key_gives_the_same(example: Example) -> None:
    column = text(example.values)
    assert mask(example, column).equals(mask(example, column, keys_of("a")))


@every_that(lambda method: method.space not in (None, 1.0) or method.name == "shift_date")
def test_another_key_gives_other_values(example: Example) -> None:
    long = text([value for value in example.values if sum(map(str.isalnum, value)) > 7])
    shared = sum(
        a == b for a, b in zip(mask(example, long).to_pylist(), mask(example, long, OTHER).to_pylist(), strict=True)
    )
    assert shared < max(1, len(long) // 2)


@every
def test_a_method_survives_pickling(example: Example) -> None:
    assert pickle.loads(pickle.dumps(example.method)) == example.method


@every
def test_parameters_cannot_be_changed(example: Example) -> None:
    with pytest.raises(AttributeError):
        example.method.anything = 1  # type: ignore[attr-defined]


@every_that(lambda method: method.changes)
def test_no_value_becomes_itself(example: Example) -> None:
    values = [value for value in example.values if sum(map(str.isalnum, value)) > 5]
    masked = mask(example, text(values)).to_pylist()
    assert not [row for row, (old, new) in enumerate(zip(values, masked, strict=True)) if old == new]


@every_that(lambda method: method.injective)
def test_different_values_stay_different(example: Example) -> None:
    values = list(dict.fromkeys(example.values))
    if example.method.name == "fpe" and example.method.check in ("phone", "luhn"):  # type: ignore[attr-defined]
        values = values[:1] + values[2:]  # the second is the first in another style
    digits = ["".join(filter(str.isalnum, value or "")) for value in mask(example, text(values)).to_pylist()]
    assert len(set(digits)) == len(values)


@every_that(lambda method: method.name in ("fpe", "permute") and getattr(method, "alphabet", "") != "hex")
def test_digits_and_letters_stay_in_their_places(example: Example) -> None:
    def shape(value: str) -> str:
        return "".join("9" if c.isdigit() else c if not c.isalpha() else "A" if c.isupper() else "a" for c in value)

    shapes = [shape(value) for value in example.values]
    assert [shape(value) for value in mask(example, text(example.values)).to_pylist()] == shapes


@every
def test_the_input_stays_as_it_was(example: Example) -> None:
    column = text([*example.values, None, ""])
    before = column.to_pylist()
    mask(example, column)
    assert column.to_pylist() == before


def test_declarations_are_complete() -> None:
    for name, method in METHODS.items():
        assert method.name == name
        assert method.takes in ("text", "any")
        assert all(
            isinstance(getattr(method, flag), bool) for flag in ("deterministic", "injective", "reversible", "changes")
        )
        assert method.__doc__
        assert "NOT" in method.__doc__ or "nothing" in method.__doc__, name


def test_space_is_a_number_of_outputs_or_none() -> None:
    for example in EVERY.values():
        assert example.method.space is None or example.method.space >= 1


def test_slices_of_a_long_column_give_slices_of_the_result() -> None:
    rng = np.random.default_rng(1)
    for example in EVERY.values():
        pool = [*example.values, *example.unreadable, None]
        column = text([pool[index] for index in rng.integers(0, len(pool), 300)])
        assert mask(example, column.slice(17, 101)).to_pylist() == mask(example, column).to_pylist()[17:118], (
            example.method
        )
