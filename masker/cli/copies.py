"""`masker copies`: copies and tracked exports, with purpose, recipient, expiry and days left."""

import click


@click.command()
@click.argument("folders", nargs=-1, metavar="[DIR...]")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--fail-expired", is_flag=True, help="Exit 1 where a copy has expired, or its manifest is not valid.")
@click.option("--agreement", default="", metavar="A", help="Tell too whether this agreement still allows its copies.")
def copies(folders: tuple[str, ...], format_: str, fail_expired: bool, agreement: str) -> None:
    """List copies and tracked exports at and below DIR (default: here, and everything that the ledger knows)."""
    import json
    from dataclasses import asdict

    from masker import clock
    from masker.address import files_among, place_of
    from masker.agreement.load import load_agreement
    from masker.cli._output import say, shown_path, write_text
    from masker.errors import GateError, InputError
    from masker.ledger import ledger_path
    from masker.ledger.sound import check, set_back
    from masker.listing import list_all
    from masker.trust import trusted_signers

    paths = [place_of(folder) for folder in folders]
    if not all(path.exists() for path in files_among(*paths)):
        raise InputError("not-found", "there is no such folder")
    now, trusted = clock.now(), trusted_signers()
    standing = check(ledger_path(), trusted)
    if set_back(standing.head, now):
        say("the clock is set back: the days left are not to be relied on")
    listed = list_all(paths or None, standing.entries, trusted, now, load_agreement(agreement) if agreement else None)
    if format_ == "json":
        rows = [
            {**asdict(row), "days_left": round(row.days_left, 2) if row.days_left is not None else None}
            for row in listed
        ]
        write_text(json.dumps({"masker": 1, "copies": rows}, indent=1) + "\n", None)
    else:
        lines = []
        for row in listed:
            left = "-" if row.days_left is None else f"{row.days_left:z.2f}"
            what = (
                f"{row.state:10} {row.kind:6} {row.purpose or '-':24} {row.recipient or '-':12} {row.expires or '-':20}"
            )
            agreed = f", agreement {row.agreed}" if row.agreed in ("changed", "refused") else ""
            lines.append(f"{shown_path(place_of(row.path)):32} {what} {left} days left{agreed}")
        write_text("\n".join(lines or ["no copies"]) + "\n", None)
    refused = [row for row in listed if row.state == "valid" and row.agreed == "refused"]
    bad = sum(row.state not in ("valid", "missing") for row in listed)
    if fail_expired and refused and not bad:
        message = f"{len(refused)} of {len(listed)} copies are no longer allowed by their agreement"
        raise GateError("agreement", message, "`masker verify COPY --agreement A` says why")
    if fail_expired and bad:
        code = "expired" if any(row.state == "expired" for row in listed) else "signature"
        message = f"{bad} of {len(listed)} copies are expired or not valid"
        raise GateError(code, message, "`masker purge` deletes expired ones")


COMMAND = copies
