"""What `--key-command` says; a pipeline's variable that came out empty must not end in a key for one run."""

from masker.errors import KeyUnusable


def command_of(given: str | None) -> str:
    """The command as it was given, "" where it was not; `KeyUnusable` where it is blank."""
    if given is not None and not given.strip():
        raise KeyUnusable("key", "`--key-command` names no program")
    return given or ""
