"""The key tree separates what must not link, and keys stay out of everything that can be printed or stored."""

import copy
import hashlib
import pickle
import re
import threading
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest

from masker.crypto.blocks import BlockCipher
from masker.crypto.ff1 import Ff1
from masker.crypto.keys import Keyring, Keys, key_id, refuse_weak
from masker.crypto.permute import Permutation
from masker.crypto.prf import Prf
from masker.crypto.signing import Signer
from masker.errors import KeyUnusable

ROOT = hashlib.sha256(b"masker's test suite, not a secret").digest()


def ring(root: bytes = ROOT, customer: str = "acme", purpose: str = "test-patch", recipient: str = "") -> Keyring:
    return Keyring(root, customer=customer, purpose=purpose, recipient=recipient)


def tag(keys: Keys, use: str = "value") -> tuple[int, ...]:
    return tuple(keys.prf(use)(pa.array(["anna@firma.example"]))[0].tolist())


@pytest.mark.promise("P7")
def test_root_customer_purpose_recipient_domain_and_use_each_separate() -> None:
    tags = {
        "as it is": tag(ring().keys("email")),
        "root": tag(ring(hashlib.sha256(ROOT).digest()).keys("email")),
        "customer": tag(ring(customer="acme2").keys("email")),
        "purpose": tag(ring(purpose="test-fix").keys("email")),
        "recipient": tag(ring(recipient="staff").keys("email")),
        "domain": tag(ring().keys("phone")),
        "use": tag(ring().keys("email"), "other"),
    }
    for one, other in combinations(tags, 2):
        assert tags[one] != tags[other], (one, other)


def test_neighbouring_parts_do_not_run_into_each_other() -> None:
    assert ring(customer="ab", purpose="c").derive("x") != ring(customer="a", purpose="bc").derive("x")


def test_the_same_names_give_the_same_keys() -> None:
    assert tag(ring().keys("email")) == tag(ring().keys("email"))
    assert ring().keys("email").secret("salt", 7) == ring().keys("email").secret("salt", 7)
    assert len(ring().keys("email").secret("salt", 7)) == 7


def test_a_person_is_one_per_kind_of_subject_whatever_the_domain() -> None:
    keyring = ring()
    names, users = keyring.keys("first_name", "customer"), keyring.keys("username", "customer")
    assert names.person() is users.person()
    assert names.person() is not keyring.keys("first_name", "employee").person()


def test_a_person_without_subject_belongs_to_the_domain() -> None:
    keyring = ring()
    assert keyring.keys("first_name").person() is keyring.keys("first_name").prf("person")
    assert keyring.keys("first_name").person() is not keyring.keys("username").person()


def test_the_subject_changes_nothing_but_the_person() -> None:
    assert tag(ring().keys("email", "customer")) == tag(ring().keys("email"))


def test_primitives_are_made_once() -> None:
    keys = ring().keys("email")
    assert keys.prf() is keys.prf()
    assert keys.ff1() is keys.ff1()
    assert keys.permutation(10**9) is keys.permutation(10**9)
    assert keys.permutation(10**9) is not keys.permutation(10**9, "other")
    assert ring().keys("email") is not ring().keys("email")


def test_threads_are_given_the_same_primitives() -> None:
    keyring, seen = ring(), []
    threads = [threading.Thread(target=lambda: seen.append(keyring.keys("email").prf())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(prf) for prf in seen}) == 1


def test_permutations_of_different_sizes_or_uses_are_unrelated() -> None:
    keys, numbers = ring().keys("person_key"), np.arange(1000, dtype=np.uint64)
    images = keys.permutation(1000)(numbers)
    assert (images == keys.permutation(1000, "other")(numbers)).sum() < 20
    # Under one key the images of a smaller set would rise and fall with those of a larger one.
    ranks = np.argsort(np.argsort(keys.permutation(1001)(numbers)))
    assert (np.abs(ranks - images.astype(np.int64)) <= 1).sum() < 30


def test_the_id_belongs_to_the_root_alone_and_shows_nothing_of_it() -> None:
    assert ring().id == ring(purpose="test-fix").id == key_id(ROOT)
    assert ring().id != key_id(hashlib.sha256(ROOT).digest())
    assert re.fullmatch(r"[0-9a-f]{16}", ring().id)
    assert ring().id not in ROOT.hex()


@pytest.mark.parametrize(
    "root",
    [
        b"",
        ROOT[:31],
        ROOT + b"x",
        bytes(32),
        b"\xff" * 32,
        bytes(range(32)),
        bytes(range(255, 223, -1)),
        b"0123456789abcdef" * 2,
        b"ab" * 16,
        bytes.fromhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"),
        bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94"),
    ],
)
def test_a_root_that_anybody_could_guess_is_refused_without_showing_it(root: bytes) -> None:
    with pytest.raises(KeyUnusable) as caught:
        ring(root)
    assert caught.value.code == "key"
    assert not root or root.hex() not in repr(caught.value)
    assert not root or repr(root) not in repr(caught.value)


def test_random_roots_are_accepted() -> None:
    for number in range(500):
        refuse_weak(hashlib.sha256(number.to_bytes(4, "big")).digest())


SEALED = {
    "keyring": lambda: ring(),
    "keys": lambda: ring().keys("email"),
    "prf": lambda: Prf(ROOT),
    "ff1": lambda: Ff1(ROOT),
    "permutation": lambda: Permutation(ROOT, 100),
    "cipher": lambda: BlockCipher(ROOT),
    "signer": lambda: Signer(ROOT),
}


@pytest.mark.parametrize("name", SEALED)
def test_what_holds_a_key_is_neither_pickled_nor_copied(name: str) -> None:
    holder = SEALED[name]()
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="holds a key"):
            pickle.dumps(holder, protocol)
    with pytest.raises(TypeError, match="holds a key"):
        copy.copy(holder)
    with pytest.raises(TypeError, match="holds a key"):
        copy.deepcopy([holder])


@pytest.mark.parametrize("name", SEALED)
def test_what_holds_a_key_prints_no_byte_of_it(name: str) -> None:
    holder = SEALED[name]()
    for text in (repr(holder), str(holder), f"{holder}", repr([holder])):
        assert re.fullmatch(r"\[?<[A-Z]\w+( [0-9a-f]{16})?>\]?", text)
        assert ROOT.hex()[:16] not in text
    assert not hasattr(holder, "__dict__")


def test_turned_keys_take_back_what_the_keys_do_and_are_made_once() -> None:
    keys = Keyring(ROOT, customer="c", purpose="p").keys("d")
    turned = keys.turned()
    assert keys.turned() is turned
    numbers = np.arange(5000, dtype=np.uint64)
    for size in (5000, 2_000_000):
        assert np.array_equal(turned.permutation(size)(keys.permutation(size)(numbers)), numbers)
        assert np.array_equal(turned.permutation(size).inverse(numbers), keys.permutation(size)(numbers))
    digits = np.frombuffer(b"0123456789", dtype=np.uint8).reshape(1, 10)
    assert turned.ff1().encrypt_digits(keys.ff1().encrypt_digits(digits)).tobytes() == b"0123456789"
    assert turned.secret("use") == keys.secret("use"), "only ciphers and permutations turn"
    assert "turned" not in repr(turned)
