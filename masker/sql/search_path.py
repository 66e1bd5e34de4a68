"""Whose table a bare name means: PostgreSQL's `search_path`, and the database that MySQL's USE chose."""

import re

from masker.sql import Dialect
from masker.sql.lexemes import folded, tokens

_SETS = re.compile(rb"search_path|\A\s*USE\b", re.I)
PATH_KINDS = frozenset(["SET", "SELECT", "USE"])
"""Kinds of statements that may say so."""
_SYSTEM = frozenset(["pg_catalog", "$user"])


def said_path(statement: bytes, kind: str, dialect: Dialect) -> tuple[str, ...] | None:
    """The schemas that a SET, a `set_config` or a USE chooses, in order; None where it says nothing of them.

    >>> said_path(b"SET search_path TO crm, public;", "SET", "postgres"), said_path(b"USE `a`;", "USE", "mysql")
    (('crm', 'public'), ('a',))
    """
    if kind not in PATH_KINDS or not _SETS.search(statement):
        return None
    cut = [token for token in tokens(statement, dialect) if not token.is_symbol(";")]
    if kind == "USE":
        return (cut[1].text,) if dialect == "mysql" and len(cut) > 1 else None
    if dialect != "postgres":
        return None
    if kind == "SELECT":
        texts = [token.text for token in cut if token.kind == "string"]
        if texts[:1] != ["search_path"] or len(texts) < 2:
            return None
        cut = tokens(texts[1].encode(errors="surrogateescape"), dialect)
    elif len(cut) > 1 and cut[1].is_word("SEARCH_PATH"):
        cut = cut[3:]
    else:
        return None
    names = [
        token.text if token.kind == "string" else folded(token, dialect) for token in cut if token.kind != "symbol"
    ]
    return tuple(name for name in names if name and name not in _SYSTEM)
