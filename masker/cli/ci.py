"""`masker ci`: prints the timer that purges expired copies, for cron, systemd or a pipeline."""

import click


@click.command()
@click.argument("kind", type=click.Choice(["github", "gitlab", "cron", "systemd"]))
@click.argument("folders", nargs=-1, metavar="[DIR...]", type=click.Path())
def ci(kind: str, folders: tuple[str, ...]) -> None:
    """Print the timer that purges expired copies at and below DIR (default: here) every hour.

    `cron`: a line for `crontab -e`. `systemd`: a service and a timer. `github`, `gitlab`: a scheduled job.
    """
    import os
    from pathlib import Path

    from masker import timers
    from masker.cli._output import write_text
    from masker.config import config_folder
    from masker.ledger import ledger_path, operator

    # Where things are, never what is secret: a key does not belong into a unit or a crontab.
    settings = tuple(
        (name, os.environ[name]) for name in ("MASKER_CONFIG_DIR", "MASKER_LEDGER") if os.environ.get(name)
    )
    timer = timers.Timer(
        command=_this_command(),
        folder=Path.cwd(),
        folders=tuple(Path(folder).absolute() for folder in folders),
        user=operator() or str(os.getuid()),
        settings=settings,
        writable=(config_folder().absolute(), ledger_path().parent),
    )
    write_text(getattr(timers, kind)(timer), None)


def _this_command() -> tuple[str, ...]:
    """The words that start this very masker from anywhere."""
    import os
    import shutil
    import sys
    from pathlib import Path

    called = Path(sys.argv[0])
    if called.name == "masker" and called.is_file() and os.access(called, os.X_OK):
        return (str(called.absolute()),)
    found = shutil.which("masker")
    return (str(Path(found).absolute()),) if found else (sys.executable, "-m", "masker")


COMMAND = ci
