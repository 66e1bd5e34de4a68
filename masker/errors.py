"""The one family of errors that masker shows: code word, what, where, hint; never a value.

Every code word belongs to one exit code (the command line's contract). Whatever goes wrong inside becomes one of
these before it reaches a user: `boundary` turns a foreign exception into an `InternalError` without its text, since
most libraries put the offending cell into the message.
"""

import re
from dataclasses import dataclass, field
from typing import ClassVar

_PLAIN_NAME = re.compile(r"(?=.{1,80}\Z)[^\W\d](?:[\w .\-/]|(?<=\w)\[\])*\Z")
_LONG_NUMBER = re.compile(r"\d{6}")


def shown(name: str, *, instead: str = "(name withheld)") -> str:
    """Give `name` where it is a plain identifier, else `instead`: names of files and columns may be personal too.

    >>> shown("customers"), shown("anna@firma.example")
    ('customers', '(name withheld)')
    """
    return name if _PLAIN_NAME.match(name) and not _LONG_NUMBER.search(name) else instead


@dataclass(frozen=True, slots=True)
class Place:
    """Where something went wrong: any of file, table, column (names), row (1-based record number, header not counted)."""

    file: str | None = None
    table: str | None = None
    column: str | None = None
    row: int | None = None
    line: int | None = None

    def __str__(self) -> str:
        parts = [f"{kind} `{shown(name)}`" for kind in ("file", "table", "column") if (name := getattr(self, kind))]
        parts += [f"{kind} {number}" for kind in ("row", "line") if (number := getattr(self, kind)) is not None]
        return ", ".join(parts)


@dataclass(eq=False)
class MaskerError(Exception):
    """Something masker refuses or cannot do, in words that hold no data value and no key byte.

    `code` is a stable code word, `message` says what (lower case, no final period), `place` where, `hint` what to do.
    Survives pickling, so that workers can raise it.
    """

    code: str
    message: str
    hint: str = ""
    place: Place = field(default_factory=Place)

    exit_code: ClassVar[int] = 70
    codes: ClassVar[frozenset[str]] = frozenset({"internal"})

    def __post_init__(self) -> None:
        if self.code not in self.codes:
            raise ValueError(f"{type(self).__name__} has no code word {self.code}")
        super().__init__(self.code, self.message, self.hint, self.place)

    def __str__(self) -> str:
        where = str(self.place)
        return f"{self.code}: {self.message}" + (f" ({where})" if where else "")

    def __reduce__(self) -> tuple[type["MaskerError"], tuple[str, str, str, Place]]:
        return type(self), (self.code, self.message, self.hint, self.place)


class GateError(MaskerError):
    """A gate said no (exit 1)."""

    exit_code = 1
    codes = frozenset(
        ["undecided-column", "drift", "leak", "mismatch", "orphans", "expired", "signature", "signer", "digest", "agreement", "small-domain", "collision", "does-not-fit", "profile-test", "risk", "already-masked"]
    )


class UsageError(MaskerError):
    """The command line or a profile is wrong (exit 2)."""

    exit_code = 2
    codes = frozenset(["usage", "profile", "unknown-name"])


class InputError(MaskerError):
    """The input is malformed, truncated, over a limit or unsupported (exit 3)."""

    exit_code = 3
    codes = frozenset(["malformed", "truncated", "encoding", "limit", "unsupported", "not-found", "unreadable"])


class KeyUnusable(MaskerError):
    """A key is missing, unreadable or wrong (exit 4)."""

    exit_code = 4
    codes = frozenset({"key"})


class OutputError(MaskerError):
    """The output cannot be written: no space, no permission, it exists (exit 5)."""

    exit_code = 5
    codes = frozenset(["exists", "no-space", "permission", "output"])


class InternalError(MaskerError):
    """A bug in masker (exit 70): an id to report, no traceback."""


class Interrupted(MaskerError):
    """The user or the system stopped the run (exit 130 for SIGINT, 143 for SIGTERM)."""

    exit_code = 130
    codes = frozenset({"interrupted"})
