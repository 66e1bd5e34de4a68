"""`masker doctor`: what is installed and reachable, and what to do where something is not."""

import click


@click.command()
@click.argument("databases", nargs=-1, metavar="[URL...]")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def doctor(context: click.Context, databases: tuple[str, ...], format_: str) -> None:
    """Look at versions, keys, ledger, programs, disk and clock, and whether the databases at URL can be reached.

    Changes nothing. Exit 1 where something is wrong.
    """
    import json
    from dataclasses import asdict
    from pathlib import Path

    from masker.address import Address, place_of
    from masker.cli._output import wrapped, write_text
    from masker.config import Config
    from masker.doctor import look
    from masker.errors import UsageError

    places = [place_of(name) for name in databases]
    addresses = tuple(place for place in places if isinstance(place, Address))
    if len(addresses) < len(places):
        raise UsageError("usage", "only databases can be reached or not", "postgresql://… or mysql://…")
    config = context.obj if isinstance(context.obj, Config) else Config()
    looked = look(config, Path.cwd(), addresses)
    if format_ == "json":
        text = json.dumps({"masker": 1, "looked": [asdict(each) for each in looked]}, indent=1) + "\n"
    else:
        lines: list[str] = []
        for each in looked:
            lines += wrapped(f"{each.state:5} {each.what}: {each.told}", indent=6)
            lines += wrapped(f"      hint: {each.hint}", indent=12) if each.hint else []
        text = "\n".join(lines) + "\n"
    write_text(text, None)
    if any(each.state == "wrong" for each in looked):
        context.exit(1)


COMMAND = doctor
