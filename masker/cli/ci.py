"""`masker ci`: prints a pipeline that makes a copy every night, or the timer that purges expired ones."""

import click


@click.command()
@click.argument("kind", type=click.Choice(["github", "gitlab", "cron", "systemd"]))
@click.argument("folders", nargs=-1, metavar="[DIR...]", type=click.Path())
@click.option("--source", default="exports/", show_default=True, help="Pipeline: what is copied every night.")
@click.option("-o", "--output", "dest", default="copy/", show_default=True, metavar="DEST", help="Pipeline: the copy.")
@click.option(
    "--profile", default="profile.yaml", show_default=True, metavar="P", help="Pipeline: the owner's profile."
)
@click.option("--purpose", default="test-system", show_default=True, metavar="ID", help="Pipeline: what it is for.")
@click.option("--expires", default="7d", show_default=True, metavar="WHEN", help="Pipeline: how long each copy lives.")
def ci(kind: str, folders: tuple[str, ...], source: str, dest: str, profile: str, purpose: str, expires: str) -> None:
    """Print a pipeline that checks, masks and verifies every night, or the timer that purges expired copies.

    `github`, `gitlab`: the nightly copy as an artifact that is kept no longer than it may live, and a job that purges;
    with DIR the latter alone. `cron`: a line for `crontab -e`. `systemd`: a service and a timer. Expired copies at and
    below DIR (default: here) are purged every hour.
    """
    import os
    from pathlib import Path

    from masker import pipelines, timers
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
    if kind in ("github", "gitlab") and not folders:
        pipeline = pipelines.Pipeline(source, dest, profile, purpose, expires)
        write_text(getattr(pipelines, kind)(pipeline, timer), None)
        return
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
