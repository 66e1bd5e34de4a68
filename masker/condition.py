"""A condition on the rows of one table, as a user writes it: `country = 'DE' and not (age < 18 or born is null)`.

A language of its own, small enough to be safe: nothing in it calls, computes or looks elsewhere. A column's name stands
bare or in backticks, text in '…' or "…" (a quote within is doubled), numbers as `7` or `-1.5`, days as `2026-12-24`.
Whatever a row does not say is unknown, as in SQL: NULL meets neither a condition nor its `not`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NoReturn

from masker.errors import UsageError, shown

LONGEST = 10_000
_DEEPEST = 50
_WORDS = frozenset(["and", "or", "not", "in", "is", "null", "like", "true", "false"])
_ORDERS = ("=", "<", "<=", ">", ">=")
_UNREAD = {"quote": "the quote is never closed", "else": "this is no part of a condition"}
_TOKENS = re.compile(
    r"""(?P<day>\d{4}-\d\d-\d\d(?![\w.-]))
      | (?P<number>[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?![\w.]))
      | (?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")
      | (?P<quoted>`(?:[^`]|``)+`)
      | (?P<word>[^\W\d]\w*)
      | (?P<sign><=|>=|<>|!=|=|<|>|\(|\)|,)""",
    re.VERBOSE,
)

Value = str | Decimal | date | bool
"""Text, a number, a day, or true and false: what a value is says how the cells of its column are read."""


@dataclass(frozen=True, slots=True)
class Compare:
    """The column compares so (`=`, `<`, `<=`, `>`, `>=`) with one of `values`; several values only with `=`."""

    column: str
    order: str
    values: tuple[Value, ...] = field(repr=False)
    at: int = field(default=0, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Like:
    """The whole text of the column is like `pattern`: `%` stands for any characters, `_` for one; capitals count."""

    column: str
    pattern: str = field(repr=False)
    at: int = field(default=0, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class IsNull:
    """The column has no value."""

    column: str
    at: int = field(default=0, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The part is known not to hold."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; without parts: every row."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Some part holds; without parts: no row."""

    parts: tuple["Condition", ...]


Condition = Compare | Like | IsNull | Not | All | Any


def columns_of(condition: Condition) -> Iterator[tuple[str, int]]:
    """The columns that a condition reads, in the order of its text, and where in it they stand (0-based).

    >>> list(columns_of(parse("a = 1 and not (b is null or a in (2, 3))")))
    [('a', 0), ('b', 15), ('a', 28)]
    """
    if isinstance(condition, Compare | Like | IsNull):
        yield condition.column, condition.at
        return
    for part in (condition.part,) if isinstance(condition, Not) else condition.parts:
        yield from columns_of(part)


def refuse(text: str, at: int, message: str, hint: str) -> NoReturn:
    """Raise `UsageError` about the place `at` (0-based) of the text of a condition that can be read."""
    _refuse(text, at, message, tuple(_tokens(text)), hint)


def parse(text: str) -> Condition:
    """Read a condition; raises `UsageError` with the place, under which a caret stands, and no value of the text.

    >>> parse("country in ('DE', 'AT')")
    Compare(column='country', order='=')
    """
    if len(text) > LONGEST:
        raise UsageError("usage", f"a condition is longer than {LONGEST} characters", "write it shorter")
    reading = _Reading(text, tuple(_tokens(text)))
    condition = reading.any()
    if reading.kind:
        reading.refuse("here a condition should end, or go on with `and` or `or`")
    return condition


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        found = _TOKENS.match(text, at)
        if found is None or found.lastgroup is None:
            yield _Token("quote" if text[at] in "'\"`" else "else", text[at:], at)
            return
        kind, token = found.lastgroup, found.group()
        if kind == "word" and token.lower() in _WORDS:
            kind = token = token.lower()
        elif kind == "sign":
            kind = token
        yield _Token(kind, token, at)
        at = found.end()


@dataclass
class _Reading:
    text: str
    tokens: tuple[_Token, ...]
    at: int = 0
    depth: int = 0

    @property
    def kind(self) -> str:
        """What comes next; "" at the end."""
        return self.tokens[self.at].kind if self.at < len(self.tokens) else ""

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1].text

    def expect(self, kind: str, message: str) -> str:
        if self.kind != kind:
            self.refuse(message)
        return self.take()

    def refuse(self, message: str) -> NoReturn:
        message = {"quote": "the quote is never closed", "else": "this is no part of a condition"}.get(
            self.kind, message
        )
        ended = self.at >= len(self.tokens)
        place = len(self.text.rstrip()) if ended else self.tokens[self.at].start
        _refuse(self.text, place, message, self.tokens[: self.at])

    def any(self) -> Condition:
        parts = [self.all()]
        while self.kind == "or":
            self.take()
            parts.append(self.all())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def all(self) -> Condition:
        parts = [self.one()]
        while self.kind == "and":
            self.take()
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def one(self) -> Condition:
        self.depth += 1
        if self.depth > _DEEPEST:
            self.refuse(f"a condition is nested deeper than {_DEEPEST}")
        if self.kind == "not":
            self.take()
            found: Condition = Not(self.one())
        elif self.kind == "(":
            self.take()
            found = self.any()
            self.expect(")", "here a `)` is missing")
        elif self.kind in ("true", "false"):
            found = All(()) if self.take() == "true" else Any(())
        else:
            found = self.test()
        self.depth -= 1
        return found

    def test(self) -> Condition:
        if self.kind not in ("word", "quoted"):
            self.refuse("here a column is expected")
        at, name = self.tokens[self.at].start, self.take()
        column = name[1:-1].replace("``", "`") if name[0] == "`" else name
        if self.kind == "is":
            self.take()
            negated = self._negated()
            self.expect("null", "here `null` is expected")
            return Not(IsNull(column, at)) if negated else IsNull(column, at)
        negated = self._negated()
        if self.kind == "in":
            self.take()
            found: Condition = Compare(column, "=", self._listed(), at)
        elif self.kind == "like":
            self.take()
            found = Like(column, _unquoted(self.expect("text", "here a pattern is expected, in quotes")), at)
        elif negated:
            self.refuse("here `in` or `like` is expected")
        elif self.kind in ("!=", "<>"):
            self.take()
            found, negated = Compare(column, "=", (self._value(),), at), True
        elif self.kind in _ORDERS:
            found = Compare(column, self.take(), (self._value(),), at)
        else:
            self.refuse("here =, !=, <, <=, >, >=, `in`, `like` or `is` is expected")
        return Not(found) if negated else found

    def _negated(self) -> bool:
        return self.kind == "not" and bool(self.take())

    def _listed(self) -> tuple[Value, ...]:
        self.expect("(", "here `(` is expected, before the values")
        values = [self._value()]
        while self.kind == ",":
            self.take()
            values.append(self._value())
        self.expect(")", "here `,` or `)` is expected")
        return tuple(values)

    def _value(self) -> Value:
        if self.kind == "text":
            return _unquoted(self.take())
        if self.kind == "number":
            return Decimal(self.take())
        if self.kind in ("true", "false"):
            return self.take() == "true"
        if self.kind == "day":
            try:
                return date.fromisoformat(self.tokens[self.at].text)
            except ValueError:
                self.refuse("there is no such day")
            finally:
                self.at += 1
        return self.refuse("here a value is expected: text stands in quotes")


def _unquoted(token: str) -> str:
    return token[1:-1].replace(token[0] * 2, token[0])


def _refuse(text: str, at: int, message: str, read: tuple[_Token, ...], hint: str = "correct it") -> NoReturn:
    """Values are dotted out in what is shown, and so is all that was not understood: it may be a value too."""
    line = ["·" if not letter.isspace() else " " for letter in text]
    for token in read:
        name = token.kind in ("word", "quoted") and bool(shown(token.text.strip("`"), instead=""))
        if name or token.kind not in ("text", "number", "day", "word", "quoted", *_UNREAD):
            line[token.start : token.start + len(token.text)] = token.text
    start = max(0, at - 60)
    picture = "".join(line)[start : at + 20]
    raise UsageError(
        "usage",
        f"a condition cannot be used at character {at + 1}: {message}",
        f"{hint}\n  {picture}\n  {' ' * (at - start)}^",
    )
