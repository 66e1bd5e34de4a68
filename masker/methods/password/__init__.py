"""Stored passwords become those of a known test password, in the same format, so that testers can log in."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import ClassVar, Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import as_text, in_chunks, like
from masker.crypto.keys import Keys
from masker.errors import UsageError
from masker.methods import Example, Iso20889

TEST_PASSWORD = "masker-test"


@dataclass(frozen=True)
class Password:
    """Put the hash of the test password `masker-test` into the place of each password hash, in the same format.

    Reads bcrypt, argon2, scrypt, PBKDF2, crypt(3), LDAP, Django, Werkzeug, ASP.NET, SCRAM and MySQL hashes and bare
    digests (MD5, SHA-1, SHA-2 in hexadecimal); salt and cost are those of a fixed hash a format, which checkers read
    from it. `plain: true` replaces any other text by the password itself; else NULL comes back for it. NULL stays NULL,
    '' stays ''.

    Everybody may log in as anybody in the copy: keep it away from the network. It does NOT tell accounts apart, nor fit
    hashes that take in more than password and salt (a pepper, the user's name, a salt from another column): these keep
    their format and open nothing. Bare digests of other things than passwords would all become one.
    """

    plain: bool = False

    name: ClassVar[str] = "password"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = False
    reversible: ClassVar[bool] = False
    keeps_format: ClassVar[bool] = True
    iso20889: ClassVar[Iso20889] = "suppression"
    changes: ClassVar[bool] = True
    takes: ClassVar[Literal["text", "any"]] = "text"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "never"

    def __post_init__(self) -> None:
        if type(self.plain) is not bool:
            raise UsageError("usage", "`plain` of `password` is true or false")

    @property
    def space(self) -> float | None:
        """1.0: the output is the same for all of a format, so that equality tells nothing."""
        return 1.0

    @property
    def widest(self) -> int | None:
        """None: about as wide as the original; one that is wider than the column stops the run."""
        return None

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column of text; the key plays no part."""
        return like(in_chunks(self._mask, as_text(column)), column.type)

    def _mask(self, text: pa.Array) -> pa.Array:
        otherwise = TEST_PASSWORD if self.plain else pa.scalar(None, pa.string())
        masked = pc.if_else(pc.equal(text, ""), text, otherwise)
        for each in formats():
            ours = pc.match_substring_regex(text, rf"\A(?:{each.pattern})\z")
            if pc.any(ours).as_py():
                begins = pc.utf8_slice_codeunits(text, 0, each.keep)
                known = pc.binary_join_element_wise(begins, each.hash[each.keep :], "")
                masked = pc.if_else(pc.fill_null(ours, False), known, masked)
        return masked


class Format(NamedTuple):
    """A way to store passwords: its pattern, the test password's hash, how many first characters say the variant."""

    name: str
    pattern: str
    hash: str
    keep: int


@cache
def formats() -> tuple[Format, ...]:
    """The formats of `formats.toml`."""
    data = tomllib.loads((files(__name__) / "formats.toml").read_text(encoding="utf-8"))
    return tuple(Format(line["name"], line["pattern"], line["hash"], line.get("keep", 0)) for line in data["format"])


METHOD = Password
EXAMPLES = (
    Example(
        Password(),
        (
            "$2y$12$abcdefghijklmnopqrstuuVjWHKwB2PKo0T4Wz4KJuNWyDsYh0xyu",
            "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21l$MTIzNDU2Nzg5MDEyMzQ1Ng",
            "pbkdf2_sha256$600000$saltsaltsalt$MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
            "{SSHA}MDEyMzQ1Njc4OTAxMjM0NTY3ODlzYWx0c2FsdA==",
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "5F4DCC3B5AA765D61D8327DEB882CF99",
        ),
        ("n/a", "hunter2", "$2y$12$short"),
    ),
    Example(Password(plain=True), ("hunter2", "5f4dcc3b5aa765d61d8327deb882cf99")),
)
