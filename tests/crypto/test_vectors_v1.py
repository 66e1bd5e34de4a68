"""Version 1 of the key tree, tags, permutations and signatures is what its vectors say, and a by-hand reading too.

The vectors are never edited: where masker gives other bytes, that is version 2.
"""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from masker.crypto.ff1 import Ff1
from masker.crypto.keys import Keyring, Keys
from masker.crypto.permute import permute_integers
from masker.crypto.signing import Signer, open_envelope

V1: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "v1" / "crypto_keys.json").read_text("utf-8"))
ROOT = bytes.fromhex(V1["root"])


def keyring() -> Keyring:
    return Keyring(ROOT, customer=V1["customer"], purpose=V1["purpose"], recipient=V1["recipient"])


def keys(case: dict[str, Any]) -> Keys:
    return keyring().keys(case["domain"], case.get("subject", ""))


def derived_by_hand(use: str, domain: str, size: int = 32) -> bytes:
    """HKDF-SHA256 with the standard library, for up to one block of output."""
    parts = ["masker/v1", use, V1["customer"], V1["purpose"], V1["recipient"], domain]
    info = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    extracted = hmac.digest(bytes(32), ROOT, hashlib.sha256)
    return hmac.digest(extracted, info + b"\x01", hashlib.sha256)[:size]


def image_by_hand(key: bytes, size: int, index: int) -> int:
    """One image of a permutation, from AES blocks in order or from FF1 on symbols with cycle walking."""
    if size < 1_000_000:
        cipher = Cipher(AES(key), modes.ECB()).encryptor()
        return sorted(range(size), key=lambda number: cipher.update(number.to_bytes(16, "big")))[index]
    length = 2 if size <= 2**32 else 4
    radix = next(r for r in range(int(size ** (1 / length)) - 2, 2**16 + 1) if r**length >= size)
    while True:
        symbols = np.array([[index // radix**place % radix for place in reversed(range(length))]], dtype=np.uint16)
        index = sum(int(s) * radix**place for s, place in zip(Ff1(key).encrypt(symbols, radix)[0][::-1], range(4)))  # noqa: B905
        if index < size:
            return index


def test_the_key_id_holds() -> None:
    assert keyring().id == V1["id"]


@pytest.mark.promise("P12")
@pytest.mark.parametrize("case", V1["derive"])
def test_derived_keys_hold_and_are_hkdf(case: dict[str, Any]) -> None:
    size = len(case["key"]) // 2
    assert keyring().derive(case["use"], size, domain=case["domain"]).hex() == case["key"]
    assert derived_by_hand(case["use"], case["domain"], size).hex() == case["key"]


@pytest.mark.parametrize("case", V1["secret"])
def test_secrets_of_a_domain_hold(case: dict[str, Any]) -> None:
    assert keys(case).secret(case["use"]).hex() == case["key"]
    assert derived_by_hand(f"secret:{case['use']}", case["domain"]).hex() == case["key"]


@pytest.mark.promise("P12")
@pytest.mark.parametrize("case", V1["prf"])
def test_tags_hold_and_are_the_cmac_under_the_derived_key(case: dict[str, Any]) -> None:
    prf = keys(case).person() if case["use"] == "person" else keys(case).prf(case["use"])
    assert prf(pa.array([case["value"]]))[0].astype(">u8").tobytes().hex() == case["tag"]
    domain = f"person:{case['subject']}" if case["subject"] else case["domain"]
    mac = CMAC(AES(derived_by_hand(f"prf:{case['use']}", domain)))
    mac.update(case["value"].encode())
    assert mac.finalize().hex() == case["tag"]


@pytest.mark.promise("P12")
@pytest.mark.parametrize("case", V1["ff1"])
def test_ff1_of_a_domain_holds_both_ways(case: dict[str, Any]) -> None:
    digits = np.frombuffer(case["text"].encode(), dtype=np.uint8).reshape(1, -1)
    tweak = bytes.fromhex(case["tweak"])
    masked = keys(case).ff1().encrypt_digits(digits, tweak)
    assert masked.tobytes().decode() == case["masked"]
    assert np.array_equal(Ff1(derived_by_hand("ff1", case["domain"])).decrypt_digits(masked, tweak), digits)


@pytest.mark.promise("P12")
@pytest.mark.parametrize("case", V1["permutation"])
def test_permutations_hold_and_are_what_their_definition_says(case: dict[str, Any]) -> None:
    permutation = keys(case).permutation(case["size"], case["use"])
    assert permutation(np.array(case["indices"], dtype=np.uint64)).tolist() == case["images"]
    key = derived_by_hand(f"permutation:{case['size']}:{case['use']}", case["domain"])
    index, image = case["indices"][1], case["images"][1]
    if case["size"] == 999_999:
        return  # sorting a million blocks by hand takes seconds; the sizes 10 and 90 show the rule
    assert image_by_hand(key, case["size"], index) == image


@pytest.mark.parametrize("case", V1["integers"])
def test_integer_keys_hold(case: dict[str, Any]) -> None:
    masked = permute_integers(keys(case).permutation, np.array(case["values"], dtype=np.int64))
    assert masked.tolist() == case["masked"]


def test_signatures_hold_and_open() -> None:
    case = V1["signer"]
    signer = Signer(bytes.fromhex(case["seed"]))
    assert (signer.public.hex(), signer.id) == (case["public"], case["id"])
    assert signer.sign(case["envelope"]["payloadType"], case["payload"].encode()) == case["envelope"]
    assert open_envelope(case["envelope"], {signer.id: signer.public}) == case["payload"].encode()
