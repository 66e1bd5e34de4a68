"""What a dump may set: what tools set of the server and the session, nothing that holds a text of somebody's own.

A custom setting, a variable or a connection can hold anything, a password too; what tells of the server itself (an
encoding, a mode, a time zone) cannot.
"""

import re
from collections.abc import Sequence

from masker.sql import Dialect
from masker.sql.lexemes import Token

_FREE_TEXT = frozenset(["application_name", "cluster_name"])
_TEXT_SETTINGS = re.compile(
    r"sql_mode|time_zone|gtid_purged|gtid_next|character_set_\w+|collation_\w+|lc_\w+|\w*storage_engine"
    r"|(?:tx|transaction)_isolation|names|collate|charset|set",
    re.I,
)
_DELIMITER = re.compile(rb"DELIMITER[ \t]+[^\w\s]{1,8}[ \t]*\r?\n?", re.I)
_CONNECT = re.compile(
    rb"\\c(?:onnect)?[ \t]+(?:-reuse-previous=\w+[ \t]+)?(?:[\w.$-]+|\"[^\"\n]*\"|'[^'\n]*')[ \t]*;?[ \t]*\r?\n?"
)
_ENCODING = re.compile(rb"\\encoding[ \t]+'?[\w-]+'?[ \t]*;?[ \t]*\r?\n?")
_RESTRICT = re.compile(rb"\\(?:un)?restrict[ \t]+[A-Za-z0-9]+[ \t]*\r?\n?")
_SECRET = re.compile(rb"://|passw", re.I)
_URL_WITH_PASSWORD = re.compile(r"\w://[^\s/:@]*:[^\s/@]+@")
_SECRET_WORD = re.compile(r"\w*(?:passw|secret|token|credential)\w*|passphrase", re.I)


def is_plain_command(data: bytes) -> bool:
    """Whether a client's command is one of those that dump tools write, without a password.

    >>> is_plain_command(b"\\\\connect crm"), is_plain_command(b"\\\\connect postgresql://anna:geheim@db/crm")
    (True, False)
    """
    if _SECRET.search(data):
        return False
    return any(each.fullmatch(data) for each in (_DELIMITER, _CONNECT, _ENCODING, _RESTRICT))


def sets_a_text(cut: Sequence[Token], dialect: Dialect) -> bool:
    """Whether a SET, `SELECT set_config(…)` or `ALTER … SET` gives a setting of somebody's own a value."""
    if dialect == "mysql":
        return any(token.kind == "string" and not _is_setting(cut, at) for at, token in enumerate(cut))
    if cut[0].is_word("SELECT"):
        name = next((token.text for token in cut if token.kind == "string"), "")
        return any(token.is_word("SET_CONFIG") for token in cut) and ("." in name or name.lower() in _FREE_TEXT)
    start = next(at for at, token in enumerate(cut) if token.is_word("SET")) + 1
    named = [token for token in cut[start : start + 4] if not token.is_word("SESSION", "LOCAL")]
    if not named:
        return False
    return named[0].text.lower() in _FREE_TEXT or (len(named) > 1 and named[1].is_symbol(".")) or "." in named[0].text


def holds_a_secret(cut: Sequence[Token]) -> bool:
    """Whether a statement holds a password: behind a word that says so, or in a URL."""
    for before, token in zip([None, *cut], cut, strict=False):
        if token.kind != "string":
            continue
        if _URL_WITH_PASSWORD.search(token.text):
            return True
        if before is not None and before.kind in ("word", "name") and _SECRET_WORD.fullmatch(before.text):
            return True
    return False


def _is_setting(cut: Sequence[Token], at: int) -> bool:
    """Whether the string there is the value of one of MySQL's own settings that are texts."""
    equals = next((place for place in range(at - 1, 0, -1) if cut[place].text in ("=", ":=")), None)
    comma = next((place for place in range(at - 1, 0, -1) if cut[place].text == ","), 0)
    if equals is None or equals < comma:
        return _TEXT_SETTINGS.fullmatch(cut[at - 1].text) is not None
    before = equals - 1
    variable = cut[before - 1].text == "@" and cut[before - 2].text != "@" and cut[before - 2].text != "."
    return not variable and _TEXT_SETTINGS.fullmatch(cut[before].text) is not None
