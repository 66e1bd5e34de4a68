"""Copies, manifests and signers for the tests, without what only tests need (processes that are killed import this)."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from masker.crypto.signing import Signer
from masker.manifest import CopyColumn, CopyFile, CopyTable, Manifest, Verified, manifest_path, to_envelope
from masker.publish import Staging
from masker.snapshot import ForeignKey

SIGNER, STRANGER = Signer(bytes(range(32))), Signer(bytes(range(1, 33)))
TRUSTED = {SIGNER.id: SIGNER.public}
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def manifest(**changes: object) -> Manifest:
    made = Manifest(
        copy_id="a1b2c3d4",
        purpose="test-patch",
        purpose_text="Test a patch",
        purpose_terms=("dpv:TestingPurpose",),
        expires="2026-12-24T00:00:00Z",
        created="2026-11-24T06:00:00Z",
        recipient="staff",
        operator="ops",
        reference="CHG-123",
        agreement="default",
        agreement_reference="built-in",
        policy_version="1",
        data_subjects=("customer",),
        profile_digest="ab" * 32,
        key_id="0123456789abcdef",
        ephemeral=False,
        tool_version="0.1.0",
        unicode_version="15.0.0",
        source="crm",
        is_folder=True,
        files=(CopyFile("crm/customers.csv", "00" * 32, 3, "csv"), CopyFile("orders.jsonl", "11" * 32, 2, "jsonl")),
        tables=(
            CopyTable(
                "customers",
                "crm/customers.csv",
                3,
                (
                    CopyColumn(
                        "e-mail Ä", "email", "fake", "masked", space=2.0**60, unique=True, iso20889="pseudonymization"
                    ),
                ),
                (ForeignKey(("a",), "orders", ("b",)),),
            ),
        ),
        verification=Verified(checks=7, rows=5),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def put_copy(
    dest: Path,
    files: dict[str, bytes],
    *,
    signer: Signer = SIGNER,
    expires: str = "2026-12-24T00:00:00Z",
    **more: object,
) -> Path:
    listed = []
    for name, content in files.items():
        path = dest / name if dest.suffix == "" else dest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        listed.append(CopyFile(name, hashlib.sha256(content).hexdigest(), 1, "csv"))
    made = manifest(files=tuple(listed), tables=(), is_folder=dest.suffix == "", expires=expires, **more)
    manifest_path(dest).write_bytes(to_envelope(made, signer))
    return dest


SIDECAR = b'{"payloadType":"application/vnd.in-toto+json"}\n'
CONTENT = b"a,b\n1,2\n" * 1000


def make(dest: Path, *, folder: bool, sidecar: bytes = SIDECAR) -> Staging:
    with Staging(dest, folder=folder) as staging:
        for name in ("a.csv", "sub/deep/b.csv") if folder else (".",):
            with staging.create(PurePosixPath(name)) as file:
                file.write(CONTENT)
        staging.publish(sidecar)
    return staging
