"""Manifests: canonical, signed, and refused wherever a byte of them is not what was signed."""

import base64
import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masker.crypto.signing import Signer
from masker.envelope import seal
from masker.errors import GateError, InputError, MaskerError
from masker.manifest import (
    PAYLOAD_TYPE,
    STATEMENT_TYPE,
    CopyFile,
    manifest_path,
    parse_manifest,
    read_manifest,
    to_envelope,
)
from masker.promises import ColumnPromise
from masker.snapshot import ForeignKey
from tests.faults.figures import record
from tests.verify.made import NOW, SIGNER, STRANGER, TRUSTED, manifest


def test_a_manifest_reads_back_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "masker.json").write_bytes(to_envelope(manifest(), SIGNER))
    assert read_manifest(manifest_path(tmp_path), TRUSTED) == manifest()


def test_the_same_manifest_has_the_same_bytes() -> None:
    assert to_envelope(manifest(), SIGNER) == to_envelope(manifest(), Signer(bytes(range(32))))


def test_the_statement_is_in_toto_with_the_files_as_subjects() -> None:
    envelope = json.loads(to_envelope(manifest(), SIGNER))
    statement = json.loads(base64.b64decode(envelope["payload"]))
    assert (envelope["payloadType"], statement["_type"]) == (PAYLOAD_TYPE, STATEMENT_TYPE)
    assert statement["subject"][0] == {"name": "crm/customers.csv", "digest": {"sha256": "00" * 32}}
    assert statement["predicate"]["wording"] == "pseudonymised personal data"


def test_the_promises_come_out_of_the_manifest() -> None:
    (table,) = manifest().promises.tables
    assert table.columns == (ColumnPromise("e-mail Ä", "email", "fake", "masked", space=2.0**60, unique=True),)
    assert table.foreign_keys == (ForeignKey(("a",), "orders", ("b",)),)


@pytest.mark.promise("P15")
def test_no_flipped_bit_of_any_byte_is_accepted() -> None:
    raw = to_envelope(manifest(files=manifest().files[:1], tables=()), SIGNER)
    for position in range(len(raw)):
        changed = bytearray(raw)
        changed[position] ^= 1 << (position % 8)
        with pytest.raises((GateError, InputError)):
            parse_manifest(bytes(changed), TRUSTED)
    record("P15", "bytes of a manifest that were changed", len(raw), "all refused")


@pytest.mark.promise("P15")
@given(st.data())
def test_no_edit_is_accepted(data: st.DataObject) -> None:
    raw = to_envelope(manifest(), SIGNER)
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 4)))
    changed = raw[:start] + data.draw(st.binary(max_size=4)) + raw[end:]
    if changed != raw:
        with pytest.raises((GateError, InputError)):
            parse_manifest(changed, TRUSTED)


@pytest.mark.promise("P15")
@pytest.mark.parametrize("cut", [0, 1, 100, -2, -1])
def test_a_truncated_manifest_is_refused(cut: int) -> None:
    with pytest.raises(MaskerError) as refused:
        parse_manifest(to_envelope(manifest(), SIGNER)[:cut], TRUSTED)
    assert (refused.value.code, refused.value.exit_code) in {("malformed", 3), ("signature", 1)}


def test_a_strangers_signature_is_refused() -> None:
    with pytest.raises(GateError) as refused:
        parse_manifest(to_envelope(manifest(), STRANGER), TRUSTED)
    assert refused.value.code == "signer"


def test_a_strangers_signature_under_a_trusted_name_is_refused() -> None:
    envelope = json.loads(to_envelope(manifest(), STRANGER))
    envelope["signatures"][0]["keyid"] = SIGNER.id
    raw = json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    with pytest.raises(GateError) as refused:
        parse_manifest(raw, TRUSTED)
    assert refused.value.code == "signature"


def test_a_signed_statement_with_an_unknown_field_is_refused() -> None:
    envelope = json.loads(to_envelope(manifest(), SIGNER))
    statement = json.loads(base64.b64decode(envelope["payload"]))
    statement["predicate"]["note"] = "x"
    with pytest.raises(InputError, match="malformed"):
        parse_manifest(seal(PAYLOAD_TYPE, statement, SIGNER), TRUSTED)


def test_an_envelope_of_another_type_is_refused() -> None:
    with pytest.raises(GateError, match="signature"):
        parse_manifest(seal("application/json", {"a": 1}, SIGNER), TRUSTED)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"NaN", b"[" * 100_000, b'{"payload": NaN}', b"\xff"])
def test_what_is_no_envelope_is_refused(raw: bytes) -> None:
    with pytest.raises(MaskerError, match=r"malformed|signature"):
        parse_manifest(raw, TRUSTED)


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "", ".", "a//b", "./a", "a\0b", "masker.json"])
def test_a_path_out_of_the_copy_is_refused(path: str) -> None:
    with pytest.raises(InputError, match="malformed"):
        manifest(files=(CopyFile(path, "00" * 32, 1, "csv"),))


@pytest.mark.parametrize("field", [{"expires": "tomorrow"}, {"created": "2026-13-01T00:00:00Z"}, {"copy_id": "../x"}])
def test_an_ill_formed_field_is_refused(field: dict[str, str]) -> None:
    with pytest.raises(InputError, match="malformed"):
        manifest(**field)


def test_a_missing_manifest_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read_manifest(tmp_path / "masker.json", TRUSTED)
    assert refused.value.code == "not-found"


def test_a_link_is_no_manifest(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(to_envelope(manifest(), SIGNER))
    (tmp_path / "masker.json").symlink_to(tmp_path / "real")
    with pytest.raises(InputError):
        read_manifest(tmp_path / "masker.json", TRUSTED)


def test_the_days_left_are_counted_in_utc() -> None:
    assert manifest().days_left(NOW) == 23
    assert manifest().days_left(manifest().expires_at) == 0
    assert manifest().days_left(NOW + timedelta(days=24)) == -1


def test_the_sidecar_of_a_file_carries_its_name(tmp_path: Path) -> None:
    assert manifest_path(tmp_path / "out.csv") == tmp_path / "out.csv.masker.json"
