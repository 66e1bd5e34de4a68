"""What the owner of an agreement should look at again: nothing that is wrong, all that is easily overlooked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from masker.agreement import BUILT_IN, Terms
from masker.agreement.load import LoadedAgreement
from masker.errors import Place

_SOON = timedelta(days=30)
_LONG = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to look at again: a stable code word, what it is, where it stands."""

    code: str
    message: str
    place: Place


def concerns(loaded: LoadedAgreement, moment: datetime) -> Iterator[Concern]:
    """All that is to be looked at again, in the order of the file; `moment` is now, UTC."""
    agreement = loaded.agreement
    today = moment.date()
    if agreement.customer == BUILT_IN.customer:
        message = "this is the customer of the built-in agreement: their pseudonyms would be the same"
        yield Concern("shared-customer", message, loaded.place("customer"))
    if agreement.starts is not None and today < agreement.starts:
        yield Concern("not-in-force", "the agreement is not in force yet", loaded.place("valid", "from"))
    if agreement.ends is None:
        yield Concern("open-end", "the agreement has no end", loaded.place("valid"))
    elif agreement.ends < today:
        yield Concern("ended", "the agreement has ended: no copy can be made", loaded.place("valid", "until"))
    elif agreement.ends - today <= _SOON:
        message = f"the agreement ends in {(agreement.ends - today).days} days"
        yield Concern("ends-soon", message, loaded.place("valid", "until"))
    for name, purpose in agreement.purposes.items():
        place = loaded.place("purposes", name)
        if purpose.longest > _LONG:
            days = purpose.longest.days
            yield Concern("long-lifetime", f"copies may live {days} days, more than {_LONG.days}", place)
        if not any(terms.purposes is None or name in terms.purposes for terms in agreement.recipients.values()):
            yield Concern("unused-purpose", "no recipient may get copies for this purpose", place)
    for name, terms in agreement.recipients.items():
        place = loaded.place("recipients", name)
        if terms.reversible and name != "staff":
            yield Concern("reversible", "a subcontractor may get values that the key turns back", place)
        if terms == Terms():
            yield Concern("no-limits", "this recipient has no limits at all", place)
    notice = agreement.notice_of_policy()
    if notice is None:
        message = f"no notice says that the customer was told of policy version {agreement.policy_version}"
        yield Concern("no-notice", message, loaded.place("notices"))
    elif notice.answer != "agreed":
        told = "has not answered yet" if notice.answer == "pending" else "declined: no copy can be made"
        message = f"the customer was told of policy version {agreement.policy_version} and {told}"
        yield Concern(notice.answer, message, loaded.place("notices"))
