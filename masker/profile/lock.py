"""What the owner of a profile accepted, in a lock file beside it: `crm.yaml` has `crm.lock`. It holds no value.

The lock belongs under version control, like the profile: whoever may change the one may change the other. Its form is
JSON, which is YAML too: it is read as strictly as a profile, with line and character in every error.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from masker.agreement import BUILT_IN, Agreement
from masker.clock import rfc3339
from masker.errors import GateError, UsageError
from masker.profile.accepted import AcceptedFindings
from masker.profile.load import LoadedProfile
from masker.staged import locked, output_errors, replace_file
from masker.yaml_text import Kind, as_usage_error, read_yaml

_KIND = Kind("profile", "profile lock", first_line='{"masker-lock": 1}', schema="masker profile accept", dates=True)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Acceptance(_Model):
    """That a policy version of a customer's agreement was accepted for the profile: by whom (a role), and when."""

    customer: str
    policy: str
    version: str
    agreement_digest: str
    by: str
    at: str

    def covers(self, agreement: Agreement) -> bool:
        """Whether it is the agreement's policy, in its version, for its customer, that was accepted."""
        return (self.customer, self.policy, self.version) == (
            agreement.customer,
            agreement.policy,
            agreement.policy_version,
        )


class Lock(_Model):
    """A whole lock file, version 1; `profile` is the name of the profile that it belongs to."""

    version: Literal[1] = Field(default=1, alias="masker-lock")
    profile: str
    policies: Annotated[tuple[Acceptance, ...], Field(strict=False)] = ()
    findings: AcceptedFindings | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The acceptance that stands in the lock, and whether it is `new` there."""

    acceptance: Acceptance
    new: bool


def lock_path(loaded: LoadedProfile) -> Path:
    """Where the lock of a profile lies."""
    return loaded.path.with_suffix(".lock")


def read_lock(loaded: LoadedProfile) -> Lock:
    """The profile's lock, empty where there is none; raises `UsageError` (`profile`) where it is not of its form."""
    path = lock_path(loaded)
    if not os.path.lexists(path):
        return Lock(profile=loaded.profile.name)
    text = read_yaml(path, _KIND)
    try:
        lock = Lock.model_validate(text.tree)
    except ValidationError as error:
        raise as_usage_error(error, _KIND, Lock, text) from None
    if lock.profile != loaded.profile.name:
        hint = "give each profile a file name of its own; where it was renamed, remove the lock and accept again"
        raise UsageError("profile", "the lock is that of another profile", hint, text.place("profile"))
    return lock


def require_accepted(loaded: LoadedProfile, agreement: Agreement) -> None:
    """Raise `GateError` (`agreement`) unless the profile's owner accepted the agreement's policy version.

    A built-in profile has no owner, and the built-in agreement no policy but masker's own: neither needs it.
    """
    if loaded.built_in or agreement is BUILT_IN:
        return
    if not any(acceptance.covers(agreement) for acceptance in read_lock(loaded).policies):
        message = "the profile's owner has not accepted this version of the policy"
        hint = "read the agreement, then `masker profile accept PROFILE --agreement A`"
        raise GateError("agreement", message, hint, loaded.place("agreement"))


def accept(
    loaded: LoadedProfile, agreement: Agreement, *, by: str, moment: datetime, record: Callable[[], None]
) -> Accepted:
    """Write down that the profile's owner (`by`, a role) accepts the agreement's policy version.

    What was accepted before stays as it is: accepting it again changes nothing. `record` is called before anything new
    counts: where it raises, nothing is accepted. The lock is replaced whole or not at all.
    Raises `UsageError` for a built-in profile or a broken lock, `OutputError` where the lock cannot be written.
    """
    path = _own_lock(loaded)
    with output_errors(), locked(path.parent):
        lock = read_lock(loaded)
        for acceptance in lock.policies:
            if acceptance.covers(agreement):
                return Accepted(acceptance, new=False)
        acceptance = Acceptance(
            customer=agreement.customer,
            policy=agreement.policy,
            version=agreement.policy_version,
            agreement_digest=agreement.digest,
            by=by,
            at=rfc3339(moment),
        )
        record()
        _replace(path, lock.model_copy(update={"policies": (*lock.policies, acceptance)}))
    return Accepted(acceptance, new=True)


def accept_findings(loaded: LoadedProfile, findings: AcceptedFindings, *, record: Callable[[], None]) -> bool:
    """Write down what was found in the data that the profile is for; gives whether that is new in the lock.

    What was accepted before is replaced. `record` and errors as in `accept`.
    """
    path = _own_lock(loaded)
    with output_errors(), locked(path.parent):
        lock = read_lock(loaded)
        if lock.findings is not None and lock.findings.tables == findings.tables:
            return False
        record()
        _replace(path, lock.model_copy(update={"findings": findings}))
    return True


def _own_lock(loaded: LoadedProfile) -> Path:
    if loaded.built_in:
        raise UsageError("usage", "a built-in profile has no owner and needs no acceptance", "name a profile's file")
    path = lock_path(loaded)
    if path == loaded.path:
        raise UsageError("usage", "the profile has the name of a lock", "call it NAME.yaml")
    return path


def _replace(path: Path, lock: Lock) -> None:
    # Not ASCII alone: YAML has no surrogate pairs.
    text = json.dumps(lock.model_dump(by_alias=True, exclude_none=True), indent=1, ensure_ascii=False) + "\n"
    replace_file(path, text.encode())
