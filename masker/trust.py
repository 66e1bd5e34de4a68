"""Who signs here, and whose signatures count."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from masker.config import config_folder, project_config

if TYPE_CHECKING:
    from masker.crypto.signing import Signer


def own_signer() -> "Signer":
    """The user's signing key; `MASKER_SIGNING_KEY` stays in the environment, for whatever signs next."""
    from masker.crypto.signing import load_signer

    return load_signer(config_folder(), dict(os.environ))


def trusted_signers() -> dict[str, bytes]:
    """The public keys whose manifests count: the user's, those pinned in settings, and `MASKER_SIGNING_KEY`'s."""
    from masker.crypto.signing import trusted

    keys = dict(trusted(config_folder(), project_config(Path.cwd()).trusted_signers))
    if os.environ.get("MASKER_SIGNING_KEY"):
        # A pipeline that holds the key trusts what it signed itself.
        own = own_signer()
        keys[own.id] = own.public
    return keys
