"""How tables hang together: which columns are keys, and which hold values of another table's key.

Works on sketches (hash samples of columns), so that it needs no second look at the data. What it infers is evidence,
shown and editable; what the source declares is taken as it stands.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from masker.snapshot import ForeignKey, Table

FULL = 2**64 - 1
CONTAINED = 0.95  # share of a column's distinct values that must be in the target (detection.md: containment ≥ 0.95)
_TELLING = 10  # distinct values that a role needs before its values alone tell where it points
_TOO_FEW_SEEN = 3  # comparable hashes below which a containment says nothing


@dataclass(frozen=True, slots=True)
class ColumnSketch:
    """What one pass over all rows of a column left: counts, and the hashes of its distinct values up to `limit`.

    `distinct` is exact where `exact` (else an estimate, standard error 1/sqrt(len(hashes))); `unique`: no non-null
    value repeats, and there is one. `hashes` is sorted, uint64; every distinct value whose hash is ≤ `limit` is in.
    """

    rows: int
    nulls: int
    distinct: int
    unique: bool
    exact: bool = True
    hashes: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, dtype=np.uint64), repr=False)
    limit: int = FULL

    @property
    def complete(self) -> bool:
        """Whether the column could be a primary key: unique and without NULL."""
        return self.unique and self.nulls == 0


def containment(part: ColumnSketch, whole: ColumnSketch) -> float | None:
    """The share of `part`'s distinct values that `whole` has; None where too few hashes can be compared."""
    below = part.hashes[part.hashes <= np.uint64(min(part.limit, whole.limit))]
    if len(below) == 0 or len(below) < min(_TOO_FEW_SEEN, part.distinct) or len(whole.hashes) == 0:
        return None
    at = np.searchsorted(whole.hashes, below)
    found = whole.hashes[np.minimum(at, len(whole.hashes) - 1)] == below
    return float(found.mean())


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """A column as the inference of keys sees it: its names' tokens, the stem left without key words, its sketch.

    `stem` is () for a bare `id`; `is_key` says that the name or the declaration calls it a key. `person` is the data
    subject that its name speaks of (`manager_id`: employee) and `owner` the one of its table, "" for none. `sparse`:
    its values are spread so thinly that others are not contained in them by accident, as small integers are.
    """

    table: str
    name: str
    kind: str
    tokens: tuple[str, ...]
    stem: tuple[str, ...]
    is_key: bool
    sketch: ColumnSketch
    person: str = ""
    owner: str = ""
    sparse: bool = False


def primary_key(table: Table, columns: tuple[KeyColumn, ...], entity: tuple[str, ...]) -> tuple[str, ...]:
    """The declared primary key; else the first complete column that is called `id` or after the table; else ().

    `entity` is the table's name as tokens, in the singular.
    """
    if table.primary_key:
        return table.primary_key
    named = [c for c in columns if c.is_key and c.sketch.complete]
    for wanted in ((), entity, entity[-1:], entity[:1]):
        for column in named:
            if column.stem == wanted:
                return (column.name,)
    first = columns[0] if columns else None
    return (first.name,) if first is not None and first.is_key and first.sketch.complete else ()


def foreign_keys(
    tables: Mapping[str, tuple[KeyColumn, ...]],
    keys: Mapping[str, tuple[str, ...]],
    entities: Mapping[str, tuple[str, ...]],
) -> dict[str, tuple[ForeignKey, ...]]:
    """Infer single-column foreign keys per table: a name that points at another table's unique column, and containment.

    `tables` gives the columns of each table, `keys` its primary key, `entities` its name in the singular as tokens. A
    column points at a target where its stem is the target's entity (`customer_id` → customers.id) or where both
    carry the same name and the target is that table's key. At least 95 % of its distinct values must be there.
    """
    found: dict[str, tuple[ForeignKey, ...]] = {}
    targets = [
        c
        for columns in tables.values()
        for c in columns
        if c.sketch.unique and (c.is_key or (c.name,) == keys[c.table])
    ]
    for name, columns in tables.items():
        inferred = []
        for column in columns:
            if (column.name,) == keys[name] and not column.stem:
                continue
            best = max(
                ((_strength(column, target, keys, entities), target) for target in targets if target is not column),
                key=lambda pair: pair[0],
                default=(0.0, None),
            )
            if best[1] is not None and best[0] > 0:
                inferred.append(ForeignKey((column.name,), best[1].table, (best[1].name,)))
        found[name] = tuple(inferred)
    return found


def _strength(
    column: KeyColumn,
    target: KeyColumn,
    keys: Mapping[str, tuple[str, ...]],
    entities: Mapping[str, tuple[str, ...]],
) -> float:
    """How strongly `column` points at `target`: 0 for not at all, up to 3 for a full stem and full containment."""
    if column.kind != target.kind and "text" not in (column.kind, target.kind):
        return 0.0
    entity = entities[target.table]
    leads = bool(entity) and target.stem in ((), entity, entity[-1:])
    same = column.tokens == target.tokens and bool(target.stem) and (target.name,) == keys[target.table]
    other = target.table != column.table
    if other and column.is_key and leads and column.stem == entity:
        named = 2.0
    elif (
        other
        and same
        and not (column.sketch.unique and (column.name,) == keys[column.table] and len(column.sketch.hashes) < 2)
    ):
        named = 1.5
    elif other and column.is_key and leads and entity and column.stem[-len(entity) :] == entity:
        named = 1.0  # billing_address_id → address
    elif column.is_key and column.person and target.owner and (target.name,) == keys[target.table]:
        # a role (`manager_id`, `buyer_id`): by the role's subject, or by values that cannot be there by accident
        role = column.person == target.owner or (target.sparse and column.sketch.distinct >= _TELLING)
        if not role or (not other and column.stem == entity):
            return 0.0
        named = 0.6 if column.person == target.owner else 0.3
    else:
        return 0.0
    share = containment(column.sketch, target.sketch)
    return named + share if share is not None and share >= CONTAINED else 0.0


class Leading(Protocol):
    """What leads from rows of one table to those of another."""

    @property
    def table(self) -> str:
        """Where it leads to."""
        ...


def hanging(tables: Collection[str], keys: Mapping[str, Sequence[Leading]]) -> set[str]:
    """The tables that hang on any of `tables` by foreign keys, directly or by others; one of them only in a circle.

    >>> keys = {"b": [ForeignKey(("x",), "a", ("id",))], "c": [ForeignKey(("y",), "b", ("id",))]}
    >>> sorted(hanging({"a"}, keys))
    ['b', 'c']
    """
    found: set[str] = set()
    edge = set(tables)
    while edge:
        edge = {child for child, each in keys.items() for key in each if key.table in edge} - found
        found |= edge
    return found
