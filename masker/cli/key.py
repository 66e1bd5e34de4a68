"""`masker key`: makes key files, tells their public ids, rotates and destroys them."""

from pathlib import Path

import click


@click.group()
def key() -> None:
    """Make a masking or signing key file, tell its public id, rotate or destroy it."""


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


@key.command()
@click.argument("file")
def rotate(file: str) -> None:
    """Put a new masking key in FILE and keep the old one beside it as FILE.<key id>.retired."""
    from masker.cli._output import say
    from masker.crypto.key_life import rotate as rotate_key
    from masker.errors import shown
    from masker.ledger import record_event

    def announce(before: str, after: str) -> None:
        record_event("key-rotate", {"key_id": after, "before": before})

    old, new_id, retired = rotate_key(Path(file), announce)
    say(f"key {new_id} takes the place of {old}, which is kept beside it as {shown(retired.name, instead='*.retired')}")
    say("copies from now on do not join with earlier ones; those still need the old key to be turned back")
    say(f"{_copies_under(old)} copies in the ledger were made with the old key")
    say("when the last of them is purged, end the old key too: `masker key destroy` with its file")


@key.command()
@click.argument("file")
@click.option("--yes", is_flag=True, help="Do not ask.")
def destroy(file: str, yes: bool) -> None:
    """Overwrite and remove the masking key in FILE: what it masked reversibly can never be turned back again."""
    import sys

    from masker.cli._output import say
    from masker.crypto.key_life import destroy as destroy_key
    from masker.crypto.key_life import id_of
    from masker.errors import UsageError
    from masker.ledger import record_event

    id_ = id_of(Path(file))
    needed = _copies_under(id_)
    if needed:
        say(f"{needed} copies in the ledger were made with this key: nothing in them can be turned back without it")
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("usage", "destroying a key needs `--yes` where nobody can be asked")
        click.confirm(f"destroy key {id_}? nothing that it masked can be turned back afterwards", abort=True, err=True)
    record_event("key-destroy", {"key_id": id_})
    destroy_key(Path(file), id_)
    say(f"key {id_} is overwritten and removed: what only it turns back stays masked for good")
    say("backups, snapshots and the cells of an SSD may still hold its bytes: destroy those too where it matters")


def _copies_under(key_id: str) -> int:
    """How many copies that are still there were made with a key, as far as the ledger knows."""
    from masker.ledger import open_ledger

    with open_ledger() as ledger:
        return sum(entry.state == "present" and entry.key_id == key_id for entry in ledger.entries().values())


COMMAND = key
