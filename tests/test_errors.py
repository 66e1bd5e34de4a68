import pickle
import traceback

import pytest

from masker.errors import (
    GateError,
    InputError,
    InternalError,
    Interrupted,
    MaskerError,
    OutputError,
    Place,
    UsageError,
    sealed,
    shown,
)

CANARY = "CANARY-7Q2X-anna@firma.example"


def raise_(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize("name", ["customers", "crm/customers.csv", "First Name", "straße", "a.b[].c"])
def test_plain_names_are_shown(name: str) -> None:
    assert shown(name) == name


@pytest.mark.parametrize("name", ["anna@firma.example", "tel 0301234567", "a\nb", "", "x" * 90, "<b>", "id\u202e"])
def test_names_that_may_hold_data_are_withheld(name: str) -> None:
    assert shown(name) == "(name withheld)"


def test_an_error_says_code_what_and_where() -> None:
    error = InputError("malformed", "a row is ragged", "look at it", Place(file="a.csv", row=3))
    assert str(error) == "malformed: a row is ragged (file `a.csv`, row 3)"
    assert error.exit_code == 3


def test_a_profile_error_points_at_line_and_character() -> None:
    assert str(Place(file="p.yaml", line=3, char=7)) == "p.yaml:3:7"


def test_errors_survive_pickling() -> None:
    error = GateError("drift", "a column is gone", "run init", Place(table="t", column="c"))
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.hint) == (GateError, str(error), "run init")


def test_a_code_word_belongs_to_one_class() -> None:
    classes = MaskerError.__subclasses__()
    words = [word for kind in classes for word in kind.codes if kind.codes is not MaskerError.codes]
    assert len(words) == len(set(words))
    with pytest.raises(ValueError):
        UsageError("leak", "not a usage error")


@pytest.mark.parametrize(
    ("foreign", "kind"),
    [
        (ValueError(CANARY), InternalError),
        (KeyError(CANARY), InternalError),
        (UnicodeDecodeError("utf-8", CANARY.encode(), 0, 1, CANARY), InternalError),
        (OSError(28, CANARY, CANARY), InternalError),
        (MemoryError(CANARY), InputError),
        (KeyboardInterrupt(CANARY), Interrupted),
    ],
)
def test_a_foreign_exception_leaves_without_its_text(foreign: BaseException, kind: type[MaskerError]) -> None:
    with pytest.raises(kind) as caught:
        sealed(raise_)(foreign)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caught.value.hint
    assert CANARY not in told
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_own_errors_pass_unchanged() -> None:
    error = OutputError("exists", "DEST exists")
    with pytest.raises(OutputError) as caught:
        sealed(raise_)(error)
    assert caught.value is error
