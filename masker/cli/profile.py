"""`masker profile`: what owners of profiles do with them."""

import click


@click.group()
def profile() -> None:
    """Accept, as the owner of a profile, the policy that its copies are made under."""


@profile.command()
@click.argument("profile_", metavar="PROFILE")
@click.option("--agreement", "agreement_", default="", metavar="A", help="The agreement (default: the profile's own).")
@click.option("--by", default="", metavar="ROLE", help="Who accepts: a role (default: the profile's `owner`).")
@click.pass_obj
def accept(config: object, profile_: str, agreement_: str, by: str) -> None:
    """Accept the policy version of an agreement for PROFILE; it is written into the lock beside the profile."""
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
    settings = config.options if isinstance(config, Config) else {}
    path = agreement_ or str(settings.get("agreement", "")) or loaded.agreement
    if not path and not loaded.built_in:
        hint = "say `--agreement A`, or name it in the profile: `agreement: A`"
        raise UsageError("usage", "it is not said which agreement's policy is accepted", hint)
    agreement = load_agreement(path)
    role = by or loaded.profile.owner
    if not role.isprintable() or not 0 < len(role) <= 200:
        raise UsageError("usage", "it is not said who accepts", "say `--by ROLE`, or `owner: ROLE` in the profile")
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


COMMAND = profile
