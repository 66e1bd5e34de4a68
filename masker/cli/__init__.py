"""The command line: one click command a module; whatever goes wrong ends as one line, a hint and a documented exit."""

import contextlib
import errno
import os
import sys
from collections.abc import Sequence

import click

from masker import __version__
from masker.errors import Interrupted, MaskerError, OutputError, UsageError, sealed
from masker.registry import Registry

COMMANDS: Registry[click.Command] = Registry("command", "masker.cli", "COMMAND")


class _Commands(click.Group):
    """Finds commands in this package by themselves, and imports only the one that runs (all of them for `--help`)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            return COMMANDS[cmd_name]
        from difflib import get_close_matches

        near = get_close_matches(cmd_name, list(COMMANDS), n=1)
        raise UsageError("usage", "there is no such command", f"did you mean `{near[0]}`?" if near else "masker --help")


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="masker %(version)s")
@click.pass_context
def group(context: click.Context) -> None:
    """Make copies of production data that are safe to test on: masked, joining, tagged with purpose and expiry."""
    if not context.resilient_parsing:
        from pathlib import Path

        from masker.config import project_config

        config = project_config(Path.cwd())
        names = (context.invoked_subcommand,) if context.invoked_subcommand else ()
        # Where the key is comes after the environment, not before it: see `crypto.root.key_source`.
        options = {name: value for name, value in config.options.items() if name not in ("key_file", "key_command")}
        context.default_map = dict.fromkeys(names, options)
        context.obj = config


def main() -> None:
    """The entry point `masker`."""
    from masker.cli._stops import listen

    _open_streams()
    _hush()
    listen()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line; give its exit code. Errors go to stderr (or as JSON to stdout with `--format json`)."""
    _harden()
    try:
        return _invoke(list(arguments))
    except MaskerError as caught:
        from masker.cli._stops import as_stopped

        error = as_stopped(caught)
        as_json = "json" in _formats(arguments)
        try:
            _tell(error, as_json=as_json)
            sys.stdout.flush()
        except OSError:
            _left_alone()
            with contextlib.suppress(OSError):  # where nobody listens, the exit code says it
                _tell(error, as_json=False) if as_json else None
        return error.exit_code


@sealed
def _invoke(arguments: list[str]) -> int:
    try:
        code = group.main(args=arguments, prog_name="masker", standalone_mode=False) or 0
        sys.stdout.flush()
        return code
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        raise Interrupted("interrupted", "stopped; nothing was published") from None
    except click.exceptions.NoArgsIsHelpError as error:
        raise UsageError("usage", "it is not said what to do", _help_for(error)) from None
    except click.MissingParameter as error:
        name = error.param.opts[-1] if error.param and error.param.opts else "an argument"
        shown = name if name.startswith("-") else name.upper()
        raise UsageError("usage", f"`{shown}` is missing", _WHERE_TO_LOOK.get(name) or _help_for(error)) from None
    except click.NoSuchOption as error:
        near = f"did you mean `{error.possibilities[0]}`?" if error.possibilities else _help_for(error)
        raise UsageError("usage", "there is no such option", near) from None
    except click.BadParameter as error:
        name = error.param.opts[-1] if error.param and error.param.opts else "an argument"
        raise UsageError("usage", f"`{name}` has a value that it cannot take", _help_for(error)) from None
    except click.ClickException as error:
        raise UsageError("usage", "the command line cannot be read", _help_for(error)) from None
    except SystemExit:
        # So click ends a broken pipe: whoever read our output went away, and there is nobody left to tell.
        return _left_alone()
    except OSError as error:
        if error.errno == errno.EPIPE:
            return _left_alone()
        code_word = "no-space" if error.errno == errno.ENOSPC else "output"
        raise OutputError(code_word, "the output cannot be written") from None


def _left_alone() -> int:
    """Let what is still buffered for stdout go nowhere: at its end Python would try, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return 0


_WHERE_TO_LOOK = {
    "--purpose": "`masker show purposes` lists what copies may be made for",
    "--expires": "say how long it may live: `--expires 14d`",
}


def _help_for(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"see `{context.command_path} --help`" if context else "see `masker --help`"


def _formats(arguments: Sequence[str]) -> set[str]:
    """The values given to `--format`, read before and apart from click, which may be what failed."""
    pairs = zip(arguments, [*arguments[1:], ""], strict=False)
    return {value for name, value in pairs if name == "--format"} | {
        item.removeprefix("--format=") for item in arguments if item.startswith("--format=")
    }


def _tell(error: MaskerError, *, as_json: bool) -> None:
    where = str(error.place)
    message = error.message + (f" ({where})" if where else "")
    if as_json:
        import json

        body = {"code": error.code, "exit": error.exit_code, "message": message, "hint": error.hint}
        click.echo(json.dumps({"error": body}))
        return
    for line in error.place.excerpt():
        click.echo(line, err=True)
    click.echo(f"masker: {error.code}: {message}", err=True)
    if error.hint:
        click.echo(f"hint: {error.hint}", err=True)


def _harden() -> None:
    """No core dumps and no foreign warnings: both may hold values."""
    import warnings

    warnings.simplefilter("ignore")
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):  # not on this system: then there is no core dump to forbid
        pass


def _open_streams() -> None:
    """Open what the caller closed of stdin, stdout and stderr: else a copy's file would take over their numbers."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.dup2(descriptor := os.open(os.devnull, os.O_RDWR), number)
            if descriptor != number:
                os.close(descriptor)
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w" if number else "r", closefd=False))


def _hush() -> None:
    """Let nothing but masker talk: no traceback of a thread or of an object's end, no log of a library."""
    import logging
    import threading

    logging.disable(logging.CRITICAL)
    sys.unraisablehook = lambda _: None
    sys.excepthook = lambda *_: None
    threading.excepthook = lambda _: None
