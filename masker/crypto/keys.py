"""The key tree of a run: one root key, a subkey for every use, purpose, recipient and domain.

RFC 5869 (HKDF) with SHA-256. The info of a subkey is the sequence ("masker/v1", use, customer, purpose, recipient,
domain), each part UTF-8 with its length (4 bytes, big-endian) before it, so that no two sequences give one info.
"""

from itertools import pairwise

from masker.crypto.ff1 import Ff1
from masker.crypto.hkdf import hkdf, info_of
from masker.crypto.permute import Permutation
from masker.crypto.prf import Prf
from masker.crypto.sealed import Sealed
from masker.errors import KeyUnusable

_VERSION = "masker/v1"

# Published keys of test vectors: NIST SP 800-38A F.1.5, the FF1 samples of SP 800-38G.
_PUBLISHED = frozenset(
    bytes.fromhex(key)
    for key in (
        "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        "2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94",
        "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
    )
)


class Keyring(Sealed):
    """The subkeys of one run: of one root key, customer, purpose and recipient.

    `root` is 32 random bytes. `recipient` is empty unless pseudonyms are to differ per recipient. `ephemeral` says
    that the root was made for this run and is forgotten after it. Subkeys of different uses, purposes or domains tell
    nothing of each other. Raises `KeyUnusable` for a root that is not 32 bytes, follows a simple pattern (zeros, one
    repeated byte or half, a counting sequence) or is a published test key.

    >>> import hashlib
    >>> Keyring(hashlib.sha256(b"an example, not a secret").digest(), customer="acme", purpose="test-patch")
    <Keyring a4918d885d6d6ecc>
    """

    __slots__ = ("_customer", "_domains", "_purpose", "_recipient", "_root", "ephemeral", "id")

    def __init__(
        self, root: bytes, *, customer: str, purpose: str, recipient: str = "", ephemeral: bool = False
    ) -> None:
        refuse_weak(root)
        self._root = bytes(root)
        self._customer, self._purpose, self._recipient = customer, purpose, recipient
        self._domains: dict[tuple[str, str], Keys] = {}
        self.ephemeral = ephemeral
        self.id = key_id(root)

    def __repr__(self) -> str:
        return f"<Keyring {self.id}>"

    def keys(self, domain: str, subject: str = "") -> "Keys":
        """Give the subkeys of a domain; `subject` is the kind of person (`customer`) whose fake person rows draw on."""
        return self._domains.setdefault((domain, subject), Keys(self, domain, subject))

    def derive(self, use: str, size: int = 32, *, domain: str = "") -> bytes:
        """Derive `size` secret bytes (1..8160) for one use; the caller keeps them out of every output."""
        return _derive(self._root, use, self._customer, self._purpose, self._recipient, domain, size=size)


class Keys(Sealed):
    """The subkeys of one domain, made when first asked for and kept: the same call gives the same object."""

    __slots__ = ("_ff1", "_keyring", "_permutations", "_prfs", "_reverse", "_turned", "domain", "subject")

    def __init__(self, keyring: Keyring, domain: str, subject: str = "", *, turned: bool = False) -> None:
        self._keyring, self.domain, self.subject, self._turned = keyring, domain, subject, turned
        self._prfs: dict[str, Prf] = {}
        self._permutations: dict[tuple[int, str], Permutation] = {}
        self._ff1: Ff1 | None = None
        self._reverse: Keys | None = None

    def prf(self, use: str = "value") -> Prf:
        """Give the domain's pseudo-random function for one use; different uses are independent."""
        if use not in self._prfs:
            self._prfs.setdefault(use, Prf(self._key(f"prf:{use}")))
        return self._prfs[use]

    def person(self) -> Prf:
        """Give the function that draws a fake person: one per kind of subject, whatever the domain.

        So a name and a username of one customer agree. Without a subject it is this domain's own.
        """
        if not self.subject:
            return self.prf("person")
        return self._keyring.keys("person:" + self.subject).prf("person")

    def ff1(self) -> Ff1:
        """Give the domain's format-preserving cipher."""
        if self._ff1 is None:
            self._ff1 = Ff1(self._key("ff1"), turned=self._turned)
        return self._ff1

    def permutation(self, size: int, use: str = "permute") -> Permutation:
        """Give the domain's keyed permutation of 0..size-1 for one use."""
        if (size, use) not in self._permutations:
            # The size is part of the use: shuffles of two sizes under one key would order their numbers alike.
            key = self._key(f"permutation:{size}:{use}")
            self._permutations.setdefault((size, use), Permutation(key, size, turned=self._turned))
        return self._permutations[size, use]

    @property
    def are_turned(self) -> bool:
        """Whether the cipher and the permutations go the other way round."""
        return self._turned

    def turned(self) -> "Keys":
        """Give the same subkeys with the cipher and every permutation turned round: they take back what these do."""
        if self._reverse is None:
            self._reverse = Keys(self._keyring, self.domain, self.subject, turned=not self._turned)
        return self._reverse

    def secret(self, use: str, size: int = 32) -> bytes:
        """Derive `size` secret bytes of this domain for one use."""
        return self._keyring.derive(f"secret:{use}", size, domain=self.domain)

    def _key(self, use: str) -> bytes:
        return self._keyring.derive(use, domain=self.domain)


def key_id(root: bytes) -> str:
    """Give the public id of a root key, 16 hex digits: safe to print, the same for every purpose."""
    return _derive(root, "key-id", "", "", "", "", size=8).hex()


def refuse_weak(root: bytes) -> None:
    """Raise `KeyUnusable` unless `root` may serve as a root key."""
    hint = "make one with `masker key new FILE`"
    if len(root) != 32:
        raise KeyUnusable("key", "the root key is not 32 bytes", hint)
    steps = {(after - before) % 256 for before, after in pairwise(root)}
    if len(steps) == 1 or root[:16] == root[16:] or len(set(root)) < 8:
        raise KeyUnusable("key", "the root key follows a simple pattern", hint)
    if root in _PUBLISHED:
        raise KeyUnusable("key", "the root key is a published test key", hint)


def _derive(root: bytes, use: str, *context: str, size: int) -> bytes:
    return hkdf(root, info_of(_VERSION, use, *context), size)
