"""Which rows of SOURCE an agreement keeps out of every copy: people who declined, other customers' rows."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Rows of `table` whose `column`, as text, is one of `values`; with `others`, those where it is none of them.

    A NULL is none of any values. `values` may be personal: they are in no repr, message, plan or manifest. Rows of
    other tables that hang on an excluded row by a foreign key go with it.
    """

    table: str
    column: str
    values: frozenset[str] = field(repr=False)
    others: bool = False
    reason: str = ""
