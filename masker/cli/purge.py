"""`masker purge`: deletes the expired copies in folders and leaves a signed receipt for each."""

from pathlib import Path

import click


@click.command()
@click.argument("folders", nargs=-1, metavar="[DIR...]")
@click.option("--dry-run", is_flag=True, help="Say what would go, and delete nothing.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def purge(folders: tuple[str, ...], dry_run: bool, format_: str) -> None:
    """Delete the expired copies at and below DIR (default: here): only files that a valid manifest lists, unchanged."""
    import json
    import os

    from masker import clock
    from masker.api import trusted_signers
    from masker.cli._output import write_text
    from masker.config import config_folder
    from masker.copies import purge as purge_copies
    from masker.crypto.signing import load_signer
    from masker.errors import GateError, InputError, shown

    paths = [Path(folder) for folder in folders or (".",)]
    if not all(path.exists() for path in paths):
        raise InputError("not-found", "there is no such folder")
    signer = load_signer(config_folder(), os.environ)
    done = purge_copies(paths, clock.now(), trusted=trusted_signers(), signer=signer, dry_run=dry_run)
    if format_ == "json":
        rows = [
            {
                "path": str(copy.path),
                "copy_id": copy.copy_id,
                "complete": copy.complete,
                "files": [{"path": file.path, "outcome": file.outcome} for file in copy.files],
                "receipt": str(copy.receipt) if copy.receipt else None,
            }
            for copy in done
        ]
        write_text(json.dumps({"masker": 1, "purged": rows}, ensure_ascii=False, indent=1) + "\n", None)
    else:
        verb = "due" if dry_run else "purged"
        lines = [f"{shown(str(copy.path)):32} {verb}, {len(copy.files)} files, copy {copy.copy_id}" for copy in done]
        write_text("\n".join(lines or ["nothing has expired"]) + "\n", None)
    kept = [copy for copy in done if not copy.complete]
    if kept:
        hint = "a file changed after it was masked: look at it, and delete it by hand"
        raise GateError("digest", f"{len(kept)} expired copies could not be purged whole", hint)


COMMAND = purge
