"""`masker verify`: whether a copy is signed, whole, unexpired, and against SOURCE free of its originals."""

from pathlib import Path

import click


@click.command()
@click.argument("copy")
@click.option("--against", metavar="SOURCE", help="Compare with SOURCE too: leaks, rows, NULLs, keys.")
@click.option(
    "--agreement", metavar="A", help="Which rows of SOURCE the copy must not have: needed where it lacks some."
)
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def verify(copy: str, against: str | None, agreement: str | None, format_: str) -> None:
    """Check a copy's signature, signer, digests and expiry; with SOURCE also what it promises of every column."""
    import json

    from masker import clock
    from masker.agreement.load import load_agreement
    from masker.api import trusted_signers
    from masker.cli._output import write_text
    from masker.report import tag_text
    from masker.verify.against import readings, verify_against
    from masker.verify.excluded import conditions_of
    from masker.verify.signed import verify_copy

    manifest, checks = verify_copy(Path(copy), trusted_signers(), clock.now())
    leaks = orphans = mismatches = 0
    if against is not None:
        exclude = conditions_of(manifest, load_agreement(agreement) if agreement else None)
        found = verify_against(
            manifest.promises, Path(against), Path(copy), readings=readings(manifest), exclude=exclude
        )
        checks += found.checks
        leaks, orphans, mismatches = found.summary.leaks, found.summary.orphans, found.summary.mismatches
    days_left = round(manifest.days_left(clock.now()), 2)
    if format_ == "json":
        body = {
            "masker": 1,
            "copy_id": manifest.copy_id,
            "purpose": manifest.purpose,
            "recipient": manifest.recipient,
            "expires": manifest.expires,
            "days_left": days_left,
            "verification": {"checks": checks, "leaks": leaks, "orphans": orphans, "mismatches": mismatches},
        }
        write_text(json.dumps(body) + "\n", None)
        return
    what = "signature, signer, digests and expiry" + (" and every promise against SOURCE" if against else "")
    lines = [f"right: {checks} checks of {what}; {days_left:g} days left", *tag_text(manifest)]
    write_text("\n".join(lines) + "\n", None)


COMMAND = verify
