"""The keyring of a run: from where the user keeps the masking key, or an ephemeral one."""

import os

from masker.agreement import Agreement
from masker.crypto.keys import Keyring
from masker.crypto.root import load_root
from masker.request import Request


def keyring_of(request: Request, agreement: Agreement) -> Keyring:
    """Load the root key that `request` names, or draw one for this run; `KeyUnusable` where it may not serve."""
    root = load_root(request.key_file, os.environ)
    return Keyring(
        root if root is not None else os.urandom(32),
        customer=agreement.customer,
        purpose=request.purpose,
        recipient=request.recipient if agreement.terms(request.recipient).own_pseudonyms else "",
        ephemeral=root is None,
    )
