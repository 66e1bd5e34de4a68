"""Envelopes open only unchanged and only for pinned signers."""

import base64
import copy
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from masker.crypto.root import new_root_file
from masker.crypto.signing import (
    Signer,
    load_signer,
    new_signer_file,
    open_envelope,
    read_signer_file,
    signer_id,
    trusted,
)
from masker.errors import GateError, KeyUnusable, OutputError

SEED = bytes.fromhex(
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
)  # RFC 8032, section 7.1, test 1
KIND = "application/vnd.in-toto+json"
PAYLOAD = b'{"copy": "01", "rows": 599}'


def signed() -> tuple[dict[str, Any], dict[str, bytes]]:
    signer = Signer(SEED)
    return signer.sign(KIND, PAYLOAD), {signer.id: signer.public}


@pytest.mark.promise("P12")
def test_the_public_key_is_that_of_rfc_8032() -> None:
    assert Signer(SEED).public.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


def test_an_unchanged_envelope_opens_even_after_json() -> None:
    envelope, pinned = signed()
    assert open_envelope(envelope, pinned) == PAYLOAD
    assert open_envelope(json.loads(json.dumps(envelope)), pinned, KIND) == PAYLOAD


def test_an_empty_payload_can_be_signed() -> None:
    signer = Signer(SEED)
    assert open_envelope(signer.sign(KIND, b""), {signer.id: signer.public}) == b""


def test_what_is_signed_is_the_pre_authentication_encoding_of_dsse_1() -> None:
    """The form and the example strings of the DSSE protocol, v1.0.0."""
    envelope = Signer(SEED).sign("http://example.com/HelloWorld", b"hello world")
    signature = base64.b64decode(envelope["signatures"][0]["sig"])  # type: ignore[index]
    encoded = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    Ed25519PublicKey.from_public_bytes(Signer(SEED).public).verify(signature, encoded)


def test_every_changed_character_of_the_envelope_shows() -> None:
    envelope, pinned = signed()
    text = json.dumps(envelope)
    for position in range(len(text)):
        for other in {"A", "B", "0", "=", "}", chr(ord(text[position]) ^ 1)} - {text[position]}:
            changed = text[:position] + other + text[position + 1 :]
            try:
                read = json.loads(changed)
            except ValueError:
                continue
            if read == envelope:  # white space between JSON tokens
                continue
            with pytest.raises(GateError) as caught:
                open_envelope(read, pinned)
            assert caught.value.code in ("signature", "signer")


def tampered() -> dict[str, Any]:
    """Envelopes that are wrong in one way each."""
    envelope, _ = signed()
    other = Signer(bytes(range(32)))
    cases: dict[str, Any] = {"no envelope": [], "nothing": {}}

    def case(name: str) -> dict[str, Any]:
        cases[name] = copy.deepcopy(envelope)
        return cases[name]  # type: ignore[no-any-return]

    case("other payload")["payload"] = base64.b64encode(PAYLOAD.replace(b"599", b"600")).decode()
    case("other type")["payloadType"] = "text/plain"
    case("no text for a type")["payloadType"] = 5
    case("a lone surrogate")["payloadType"] = "\ud800"
    case("no signature")["signatures"] = []
    case("no list")["signatures"] = {"0": 1}
    case("two signatures")["signatures"] *= 2
    case("a further field")["note"] = "x"
    case("a further field of a signature")["signatures"][0]["cert"] = "x"
    case("another signer's signature")["signatures"][0]["sig"] = other.sign(KIND, PAYLOAD)["signatures"][0]["sig"]  # type: ignore[index]
    case("a short signature")["signatures"][0]["sig"] = base64.b64encode(b"short").decode()
    case("url-safe base64")["payload"] = base64.urlsafe_b64encode(b"\xff\xff\xff").decode()
    case("a line end in base64")["payload"] += "\n"
    case("not ASCII in base64")["payload"] = "é" + envelope["payload"]
    del case("no payload")["payload"]
    return cases


@pytest.mark.parametrize("name", tampered())
def test_a_changed_envelope_is_refused(name: str) -> None:
    with pytest.raises(GateError) as caught:
        open_envelope(tampered()[name], signed()[1])
    assert caught.value.code == "signature"
    assert caught.value.exit_code == 1


def test_an_unknown_signer_is_refused_as_such() -> None:
    envelope, _ = signed()
    with pytest.raises(GateError) as caught:
        open_envelope(envelope, {"0" * 16: Signer(bytes(range(32))).public})
    assert caught.value.code == "signer"


def test_a_known_id_over_another_key_does_not_pass() -> None:
    envelope, _ = signed()
    with pytest.raises(GateError) as caught:
        open_envelope(envelope, {Signer(SEED).id: Signer(bytes(range(32))).public})
    assert caught.value.code == "signature"


def test_another_payload_type_than_expected_is_refused() -> None:
    envelope, pinned = signed()
    with pytest.raises(GateError, match="another type"):
        open_envelope(envelope, pinned, "application/x-receipt")


def test_the_first_use_makes_a_key_and_pins_it(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "masker"
    signer = load_signer(folder, {})
    assert (folder / "signing.key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert dict(trusted(folder, {})) == {signer.id: signer.public}
    assert open_envelope(signer.sign(KIND, PAYLOAD), trusted(folder, {})) == PAYLOAD


def test_the_second_use_finds_the_same_key_and_pins_nothing(tmp_path: Path) -> None:
    first = load_signer(tmp_path, {})
    before = (tmp_path / "trusted_signers").read_bytes()
    assert load_signer(tmp_path, {}).public == first.public
    assert (tmp_path / "trusted_signers").read_bytes() == before


def test_the_key_of_the_environment_wins_leaves_no_file_and_is_dropped(tmp_path: Path) -> None:
    environ = {"MASKER_SIGNING_KEY": base64.b64encode(SEED).decode()}
    signer = load_signer(tmp_path / "config", environ)
    assert signer.public == Signer(SEED).public
    assert environ == {}
    assert list(tmp_path.iterdir()) == []
    assert trusted(tmp_path / "config", {}) == {}


def test_a_bad_key_of_the_environment_is_refused_and_dropped(tmp_path: Path) -> None:
    environ = {"MASKER_SIGNING_KEY": "c2hvcnQ="}
    with pytest.raises(KeyUnusable) as caught:
        load_signer(tmp_path, environ)
    assert "c2hvcnQ" not in repr(caught.value)
    assert environ == {}


def test_others_are_pinned_by_their_public_key(tmp_path: Path) -> None:
    signer = Signer(SEED)
    pinned = trusted(tmp_path, {"ci": base64.b64encode(signer.public).decode()})
    assert dict(pinned) == {signer.id: signer.public} == {signer_id(signer.public): signer.public}


@pytest.mark.parametrize("line", ["ci AAAA", "0" * 16 + " " + base64.b64encode(bytes(32)).decode(), "one", "é é"])
def test_a_malformed_pin_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "trusted_signers").write_text(line + "\n")
    with pytest.raises(KeyUnusable):
        trusted(tmp_path, {})


def test_comments_and_blank_lines_pin_nobody(tmp_path: Path) -> None:
    signer = Signer(SEED)
    entry = f"{signer.id} {base64.b64encode(signer.public).decode()}  # the CI\n"
    (tmp_path / "trusted_signers").write_text("# people we trust\n\n" + entry)
    assert set(trusted(tmp_path, {})) == {signer.id}


def test_pins_that_others_may_write_are_refused(tmp_path: Path) -> None:
    load_signer(tmp_path, {})
    (tmp_path / "trusted_signers").chmod(0o666)
    with pytest.raises(KeyUnusable, match="others may write"):
        trusted(tmp_path, {})


def test_a_signing_key_open_to_others_is_refused(tmp_path: Path) -> None:
    new_signer_file(tmp_path / "signing.key")
    (tmp_path / "signing.key").chmod(0o644)
    with pytest.raises(KeyUnusable, match="open to others"):
        load_signer(tmp_path, {})


def test_a_root_key_is_no_signing_key(tmp_path: Path) -> None:
    new_root_file(tmp_path / "root.key")
    with pytest.raises(KeyUnusable, match="no signing key"):
        read_signer_file(tmp_path / "root.key")


def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        load_signer(tmp_path / "file" / "config", {})
