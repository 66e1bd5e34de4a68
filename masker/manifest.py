"""The signed sidecar of a copy: what it is, what for, until when, how each column was masked, and its files' digests.

An in-toto Statement v1 (https://github.com/in-toto/attestation, spec/v1/statement.md) whose subjects are the copy's
files, in a DSSE envelope v1 (https://github.com/secure-systems-lab/dsse) signed with Ed25519. The text is canonical
(sorted keys, ASCII, no blanks) and Ed25519 is deterministic: the same manifest always has the same bytes. It holds no
data value, no key and no digest of a source.
"""

import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

import msgspec

from masker.crypto.signing import Signer, open_envelope
from masker.errors import GateError, InputError, Place
from masker.promises import ColumnPromise, Promises, TablePromise
from masker.snapshot import ForeignKey

SUFFIX = ".masker.json"
FOLDER_NAME = "masker.json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:masker:copy:v1"
WORDING = "pseudonymised personal data"
NOWHERE = Place()
_LARGEST = 64 << 20
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
_ID = re.compile(r"[0-9A-Za-z_-]{1,128}\Z")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class CopyFile:
    """One file of a copy: POSIX path below the copy's folder (a single file's own name), SHA-256 in hex, row count.

    `encoding`, `delimiter` and `header` say how it is read where its bytes alone do not.
    """

    path: str
    sha256: str
    rows: int
    format: str
    encoding: str = ""
    delimiter: str = ""
    header: bool = True


@dataclass(frozen=True, slots=True)
class CopyColumn:
    """How one column was masked, what that promises (see `ColumnPromise`), and what was counted on the way."""

    name: str
    infotype: str
    method: str
    iso20889: str
    fate: str
    changes: bool = True
    space: float | None = None
    nulls_kept: bool = True
    unique: bool = False
    nulls: int = 0
    unreadable: int = 0
    compact: bool = False
    unchanged_by_chance: int = 0
    collision_bound: float = 0.0


@dataclass(frozen=True, slots=True)
class CopyTable:
    """One table of a copy; `file` as in `TablePromise`: "" where the copy is a single file."""

    name: str
    file: str
    rows: int
    columns: tuple[CopyColumn, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Verified:
    """What the check against SOURCE counted before the copy was published: all but `checks` and `rows` are 0."""

    leaks: int = 0
    orphans: int = 0
    mismatches: int = 0
    checks: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that is said of a copy. Times are RFC 3339 in UTC with whole seconds and `Z`.

    `purpose_terms` are W3C DPV terms; `source` is the source's name where it is a plain identifier; `ephemeral` says
    that the masking key no longer exists. Raises `InputError` (`malformed`) where an id, time, digest or path is not
    of its form, so that no path of a manifest can lead out of the copy.
    """

    copy_id: str
    purpose: str
    purpose_text: str
    purpose_terms: tuple[str, ...]
    expires: str
    created: str
    recipient: str
    operator: str
    reference: str
    agreement: str
    agreement_reference: str
    policy_version: str
    data_subjects: tuple[str, ...]
    profile_digest: str
    key_id: str
    ephemeral: bool
    tool_version: str
    unicode_version: str
    source: str
    is_folder: bool
    files: tuple[CopyFile, ...]
    tables: tuple[CopyTable, ...]
    verification: Verified = field(default_factory=Verified)
    link_purposes: bool = False
    wording: str = WORDING

    def __post_init__(self) -> None:
        paths = [file.path for file in self.files]
        formed = (
            _ID.match(self.copy_id)
            and all(_is_time(text) for text in (self.expires, self.created))
            and all(_DIGEST.match(file.sha256) for file in self.files)
            and all(map(_stays_below, paths))
            and len(set(paths)) == len(paths) > 0
            and (self.is_folder or (len(paths) == 1 and "/" not in paths[0]))
            and FOLDER_NAME not in paths
        )
        if not formed:
            raise InputError("malformed", "the manifest's fields are not of their form")

    @property
    def expires_at(self) -> datetime:
        """The moment from which the copy is expired."""
        return datetime.fromisoformat(self.expires)

    def days_left(self, now: datetime) -> float:
        """Days from `now` (with a time zone) until expiry; 0 or less: expired."""
        return (self.expires_at - now).total_seconds() / 86_400

    @property
    def promises(self) -> Promises:
        """What the copy promises of every table, as its run promised it."""
        names = ColumnPromise.__match_args__
        return Promises(
            tuple(
                TablePromise(
                    table.name,
                    table.file,
                    tuple(ColumnPromise(**{name: getattr(column, name) for name in names}) for column in table.columns),
                    table.foreign_keys,
                )
                for table in self.tables
            )
        )


def manifest_path(copy: Path) -> Path:
    """Where the manifest of a copy lies: inside a folder as `masker.json`, beside a file as `NAME.masker.json`."""
    return copy / FOLDER_NAME if copy.is_dir() else copy.with_name(copy.name + SUFFIX)


def to_envelope(manifest: Manifest, signer: Signer) -> bytes:
    """The signed bytes of a manifest; the same manifest and signer always give the same bytes."""
    return _canonical(signer.sign(PAYLOAD_TYPE, _statement(manifest))) + b"\n"


def read_manifest(path: Path, trusted: Mapping[str, bytes]) -> Manifest:
    """Read a manifest that a trusted signer signed, exactly as it was written.

    Raises `InputError`: `not-found`, `unreadable`, `malformed` (no manifest, cut off, or of another version);
    `GateError`: `signature` (edited) or `signer` (not trusted). Nothing of an untrusted manifest is shown.
    """
    return parse_manifest(_read(path), trusted, file=path.name)


def parse_manifest(raw: bytes, trusted: Mapping[str, bytes], *, file: str = "") -> Manifest:
    """`read_manifest` for bytes that are at hand; `file` names them in errors."""
    place = Place(file=file)
    payload = unseal(raw, PAYLOAD_TYPE, trusted, place=place)
    try:
        manifest = msgspec.convert(msgspec.json.decode(payload)["predicate"], Manifest)
        if _statement(manifest) == payload:
            return manifest
    except (msgspec.MsgspecError, InputError, KeyError, TypeError, ValueError):
        pass
    raise InputError("malformed", "the manifest is signed, but not in the form of this version", place=place) from None


def unseal(raw: bytes, payload_type: str, trusted: Mapping[str, bytes], *, place: Place = NOWHERE) -> bytes:
    """The payload of an envelope that a trusted signer signed and that is byte for byte as `seal` wrote it.

    Raises `InputError` (`malformed`) where `raw` is no JSON object, `GateError` (`signature`, `signer`) otherwise:
    loose JSON would leave bytes that no signature covers.
    """
    try:
        envelope = json.loads(raw)
        exact = _canonical(envelope) + b"\n" == raw
    except (ValueError, RecursionError):
        envelope, exact = None, False
    if not isinstance(envelope, dict):
        raise InputError("malformed", "this is no signed envelope, or it was cut off", place=place)
    if not exact:
        raise GateError("signature", "the envelope was edited", place=place)
    try:
        return open_envelope(envelope, trusted, payload_type)
    except GateError as error:
        raise GateError(error.code, error.message, error.hint, place) from None


def seal(payload_type: str, content: object, signer: Signer) -> bytes:
    """Sign any JSON content (a receipt) the way manifests are signed, canonical bytes with a final newline."""
    return _canonical(signer.sign(payload_type, _canonical(content))) + b"\n"


def _statement(manifest: Manifest) -> bytes:
    return _canonical(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": file.path, "digest": {"sha256": file.sha256}} for file in manifest.files],
            "predicateType": PREDICATE_TYPE,
            "predicate": asdict(manifest),
        }
    )


def _canonical(content: object) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def _is_time(text: str) -> bool:
    try:
        return bool(_TIME.match(text)) and datetime.fromisoformat(text) is not None
    except ValueError:
        return False


def _stays_below(path: str) -> bool:
    parts = path.split("/")
    return (
        str(PurePosixPath(path)) == path
        and ".." not in parts
        and parts != ["."]
        and parts[0] != "/"
        and ("\0" not in path and not path.startswith("/") and bool(path))
    )


def _read(path: Path) -> bytes:
    place = Place(file=path.name)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise InputError(
            "not-found", "there is no manifest", "a copy has its signed manifest beside it or inside it", place
        ) from None
    except OSError:
        raise InputError("unreadable", "the manifest cannot be read", place=place) from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            raise InputError("malformed", "this is no manifest", place=place)
        try:
            return file.read()
        except OSError:
            raise InputError("unreadable", "the manifest cannot be read", place=place) from None
