"""What ends a run from outside: one signal, one error, whatever a library made of it."""

import os
import signal
from collections.abc import Iterator

import pytest

from masker.cli._stops import as_stopped, listen, when_visible
from masker.errors import InputError, InternalError, Interrupted


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_what_a_library_makes_of_a_signal_is_told_as_the_signal(number: int, exit_code: int) -> None:
    listen()
    with pytest.raises(Interrupted):
        os.kill(os.getpid(), number)
    told = as_stopped(InternalError("internal", "a bug"))
    assert (told.code, told.exit_code) == ("interrupted", exit_code)


def test_other_errors_are_told_as_they_are() -> None:
    bug, bad = InternalError("internal", "a bug"), InputError("malformed", "bad")
    assert as_stopped(bug) is bug
    listen()
    assert (as_stopped(bug), as_stopped(bad)) == (bug, bad)


def test_once_the_copy_is_visible_nothing_stops_the_run() -> None:
    listen()
    visible = when_visible()
    assert visible is not None
    visible()
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGTERM)


def test_the_signals_of_a_program_around_masker_are_its_own() -> None:
    assert when_visible() is None
