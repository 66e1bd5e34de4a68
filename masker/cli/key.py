"""`masker key`: makes key files and tells their public ids."""

from pathlib import Path

import click


@click.group()
def key() -> None:
    """Make a masking or signing key file, or tell its public id."""


@key.command()
@click.argument("file")
@click.option("--signing", is_flag=True, help="An Ed25519 key that signs manifests, instead of a masking key.")
def new(file: str, signing: bool) -> None:
    """Make a new key in FILE (mode 0600, never over an existing file)."""
    from masker.cli._output import say
    from masker.crypto.root import new_root_file
    from masker.crypto.signing import new_signer_file

    if signing:
        new_signer_file(Path(file))
    else:
        new_root_file(Path(file))
    say("made a new key; keep it apart from the copies it is used for")


@key.command(name="id")
@click.argument("file")
@click.option("--signing", is_flag=True, help="FILE is a signing key.")
def id_(file: str, signing: bool) -> None:
    """Print the public id of the key in FILE."""
    from masker.crypto.keys import Keyring
    from masker.crypto.root import load_root
    from masker.crypto.signing import read_signer_file

    if signing:
        signer = read_signer_file(Path(file))
        click.echo(signer.id)
        return
    root = load_root(Path(file), {})
    if root is not None:
        click.echo(Keyring(root, customer="", purpose="").id)


COMMAND = key
