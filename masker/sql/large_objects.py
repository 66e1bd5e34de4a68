"""Statements of pg_dump about large objects: bytes of somebody's in no table, so that no method reaches them.

https://www.postgresql.org/docs/current/lo-funcs.html. They are left out of copies. Only what pg_dump writes is known as
one, from its first byte to its last, so that nothing else can go with it.
"""

import re
from collections.abc import Sequence

from masker.sql.lexemes import Token, tokens
from masker.sql.pieces import Statement
from masker.sql.swallowed import swallows

_CALLS = re.compile(
    rb"SELECT\s+(?:pg_catalog\s*\.\s*)?lo(?:_creat|_create|_open|_close|write)\s*"
    rb"\((?:\s*-?\d+\s*|\s*'\d+'\s*|\s*E?'\\{1,2}x[0-9a-f]*'\s*|,)*\)\s*;\s*",
    re.I,
)
_SAYS = re.compile(r"(?:ALTER|COMMENT ON) LARGE OBJECT |(?:GRANT|REVOKE) (?:[A-Z]+ |, )+ON LARGE OBJECT ")
_HEAD = 12  # words


def is_large_object(statement: Statement, cut: Sequence[Token] | None = None) -> bool:
    """Whether a statement of PostgreSQL is about a large object; `cut` are its tokens, where they are at hand."""
    if _CALLS.fullmatch(statement.data, statement.start):
        return True
    cut = tokens(statement.data, "postgres") if cut is None else cut
    head = " ".join(token.text.upper() for token in cut[:_HEAD] if token.kind != "string")
    return _SAYS.match(head) is not None and not swallows(statement, list(cut), "postgres")
