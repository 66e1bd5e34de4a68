"""Objects that hold key bytes: never printed, never pickled, never copied."""

from typing import NoReturn


class Sealed:
    """Base of everything that holds a key: its repr names the type only; pickling and copying raise `TypeError`.

    It keeps keys out of logs, job files and worker queues; it does NOT protect against code that reads this
    process's memory.

    >>> Sealed()
    <Sealed>
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} holds a key: it is neither pickled nor copied")
