"""`masker purge`: deletes expired copies and tracked exports and leaves a signed receipt for each."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from masker.deletion import Purged


@click.command()
@click.argument("folders", nargs=-1, metavar="[DIR...]")
@click.option("--dry-run", is_flag=True, help="Say what would go, and delete nothing.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def purge(folders: tuple[str, ...], dry_run: bool, format_: str) -> None:
    """Delete what is expired at and below DIR (default: here, and all that the ledger knows), listed files only."""
    import json

    from masker import clock
    from masker.address import files_among, place_of
    from masker.cli._output import shown_path, write_text
    from masker.errors import GateError, InputError
    from masker.expired import purge_expired
    from masker.ledger import open_ledger
    from masker.trust import own_signer, trusted_signers

    paths = [place_of(folder) for folder in folders]
    if not all(path.exists() for path in files_among(*paths)):
        raise InputError("not-found", "there is no such folder")
    signer = own_signer()
    trusted = {**trusted_signers(), signer.id: signer.public}
    with open_ledger(signer) as ledger:
        done = purge_expired(paths or None, ledger, clock.now(), trusted=trusted, signer=signer, dry_run=dry_run)
    if format_ == "json":
        rows = [
            {
                "path": str(copy.path),
                "copy_id": copy.copy_id,
                "kind": copy.kind,
                "complete": copy.complete,
                "files": [{"path": file.path, "outcome": file.outcome} for file in copy.files],
                "receipt": str(copy.receipt) if copy.receipt else None,
            }
            for copy in done
        ]
        write_text(json.dumps({"masker": 1, "purged": rows}, indent=1) + "\n", None)
    else:
        lines = [f"{shown_path(copy.path):32} {_told(copy, dry_run=dry_run)}" for copy in done]
        write_text("\n".join(lines or ["nothing has expired"]) + "\n", None)
    kept = [copy for copy in done if not copy.complete]
    if kept:
        hint = "a file or a manifest changed after it was written: look at it, and delete it by hand"
        raise GateError("digest", f"{len(kept)} expired copies could not be purged whole", hint)


def _told(copy: "Purged", *, dry_run: bool) -> str:
    """What became of a copy, its files by outcome: one that holds a changed file is not said to be gone."""
    from collections import Counter

    if not copy.files and not copy.complete:
        return f"left, no valid manifest lists its files, {copy.kind} {copy.copy_id}"
    counts = Counter(file.outcome for file in copy.files)
    files = ", ".join(f"{count} {outcome.replace('-', ' ')}" for outcome, count in sorted(counts.items()))
    verb = "due" if dry_run else "purged" if copy.complete else "left"
    return f"{verb}, files: {files}, {copy.kind} {copy.copy_id}"


COMMAND = purge
