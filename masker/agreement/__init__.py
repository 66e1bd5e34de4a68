"""What the customer allowed: purposes, longest lifetime, recipients, policy version; and the gate that asks it.

Purposes carry the closest term of the W3C Data Privacy Vocabulary (https://w3id.org/dpv).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches

from masker.errors import GateError, UsageError
from masker.exclusion import Exclusion


@dataclass(frozen=True, slots=True)
class Purpose:
    """One agreed use: its text, the longest life of a copy made for it, and its DPV term."""

    text: str
    longest: timedelta
    dpv: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement with a customer. `customer` separates pseudonyms: other customers' copies never join with it."""

    customer: str
    reference: str
    policy_version: str
    purposes: Mapping[str, Purpose]
    recipients: tuple[str, ...]
    exclude: tuple[Exclusion, ...] = ()

    def admit(self, purpose: str, expires: datetime, recipient: str, moment: datetime) -> Purpose:
        """Give the purpose where the agreement allows the copy, else raise `GateError` (`agreement`).

        A lifetime over the limit is refused, never shortened; an expiry that has passed at `moment` is a `UsageError`.
        """
        if expires <= moment:
            raise UsageError("usage", "the expiry lies in the past", "give a later `--expires`")
        if purpose not in self.purposes:
            near = get_close_matches(purpose, self.purposes, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"one of: {', '.join(self.purposes)}"
            raise GateError("agreement", "the agreement does not list this purpose", hint)
        if recipient not in self.recipients:
            hint = f"allowed: {', '.join(self.recipients)}"
            raise GateError("agreement", "the agreement does not allow this recipient", hint)
        allowed = self.purposes[purpose]
        if expires - moment > allowed.longest:
            limit = f"{allowed.longest.days} days"
            raise GateError(
                "agreement", f"a copy for `{purpose}` may live {limit}, this one would live longer", f"at most {limit}"
            )
        return allowed


_MONTH = timedelta(days=30)
_OPERATING, _DEVELOPING = "dpv:ServiceProvision", "dpv:ServiceOptimisation"

BUILT_IN = Agreement(
    customer="default",
    reference="built-in",
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
    recipients=("staff",),
)
