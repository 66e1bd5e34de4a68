"""The keyring of a run: from where the user keeps the masking key, or an ephemeral one; never from inside the data.

GDPR Art. 4(5): pseudonymisation needs the additional information, here the key, to be kept apart from the data.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from masker.address import files_among
from masker.agreement import Agreement
from masker.config import Config, config_folder
from masker.crypto.keys import Keyring
from masker.crypto.root import KeySource, key_source, load_root
from masker.errors import KeyUnusable, UsageError
from masker.request import Request

SIGNING_KEY = "signing.key"

Identity = tuple[int, int]


def keyring_of(request: Request, agreement: Agreement) -> Keyring:
    """Load the root key that `request` names, or draw one for this run; `KeyUnusable` where it may not serve."""
    given = KeySource(request.key_file, request.key_command)
    root = root_of(given, request.config, apart_from=files_among(request.source, request.dest))
    return Keyring(
        root if root is not None else os.urandom(32),
        customer=agreement.customer,
        purpose=request.purpose,
        recipient=request.recipient if agreement.terms(request.recipient).own_pseudonyms else "",
        ephemeral=root is None,
    )


def root_of(given: KeySource, config: Config, *, apart_from: tuple[Path, ...] = ()) -> bytes | None:
    """The root key from the command line, else the environment, else the project's settings; None where none is named.

    Raises `KeyUnusable` where the key may not serve, and, before anything of it is read, where the key file or the
    signing key lies at or below one of `apart_from`, is a link from there, or has another name there.
    """
    check_keys_apart(given, config, apart_from)
    return load_root(given, os.environ, settings_source(config))


def check_keys_apart(given: KeySource, config: Config, folders: tuple[Path, ...]) -> None:
    """Raise `KeyUnusable` where the masking key that is named, or the signing key, lies at or below one of `folders`.

    Nothing of a key is read.
    """
    source = key_source(given, os.environ, settings_source(config))
    files = [source.file] if source is not None and source.file is not None else []
    if "MASKER_SIGNING_KEY" not in os.environ:
        files.append(config_folder() / SIGNING_KEY)
    for file in files:
        refuse_inside(file, folders)


def settings_source(config: Config) -> KeySource:
    """Where the project's settings say that the masking key is."""
    file, command = config.options.get("key_file"), config.options.get("key_command", "")
    if not isinstance(file, str | None) or not isinstance(command, str):
        raise UsageError("usage", "`key_file` and `key_command` in the settings are texts")
    return KeySource(Path(file) if file else None, command)


def refuse_inside(key: Path, folders: tuple[Path, ...]) -> None:
    """Raise `KeyUnusable` where a key file is inside the data: whoever gets the data would get the key with it.

    Links and mounts are followed on both sides; other names of the same file (hard links) are looked for.
    """
    chain = {*_identities(key.absolute().parent.resolve()), *_identities(Path(os.path.realpath(key)))}
    for folder in folders:
        inside = not chain.isdisjoint(_own(folder))
        if inside or (_links(key) > 1 and not _own(key).isdisjoint(_files_below(folder))):
            message = "a key lies inside SOURCE or DEST"
            raise KeyUnusable("key", message, "keep keys apart from the data: move it elsewhere")


def _identities(path: Path) -> Iterator[Identity]:
    for place in (path, *path.parents):
        yield from _own(place)


def _own(path: Path) -> set[Identity]:
    with suppress(OSError):
        status = path.stat()
        return {(status.st_dev, status.st_ino)}
    return set()


def _links(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_nlink
    return 0


def _files_below(folder: Path) -> Iterator[Identity]:
    for place, _, names in os.walk(folder):
        for name in names:
            yield from _own(Path(place) / name)
