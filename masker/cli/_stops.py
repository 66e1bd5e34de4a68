"""What stops a run from outside, SIGINT and SIGTERM: until its copy is visible; from then on the run is done."""

import signal
from collections.abc import Callable

from masker.errors import Interrupted, MaskerError, Terminated


class _Stop:
    """The handler of both signals: ends the run as cleanly as an error does, and remembers which one came."""

    came: int = 0

    def __call__(self, number: int, frame: object) -> None:
        self.came = number
        raise _stopped(number)


def listen() -> None:
    """Let SIGINT and SIGTERM end the run from now on."""
    stop = _Stop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def when_visible() -> Callable[[], None] | None:
    """What a run shall do once its copy is visible: stop listening, since exit 130 and 143 say that there is none.

    None where nobody listens: then masker is a part of another program, whose signals are its own.
    """
    return _ignore if isinstance(signal.getsignal(signal.SIGTERM), _Stop) else None


def as_stopped(error: MaskerError) -> MaskerError:
    """The error that the user is told: a library that was interrupted may have made another exception of it.

    SQLite, for one, takes what is raised while it asks for a permission for a denial.
    """
    stop = signal.getsignal(signal.SIGTERM)
    if isinstance(stop, _Stop) and stop.came:
        return _stopped(stop.came)
    return error


def _ignore() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _stopped(number: int) -> Interrupted:
    return (Terminated if number == signal.SIGTERM else Interrupted)("interrupted", "stopped; nothing was published")
