"""Signatures on manifests: who made a copy, checked against signers that were pinned beforehand.

RFC 8032 (Ed25519) inside DSSE, the Dead Simple Signing Envelope, protocol version 1
(https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md): what is signed is PAE(payload type, payload).
Signing keys are separate from masking keys, and their files cannot be taken for each other.
"""

import base64
import hashlib
import os
import stat
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from masker.crypto.key_file import decode_key, new_secret, read_secret
from masker.crypto.sealed import Sealed
from masker.errors import GateError, KeyUnusable, OutputError

_KEY_FILE = "signing.key"
_TRUSTED_FILE = "trusted_signers"
_MARK = "masker-signing-key:"  # keeps a root key from being read as a signing key, and the other way round


class Signer(Sealed):
    """An Ed25519 private key that signs envelopes, made from a seed of 32 bytes.

    `public` (32 bytes) and `id` (`signer_id` of it) may be shown. It proves that the holder of the key signed a
    payload. It does NOT prove when, nor keep the payload secret.

    >>> Signer(bytes(range(32)))
    <Signer 56475aa75463474c>
    """

    __slots__ = ("_key", "id", "public")

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()
        self.id = signer_id(self.public)

    def __repr__(self) -> str:
        return f"<Signer {self.id}>"

    def sign(self, payload_type: str, payload: bytes) -> dict[str, object]:
        """Sign `payload` and give its DSSE envelope, ready for JSON."""
        signature = self._key.sign(_pae(payload_type, payload))
        return {
            "payloadType": payload_type,
            "payload": base64.b64encode(payload).decode(),
            "signatures": [{"keyid": self.id, "sig": base64.b64encode(signature).decode()}],
        }


def signer_id(public: bytes) -> str:
    """Give the id of a raw public key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def load_signer(config_dir: Path, environ: MutableMapping[str, str]) -> Signer:
    """Load the signing key: MASKER_SIGNING_KEY (base64 of the 32-byte seed), else `config_dir`/signing.key.

    MASKER_SIGNING_KEY is dropped from `environ`; such a signer is trusted where others pinned it, not by itself. A
    missing file is made (0600, in a folder of mode 0700) and its public half is pinned in `config_dir`/trusted_signers.
    Raises `KeyUnusable` for a bad key, `OutputError` where the folder cannot be written.
    """
    given = environ.pop("MASKER_SIGNING_KEY", None)
    if given is not None:
        return Signer(decode_key(given.strip(), "MASKER_SIGNING_KEY"))
    path = config_dir / _KEY_FILE
    if os.path.lexists(path):  # which is False, and raises nothing, where the folder may not be looked into
        return read_signer_file(path)
    try:
        config_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise OutputError("permission", "the folder for the signing key cannot be made") from None
    seed = os.urandom(32)
    # Pinned first: a run that dies in between leaves an unused pin, not a key that nobody trusts.
    _pin(config_dir / _TRUSTED_FILE, Signer(seed))
    try:
        new_secret(path, _line(seed))
    except OutputError as error:
        if error.code != "exists":
            raise
    return read_signer_file(path)  # where two first runs race, both sign with the key that came first


def read_signer_file(path: Path) -> Signer:
    """Read a signing key file; `KeyUnusable` where it is none, or open to others than its owner."""
    text = read_secret(path)
    if not text.startswith(_MARK):
        raise KeyUnusable("key", "the file holds no signing key", "make one with `masker key new FILE --signing`")
    return Signer(decode_key(text.removeprefix(_MARK), "the signing key"))


def new_signer_file(path: Path) -> None:
    """Make a signing key file of mode 0600; `OutputError` (`exists`) where `path` exists."""
    new_secret(path, _line(os.urandom(32)))


def trusted(config_dir: Path, extra: Mapping[str, str]) -> Mapping[str, bytes]:
    """Give the pinned public keys by signer id: those of `config_dir`/trusted_signers and of `extra`.

    `extra` maps a name of the owner's choosing to the base64 of a raw public key (`trusted_signers:` in masker.yaml).
    A file line is `id base64`; blank lines and lines from `#` on do not count. Raises `KeyUnusable` for a malformed
    entry, an id that does not belong to its key, or a file that others than its owner may write.
    """
    keys: dict[str, bytes] = {}
    for line in _pinned(config_dir / _TRUSTED_FILE):
        pinned_id, _, text = line.partition(" ")
        public = decode_key(text.strip(), "a trusted signer")
        if signer_id(public) != pinned_id:
            raise KeyUnusable("key", "a trusted signer's id does not belong to its key")
        keys[pinned_id] = public
    for text in extra.values():
        public = decode_key(text.strip(), "a trusted signer")
        keys[signer_id(public)] = public
    return keys


def open_envelope(envelope: Mapping[str, object], trusted: Mapping[str, bytes], payload_type: str = "") -> bytes:
    """Check an envelope and give its payload; with `payload_type`, only one of that type.

    Raises `GateError`: `signer` where the signer is not among `trusted`, `signature` for everything else: a changed
    byte, an unknown field, more or fewer signatures than one, base64 in any but its one canonical form.
    """
    try:
        kind, payload, key_id, signature = _parts(envelope)
    except ValueError:  # binascii.Error and UnicodeError are ones
        raise GateError("signature", "the envelope is malformed") from None
    if payload_type and kind != payload_type:
        raise GateError("signature", "the envelope holds another type of payload")
    public = trusted.get(key_id)
    if public is None:
        hint = "pin their public key under `trusted_signers:` in masker.yaml, if you trust them"
        raise GateError("signer", "the signer is unknown", hint)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _pae(kind, payload))
    except (InvalidSignature, ValueError):
        raise GateError("signature", "the signature does not match") from None
    return payload


def _line(seed: bytes) -> str:
    return _MARK + base64.b64encode(seed).decode()


def _pin(path: Path, signer: Signer) -> None:
    entry = f"{signer.id} {base64.b64encode(signer.public).decode()}\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            file.write(entry.encode())
            os.fsync(descriptor)
    except OSError:
        raise OutputError("permission", "the file of trusted signers cannot be written") from None


def _pinned(path: Path) -> list[str]:
    """The entries of a file of trusted signers; none where it is absent."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                raise KeyUnusable("key", "others may write the file of trusted signers", "`chmod go-w` it")
            lines = file.read().decode("ascii", "replace").splitlines()
    except FileNotFoundError:
        return []
    except OSError:
        raise KeyUnusable("key", "the file of trusted signers cannot be read") from None
    return [entry for line in lines if (entry := line.partition("#")[0].strip())]


def _pae(payload_type: str, payload: bytes) -> bytes:
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _parts(envelope: Mapping[str, object]) -> tuple[str, bytes, str, bytes]:
    """Payload type, payload, key id and signature of an envelope; `ValueError` where it is malformed."""
    kind, payload, signatures = _fields(envelope, "payloadType", "payload", "signatures")
    if not isinstance(signatures, list) or len(signatures) != 1:
        raise ValueError
    key_id, signature = _fields(signatures[0], "keyid", "sig")
    if not isinstance(kind, str) or not isinstance(key_id, str):
        raise ValueError
    return kind, _strict_base64(payload), key_id, _strict_base64(signature)


def _fields(mapping: object, *names: str) -> list[object]:
    """The values of exactly these fields."""
    if not isinstance(mapping, Mapping) or set(mapping) != set(names):
        raise ValueError
    return [mapping[name] for name in names]


def _strict_base64(text: object) -> bytes:
    """Decode base64 in its canonical form only: the spare bits of a last group could else change unseen."""
    if not isinstance(text, str):
        raise ValueError
    decoded = base64.b64decode(text, validate=True)
    if base64.b64encode(decoded).decode() != text:
        raise ValueError
    return decoded
