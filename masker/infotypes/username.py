"""Usernames: the fake person's first name and a 60-bit token, at most 32 letters, unique by construction."""

import unicodedata
from collections.abc import Mapping
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from masker import words
from masker.infotypes import Draws, Infotype
from masker.infotypes._draw import of_matrix, take
from masker.infotypes._fold import folded
from masker.infotypes._person import first_name_index
from masker.infotypes._token import SIZE, SPACE, write_tokens

_PLAIN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"}
)
_OTHER_SCRIPTS = ("ja_JP", "ru_RU", "zh_CN")
# A scalar out of a column: `pa.scalar` would load pandas.
(_NOTHING,) = words.text_column([""])


@cache
def _logins(locale: str) -> pa.Array:
    names = [name for pool in ("female", "male") for name in words.pool(locale, f"{pool}_first_names").to_pylist()]
    plain = (unicodedata.normalize("NFD", name.lower().translate(_PLAIN)) for name in names)
    return words.text_column("".join(letter for letter in name if letter.isascii()) + "_" for name in plain)


def fake(draws: Draws, column: pa.Array, given: Mapping[str, pa.Array], locale: str) -> pa.Array:
    """`first_` and twelve letters of base32 in lower case; n distinct values meet with probability below n²/2**61."""
    letters = np.empty((len(column), SIZE), dtype=np.uint8)
    write_tokens(draws.value, letters)
    latin = "en_US" if words.nearest(locale) in _OTHER_SCRIPTS else locale
    logins = take(_logins(words.nearest(latin)), first_name_index(draws, given, latin), column)
    return pc.binary_join_element_wise(logins, of_matrix(letters, column), _NOTHING)


def compact(draws: Draws, column: pa.Array, given: Mapping[str, pa.Array], locale: str) -> pa.Array:
    """The twelve letters alone."""
    letters = np.empty((len(column), SIZE), dtype=np.uint8)
    write_tokens(draws.value, letters)
    return of_matrix(letters, column)


INFOTYPE = Infotype(
    name="username",
    title="User or login name",
    group="contact",
    headers={
        "en": ("username", "user name", "login", "login name", "user login", "userid", "screen name",
               "nickname", "nick", "handle", "samaccountname", "twitter handle", "twitter", "instagram",
               "github username", "slack handle", "telegram", "discord", "social handle", "x handle", "skype",
               "facebook id", "linkedin handle", "mastodon", "tiktok",
               "operator name", "oper name", "operator", "created by", "create by", "updated by", "update by",
               "modified by"),
        "de": ("benutzername", "benutzer", "anmeldename", "nutzername", "benutzerkennung", "spitzname", "twitter name"),
        "fr": ("nom d'utilisateur", "nom utilisateur", "identifiant", "pseudo", "pseudonyme", "utilisateur"),
        "es": ("usuario", "nombre de usuario", "alias", "apodo", "usuario twitter"),
        "pt": ("usuário", "nome de usuário", "nome de utilizador", "utilizador"),
        "it": ("nome utente", "utente", "soprannome"),
        "nl": ("gebruikersnaam", "inlognaam", "bijnaam"),
        "pl": ("nazwa użytkownika", "użytkownik", "login"),
        "ru": ("логин", "имя пользователя", "ник", "никнейм"),
        "zh": ("用户名", "登录名", "昵称", "微信号", "微博"),
        "ja": ("ユーザー名", "ログイン名", "ニックネーム", "アカウント名"),
    },
    not_headers=("login count", "last login", "login attempts", "login time", "user agent", "host name"),
    pattern=r"^[^\W_][\w.@+-]{1,63}$",
    canonical=folded,
    reads_all=True,
    fake=fake,
    widest=32,
    compact=compact,
    widest_compact=SIZE,
    space=SPACE,
    by_subject=True,
    direct=True,
    sources=("masker/words/v1/SOURCES.md", "RFC 4648 §6 https://www.rfc-editor.org/rfc/rfc4648#section-6"),
)  # fmt: skip
