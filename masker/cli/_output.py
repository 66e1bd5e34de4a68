"""Where a command's data goes: to stdout, or into a new file; and its talk: to stderr."""

import contextlib
import os
from pathlib import Path

import click

from masker.address import Address
from masker.errors import OutputError, Place, UsageError, shown


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


def check_new(path: Path, *, apart_from: tuple[Path, ...]) -> None:
    """Refuse, before anything is done, a file that exists, has no folder, or would lie inside one of `apart_from`."""
    real = path.resolve()
    if any(real.is_relative_to(other.resolve()) for other in apart_from):
        raise UsageError("usage", "the report must lie outside of SOURCE and DEST", "choose another place for it")
    if real.exists() or path.is_symlink():
        raise OutputError("exists", "the output file exists", "choose another name", Place(file=path.name))
    if not os.access(real.parent, os.W_OK):
        raise OutputError("permission", "the output file cannot be written there", place=Place(file=path.name))


def shown_path(path: Path | Address) -> str:
    """A path for people: folders and files whose names are no plain identifiers are withheld, and so are databases'."""
    if isinstance(path, Address):
        return f"{path.scheme}://{path.host}:{path.port}/{shown(path.name)}"
    return "/".join(part if part in ("/", "..") else shown(part) for part in path.parts).replace("//", "/") or "."


def say(text: str) -> None:
    """Talk to the user on stderr; where nobody can hear it, the work goes on."""
    with contextlib.suppress(OSError):
        click.echo(f"masker: {text}", err=True)


def wrapped(line: str, *, indent: int = 2, width: int = 80) -> list[str]:
    """A line of prose in pieces of at most `width` columns, the later ones moved in; a longer word stays whole.

    >>> wrapped("purpose test-patch, for staff", width=20)
    ['purpose test-patch,', '  for staff']
    """
    import textwrap

    later = " " * indent
    pieces = textwrap.wrap(
        line, width, subsequent_indent=later, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )
    return pieces or [""]


def say_wrapped(line: str) -> None:
    """Talk to the user on stderr in lines of at most 80 columns; a note stays one line, for whoever searches it."""
    for piece in [line] if line.startswith("note: ") else wrapped(line, width=80 - len("masker: ")):
        say(piece)
