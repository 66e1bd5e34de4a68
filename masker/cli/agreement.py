"""`masker agreement`: checks agreement files."""

from pathlib import Path

import click


@click.group()
def agreement() -> None:
    """Check agreement files: what a customer allowed (docs/agreements.md)."""


@agreement.command()
@click.argument("file")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Exit 1 where there is anything to look at again.")
def lint(file: str, format_: str, strict: bool) -> None:
    """Check an agreement file: a mistake exits 2 with its place; what to look at again is listed."""
    import json

    from masker import clock
    from masker.agreement.lint import concerns
    from masker.agreement.load import read_agreement
    from masker.cli._output import say, write_text
    from masker.errors import shown

    loaded = read_agreement(Path(file))
    found = list(concerns(loaded, clock.now()))
    if format_ == "json":
        rows = [
            {"code": each.code, "message": each.message, "line": each.place.line, "char": each.place.char}
            for each in found
        ]
        allowed = loaded.agreement
        body = {
            "masker": 1,
            "file": shown(Path(file).name),
            "customer": allowed.customer,
            "policy_version": allowed.policy_version,
            "agreement_digest": allowed.digest,
            "warnings": rows,
        }
        write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", None)
    else:
        write_text("".join(f"{each.place}: {each.code}: {each.message}\n" for each in found), None)
        say(f"the file is in order; to look at again: {len(found)}")
    if strict and found:
        click.get_current_context().exit(1)


COMMAND = agreement
