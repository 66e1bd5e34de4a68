"""`masker check`: the gate of a pipeline; every column decided, no drift, tests pass, methods fit. Writes nothing."""

import os
from pathlib import Path

import click


@click.command()
@click.argument("source")
@click.option("--profile", "profile_", required=True, metavar="P", help="The owner's profile.")
@click.option("--agreement", "agreement_", default="", metavar="A", help="The agreement (default: the profile's own).")
@click.option("--recipient", default="staff", show_default=True, help="Who would get the copy.")
@click.option(
    "--format", "format_", type=click.Choice(["text", "json", "junit", "github"]), default="text", show_default=True
)
@click.option("-o", "--output", metavar="FILE", help="Write there instead of to stdout.")
@click.option("--input-format", default="", help="Read SOURCE as this format, whatever its name.")
@click.option("--encoding", default="", help="The text encoding of SOURCE, where it is not UTF-8.")
@click.option("--delimiter", default="", help="The delimiter of CSV files, where it is to be said.")
@click.option("--no-header", is_flag=True, help="CSV files have no header line.")
@click.pass_context
def check(
    context: click.Context,
    source: str,
    profile_: str,
    agreement_: str,
    recipient: str,
    format_: str,
    output: str | None,
    input_format: str,
    encoding: str,
    delimiter: str,
    no_header: bool,
) -> None:
    """Check SOURCE against a profile: what would stop a run, and what changed since its owner accepted it."""
    import json

    from masker.agreement.load import load_agreement
    from masker.checking import check_profile
    from masker.cli._output import write_text
    from masker.errors import UsageError
    from masker.formats import ReadOptions
    from masker.formats._open import open_snapshot
    from masker.profile.load import load_profile
    from masker.report_check import check_github, check_json, check_junit, check_summary, check_text
    from masker.scanning import scan_snapshot

    loaded = load_profile(profile_)
    if loaded.built_in:
        raise UsageError("usage", "a built-in profile decides by the scan and cannot drift", "name a profile's file")
    agreement = load_agreement(agreement_ or loaded.agreement)
    options = ReadOptions(encoding=encoding, delimiter=delimiter, header=not no_header)
    snapshot = open_snapshot(Path(source), options, input_format, allow_remask=True)
    checked = check_profile(snapshot, scan_snapshot(snapshot), loaded, agreement, recipient=recipient)
    if format_ == "json":
        text = json.dumps(check_json(checked), ensure_ascii=False, indent=1) + "\n"
    elif format_ == "junit":
        text = check_junit(checked)
    else:
        text = "\n".join((check_github if format_ == "github" else check_text)(checked))
        text += "\n" if text else ""
    write_text(text, output)
    summary = os.environ.get("GITHUB_STEP_SUMMARY", "") if format_ == "github" else ""
    if summary:
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write("\n".join(check_summary(checked)) + "\n")
    if checked.troubles:
        context.exit(1)


COMMAND = check
