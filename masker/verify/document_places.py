"""Where in a document the promised rows and cells stand: the promises of all tables of a file, as one tree of steps."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

ELEMENT, MEMBER = "\0element", "\0member"
"""Steps that stand for any element of an array and for any member of an object; no key of a promise begins like them
but behind a dot."""


@dataclass(slots=True)
class Spot:
    """One place: what can stand below it, whether its values are rows, and where these say of which kind they are."""

    number: int
    below: dict[str, "Spot"] = field(default_factory=dict)
    is_row: bool = False
    word: int = -1


@dataclass(slots=True)
class Places:
    """The places of one file. `tables` maps (place of a row, its kind) to a table's number."""

    lines: bool
    root: Spot
    names: list[str]
    columns: list[dict[tuple[int, bool], str]]
    tables: dict[tuple[int, str | None], int]


def places_of(told: Sequence[tuple[str, str]]) -> Places:
    """The places that promises tell, given as (table, `TablePromise.at`) for all tables of a file."""
    root = Spot(0)
    count = [0]

    def go(spot: Spot, steps: Sequence[object]) -> Spot:
        for step in steps:
            key = ELEMENT if step is None else MEMBER if step is True else "." + str(step)
            if key not in spot.below:
                count[0] += 1
                spot.below[key] = Spot(count[0])
            spot = spot.below[key]
        return spot

    places = Places(False, root, [], [], {})
    for number, (name, at) in enumerate(told):
        spec = json.loads(at)
        places.lines = bool(spec["lines"])
        row = go(root, spec["rows"])
        row.is_row = True
        kind: str | None = None
        if spec["kinds"]:
            length, word, kind = spec["kinds"]
            of = go(root, spec["rows"][:length])
            of.is_row = True
            of.word = go(of, word).number
        columns: dict[tuple[int, bool], str] = {}
        for column, steps in spec["columns"].items():
            is_key = bool(steps) and type(steps[-1]) is int
            spot = go(row, steps[:-1] if is_key else steps)
            columns[spot.number, is_key] = column
        places.names.append(name)
        places.columns.append(columns)
        places.tables[row.number, kind] = number
    return places
