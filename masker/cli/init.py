"""`masker init`: drafts a profile from a scan, the evidence as comments."""

import sys

import click


@click.command()
@click.argument("source")
@click.option("-o", "--output", required=True, metavar="FILE", help="The profile to write.")
@click.option("--base", default="test-env", show_default=True, help="The built-in profile that gives the ways.")
@click.option("--agreement", metavar="A", help="Draft what this agreement lets the recipient have.")
@click.option("--recipient", metavar="R", help="Who is to get the copies: `staff` or `subcontractor:NAME`.")
@click.option("--yes", is_flag=True, help="Do not ask before writing a draft that has doubtful columns.")
def init(source: str, output: str, base: str, agreement: str | None, recipient: str | None, yes: bool) -> None:
    """Draft a profile for SOURCE: every column decided, the doubtful ones marked for review."""
    from masker.address import place_of
    from masker.agreement.load import load_agreement
    from masker.cli._output import say, write_text
    from masker.draft import draft
    from masker.profile.load import load_profile
    from masker.scanning import scan

    loaded = load_profile(base)
    asked = agreement is not None or recipient is not None
    terms = load_agreement(agreement or loaded.agreement).terms(recipient or "staff") if asked else None
    drafted = draft(scan(place_of(source)), loaded, terms)
    if drafted.doubtful and not yes and sys.stdin.isatty():
        click.confirm(
            f"{drafted.doubtful} columns are doubtful and marked `review`: write the draft?", abort=True, err=True
        )
    write_text(drafted.text, output)
    columns = sum(len(rules.columns) for rules in drafted.loaded.profile.tables.values())
    say(f"{columns} columns decided, {drafted.doubtful} of them marked `review: unsure`")
    if drafted.not_allowed:
        say(
            f"{drafted.not_allowed} columns go a way that {recipient or 'staff'} may not get, see `review`: widen "
            "or drop them, or let the agreement say `reversible: true`"
        )


COMMAND = init
