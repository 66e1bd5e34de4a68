"""Where a command's data goes: to stdout, or into a new file; and its talk: to stderr."""

from pathlib import Path

import click

from masker.errors import OutputError, Place


def write_text(text: str, path: str | None) -> None:
    """Print `text`, or write it into a new file at `path` (never over an existing one: `OutputError`)."""
    if path is None or path == "-":
        click.echo(text, nl=False)
        return
    target = Path(path)
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise OutputError("exists", "the output file exists", "choose another name", Place(file=target.name)) from None
    except PermissionError:
        raise OutputError("permission", "the output file may not be written", place=Place(file=target.name)) from None
    except OSError:
        raise OutputError("output", "the output file cannot be written", place=Place(file=target.name)) from None


def say(text: str) -> None:
    """Talk to the user on stderr."""
    click.echo(f"masker: {text}", err=True)
