"""What the customer allowed: purposes, longest lifetime, recipients, policy version; and the gate that asks it.

Purposes carry the closest term of the W3C Data Privacy Vocabulary (https://w3id.org/dpv). `load.py` reads an agreement
from its file, `lint.py` says what its owner should look at again.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from hashlib import sha256
from typing import Literal

from masker.errors import GateError, UsageError
from masker.exclusion import Exclusion
from masker.requirement import Require

Answer = Literal["agreed", "declined", "pending"]


@dataclass(frozen=True, slots=True)
class Purpose:
    """One agreed use: its text, the longest life of a copy made for it, and its DPV term ("" where there is none)."""

    text: str
    longest: timedelta
    dpv: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What one recipient's copies must be like.

    `reversible`: methods that the key turns back may be used. `k`, `l`, `unique` limit the risk of every table (rows in
    the smallest group, fewest sensitive values in a group, share of rows alone in theirs, 0..1; None: no limit).
    Columns of the infotypes `never_keep` are masked or dropped. `own_pseudonyms`: no other recipient's copies share
    this one's pseudonyms, so that two copies do not join. `purposes`: those it may get copies for (None: all).
    """

    reversible: bool = True
    k: int | None = None
    l: int | None = None  # noqa: E741 - its name in the literature
    unique: float | None = None
    never_keep: tuple[str, ...] = ()
    own_pseudonyms: bool = False
    purposes: tuple[str, ...] | None = None

    @property
    def require(self) -> Require:
        """The limits of risk, as what every table's rows must keep to."""
        return Require(self.k or 0, self.l or 0, 1.0 if self.unique is None else self.unique)


@dataclass(frozen=True, slots=True)
class Notice:
    """A change that the customer was told of: when, what about, who was told (a role), and the answer.

    `policy_version` is the version that the notice was about ("" where it was about something else).
    """

    date: date
    about: str
    told: str
    answer: Answer
    by: str = ""
    policy_version: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement with a customer. `customer` separates pseudonyms: other customers' copies never join with it.

    It holds from the first second of the day `starts` to the last of the day `ends`, UTC; None: without such a limit.
    """

    customer: str
    reference: str
    policy: str
    policy_version: str
    purposes: Mapping[str, Purpose]
    recipients: Mapping[str, Terms]
    order_forms: tuple[str, ...] = ()
    statements_of_work: tuple[str, ...] = ()
    starts: date | None = None
    ends: date | None = None
    notices: tuple[Notice, ...] = ()
    exclude: tuple[Exclusion, ...] = ()

    def admit(self, purpose: str, expires: datetime, recipient: str, moment: datetime) -> Purpose:
        """Give the purpose where the agreement allows the copy, else raise `GateError` (`agreement`).

        A lifetime over the limit, or beyond the agreement's own end, is refused, never shortened; an expiry that has
        passed at `moment` is a `UsageError`.
        """
        if expires <= moment:
            raise UsageError("usage", "the expiry lies in the past", "give a later `--expires`")
        self.require_in_force(moment)
        if purpose not in self.purposes:
            near = get_close_matches(purpose, self.purposes, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"one of: {', '.join(self.purposes)}"
            raise GateError("agreement", "the agreement does not list this purpose", hint)
        terms = self.terms(recipient)
        if terms.purposes is not None and purpose not in terms.purposes:
            hint = f"allowed for it: {', '.join(terms.purposes)}"
            raise GateError("agreement", "the agreement does not allow this recipient copies for this purpose", hint)
        allowed = self.purposes[purpose]
        if expires - moment > allowed.longest:
            limit = f"{allowed.longest.days} days"
            raise GateError(
                "agreement", f"a copy for `{purpose}` may live {limit}, this one would live longer", f"at most {limit}"
            )
        if self.ends is not None and expires > _last_second(self.ends):
            message = "the copy would outlive the agreement"
            raise GateError("agreement", message, f"at most until {self.ends.isoformat()}")
        return allowed

    def terms(self, recipient: str) -> Terms:
        """What the recipient's copies must be like; `GateError` (`agreement`) where it is not allowed any."""
        if recipient not in self.recipients:
            hint = f"allowed: {', '.join(self.recipients)}"
            raise GateError("agreement", "the agreement does not allow this recipient", hint)
        return self.recipients[recipient]

    def longest(self, purpose: Purpose, moment: datetime) -> timedelta:
        """The longest life of a copy made at `moment`: as long as the purpose allows and the agreement holds."""
        if self.ends is None:
            return purpose.longest
        return max(timedelta(), min(purpose.longest, _last_second(self.ends) - moment))

    def notice_of_policy(self) -> Notice | None:
        """The last notice about the current policy version; None where there is none."""
        about = [notice for notice in self.notices if notice.policy_version == self.policy_version]
        # Of two on one day the later in the file counts.
        return max(enumerate(about), key=lambda pair: (pair[1].date, pair[0]))[1] if about else None

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over all that the agreement says but the values that `exclude` names.

        Those may be personal and few: of them only the number counts, so that nobody can try them out.
        """
        told: dict[str, object] = {
            **{name: getattr(self, name) for name in self.__match_args__ if name != "exclude"},
            "purposes": {name: asdict(purpose) for name, purpose in self.purposes.items()},
            "recipients": {name: asdict(terms) for name, terms in self.recipients.items()},
            "notices": [asdict(notice) for notice in self.notices],
            "exclude": [[each.table, each.column, each.others, each.reason, len(each.values)] for each in self.exclude],
        }
        return sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()

    def require_in_force(self, moment: datetime) -> None:
        """Raise `GateError` (`agreement`) before it begins, after it ended, and where its policy was declined."""
        if self.starts is not None and moment < datetime.combine(self.starts, time(), UTC):
            day = self.starts.isoformat()
            raise GateError("agreement", "the agreement is not in force yet", f"it begins on {day}, 00:00 UTC")
        if self.ends is not None and moment > _last_second(self.ends):
            day = self.ends.isoformat()
            raise GateError("agreement", "the agreement has ended", f"it ended with {day}, UTC: renew it")
        notice = self.notice_of_policy()
        if notice is not None and notice.answer == "declined":
            message = "the customer declined this version of the policy"
            raise GateError("agreement", message, "make no copy; agree with the customer first")


def _last_second(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), UTC)


_MONTH = timedelta(days=30)
_OPERATING, _DEVELOPING = "dpv:ServiceProvision", "dpv:ServiceOptimisation"

BUILT_IN = Agreement(
    customer="default",
    reference="built-in",
    policy="built-in",
    policy_version="1",
    purposes={
        "fulfil-agreement": Purpose(
            "fulfil the agreement with its order forms", _MONTH, "dpv:FulfilmentOfContractualObligation"
        ),
        "administer-system": Purpose("administer customer systems", _MONTH, _OPERATING),
        "test-system": Purpose("test systems", _MONTH, _OPERATING),
        "develop-change": Purpose("develop changes", _MONTH, _DEVELOPING),
        "implement-change": Purpose("implement changes", _MONTH, _DEVELOPING),
        "test-configuration": Purpose("test configurations", _MONTH, _OPERATING),
        "test-version": Purpose("test versions", _MONTH, _OPERATING),
        "test-patch": Purpose("test patches", _MONTH, _OPERATING),
        "test-update": Purpose("test updates", _MONTH, _OPERATING),
        "test-fix": Purpose("test fixes", _MONTH, _OPERATING),
        "validate-specification": Purpose("validate that changes meet their specification", _MONTH, _OPERATING),
    },
    recipients={"staff": Terms()},
)
