"""`masker track`: puts a raw export in the ledger as the temporary copy that it is."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from masker.config import Config


@click.command()
@click.argument("source")
@click.option("--purpose", required=True, metavar="ID", help="What the export is for: `masker show purposes`.")
@click.option("--expires", required=True, metavar="WHEN", help="How long it may live: 14d, P14D or 2026-12-24.")
@click.option("--agreement", default="", metavar="A", help="The agreement file (default: the built-in one).")
@click.option("--recipient", default="staff", show_default=True, metavar="R", help="Who has the export.")
@click.option("--reference", default="", metavar="REF", help="The change or ticket it is for, such as CHG-123.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def track(
    config: "Config",
    source: str,
    purpose: str,
    expires: str,
    agreement: str,
    recipient: str,
    reference: str,
    format_: str,
) -> None:
    """Put SOURCE, a raw export, in the ledger with purpose and expiry: `copies` lists it, `purge` deletes it."""
    import json

    from masker import clock
    from masker.address import file_of
    from masker.agreement.load import load_agreement
    from masker.cli._output import say, write_text
    from masker.crypto.root import KeySource
    from masker.errors import shown
    from masker.keying import check_keys_apart
    from masker.ledger import check_ledger_apart, open_ledger, operator
    from masker.lifetime import track as track_export

    place = file_of(source)
    check_ledger_apart(place)
    check_keys_apart(KeySource(), config, (place,))  # a purge would delete them with the export
    allowed = load_agreement(agreement)
    with open_ledger() as ledger:
        entry = track_export(
            place,
            ledger,
            allowed,
            clock.now(),
            purpose=purpose,
            expires=expires,
            recipient=recipient,
            reference=reference,
            operator=operator(),
        )
    if format_ == "json":
        body = {
            "masker": 1,
            "path": entry.path,
            "copy_id": entry.copy_id,
            "kind": entry.kind,
            "purpose": entry.purpose,
            "recipient": entry.recipient,
            "created": entry.created,
            "expires": entry.expires,
            "files": len(entry.files),
        }
        write_text(json.dumps(body) + "\n", None)
        return
    say(f"tracked {shown(place.name)}: {len(entry.files)} files, for {entry.purpose}, until {entry.expires}")


COMMAND = track
