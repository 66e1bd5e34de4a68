"""`masker ledger`: checks the ledger and its audit log, and makes a lost ledger anew from the log."""

import click


@click.group()
def ledger() -> None:
    """The list of copies and tracked exports, and the audit log of what was done with them."""


@ledger.command()
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def verify(format_: str) -> None:
    """Check every line of the audit log (chain, signature), the anchor, and that the ledger says the same."""
    import json

    from masker import clock
    from masker.cli._output import write_text
    from masker.ledger import ledger_path
    from masker.ledger.sound import check, set_back
    from masker.trust import trusted_signers

    standing = check(ledger_path(), trusted_signers())
    head, back = standing.head, set_back(standing.head, clock.now())
    present = sum(entry.state == "present" for entry in standing.entries.values())
    if format_ == "json":
        body = {
            "masker": 1,
            "events": head.seq,
            "head": head.hash,
            "newest": head.newest or None,
            "entries": len(standing.entries),
            "present": present,
            "clock_set_back": back,
        }
        write_text(json.dumps(body) + "\n", None)
        return
    lines = [
        f"right: {head.seq} events, all in their place and signed; {present} copies and exports present",
        f"head: {head.hash} (note it elsewhere: a later log that does not hold it was cut off)",
    ]
    write_text("\n".join(lines) + "\n", None)


@ledger.command()
def rebuild() -> None:
    """Make a lost or damaged ledger anew from its audit log; the damaged file is kept beside it."""
    from masker import clock
    from masker.cli._output import say
    from masker.ledger import ledger_path, operator
    from masker.ledger.rebuild import rebuild as rebuild_ledger
    from masker.trust import own_signer, trusted_signers

    events = rebuild_ledger(ledger_path(), own_signer(), trusted_signers(), clock.now(), operator=operator())
    say(f"made the ledger anew from {events} events")


COMMAND = ledger
