"""`masker copies`: the copies in folders, with purpose, recipient, expiry and days left."""

from pathlib import Path

import click


@click.command()
@click.argument("folders", nargs=-1, metavar="[DIR...]")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--fail-expired", is_flag=True, help="Exit 1 where a copy has expired, or its manifest is not valid.")
def copies(folders: tuple[str, ...], format_: str, fail_expired: bool) -> None:
    """List the copies at and below DIR (default: here) with purpose, recipient, expiry and days left."""
    import json

    from masker import clock
    from masker.api import trusted_signers
    from masker.cli._output import write_text
    from masker.copies import find_copies
    from masker.errors import GateError, InputError, shown

    paths = [Path(folder) for folder in folders or (".",)]
    if not all(path.exists() for path in paths):
        raise InputError("not-found", "there is no such folder")
    found = find_copies(paths, trusted_signers(), clock.now())
    rows = [
        {
            "path": str(copy.path),
            "copy_id": copy.manifest.copy_id if copy.manifest else None,
            "purpose": copy.manifest.purpose if copy.manifest else None,
            "recipient": copy.manifest.recipient if copy.manifest else None,
            "expires": copy.manifest.expires if copy.manifest else None,
            "days_left": round(copy.days_left, 2) if copy.days_left is not None else None,
            "state": copy.problem or ("expired" if (copy.days_left or 0) <= 0 else "valid"),
        }
        for copy in found
    ]
    if format_ == "json":
        write_text(json.dumps({"masker": 1, "copies": rows}, ensure_ascii=False, indent=1) + "\n", None)
    else:
        lines = [
            f"{shown(str(row['path'])):32} {row['state']:10} {row['purpose'] or '-':24} {row['recipient'] or '-':12} "
            f"{row['expires'] or '-':20} {row['days_left'] if row['days_left'] is not None else '-'} days left"
            for row in rows
        ]
        write_text("\n".join(lines or ["no copies"]) + "\n", None)
    bad = sum(row["state"] != "valid" for row in rows)
    if fail_expired and bad:
        code = "expired" if any(row["state"] == "expired" for row in rows) else "signature"
        message = f"{bad} of {len(rows)} copies are expired or not valid"
        raise GateError(code, message, "`masker purge` deletes expired ones")


COMMAND = copies
