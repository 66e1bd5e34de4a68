"""`masker mask`: writes a masked copy of a source, tagged with purpose and expiry, verified before it appears."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from masker.cli._words import engines, profiles, purposes

if TYPE_CHECKING:
    from masker.config import Config
    from masker.run import Outcome


@click.command()
@click.argument("source")
@click.option("-o", "--output", "dest", required=True, metavar="DEST", help="The copy; it must not exist yet.")
@click.option(
    "--purpose",
    required=True,
    metavar="ID",
    shell_complete=purposes,
    help="What the copy is for: `masker show purposes`.",
)
@click.option("--expires", required=True, metavar="WHEN", help="How long it may live: 14d, P14D or 2026-12-24.")
@click.option(
    "--profile",
    metavar="P",
    shell_complete=profiles,
    help="The owner's profile, or a built-in one (default: test-env).",
)
@click.option(
    "--agreement", default="", metavar="A", help="What the customer allowed (default: the profile's, or built-in)."
)
@click.option("--recipient", default="staff", show_default=True, metavar="R", help="Who gets the copy.")
@click.option("--reference", default="", metavar="REF", help="The change or ticket it is for, such as CHG-123.")
@click.option("--key-file", type=click.Path(), metavar="F", help="The masking key; without one, a key for this run.")
@click.option("--key-command", metavar="CMD", help="More: a program that prints the key; no shell.")
@click.option("--replace", is_flag=True, help="More: take the place of a masker copy of the same purpose at DEST.")
@click.option("--explain", is_flag=True, help="Print the plan and stop.")
@click.option("--report", metavar="FILE", help="Write what was done into a new file, as JSON; a page to NAME.html.")
@click.option(
    "--engine",
    default="threads",
    shell_complete=engines,
    show_default=True,
    help="More: inline or threads; same bytes.",
)
@click.option("--jobs", type=click.IntRange(min=1), help="More: how many threads (default: one a core).")
@click.option("--quiet", is_flag=True, help="More: say nothing but errors.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", help="More: how to tell.")
@click.option("--input-format", default="", help="More: read SOURCE as this format, whatever its name.")
@click.option("--encoding", default="", help="More: the text encoding of SOURCE, where it is not UTF-8.")
@click.option("--delimiter", default="", help="More: the delimiter of CSV files.")
@click.option(
    "--where", multiple=True, metavar="CONDITION", help="More: a subset of the rows that meet it: TABLE: CONDITION."
)
@click.option("--subset", multiple=True, metavar="SIZE", help="More: a subset of so many rows: 5%, 1000 or TABLE:5%.")
@click.option("--no-header", is_flag=True, help="More: CSV files have no header line.")
@click.option("--allow-remask", is_flag=True, help="More: SOURCE may itself be a masked copy.")
@click.pass_obj
def mask(
    config: "Config",
    source: str,
    dest: str,
    purpose: str,
    expires: str,
    profile: str | None,
    agreement: str,
    recipient: str,
    reference: str,
    key_file: str | None,
    key_command: str | None,
    replace: bool,
    explain: bool,
    report: str | None,
    engine: str,
    jobs: int | None,
    quiet: bool,
    format_: str,
    input_format: str,
    encoding: str,
    delimiter: str,
    no_header: bool,
    allow_remask: bool,
    where: tuple[str, ...],
    subset: tuple[str, ...],
) -> None:
    """Write a masked copy of SOURCE to DEST, tagged with purpose and expiry, verified before anybody can see it."""
    import contextlib
    import json

    from masker.address import files_among, place_of
    from masker.cli._key_options import command_of
    from masker.cli._output import check_new, say_wrapped, write_text
    from masker.cli._progress import progress
    from masker.cli._stops import when_visible
    from masker.engines import ENGINES
    from masker.errors import Place, UsageError
    from masker.formats import FORMATS, ReadOptions
    from masker.ledger import operator
    from masker.plan.explain import explain as explain_plan
    from masker.prepare import prepare
    from masker.profile.load import require_known
    from masker.report import run_json, run_text
    from masker.request import Request
    from masker.run import mask as run_mask

    require_known(ENGINES, engine, Place())
    if input_format:
        require_known(FORMATS, input_format, Place())
    request = Request(
        source=place_of(source),
        dest=place_of(dest),
        purpose=purpose,
        expires=expires,
        profile=profile,
        agreement=agreement,
        recipient=recipient,
        reference=reference,
        operator=operator(),
        key_file=Path(key_file) if key_file is not None else None,
        key_command=command_of(key_command),
        replace=replace,
        engine=engine,
        jobs=jobs or 0,
        options=ReadOptions(encoding=encoding, delimiter=delimiter, header=not no_header),
        input_format=input_format,
        allow_remask=allow_remask,
        where=where,
        subset=subset,
        config=config,
    )
    if "-" in (source, dest):
        raise UsageError("usage", "standard input and output are not supported", "name a file or a folder")
    if report:
        check_new(Path(report), apart_from=files_among(request.source, request.dest))
    if explain:
        with contextlib.closing(prepare(request)) as prepared:
            told = explain_plan(prepared.plan, prepared.agreement.exclude, prepared.roots)
            write_text("\n".join(told) + "\n", None)
        return
    with progress(quiet=quiet) as tell:
        outcome = run_mask(request, tell, when_visible())
    body = run_json(
        outcome.manifest,
        str(outcome.manifest_path),
        outcome.seconds,
        dict(outcome.cpu_seconds),
        outcome.utility,
        outcome.seen,
        outcome.notices,
    )
    if report:
        write_text(_page(outcome) if report.endswith(".html") else json.dumps(body, indent=1) + "\n", report)
    if format_ == "json":
        write_text(json.dumps(body) + "\n", None)
    elif not quiet:
        for line in run_text(outcome.manifest, outcome.seconds, outcome.notices):
            say_wrapped(line)


def _page(outcome: "Outcome") -> str:
    from masker import clock
    from masker.report_html import run_page

    return run_page(outcome.manifest, clock.now(), outcome.seconds, outcome.utility, outcome.seen, outcome.notices)


COMMAND = mask
