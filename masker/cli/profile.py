"""`masker profile`: what owners of profiles do with them."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from masker.profile.load import LoadedProfile


@click.group()
def profile() -> None:
    """What the owner of a profile does with it: accept findings and policies, run its tests, compare two versions."""


@profile.command()
@click.argument("profile_", metavar="PROFILE")
@click.option("--agreement", "agreement_", default="", metavar="A", help="The agreement (default: the profile's own).")
@click.option("--source", default="", metavar="SOURCE", help="Accept what a scan finds there, so that drift shows.")
@click.option("--by", default="", metavar="ROLE", help="Who accepts: a role (default: the profile's `owner`).")
@click.pass_obj
def accept(config: object, profile_: str, agreement_: str, source: str, by: str) -> None:
    """Accept the policy version of an agreement for PROFILE, or with --source what is found in the data it is for.

    Either is written into the lock beside the profile.
    """
    from masker import clock
    from masker.agreement.load import load_agreement
    from masker.cli._output import say
    from masker.config import Config
    from masker.errors import UsageError, shown
    from masker.ledger import record_event
    from masker.profile.load import load_profile
    from masker.profile.lock import accept as accept_policy
    from masker.profile.lock import lock_path

    loaded = load_profile(profile_)
    role = by or loaded.profile.owner
    if not role.isprintable() or not 0 < len(role) <= 200:
        raise UsageError("usage", "it is not said who accepts", "say `--by ROLE`, or `owner: ROLE` in the profile")
    if source:
        _accept_findings(loaded, source, role)
        return
    settings = config.options if isinstance(config, Config) else {}
    path = agreement_ or str(settings.get("agreement", "")) or loaded.agreement
    if not path and not loaded.built_in:
        hint = "say `--agreement A`, or name it in the profile: `agreement: A`"
        raise UsageError("usage", "it is not said which agreement's policy is accepted", hint)
    agreement = load_agreement(path)
    facts = {"profile": shown(loaded.profile.name), "policy": agreement.policy, "version": agreement.policy_version}
    accepted = accept_policy(
        loaded,
        agreement,
        by=role,
        moment=clock.now(),
        record=lambda: record_event("accept", {**facts, "by": role}),
    )
    done = "accepted" if accepted.new else f"was accepted already, on {accepted.acceptance.at[:10]}"
    say(f"policy `{agreement.policy}`, version {agreement.policy_version}: {done} ({shown(lock_path(loaded).name)})")


def _accept_findings(loaded: "LoadedProfile", source: str, role: str) -> None:
    from masker import clock
    from masker.cli._output import say
    from masker.errors import shown
    from masker.ledger import record_event
    from masker.profile.accepted import accepted_findings
    from masker.profile.lock import accept_findings, lock_path
    from masker.scanning import scan

    findings = scan(Path(source))
    accepted = accepted_findings(findings, by=role, at=clock.rfc3339(clock.now()))
    facts: dict[str, str | int | bool] = {
        "profile": shown(loaded.profile.name),
        "tables": len(findings.tables),
        "by": role,
    }
    new = accept_findings(loaded, accepted, record=lambda: record_event("accept", facts))
    columns = sum(len(table.columns) for table in findings)
    done = "accepted" if new else "were accepted already"
    say(f"findings of {len(findings.tables)} tables, {columns} columns: {done} ({shown(lock_path(loaded).name)})")


@profile.command()
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE...")
@click.pass_context
def test(context: click.Context, profiles: tuple[str, ...]) -> None:
    """Run the tests that stand in each PROFILE under `tests:`, on invented rows, without any data."""
    from masker.cli._output import say, write_text
    from masker.profile.load import load_profile
    from masker.profile_tests import run_tests

    failed = count = 0
    for name in profiles:
        loaded = load_profile(name)
        count += len(loaded.profile.tests)
        for trouble in run_tests(loaded):
            failed += 1
            write_text(f"{trouble}\n", None)
    say(f"{count} tests, {failed} expectations failed")
    if failed:
        context.exit(1)


@profile.command()
@click.argument("old")
@click.argument("new")
def diff(old: str, new: str) -> None:
    """Say in plain words what the profile NEW does otherwise than OLD."""
    from masker.cli._output import write_text
    from masker.profile.difference import difference
    from masker.profile.load import load_profile

    lines = list(difference(load_profile(old).profile, load_profile(new).profile))
    write_text("\n".join(lines or ["they do the same"]) + "\n", None)


COMMAND = profile
