"""The signed sidecar of a copy: what it is, what for, until when, how each column was masked, and its files' digests.

An in-toto Statement v1 (https://github.com/in-toto/attestation, spec/v1/statement.md) whose subjects are the copy's
files, in a DSSE envelope v1 (https://github.com/secure-systems-lab/dsse) signed with Ed25519. The text is canonical
(sorted keys, ASCII, no blanks) and Ed25519 is deterministic: the same manifest always has the same bytes. It holds no
data value, no key and no digest of a source.
"""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

import msgspec

from masker.crypto.signing import Signer
from masker.envelope import canonical, unseal
from masker.errors import InputError, Place
from masker.promises import ColumnPromise, Promises, TablePromise
from masker.selection import CopyRoot
from masker.snapshot import ForeignKey, HeldKey, TypedKey

SUFFIX, FOLDER_NAME = ".masker.json", "masker.json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:masker:copy:v1"
WORDING = "pseudonymised personal data"
_LARGEST = 64 << 20
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
_ID = re.compile(r"[0-9A-Za-z_-]{1,128}\Z")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class CopyFile:
    """One file of a copy: POSIX path below the copy's folder (a single file's own name), SHA-256 in hex, row count.

    `encoding`, `delimiter` and `header` say how it is read where its bytes alone do not. `sequences` are those of a
    dump whose next number was moved behind the largest one that masking wrote.
    """

    path: str
    sha256: str
    rows: int
    format: str
    encoding: str = ""
    delimiter: str = ""
    header: bool = True
    sequences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CopyColumn(ColumnPromise):
    """How one column was masked: what that promises, its ISO/IEC 20889 class, and what was counted on the way.

    `domain`, `by` and `parameters` say what turning the column back needs beside the key; `parameters` are empty where
    that is impossible.
    """

    iso20889: str = "none"
    nulls: int = 0
    unreadable: int = 0
    compact: bool = False
    unchanged_by_chance: int = 0
    collision_bound: float = 0.0
    domain: str = ""
    by: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableRisk:
    """How well the rows of a table hide among each other, taken together over its quasi-identifiers.

    `k`: rows in the smallest group that agrees in all of `quasi`; `unique`: share of the rows (0..1) alone in theirs;
    `l`: the fewest different values of a `sensitive` column in one group (0: there is no such column).
    """

    quasi: tuple[str, ...]
    sensitive: tuple[str, ...]
    k: int
    l: int  # noqa: E741 - its name in the literature
    unique: float


@dataclass(frozen=True, slots=True)
class CopyTable:
    """One table of a copy; `file` as in `TablePromise`: "" where the copy is a single file.

    `excluded` counts the rows of SOURCE that the agreement keeps out of copies, `outside` the others that are not in
    the subset that the copy is of; `rows` does not count them. `made` and `more` as in `TablePromise`.
    """

    name: str
    file: str
    rows: int
    columns: tuple[CopyColumn, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    excluded: int = 0
    outside: int = 0
    risk: TableRisk | None = None
    held: tuple[HeldKey, ...] = ()
    typed: tuple[TypedKey, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    part_of: str = ""
    made: bool = False
    at: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verified:
    """What the check against SOURCE counted before the copy was published; leaks, orphans and mismatches are 0.

    `searched`: cells, words and embedded spans of the copy that were looked up among the originals; `by_chance`: how
    many of them met one, within the chance bound.
    """

    leaks: int = 0
    orphans: int = 0
    mismatches: int = 0
    checks: int = 0
    rows: int = 0
    searched: int = 0
    by_chance: int = 0


@dataclass(frozen=True, slots=True)
class Extension:
    """One renewal of a copy's life: when, by whom and why, and the expiry that it had until then."""

    at: str
    operator: str
    reason: str
    before: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that is said of a copy. Times are RFC 3339 in UTC with whole seconds and `Z`.

    `purpose_terms` are W3C DPV terms; `source` is the source's name where it is a plain identifier; `ephemeral` says
    that the masking key no longer exists. `longest_days` is the longest life that the agreement allows, from `created`
    on; `own_pseudonyms` says that no other recipient's copies share them; `subset` says where a subset of SOURCE begins
    (empty: the copy has all rows); `quoting` names what may quote originals in its statements, by its owner's decision;
    `lacks` tells what else of SOURCE is not there. Raises `InputError` (`malformed`) where an id, time, digest or path
    is not of its form: no path of a manifest leads out of the copy.
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
    policy: str = ""
    agreement_digest: str = ""
    longest_days: int = 30
    own_pseudonyms: bool = False
    extensions: tuple[Extension, ...] = ()
    subset: tuple[CopyRoot, ...] = ()
    quoting: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

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
        names, of_table = ColumnPromise.__match_args__, set(TablePromise.__match_args__) - {"columns"}
        return Promises(
            tuple(
                TablePromise(
                    columns=tuple(ColumnPromise(**{n: getattr(column, n) for n in names}) for column in table.columns),
                    **{name: getattr(table, name) for name in of_table},
                )
                for table in self.tables
            ),
            self.quoting,
        )


def manifest_path(copy: Path) -> Path:
    """Where the manifest of a copy lies: inside a folder as `masker.json`, beside a file as `NAME.masker.json`."""
    return copy / FOLDER_NAME if copy.is_dir() else copy.with_name(copy.name + SUFFIX)


def to_envelope(manifest: Manifest, signer: Signer) -> bytes:
    """The signed bytes of a manifest, always the same; raises `InputError` where it could not be read again."""
    sealed = canonical(signer.sign(PAYLOAD_TYPE, _statement(manifest))) + b"\n"
    parse_manifest(sealed, {signer.id: signer.public})  # else nobody could verify or purge its copy
    return sealed


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


def _statement(manifest: Manifest) -> bytes:
    subject = [{"name": file.path, "digest": {"sha256": file.sha256}} for file in manifest.files]
    predicate = asdict(manifest)
    later = [(column, "mark") for table in predicate["tables"] for column in table["columns"]]
    for held, name in [*later, (predicate, "quoting"), (predicate, "lacks")]:  # manifests from before have none
        _ = held[name] or held.pop(name)
    told = {"_type": STATEMENT_TYPE, "subject": subject, "predicateType": PREDICATE_TYPE, "predicate": predicate}
    return canonical(told)


def _is_time(text: str) -> bool:
    try:
        return bool(_TIME.match(text)) and datetime.fromisoformat(text) is not None
    except ValueError:
        return False


def _stays_below(path: str) -> bool:
    parts = path.split("/")
    inside = ".." not in parts and parts != ["."] and not path.startswith("/")
    return inside and bool(path) and "\0" not in path and str(PurePosixPath(path)) == path


def _read(path: Path) -> bytes:
    place = Place(file=path.name)
    try:
        if path.is_dir():
            raise InputError("malformed", "this is no manifest", place=place)
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
                raise InputError("malformed", "this is no manifest", place=place)
            return file.read()
    except FileNotFoundError:
        raise InputError("not-found", "there is no manifest", "it stands beside a copy, or inside", place) from None
    except OSError:
        raise InputError("unreadable", "the manifest cannot be read", place=place) from None
