"""The one family of errors that masker shows: code word, what, where, hint; never a value.

Every code word belongs to one exit code (the command line's contract). Whatever goes wrong inside becomes one of
these before it reaches a user: `sealed` turns a foreign exception into an `InternalError` without its text, since most
libraries put the offending cell into the message.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import wraps
from typing import ClassVar, ParamSpec, TypeVar

_PLAIN_NAME = re.compile(r"(?=.{1,80}\Z)[^\W\d](?:[\w .\-/]|(?<=\w)\[\])*\Z")
# Six digits in a row, or nine as cards, accounts and telephone numbers are written; a date has eight.
_LONG_NUMBER = re.compile(r"\d{6}|(?:\d[ ./()-]{0,2}){9}")
# A day of our days in eight digits, as names of nightly dumps have it, also with the time.
_COMPACT_DAY = re.compile(
    r"(?<!\d)20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])(?:[0-5]\d){0,2})?(?!\d)"
)
_KINDS = ("database", "file", "table", "column")


def shown(name: str, *, instead: str = "(name withheld)") -> str:
    """Give `name` where it is a plain identifier, else `instead`: names of files and columns may be personal too.

    >>> shown("customers"), shown("anna@firma.example"), shown("crm_20261124.sql"), shown("crm_202611244711")
    ('customers', '(name withheld)', 'crm_20261124.sql', '(name withheld)')
    """
    return name if _PLAIN_NAME.match(name) and not _LONG_NUMBER.search(_COMPACT_DAY.sub("day", name)) else instead


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """A hint that names the nearest of the names that may be shown, else `otherwise`.

    >>> did_you_mean("emial", ["email", "phone"], "look it up"), did_you_mean("x", ["email"], "look it up")
    ('did you mean `email`?', 'look it up')
    """
    near = get_close_matches(name, [each for each in known if shown(each, instead="")], n=1)
    return f"did you mean `{near[0]}`?" if near else otherwise


def holds_a_value(name: str) -> bool:
    """Whether a name looks like data rather than a name: an address in it, or a long number.

    >>> holds_a_value("anna@firma.example"), holds_a_value("4242-4242-4242-4242"), holds_a_value("on 2026-12-24")
    (True, True, False)
    """
    return "@" in name or bool(_LONG_NUMBER.search(name))


@dataclass(frozen=True, slots=True)
class Place:
    """Where something went wrong: any of file, table, column, database (names), row (1-based, header not counted).

    `line` and `char` (both 1-based) point into a text file such as a profile; printed `file:line:char`. `key` is the
    word that stands there, where it is one of the file's keys.
    """

    file: str | None = None
    table: str | None = None
    column: str | None = None
    row: int | None = None
    line: int | None = None
    char: int | None = None
    database: str | None = None
    key: str | None = field(default=None, repr=False)

    def excerpt(self) -> tuple[str, ...]:
        """The line with its key and a caret below it; nothing where no key stands there, or it may be personal.

        What stands beside the key may be a value, and is never shown.

        >>> print("\\n".join(Place(line=12, char=7, key="emial").excerpt()))
          12 |       emial:
             |       ^^^^^
        """
        if self.line is None or self.char is None or not self.key or not shown(self.key, instead=""):
            return ()
        before, blank = f"  {self.line} | ", " " * min(self.char - 1, 40)
        return f"{before}{blank}{self.key}:", f"{' ' * (len(before) - 2)}| {blank}{'^' * len(self.key)}"

    def __str__(self) -> str:
        if self.line is not None and self.file:
            return f"{shown(self.file)}:{self.line}" + (f":{self.char}" if self.char is not None else "")
        parts = [f"{kind} `{shown(name)}`" for kind in _KINDS if (name := getattr(self, kind))]
        parts += [f"{kind} {number}" for kind in ("row", "line") if (number := getattr(self, kind)) is not None]
        return ", ".join(parts)


# What to do where the place that raises has nothing better to say; one for every code word.
_HINTS = {
    "undecided-column": "decide it in the profile: `masker init` drafts one",
    "drift": "compare the profile with `masker scan SOURCE`",
    "leak": "nothing was published; choose another method for this column",
    "mismatch": "nothing can be said for this copy; make a new one from SOURCE",
    "orphans": "give both columns of the key the same method and domain",
    "expired": "`masker purge` deletes expired copies",
    "signature": "the manifest was changed or damaged: make the copy anew",
    "signer": "pin the signer's public key under `trusted_signers` in masker.yaml if you trust it",
    "digest": "a file was changed after it was signed: make the copy anew",
    "agreement": "`masker show purposes` lists what is allowed",
    "small-domain": "use `permute`, `token` or `fake`",
    "collision": "use `fpe`, `permute` or `token` for this column",
    "does-not-fit": "choose a method that keeps the column's type",
    "profile-test": "correct the profile, or the test in it",
    "risk": "generalize or redact more columns",
    "clock": "set the clock right: expiry depends on it",
    "audit": "somebody edited the ledger or its log: compare them with a backup",
    "already-masked": "give the original, or say --allow-remask",
    "usage": "see `masker --help`",
    "profile": "`masker show profiles` prints good ones",
    "agreement-file": "see `masker show agreement-schema`, check with `masker agreement lint`",
    "unknown-name": "`masker show` lists what there is",
    "ner": "try it without `--ner`",
    "malformed": "export the file again",
    "truncated": "export or copy the file again",
    "encoding": "say which encoding it is with --encoding, or export it as UTF-8",
    "limit": "is it the right file, in the right format?",
    "unsupported": "`masker show formats` lists what can be read",
    "not-found": "check the path",
    "unreadable": "check owner and mode",
    "key": "make a key file with `masker key new FILE`",
    "exists": "choose another name",
    "no-space": "make room, or choose another place",
    "permission": "check owner and mode of the folder",
    "output": "choose another place",
    "database": "is the server up? check the URL, and the server's log",
    "ledger": "is another run holding it? else point MASKER_LEDGER at a sound one",
    "internal": "report this line, no data",
    "interrupted": "run it again",
}


@dataclass(eq=False)
class MaskerError(Exception):
    """Something masker refuses or cannot do, in words that hold no data value and no key byte.

    `code` is a stable code word, `message` says what (lower case, no final period), `place` where, `hint` what to do
    (left empty: what helps most often with this code word). Survives pickling, so that workers can raise it.
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
        self.hint = self.hint or _HINTS[self.code]
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
        "undecided-column drift leak mismatch orphans expired signature signer digest agreement small-domain "
        "collision does-not-fit profile-test risk already-masked clock audit".split()
    )


class UsageError(MaskerError):
    """The command line, a profile or an agreement file is wrong (exit 2)."""

    exit_code = 2
    codes = frozenset(["usage", "profile", "agreement-file", "unknown-name", "ner"])


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
    codes = frozenset(["exists", "no-space", "permission", "output", "database", "ledger"])


class InternalError(MaskerError):
    """A bug in masker (exit 70): an id to report, no traceback."""


class Interrupted(MaskerError):
    """The user stopped the run (SIGINT, exit 130)."""

    exit_code = 130
    codes = frozenset({"interrupted"})


class Terminated(Interrupted):
    """The system asked the run to end (SIGTERM, exit 143)."""

    exit_code = 143


P = ParamSpec("P")
R = TypeVar("R")


def sealed(function: Callable[P, R]) -> Callable[P, R]:
    """Let nothing but `MaskerError` out of a function: a foreign exception's text may hold the offending cell.

    The new error has neither cause nor context. Its message names the exception's type and the line of masker's code.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        failure: MaskerError
        try:
            return function(*args, **kwargs)
        except MaskerError as error:
            failure = error
        except KeyboardInterrupt:
            failure = Interrupted("interrupted", "stopped; nothing was published")
        except MemoryError:
            failure = InputError("limit", "not enough memory", "a smaller `--jobs` needs less")
        except TypeError as error:
            if error.__traceback__ is not None and error.__traceback__.tb_next is None:
                raise  # the caller's own arguments do not fit the signature
            failure = _internal(error)
        except Exception as error:  # raised below, with neither cause nor context
            failure = _internal(error)
        failure.__cause__ = failure.__context__ = None
        raise failure

    return call


def _internal(error: Exception) -> InternalError:
    where = "unknown"
    step = error.__traceback__
    while step is not None:
        module = step.tb_frame.f_globals.get("__name__", "")
        if module.startswith("masker."):
            where = f"{module}:{step.tb_lineno}"
        step = step.tb_next
    return InternalError("internal", f"a bug in masker: {type(error).__name__} at {where}", "report this line, no data")
