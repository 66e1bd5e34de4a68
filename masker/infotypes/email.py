"""E-mail addresses: a 60-bit token at a domain that nobody can own, 24 characters, unique by construction.

example.com, example.org and example.net are reserved (RFC 2606 §3, https://www.rfc-editor.org/rfc/rfc2606#section-3).
"""

import re
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import text_bytes
from masker.infotypes import Draws, Infotype
from masker.infotypes._draw import Lane, lane, of_matrix
from masker.infotypes._fold import folded
from masker.infotypes._token import SIZE, SPACE, write_tokens

# Items of twelve bytes, as long as a token.
_ENDINGS = np.frombuffer(b"@example.com@example.org@example.net@example.com", dtype=f"V{SIZE}")
_ENDING = Lane(word=1, shift=62, bits=2)
_SHORT_ENDING = np.frombuffer(b"@a.test", dtype=np.uint8)
_SHAPE = re.compile(r"[^\s@\"<>(),;:]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}\Z")


def canonical(column: pa.Array) -> pa.Array:
    """NFC, trimmed, case folded; NULL where there is not exactly one `@` between two runs without blanks.

    The part before the `@` is folded too: two mailboxes that differ in case only are one here.

    >>> canonical(pa.array([" Anna@Firma.EXAMPLE", "n/a", None])).to_pylist()
    ['anna@firma.example', None, None]
    """
    text = folded(column)
    if _all_readable(text):
        return text
    readable = pc.match_substring_regex(text, r"^[^\s@]+@[^\s@]+$")
    if pc.all(readable).as_py() is not False:
        return text
    return pc.if_else(readable, text, pa.nulls(len(text), text.type))


def _all_readable(text: pa.Array) -> bool:
    # One `@` a cell, inside it, and no blank anywhere: what the expression asks for, settled by a look at the bytes.
    data, offsets = text_bytes(text)
    at = np.flatnonzero(data == ord("@"))
    if text.null_count or len(at) != len(text) or data.min(initial=ord("@")) <= ord(" "):
        return False
    return bool(((at > offsets[:-1]) & (at < offsets[1:] - 1)).all())


def fake(draws: Draws, column: pa.Array, given: Mapping[str, pa.Array], locale: str) -> pa.Array:
    """`xxxxxxxxxxxx@example.com`, `.org` or `.net`; n distinct values meet with probability below n²/2**61."""
    letters = np.empty((len(column), SIZE + _ENDINGS.itemsize), dtype=np.uint8)
    write_tokens(draws.value, letters)
    letters.view(_ENDINGS.dtype)[:, 1] = _ENDINGS[lane(draws.value, _ENDING).view(np.int64)]
    return of_matrix(letters, column)


def compact(draws: Draws, column: pa.Array, given: Mapping[str, pa.Array], locale: str) -> pa.Array:
    """`xxxxxxxxxxxx@a.test`: the same token in a domain as short as a reserved one can be."""
    letters = np.empty((len(column), SIZE + len(_SHORT_ENDING)), dtype=np.uint8)
    write_tokens(draws.value, letters)
    letters[:, SIZE:] = _SHORT_ENDING
    return of_matrix(letters, column)


def is_address(value: str) -> bool:
    """Whether the value has the shape of an address with a dotted domain.

    >>> is_address("anna.muster@firma.example"), is_address("anna@localhost")
    (True, False)
    """
    return _SHAPE.match(value) is not None


INFOTYPE = Infotype(
    name="email",
    title="E-mail address",
    group="contact",
    headers={
        "en": ("email", "e-mail", "e mail", "mail", "email address", "mail address", "e-mail address",
               "emailaddress", "recipient", "recipients", "bcc", "reply to", "to address", "from address",
               "sender address", "recipient address"),
        "de": ("email adresse", "e-mail-adresse", "emailadresse", "mailadresse", "mail adresse", "e-mail adresse"),
        "fr": ("courriel", "adresse email", "adresse e-mail", "adresse mail", "mél", "adresse électronique"),
        "es": ("correo", "correo electrónico", "correo electronico", "dirección de correo"),
        "pt": ("correio eletrónico", "correio eletrônico", "endereço de email"),
        "it": ("posta elettronica", "indirizzo email", "indirizzo e-mail", "pec"),
        "nl": ("e-mailadres", "emailadres", "mailadres"),
        "pl": ("adres email", "adres e-mail", "poczta elektroniczna"),
        "ru": ("почта", "электронная почта", "адрес электронной почты", "эл. почта"),
        "zh": ("邮箱", "电子邮件", "电子邮箱", "邮件地址"),
        "ja": ("メール", "メールアドレス", "電子メール", "eメール"),
    },
    not_headers=("email verified", "email count", "email status", "email sent", "email opt in", "mail class"),
    pattern=r"^[^\s@]{1,64}@[^\s@]{1,255}$",
    validate=is_address,
    # No text without an `@` between word and dotted name passes.
    accident=0.001,
    canonical=canonical,
    fake=fake,
    widest=24,
    compact=compact,
    widest_compact=SIZE + len(_SHORT_ENDING),
    space=SPACE,
    direct=True,
    sources=("RFC 2606 §3", "RFC 5321 §4.5.3.1", "RFC 4648 §6"),
)  # fmt: skip
