"""`encrypt`: RFC 5297 under the domain's key, turned back by nothing but that key."""

import hashlib

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from masker.errors import UsageError
from masker.methods.encrypt import Encrypt
from tests.crypto.vectors import wycheproof
from tests.methods.support import keys_of, text

KEYS = keys_of("a")
TOKEN = Encrypt()(KEYS, text(["anna@firma.example"]))[0].as_py()


@pytest.mark.promise("P12")
def test_the_cipher_gives_the_vectors_of_rfc_5297() -> None:
    first = AESSIV(bytes.fromhex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"))
    data = bytes.fromhex("101112131415161718191a1b1c1d1e1f2021222324252627")
    plain = bytes.fromhex("112233445566778899aabbccddee")
    assert first.encrypt(plain, [data]).hex() == "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c"
    second = AESSIV(bytes.fromhex("7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f"))
    parts = [
        "00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100",
        "102030405060708090a0",
        "09f911029d74e35bd84156c5635688c0",
    ]
    masked = second.encrypt(b"this is some plaintext to encrypt using SIV-AES", [bytes.fromhex(part) for part in parts])
    assert masked.hex().startswith("7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17")


@pytest.mark.promise("P12")
def test_the_cipher_gives_wycheproof_s_vectors() -> None:
    for _, case in wycheproof("aes_siv_cmac"):
        cipher, data = AESSIV(bytes.fromhex(case["key"])), [bytes.fromhex(case["aad"])]
        if case["result"] == "valid":
            assert cipher.encrypt(bytes.fromhex(case["msg"]), data).hex() == case["ct"]
        else:
            with pytest.raises((InvalidTag, ValueError)):
                cipher.decrypt(bytes.fromhex(case["ct"]), data)


def test_a_token_is_the_siv_of_the_text_under_the_domain_s_key() -> None:
    """What docs/masking-v1.md says, done by hand."""
    import base64

    secret = KEYS.secret("encrypt", 64)
    siv = AESSIV(secret).encrypt(b"anna@firma.example", [b"masker/v1 encrypt", b"d"])
    assert base64.b32encode(siv).decode().rstrip("=").lower() == TOKEN


def test_tokens_differ_by_domain_and_do_not_cross() -> None:
    elsewhere = keys_of("a", "e")
    other = Encrypt()(elsewhere, text(["anna@firma.example"]))
    assert other.to_pylist() != [TOKEN]
    assert Encrypt().unmask(elsewhere, text([TOKEN])).to_pylist() == [None]


@pytest.mark.parametrize("form", ["base32", "base64url"])
def test_every_changed_token_is_refused(form: str) -> None:
    method = Encrypt(form)  # type: ignore[arg-type]
    token = method(KEYS, text(["Anna Muster"]))[0].as_py()
    changed = [token[:at] + ("a" if token[at] != "a" else "b") + token[at + 1 :] for at in range(len(token))]
    changed += [token[:-1], token + "a", token.upper(), "n/a", "ü", token + "=", " " + token, "a" * 25]
    assert method.unmask(KEYS, text(changed)).to_pylist() == [None] * len(changed)


def test_length_is_what_the_documentation_says() -> None:
    for size in (1, 4, 18, 100):
        assert len(Encrypt()(KEYS, text(["x" * size]))[0].as_py()) == -(-8 * (16 + size) // 5)


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(UsageError):
        Encrypt("hex")  # type: ignore[arg-type]


def test_nothing_of_the_text_is_in_its_token() -> None:
    values = [hashlib.sha256(bytes([number])).hexdigest() for number in range(200)]
    masked = Encrypt()(KEYS, text(values)).to_pylist()
    assert len(set(masked)) == 200
    assert not [value for value, token in zip(values, masked, strict=True) if value[:8] in token]
