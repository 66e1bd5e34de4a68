"""Every code word has a hint of its own, so that no error leaves its user without a next step."""

import pickle

import pytest

from masker import errors
from masker.errors import InputError, MaskerError


def kinds(kind: type[MaskerError] = MaskerError) -> list[type[MaskerError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in kinds(child))]


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind in kinds() for code in sorted(kind.codes)])
def test_error_without_a_hint_gets_that_of_its_code_word(kind: type[MaskerError], code: str) -> None:
    assert kind(code, "something is wrong").hint


def test_hint_of_the_place_that_raises_goes_first() -> None:
    assert InputError("malformed", "something is wrong", "turn it round").hint == "turn it round"


def test_hint_survives_pickling() -> None:
    error = InputError("malformed", "something is wrong")
    assert pickle.loads(pickle.dumps(error)).hint == error.hint


def test_no_hint_is_left_over() -> None:
    assert set(errors._HINTS) == {code for kind in kinds() for code in kind.codes}
