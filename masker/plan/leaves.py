"""Masks the values in JSON text, each by the way that its path says and all others by the column's own; see `inside`.

RFC 8259. All tokens that stay keep their bytes. A cell that is no JSON, has a key twice in one object, or has something
else where a path says that a value is, cannot be read.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pyarrow as pa

from masker.columns import text_array
from masker.plan.inside import put
from masker.plan.json_values import Found, Trail, UnreadableError, is_number, is_text, values

Mask = Callable[[pa.Array], pa.Array]
"""New texts for texts; NULL where a JSON null is to stand."""


def mask_leaves(cells: Sequence[str | None], trail: Trail, masks: Sequence[Mask], others: Mask) -> list[str | None]:
    """The cells with the values at paths masked, and by `others` all other texts and numbers.

    NULL and "" stay; NULL comes back for a cell that cannot be read. `true`, `false` and `null` at no path stay. A
    number whose pseudonym is none becomes a string.
    """
    read = [_read(cell, trail) if cell else [] for cell in cells]
    texts: list[list[str]] = [[] for _ in (*masks, others)]
    for leaves in read:
        for found, way in leaves or ():
            texts[way].append(found.text)
    masked = [iter(mask(text_array(t)).to_pylist()) for mask, t in zip((*masks, others), texts, strict=True)]
    done: list[str | None] = []
    for cell, leaves in zip(cells, read, strict=True):
        new = [next(masked[way]) for _, way in leaves or ()]
        if leaves is None:
            done.append(None)
        else:
            at = [_as_written(found, text) for (found, _), text in zip(leaves, new, strict=True)]
            done.append(put(cell, at, new) if cell and leaves else cell)
    return done


def _as_written(found: Found, text: str | None) -> Found:
    """What was a number and is none any more is a string."""
    if found.kind == "number" and text is not None and not is_number(text):
        return replace(found, kind="string")
    return found


def _read(cell: str, trail: Trail) -> list[tuple[Found, int]] | None:
    try:
        seen = values(cell, trail)
    except UnreadableError:
        return None
    return seen.found if not seen.twice and all(is_text(found.text) for found, _ in seen.found) else None
