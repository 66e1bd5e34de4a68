"""`masker extend`: gives a copy or a tracked export a later expiry, within the limit from its first creation."""

import click


@click.command()
@click.argument("copy")
@click.option("--expires", required=True, metavar="WHEN", help="The new expiry: 14d (from now), P14D or 2026-12-24.")
@click.option(
    "--reason", required=True, metavar="TEXT", help="Why it is needed longer; stays in manifest and audit log."
)
@click.option("--agreement", default="", metavar="A", help="The agreement file that must allow it too.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def extend(copy: str, expires: str, reason: str, agreement: str, format_: str) -> None:
    """Renew COPY (a copy or a tracked export) until WHEN: never past the longest life, counted from its creation."""
    import json

    from masker import clock
    from masker.address import place_of
    from masker.agreement.load import load_agreement
    from masker.cli._output import say, write_text
    from masker.errors import shown
    from masker.ledger import open_ledger, operator
    from masker.lifetime import extend as extend_copy
    from masker.trust import own_signer, trusted_signers

    place, signer = place_of(copy), own_signer()
    allowed = load_agreement(agreement) if agreement else None
    with open_ledger(signer) as ledger:
        before, after = extend_copy(
            place,
            ledger,
            clock.now(),
            expires=expires,
            reason=reason,
            agreement=allowed,
            trusted={**trusted_signers(), signer.id: signer.public},
            signer=signer,
            operator=operator(),
            note=say,
        )
    if format_ == "json":
        write_text(json.dumps({"masker": 1, "path": str(place), "before": before, "expires": after}) + "\n", None)
        return
    say(f"{shown(place.name)} lives until {after}, instead of {before}")


COMMAND = extend
