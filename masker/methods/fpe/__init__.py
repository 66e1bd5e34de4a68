"""Format-preserving encryption: digits stay digits, letters letters, separators stay, check digits hold.

NIST SP 800-38G (FF1) where the domain has at least 10^6 values of one radix; see `symbols` for smaller and mixed ones.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from functools import partial
from typing import ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import as_text, booleans, flags, in_chunks, is_text, kind_of, like
from masker.crypto.keys import Keys
from masker.errors import GateError, UsageError
from masker.methods import Example, Iso20889, turned_back
from masker.methods.fpe.iban import encrypt_iban
from masker.methods.fpe.mod10 import EAN, LUHN, encrypt_mod10
from masker.methods.fpe.national import encrypt_national
from masker.methods.fpe.numbers import encrypt_number
from masker.methods.fpe.own import Style, encrypt_text
from masker.methods.fpe.phone import encrypt_phone
from masker.methods.fpe.registers import LEAST_DENSITY, builds

Alphabet = Literal["own", "digits", "hex"]

_SPACES = {"luhn": 1e5, "ean": 1e5, "iban": 1e4, "national_id": 1e6, "phone": 1e4}
# Characters that follow from the others, by what is checked.
_FOLLOWS = {"luhn": 1, "ean": 1, "iban": 2}


@dataclass(frozen=True)
class Fpe:
    """Encrypt each value over its own alphabet, so that it keeps its length, its shape and its check digit.

    `alphabet`: `own` (digits become digits, upper case upper case, lower case lower case, letters of another script
    letters of that script), `digits` (only digits change), `hex` (hexadecimal digits change). `keep_prefix` and
    `keep_suffix` letters or digits stay at either end of a value that has more. `check` says what the value is, and
    what must hold afterwards:

    - `luhn`, `ean`: all digits but the kept ends change, and the checksum fits as before (a card: `keep_prefix: 6`).
    - `iban`: country, length and a bank code's letters stay, the other digits change, mod 97 fits as before.
    - `national_id`: US SSN, German IdNr, French NIR, Spanish DNI and NIE, British NINO, Italian codice fiscale, by the
      value's own pattern; check characters fit as before.
    - a module of python-stdnum (`br.cpf`, `pl.pesel`; more than 200 registers): the characters that are no check
      change inside what their places hold, so that the register's own check accepts the pseudonym. Places of which few
      values are in use stay (a country's letters, some authorities). Reads valid numbers only, some thousands a second.
    - `phone`: the last seven digits change (six, where the seventh from the end is 0 or 1), what stands before them
      (country and area) stays: however a number is written, its last digits get the same pseudonym.

    A value with a wrong check digit keeps one that is as wrong. NULL comes back for what a `check` cannot read; without
    one every text can be read. Leading zeros of integers stay, so that "00123", "123" and 123 agree; an integer keeps
    its number of digits and fits its type. Takes text, integers, decimals and floats (whose magnitude stays).

    Guarantees: one to one among values of the same shape (what stays in place, and each character's alphabet) that have
    at most 2^63 possibilities, or more of one radix inside FF1's fast range; otherwise two of n values fall together
    with probability at most n²/2^64. A one-character value changes but by chance (1/10, 1/26).

    The key turns it back (`unmask`), in the style of the pseudonym: hexadecimal letters come back in the case that it
    shows, lower where it shows none. What has more than 2^63 possibilities outside FF1's fast range cannot be turned
    back, nor floats (which drop the zeros that a number ends with), nor numbers that are not text under a `check`.

    It does NOT hide lengths, shapes, repetitions, kept ends or which values are integers of which magnitude; a value of
    few possibilities (`A`, `12`) is found by trying. Separators, punctuation and combining accents pass. FF1 may be
    covered by patents: `token` and `permute` do without it.
    """

    alphabet: Alphabet = "own"
    keep_prefix: int = 0
    keep_suffix: int = 0
    check: str = "none"

    name: ClassVar[str] = "fpe"
    deterministic: ClassVar[bool] = True
    injective: ClassVar[bool] = True
    reversible: ClassVar[bool] = True
    keeps_format: ClassVar[bool] = True
    iso20889: ClassVar[Iso20889] = "cryptographic"
    changes: ClassVar[bool] = True
    takes: ClassVar[Literal["text", "any"]] = "any"
    by_subject: ClassVar[Literal["always", "infotype", "never"]] = "never"

    def __post_init__(self) -> None:
        if self.alphabet not in ("own", "digits", "hex"):
            raise UsageError("usage", "`alphabet` of `fpe` is not one of own, digits, hex")
        if self.check != "none" and self.check not in _SPACES and self.check not in builds():
            hint = f"one of: none, {', '.join(_SPACES)}, or a module of python-stdnum such as `br.cpf`"
            near = get_close_matches(str(self.check), builds(), n=1, cutoff=0.7)
            raise UsageError("usage", "`check` of `fpe` is unknown", f"did you mean `{near[0]}`?" if near else hint)
        for kept in (self.keep_prefix, self.keep_suffix):
            if type(kept) is not int or not 0 <= kept <= 64:
                raise UsageError("usage", "`keep_prefix` and `keep_suffix` of `fpe` are whole numbers from 0 to 64")
        if self.check == "luhn" and (self.keep_prefix > 6 or self.keep_suffix > 4):
            raise UsageError("usage", "`fpe` keeps at most the first 6 and the last 4 digits of a card")
        if self.check not in ("none", "luhn", "ean") and (self.keep_prefix or self.keep_suffix):
            raise UsageError("usage", f"`check: {self.check}` of `fpe` decides itself what is kept")
        if self.check != "none" and self.alphabet != "own":
            raise UsageError("usage", "`alphabet` of `fpe` goes with `check: none` only")

    @property
    def space(self) -> float | None:
        """At least 9 for text (one digit), at least 10^4 where a check says what the value is.

        Of a register's numbers, the valid ones of its smallest shape.
        """
        if self.check in builds():
            return max(1.0, min(build.size for build in builds()[self.check].values()) * LEAST_DENSITY)
        return _SPACES.get(self.check, 9.0)

    @property
    def follows(self) -> int:
        """How many characters of a value stay, or follow from the others, beside the ends that are kept."""
        if self.check in builds():
            return max(len(build.shape) - len(build.free) for build in builds()[self.check].values())
        return _FOLLOWS.get(self.check, 0)

    @property
    def widest(self) -> int | None:
        """None: as wide as the original."""
        return None

    def __call__(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Mask a column of text or numbers; `by` and `given` are not read."""
        type_ = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        fraction = pa.types.is_floating(type_) or pa.types.is_decimal(type_)
        if pa.types.is_null(type_):
            return column
        if not (is_text(type_) or pa.types.is_integer(type_) or fraction):
            raise GateError("does-not-fit", f"`fpe` masks text and numbers, not {kind_of(type_)}", "use another method")
        mask = partial(in_chunks, partial(self._mask, keys, fraction=fraction))
        return like(mask(as_text(column)), column.type)

    @property
    def recorded(self) -> Mapping[str, object] | None:
        """All parameters: none of them holds a value."""
        return asdict(self)

    def unmask(
        self, keys: Keys, column: pa.Array, by: pa.Array | None = None, given: Mapping[str, pa.Array] | None = None
    ) -> pa.Array:
        """Turn a masked column back; NULL for what cannot be read or turned back (see the class)."""
        type_ = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        if pa.types.is_null(type_):
            return column
        plain = self.check == "none" and self.alphabet != "hex" and not (self.keep_prefix or self.keep_suffix)
        if not is_text(type_) and (pa.types.is_floating(type_) or not plain):
            message = "numbers lose the zeros at their ends: what they were cannot be told"
            raise GateError("does-not-fit", message, "only text, and whole numbers and decimals without `check`")
        original = turned_back(self, keys, column)
        if pa.types.is_decimal(type_):
            # What became 0.00 may have been negative: a decimal has no -0.00.
            zero = flags(pc.match_substring_regex(as_text(column), "^[0.]*$"))
            return pc.if_else(booleans(zero), pa.nulls(len(column), original.type), original)
        return original

    def _mask(self, keys: Keys, text: pa.Array, *, fraction: bool) -> pa.Array:
        match self.check:
            case "luhn":
                return encrypt_mod10(keys, text, LUHN, self.keep_prefix, self.keep_suffix)
            case "ean":
                return encrypt_mod10(keys, text, EAN, self.keep_prefix, self.keep_suffix)
            case "iban":
                return encrypt_iban(keys, text)
            case "national_id":
                return encrypt_national(keys, text)
            case "phone":
                return encrypt_phone(keys, text)
        if self.check in builds():
            return encrypt_number(keys, text, self.check)
        return encrypt_text(keys, text, Style(self.alphabet, self.keep_prefix, self.keep_suffix, number=fraction))


METHOD = Fpe
EXAMPLES = (
    Example(Fpe(), ("K-4711/b", "Ünal, Çelik", "00123", "a", "7", "0", "-5", "+12", "東京 タワー", "x" * 90, "9" * 25)),
    Example(Fpe(alphabet="digits"), ("K-4711/b", "12345678", "2024-05")),
    Example(Fpe(alphabet="hex"), ("deadbeef", "00FF", "3f2504e0-4f89-11d3-9a0c-0305e82c3301")),
    Example(Fpe(keep_prefix=2, keep_suffix=1), ("DE-123456-X", "AB12C", "abc")),
    Example(
        Fpe(check="luhn", keep_prefix=6),
        ("4111111111111111", "4111 1111 1111 1111", "5500-0055-5555-5559", "378282246310005"),
        ("n/a", "none", "1234"),
    ),
    Example(Fpe(check="ean"), ("4006381333931", "73513537"), ("n/a",)),
    Example(
        Fpe(check="iban"),
        ("DE89370400440532013000", "GB82 WEST 1234 5698 7654 32", "FR1420041010050500013M02606"),
        ("n/a", "DE89", "12345678901234567890"),
    ),
    Example(
        Fpe(check="national_id"),
        (
            "078-05-1120",
            "36574261809",
            "12345678Z",
            "X1234567L",
            "1 84 12 76 451 089 46",
            "AB123456C",
            "RSSMRA85T10A562S",
        ),
        ("n/a", "12", "ABCDEFGHI"),
    ),
    Example(Fpe(check="phone"), ("+49 (30) 901-8200", "030 9018200", "+1 415 555 0100", "5550100"), ("n/a", "call me")),
    Example(Fpe(check="br.cpf"), ("390.533.447-05", "52998224725"), ("n/a", "390.533.447-06", "12345678Z")),
    Example(Fpe(check="pl.pesel"), ("44051401359", "02070803628"), ("44051401358",)),
)
