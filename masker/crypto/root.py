"""Where the root key comes from: a file, or the environment; never the command line.

A key file is one line, the base64 of 32 random bytes, mode 0600.
"""

import base64
import os
from collections.abc import MutableMapping
from pathlib import Path

from masker.crypto.key_file import decode_key, new_secret, read_secret
from masker.crypto.keys import refuse_weak


def load_root(key_file: Path | None, environ: MutableMapping[str, str]) -> bytes | None:
    """Read the root key: from `key_file`, else the file that MASKER_KEY_FILE names, else MASKER_KEY (base64).

    MASKER_KEY is dropped from `environ` whichever source wins, so that no child process inherits it. None where none
    is set: the caller then uses `ephemeral_root`. Raises `KeyUnusable` where the key is missing, open to others than
    its owner, malformed or weak: a broken or empty source never falls through to the next.

    >>> load_root(None, {}) is None
    True
    """
    given = environ.pop("MASKER_KEY", None)
    named = environ.get("MASKER_KEY_FILE")
    if key_file is None and named is not None:
        key_file = Path(named)
    if key_file is not None:
        root = decode_key(read_secret(key_file), "the key file")
    elif given is not None:
        root = decode_key(given.strip(), "MASKER_KEY")
    else:
        return None
    refuse_weak(root)
    return root


def ephemeral_root() -> bytes:
    """Draw a root key for one run: nobody can repeat or reverse that run's pseudonyms afterwards."""
    return os.urandom(32)


def new_root_file(path: Path) -> None:
    """Make a key file of mode 0600 with a fresh random root key; `OutputError` (`exists`) where `path` exists."""
    new_secret(path, base64.b64encode(os.urandom(32)).decode())
