"""`masker verify`: whether a copy is signed, whole, unexpired, and against SOURCE free of its originals."""

import click


@click.command()
@click.argument("copy")
@click.option("--against", metavar="SOURCE", help="Compare with SOURCE too: leaks, rows, NULLs, keys.")
@click.option(
    "--agreement", metavar="A", help="Whether it still allows the copy; with SOURCE: which rows the copy must not have."
)
@click.option(
    "--where", multiple=True, metavar="CONDITION", help="What a subset was made with: needed where it was one."
)
@click.option("--format", "format_", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
def verify(copy: str, against: str | None, agreement: str | None, where: tuple[str, ...], format_: str) -> None:
    """Check a copy's signature, signer, digests and expiry, and that it holds no identifiers that nobody planned.

    With SOURCE also what it promises of every column. `--format html` prints a page for those who ask for proof.
    """
    import json

    from masker import clock
    from masker.address import place_of
    from masker.agreed import CHANGED
    from masker.agreement.load import load_agreement
    from masker.api import trusted_signers
    from masker.cli._output import write_text
    from masker.report import tag_text
    from masker.report_html import verified_page
    from masker.verifying import verify_at

    checked = verify_at(
        place_of(copy),
        trusted_signers(),
        clock.now(),
        against=place_of(against) if against is not None else None,
        agreement=load_agreement(agreement) if agreement else None,
        where=where,
    )
    manifest, found = checked.manifest, checked.found
    days_left = round(manifest.days_left(clock.now()), 2)
    notes = [f"agreement: {CHANGED}"] if checked.agreed == "changed" else []
    if format_ == "json":
        body = {
            "masker": 1,
            "copy_id": manifest.copy_id,
            "purpose": manifest.purpose,
            "recipient": manifest.recipient,
            "expires": manifest.expires,
            "days_left": days_left,
            "verification": {
                "checks": found.checks,
                "leaks": found.leaks,
                "orphans": found.orphans,
                "mismatches": found.mismatches,
            },
            "not_checked": [*checked.unproven],
            "agreed": checked.agreed,
        }
        write_text(json.dumps(body) + "\n", None)
        return
    if format_ == "html":
        page = verified_page(
            manifest,
            found.checks,
            clock.now(),
            against=against is not None,
            unproven=checked.unproven,
            notes=notes,
            utility=checked.utility,
        )
        write_text(page, None)
        return
    promises = "what can be compared with SOURCE" if checked.unproven else "every promise against SOURCE"
    what = "signature, signer, digests, expiry and content" + (f" and {promises}" if against else "")
    lines = [f"right: {found.checks} checks of {what}; {days_left:g} days left"]
    lines += [*(f"not checked: {each}" for each in checked.unproven), *notes, *tag_text(manifest)]
    write_text("\n".join(lines) + "\n", None)


COMMAND = verify
