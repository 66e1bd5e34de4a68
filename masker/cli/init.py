"""`masker init`: drafts a profile from a scan, the evidence as comments; on a terminal it asks what it doubts."""

import sys

import click


@click.command()
@click.argument("source")
@click.option("-o", "--output", required=True, metavar="FILE", help="The profile to write.")
@click.option("--base", default="test-env", show_default=True, help="The built-in profile that gives the ways.")
@click.option("--agreement", metavar="A", help="Draft what this agreement lets the recipient have.")
@click.option("--recipient", metavar="R", help="Who is to get the copies: `staff` or `subcontractor:NAME`.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
def init(source: str, output: str, base: str, agreement: str | None, recipient: str | None, yes: bool) -> None:
    """Draft a profile for SOURCE: every column decided, the doubtful ones marked for review.

    On a terminal it asks for a name, who answers for it, and what doubtful columns are; never in a pipeline.
    """
    from pathlib import Path

    from masker.address import place_of
    from masker.agreement.load import load_agreement
    from masker.cli._asking import ask_about, ask_name_and_owner
    from masker.cli._output import check_new, say, shown_path, write_text
    from masker.draft import draft
    from masker.infotypes import INFOTYPES
    from masker.profile.load import load_profile
    from masker.scanning import scan

    ways = load_profile(base)
    asked = agreement is not None or recipient is not None
    terms = load_agreement(agreement or ways.agreement).terms(recipient or "staff") if asked else None
    if output != "-":
        check_new(Path(output), apart_from=())  # before anybody answers questions for it
    findings, name, owner = scan(place_of(source)), "", ""
    if not yes and sys.stdin.isatty():
        name, owner = ask_name_and_owner(Path(output).stem if output != "-" else "draft")
        findings = ask_about(findings, INFOTYPES)
    drafted = draft(findings, ways, terms, name=name, owner=owner)
    write_text(drafted.text, output)
    columns = sum(len(rules.columns) for rules in drafted.loaded.profile.tables.values())
    say(f"{columns} columns decided, {drafted.doubtful} of them marked `review: unsure`")
    if drafted.not_allowed:
        say(
            f"{drafted.not_allowed} columns go a way that {recipient or 'staff'} may not get, see `review`: widen "
            "or drop them, or let the agreement say `reversible: true`"
        )
    say(f"next: read it, then `masker preview SOURCE --profile {shown_path(Path(output))}`")


COMMAND = init
