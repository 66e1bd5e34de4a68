"""`masker reveal`: turns reversible values of a copy back for who holds its key; audited before a value is written."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from masker.config import Config


@click.command()
@click.argument("file")
@click.option("--columns", required=True, metavar="A,B", help="The columns to turn back, with commas between.")
@click.option("-o", "--output", default="-", metavar="OUT", help="A new file outside of the copy (default: stdout).")
@click.option("--key-file", type=click.Path(), metavar="F", help="The masking key that the copy was made with.")
@click.option("--key-command", metavar="CMD", help="A program that prints that key; run without a shell.")
@click.option("--table", default="", metavar="T", help="Which table, where several have these columns.")
@click.option("--reason", default="", metavar="TEXT", help="Why, for the audit log.")
@click.option("--agreement", default="", metavar="A", help="The agreement file that must still allow the copy.")
@click.pass_obj
def reveal(
    config: "Config",
    file: str,
    columns: str,
    output: str,
    key_file: str | None,
    key_command: str | None,
    table: str,
    reason: str,
    agreement: str,
) -> None:
    """Write FILE, a masked copy or a file of one, with the reversible values of some columns turned back.

    OUT holds originals: it is no copy, has no manifest and expires by nothing but your deleting it.
    """
    import sys

    from masker import clock
    from masker.address import address_of
    from masker.agreed import CHANGED
    from masker.agreement.load import load_agreement
    from masker.cli._key_options import command_of
    from masker.cli._output import say
    from masker.crypto.root import KeySource
    from masker.errors import UsageError, shown
    from masker.ledger import record_event
    from masker.reveal import Intent, RevealRequest
    from masker.reveal import reveal as reveal_columns
    from masker.trust import trusted_signers

    if address_of(file) is not None:
        message = "values are turned back in files, not in a database"
        raise UsageError("usage", message, "mask into a dump where that may be needed: `-o COPY.sql`")
    request = RevealRequest(
        path=Path(file),
        columns=tuple(name.strip() for name in columns.split(",") if name.strip()),
        out=None if output == "-" else Path(output),
        table=table,
        reason=reason,
        agreement=load_agreement(agreement) if agreement else None,
        key=KeySource(Path(key_file) if key_file is not None else None, command_of(key_command)),
        config=config,
    )
    stdout = sys.stdout.buffer

    def announce(intent: Intent) -> None:
        record_event("reveal", intent.as_event())

    done = reveal_columns(request, trusted=trusted_signers(), now=clock.now(), announce=announce, stdout=stdout)
    stdout.flush()
    for name in request.columns:
        told = f"{shown(name)}: {done.turned[name]} values turned back"
        if done.left[name]:
            told += f", {done.left[name]} left as they are: their originals cannot be told"
        say(told)
    if done.intent.agreed == "changed":
        say(f"agreement has {CHANGED}")
    if request.out is not None:
        say("OUT holds originals: delete it when it has served, or `masker track` it")


COMMAND = reveal
