"""`password`: every hash of the list is computed anew from the test password, by the standard library or libcrypt."""

import base64
import ctypes
import ctypes.util
import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from masker.errors import UsageError
from masker.methods.password import TEST_PASSWORD, Password, formats
from tests.methods.support import keys_of, text

KEYS = keys_of("a")
PASSWORD = TEST_PASSWORD.encode()
HASHES = {each.name: each.hash for each in formats()}


def plain_base64(letters: str) -> bytes:
    return base64.b64decode(letters.replace(".", "+") + "=" * (-len(letters) % 4))


@pytest.mark.parametrize(
    "name", [name for name in HASHES if name.removesuffix(" in capitals") in hashlib.algorithms_available]
)
def test_a_bare_digest_is_that_of_the_password(name: str) -> None:
    assert HASHES[name].lower() == hashlib.new(name.removesuffix(" in capitals"), PASSWORD).hexdigest()


@pytest.mark.parametrize("name", [name for name in HASHES if name.startswith("ldap") and name != "ldap crypt"])
def test_an_ldap_digest_is_that_of_the_password_and_its_salt(name: str) -> None:
    algorithm = name.removeprefix("ldap ").removeprefix("s") if "ssha" in name or "smd5" in name else name[5:]
    algorithm = {"sha": "sha1"}.get(algorithm, algorithm)
    stored = base64.b64decode(HASHES[name].partition("}")[2])
    size = hashlib.new(algorithm).digest_size
    assert hashlib.new(algorithm, PASSWORD + stored[size:]).digest() == stored[:size]


@pytest.mark.parametrize("name", [name for name in HASHES if "pbkdf2" in HASHES[name]])
def test_pbkdf2_is_computed_from_what_the_hash_says(name: str) -> None:
    if name.startswith("passlib"):
        _, scheme, rounds, salt, key = HASHES[name].split("$")
        said, want = plain_base64(salt), plain_base64(key)
        algorithm = scheme.partition("-")[2] or "sha1"
    elif name.startswith("django"):
        scheme, rounds, salt, key = HASHES[name].split("$")
        said, want, algorithm = salt.encode(), base64.b64decode(key), scheme.partition("_")[2]
    else:
        scheme, salt, key = HASHES[name].split("$")
        _, algorithm, rounds = scheme.split(":")
        said, want = salt.encode(), bytes.fromhex(key)
    assert hashlib.pbkdf2_hmac(algorithm, PASSWORD, said, int(rounds)) == want


def test_scrypt_is_computed_from_what_the_hash_says() -> None:
    whole = hashlib.scrypt(PASSWORD, salt=b"maskertest", n=1 << 14, r=8, p=1, maxmem=64 << 20, dklen=64)
    assert HASHES["werkzeug scrypt"].endswith(whole.hex())
    assert HASHES["django scrypt"].endswith(base64.b64encode(whole).decode())
    short = hashlib.scrypt(PASSWORD, salt=b"maskertest", n=1 << 14, r=8, p=1, maxmem=64 << 20, dklen=32)
    assert HASHES["passlib scrypt"].endswith(base64.b64encode(short).decode().rstrip("="))


def test_argon2id_is_computed_from_what_the_hash_says() -> None:
    _, _, _, _, salt, key = HASHES["argon2id"].split("$")
    kdf = Argon2id(salt=plain_base64(salt), length=16, iterations=2, lanes=1, memory_cost=19456)
    assert kdf.derive(PASSWORD) == plain_base64(key)


@pytest.mark.parametrize(
    "name", ["bcrypt", "md5crypt", "sha256crypt", "sha512crypt", "yescrypt", "gost-yescrypt", "scrypt of crypt"]
)
def test_libcrypt_accepts_the_password(name: str) -> None:
    library = ctypes.util.find_library("crypt")
    if library is None:
        pytest.skip("no libcrypt here")
    crypt = ctypes.CDLL(library).crypt
    crypt.restype = ctypes.c_char_p
    made = crypt(PASSWORD, HASHES[name].encode())
    if made is None or made.startswith(b"*"):
        pytest.skip("libcrypt does not know this format")
    assert made.decode() == HASHES[name]


def test_servers_accept_the_password() -> None:
    assert HASHES["mysql_native_password"][1:].lower() == hashlib.sha1(hashlib.sha1(PASSWORD).digest()).hexdigest()
    rounds, _, rest = HASHES["scram-sha-256"].removeprefix("SCRAM-SHA-256$").partition(":")
    salt, _, keys = rest.partition("$")
    stored, server = (base64.b64decode(key) for key in keys.split(":"))
    salted = hashlib.pbkdf2_hmac("sha256", PASSWORD, base64.b64decode(salt), int(rounds))
    assert hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest() == stored
    assert hmac.digest(salted, b"Server Key", "sha256") == server
    identity = base64.b64decode(HASHES["asp.net identity v3"])
    assert hashlib.pbkdf2_hmac("sha256", PASSWORD, identity[13:29], 10_000, 32) == identity[29:]


@pytest.mark.parametrize("name", HASHES)
def test_a_hash_of_the_list_has_the_format_that_it_stands_for(name: str) -> None:
    assert Password()(KEYS, text([HASHES[name]])).to_pylist() == [HASHES[name]]


def test_the_variant_of_bcrypt_stays() -> None:
    hashes = [f"$2{letter}$12$" + "a" * 53 for letter in "abxy"]
    assert [masked[:4] for masked in Password()(KEYS, text(hashes)).to_pylist()] == [each[:4] for each in hashes]


def test_other_text_is_not_read_unless_it_is_said_to_be_plain() -> None:
    assert Password()(KEYS, text(["hunter2"])).to_pylist() == [None]
    assert Password(plain=True)(KEYS, text(["hunter2"])).to_pylist() == [TEST_PASSWORD]
    with pytest.raises(UsageError):
        Password(plain=1)  # type: ignore[arg-type]
