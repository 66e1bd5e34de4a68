"""Columns beside each other: what the values of a table's other columns say of one, whatever any of them is called.

A three-digit number is nobody's; beside a payment card it is a CVV. Who is beside whom counts: people put together what
belongs together.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from masker.scan.dictionaries import quick_fold
from masker.scan.judge import Candidate, Judged, ranked
from masker.scan.profiles import ColumnProfile
from masker.scan.terms import Term, total
from masker.scan.weights import weights

CONTACT = frozenset(
    "street_address postal_code city region country phone email person_name first_name last_name company_name".split()
)
"""Infotypes that stand together wherever somebody can be reached."""

_MAYBE = -3.0  # log-odds from which on a candidate is more than a shape that anything has
_LIKELY = -1.0
_NEAR = 6
_SEVERAL = 3  # distinct values
_DIGITS = re.compile(r"\+?[0-9]{9,14}")
_SINGLE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{2,30}")
_YEARED = re.compile(r"[A-Za-z_.-]{3,}[0-9]{2,4}")
_NUMBERED = re.compile(r"([A-Za-z]{0,4}[-_ ]?)([0-9]{1,12})")
_TOKEN = re.compile(r"(?=[^0-9]*[0-9])(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])[A-Za-z0-9!$%&*#?_-]{7,16}")
_CRYPT = re.compile(r"\$[0-9a-z]{1,8}\$.{8,}|\{[A-Z0-9-]{3,12}\}.{8,}")
_CODE = re.compile(r"[0-9]{3,4}")
_MONTH = re.compile(r"(?:0?[1-9]|1[0-2])[/-](?:20)?[0-9]{2}|20[0-9]{2}[/-](?:0?[1-9]|1[0-2])(?:[/-][0-9]{1,2})?")


class _Table:
    """A table's columns with what their rules ask of all of them, found once."""

    def __init__(self, columns: Sequence[Judged]) -> None:
        self.columns = columns
        self.contact = [_contact_of(column) for column in columns]
        self.digests = [column.column.digests for column in columns]
        self._boxes: frozenset[str] | None = None

    @property
    def boxes(self) -> frozenset[str]:
        """What stands before the @ of the table's e-mails, folded."""
        if self._boxes is None:
            mails = (v for c in self.columns if _best(c, _EMAIL) for v in c.column.distinct)
            self._boxes = frozenset(quick_fold(mail.split("@")[0]) for mail in mails if "@" in mail)
        return self._boxes


def with_neighbours(columns: Sequence[Judged]) -> list[Judged]:
    """The columns with the terms that their neighbours give them, in order."""
    table = _Table(columns)
    return [_with(column, at, table) for at, column in enumerate(columns)]


def contact_kinds(columns: Sequence[Judged]) -> frozenset[str]:
    """Which kinds of contact data may stand in the table."""
    return frozenset(map(_contact_of, columns)) - {""}


def _contact_of(column: Judged) -> str:
    best = _best(column, CONTACT)
    return best.infotype if best is not None and best.log_odds > _MAYBE else ""


def _best(column: Judged, among: frozenset[str]) -> Candidate | None:
    return next((c for c in column.candidates if c.infotype in among), None)


def _with(column: Judged, at: int, table: _Table) -> Judged:
    changed = []
    for candidate in column.candidates:
        rule = _RULES.get(candidate.infotype) if column.column.distinct else None
        terms = [term for term in (rule(column, at, table) if rule else None, _contact(candidate, at, table)) if term]
        told = Candidate(candidate.infotype, (*candidate.terms, *terms))
        if total(told.terms) > 0:
            changed.append(told)
    return replace(column, candidates=ranked(changed))


def _contact(candidate: Candidate, at: int, table: _Table) -> Term | None:
    # two postal codes may be any two numbers
    if (
        candidate.infotype not in CONTACT
        or candidate.log_odds <= _MAYBE
        or len(table.columns[at].column.distinct) < _SEVERAL
    ):
        return None
    if candidate.infotype == "postal_code" and _dense(table.columns[at].column):
        return None
    near = {table.contact[place] for place in range(max(0, at - _NEAR), min(len(table.contact), at + _NEAR + 1))}
    others = near - {candidate.infotype, table.contact[at], ""}
    return Term("among contact data", weights().beside["contact"]) if len(others) >= 2 else None


def _dense(column: ColumnProfile) -> bool:
    """Whether these are running numbers, behind the same letters or none: at least a third of their range is taken."""
    cut = [_NUMBERED.fullmatch(value) for value in column.distinct]
    numbers = [int(match[2]) for match in cut if match]
    if len(numbers) < len(cut) or len({match[1] for match in cut if match}) > 1:
        return False
    return max(numbers) - min(numbers) + 1 <= 3 * column.sketch.distinct


def _near(at: int, table: _Table, infotypes: frozenset[str], reach: int) -> bool:
    """Whether a column of one of these stands at most `reach` columns away."""
    for place in range(max(0, at - reach), min(len(table.columns), at + reach + 1)):
        best = _best(table.columns[place], infotypes)
        if place != at and best is not None and best.log_odds > _LIKELY:
            return True
    return False


def _share(pattern: re.Pattern[str], values: tuple[str, ...]) -> float:
    return sum(pattern.fullmatch(v) is not None for v in values) / max(len(values), 1)


_FIRST, _LAST, _CARD = frozenset({"first_name"}), frozenset({"last_name"}), frozenset({"payment_card"})
_STREET = frozenset({"street_address"})
_LOGIN, _EMAIL = frozenset({"username", "email"}), frozenset({"email"})


def _last_name(column: Judged, at: int, table: _Table) -> Term | None:
    beside = _near(at, table, _FIRST, 2) and column.column.mean_words < 1.5
    return Term("beside first names", weights().beside["first_name"]) if beside else None


def _first_name(column: Judged, at: int, table: _Table) -> Term | None:
    beside = _near(at, table, _LAST, 2) and column.column.mean_words < 1.5
    return Term("beside last names", weights().beside["last_name"]) if beside else None


def _payment_card(column: Judged, at: int, table: _Table) -> Term | None:
    values = column.column.distinct
    if max(_share(_CODE, values), _share(_MONTH, values)) < 0.9 or not _near(at, table, _CARD, 4):
        return None
    return Term("beside payment cards", weights().beside["card"])


def _username(column: Judged, at: int, table: _Table) -> Term | None:
    values = column.column.distinct
    if column.column.mean_words != 1.0 or _share(_SINGLE, values) < 0.9:
        return None
    if not table.boxes:
        return None
    if len(values) >= _SEVERAL and sum(quick_fold(v) in table.boxes for v in values) >= 0.3 * len(values):
        return Term("stands before the @ of e-mails", weights().beside["local_part"])
    if _share(_YEARED, values) >= 0.3 and column.column.repeats < 1.5:
        return Term("words with years, e-mails beside", weights().beside["handle"])
    return None


def _phone(column: Judged, at: int, table: _Table) -> Term | None:
    digits = _share(_DIGITS, column.column.distinct) >= 0.9 and not table.digests[at]
    if not digits or not _near(at, table, _STREET, 5):
        return None
    return Term("digits of a phone's length beside streets", weights().beside["digits"])


def _geo_point(column: Judged, at: int, table: _Table) -> Term | None:
    # two columns of fine numbers are anything; beside an address they say where it is
    if len(set(table.contact) - {""}) < 2:
        return None
    mine = _degrees(column.column)
    sides = [place for place in (at - 1, at + 1) if 0 <= place < len(table.columns)]
    theirs = [other for place in sides if (other := _degrees(table.columns[place].column))]
    # a pair, and no row of measures
    if not mine or len(theirs) != 1 or min(mine, theirs[0]) > 90:
        return None
    return Term("latitude beside longitude", weights().beside["pair"])


def _degrees(column: ColumnProfile) -> float:
    """The farthest that numbers of at least four decimals go from zero, 0.0 where they cannot be degrees."""
    if column.low is None or column.high is None or not column.distinct:
        return 0.0
    fine = sum(len(v.rpartition(".")[2]) >= 4 for v in column.distinct if "." in v) >= 0.8 * len(column.distinct)
    farthest = max(abs(column.low), abs(column.high))
    return farthest if fine and 0 < farthest <= 180 else 0.0


def _secret(column: Judged, at: int, table: _Table) -> Term | None:
    values = column.column.distinct
    # a table of nothing but digests was made so; a password stands alone, or beside its salt
    digests = table.digests[at] and sum(table.digests) <= 2
    opaque = digests or max(_share(_TOKEN, values), _share(_CRYPT, values)) >= 0.6
    if not opaque or not _near(at, table, _LOGIN, 4):
        return None
    return Term("opaque, beside a login", weights().beside["login"])


Rule = Callable[[Judged, int, _Table], Term | None]
_RULES: dict[str, Rule] = {
    "last_name": _last_name,
    "first_name": _first_name,
    "payment_card": _payment_card,
    "username": _username,
    "phone": _phone,
    "geo_point": _geo_point,
    "secret": _secret,
}
