"""Reads CHECK expressions: which columns they read, and whether they are a list of allowed values.

sqlglot parses the expression, since servers write one list in many forms: `a IN ('x','y')`,
`((a)::text = ANY ((ARRAY['x'::character varying])::text[]))`, `((a = 'x') OR (a = 'y'))`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from masker.sql import Dialect
from masker.sql.cursor import names_in
from masker.sql.lexemes import Token

if TYPE_CHECKING:
    from sqlglot import expressions as exp


def columns_of(tokens: Sequence[Token], dialect: Dialect, columns: Sequence[str]) -> tuple[str, ...]:
    """Those of `columns` that an expression names; bare names meet whatever their case where the server says so."""
    named = names_in(tokens, dialect)
    if dialect == "postgres":
        return tuple(column for column in columns if column in named)
    loose = {name.casefold() for name in named}
    return tuple(column for column in columns if column.casefold() in loose)


def allowed_values(source: bytes, tokens: Sequence[Token], dialect: Dialect) -> tuple[str, ...] | None:
    """The values that a CHECK of one column lists, as text; None where it is no such list, or nobody can read it."""
    if not any(token.is_word("IN", "ANY", "OR") or token.is_symbol("=") for token in tokens):
        return None
    from sqlglot import parse_one
    from sqlglot.errors import SqlglotError

    text = source[tokens[0].start : tokens[-1].end].decode(errors="replace")
    try:
        return _listed(parse_one(text, dialect=dialect))
    except SqlglotError:
        return None


def _listed(node: "exp.Expr | None") -> tuple[str, ...] | None:
    from sqlglot import expressions as exp

    node = _bare(node)
    if isinstance(node, exp.Or):
        sides = [node.this, node.expression]
        lists = [_listed(side) for side in sides if not _asks_for_null(side)]
        return None if not lists or None in lists else tuple(v for each in lists for v in each or ())
    if isinstance(node, exp.In):
        return _texts(node.expressions) if isinstance(_bare(node.this), exp.Column) else None
    if isinstance(node, exp.EQ) and isinstance(_bare(node.this), exp.Column):
        right = _bare(node.expression)
        if isinstance(right, exp.Any):
            listed = _bare(right.this)
            return _texts(listed.expressions) if isinstance(listed, exp.Array) else None
        return _texts([right])
    return None


def _texts(nodes: "Sequence[exp.Expr | None]") -> tuple[str, ...] | None:
    from sqlglot import expressions as exp

    values = []
    for node in map(_bare, nodes):
        if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal):
            values.append(f"-{node.this.name}")
        elif isinstance(node, exp.Literal | exp.National):
            values.append(node.name)
        elif isinstance(node, exp.Boolean):
            values.append("true" if node.this else "false")
        elif not isinstance(node, exp.Null):
            return None
    return tuple(values)


def _asks_for_null(node: "exp.Expr | None") -> bool:
    from sqlglot import expressions as exp

    node = _bare(node)
    return isinstance(node, exp.Is) and isinstance(node.expression, exp.Null)


def _bare(node: "exp.Expr | None") -> "exp.Expr | None":
    """The expression without brackets, casts and character sets around it."""
    from sqlglot import expressions as exp

    while isinstance(node, exp.Paren | exp.Cast | exp.Introducer | exp.Collate):
        node = node.expression if isinstance(node, exp.Introducer) else node.this
    return node
