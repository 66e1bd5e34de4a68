"""Where the root key comes from: a file, the environment or a program that prints it; never the command line itself.

A key file is one line, the base64 of 32 random bytes, mode 0600. A key command prints that line.
"""

import base64
import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

from masker.crypto.key_command import printed_secret
from masker.crypto.key_file import decode_key, new_secret, read_secret
from masker.crypto.keys import refuse_weak
from masker.crypto.published import is_published
from masker.errors import KeyUnusable, UsageError

_SECRET = ("MASKER_KEY", "MASKER_KEY_FILE", "MASKER_KEY_COMMAND", "MASKER_SIGNING_KEY")


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where somebody says that the root key is: a file, or a program with its arguments that prints it; or nowhere.

    Raises `UsageError` where both are named: which one counts must not be guessed.
    """

    file: Path | None = None
    command: str = ""

    def __post_init__(self) -> None:
        if self.file is not None and self.command:
            raise UsageError("usage", "two sources of the masking key at once", "name a key file or a key command")

    @property
    def is_named(self) -> bool:
        """Whether it names anything."""
        return self.file is not None or bool(self.command)


NOWHERE = KeySource()


def key_source(given: KeySource, environ: Mapping[str, str], settings: KeySource = NOWHERE) -> KeySource | None:
    """The source that counts: what was `given`, else MASKER_KEY_FILE, MASKER_KEY, MASKER_KEY_COMMAND, else `settings`.

    None stands for MASKER_KEY. A variable that is set to nothing is a source, and a broken one.

    >>> key_source(KeySource(), {"MASKER_KEY_FILE": "a.key"}, KeySource(command="show-key"))
    KeySource(file=PosixPath('a.key'), command='')
    """
    if given.is_named:
        return given
    if (named := environ.get("MASKER_KEY_FILE")) is not None:
        return KeySource(Path(named))
    if "MASKER_KEY" in environ:
        return None
    if (command := environ.get("MASKER_KEY_COMMAND")) is not None:
        if not command.strip():
            raise KeyUnusable("key", "MASKER_KEY_COMMAND names no program")
        return KeySource(command=command)
    return settings


def load_root(
    given: KeySource | Path | None, environ: MutableMapping[str, str], settings: KeySource = NOWHERE
) -> bytes | None:
    """Read the root key from the source that counts (`key_source`; a path is a key file).

    MASKER_KEY is dropped from `environ` whichever source wins, so that no child process inherits it. None where no
    source is named: the caller then uses `ephemeral_root`. Raises `KeyUnusable` where the key is missing, open to
    others than its owner, malformed, weak or published: a broken or empty source never falls through to the next.

    >>> load_root(None, {}) is None
    True
    """
    if not isinstance(given, KeySource):
        given = KeySource(given)
    source = key_source(given, environ, settings)
    text = environ.pop("MASKER_KEY", "")
    if source is None:
        root = decode_key(text.strip(), "MASKER_KEY")
    elif source.file is not None:
        root = decode_key(read_secret(source.file), "the key file")
    elif source.command:
        clean = {name: value for name, value in environ.items() if name not in _SECRET}
        root = decode_key(printed_secret(source.command, clean), "what the key command printed")
    else:
        return None
    refuse_weak(root)
    if is_published(root):
        raise KeyUnusable("key", "the root key is a published test key", "make one with `masker key new FILE`")
    return root


def ephemeral_root() -> bytes:
    """Draw a root key for one run: nobody can repeat or reverse that run's pseudonyms afterwards."""
    return os.urandom(32)


def new_root_text() -> str:
    """A fresh random root key as the line of a key file."""
    return base64.b64encode(os.urandom(32)).decode()


def new_root_file(path: Path) -> None:
    """Make a key file of mode 0600 with a fresh random root key; `OutputError` (`exists`) where `path` exists."""
    new_secret(path, new_root_text())
