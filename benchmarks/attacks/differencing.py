"""Differencing: two copies of one source are held against each other.

Ganta, Kasiviswanathan and Smith 2008, "Composition Attacks and Auxiliary Information in Data Privacy".
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.attacks import Attack, Outcome
from benchmarks.attacks.copies import Copy, World
from benchmarks.attacks.seen import OPEN


def joined(one: pd.Series, two: pd.Series) -> tuple[int, float]:
    """How many rows of `one` a unique equal value of `two` finds in the right row, both in the source's order."""
    at = pd.Series(np.arange(len(two)), index=two.to_numpy())
    at = at[~at.index.duplicated(keep=False)]
    found = one[~one.duplicated(keep=False)].map(at)
    return len(one), int((found == found.index.to_numpy()).sum())


def kept(copy: Copy, table: str) -> pd.Series:
    """What a row shows without a key, as one text."""
    names = [name for (where, name), way in copy.ways.items() if where == table and way.method.name in OPEN]
    return copy.tables[table][names].agg("\x1f".join, axis=1)


def histories(copy: Copy) -> pd.Series:
    """For each customer's row what is kept of them and of their orders, as one text: orders are joined by the key."""
    own = kept(copy, "customers")
    if copy.tables["customers"].duplicated("customer_id").any():
        return own
    orders = pd.DataFrame({"id": copy.tables["orders"]["customer_id"], "shown": kept(copy, "orders")})
    told = orders.sort_values(["id", "shown"]).groupby("id")["shown"].agg("\x1e".join)
    return own + "\x1d" + copy.tables["customers"]["customer_id"].map(told).fillna("")


def leavers(before: pd.Series, after: pd.Series) -> np.ndarray:
    """The rows of `before` whose value is missing in `after`."""
    return np.flatnonzero(~before.isin(after))


def run(world: World) -> Iterator[Outcome]:
    """Joins across purposes, by pseudonym, by what is kept and by position; then who left between two dates."""
    copy, other, later = world.copy, world.other, world.later
    people = len(world.population)
    for column in ("customer_id", "email"):
        rows, hits = joined(copy.tables["customers"][column], other.tables["customers"][column])
        yield Outcome(f"two purposes, joined by the pseudonym of {column}", rows, hits, 1 / people)
    yield Outcome(
        "two purposes, joined by what a row keeps",
        *joined(kept(copy, "customers"), kept(other, "customers")),
        1 / people,
    )
    yield Outcome(
        "two purposes, joined by what a row and its orders keep", *joined(histories(copy), histories(other)), 1 / people
    )
    before, after = kept(copy, "customers"), kept(other, "customers")
    same = int((before.to_numpy() == after.to_numpy()).sum())
    yield Outcome("two purposes, joined by the position of the row", people, same, 1 / people)
    left = leavers(copy.tables["customers"]["customer_id"], later.tables["customers"]["customer_id"])
    yield Outcome("two dates, one purpose: the one person who left", 1, int(left.tolist() == [world.gone]), 1 / people)
    staying = copy.tables["customers"]["customer_id"].isin(later.tables["customers"]["customer_id"])
    yield Outcome("two dates, one purpose: the same people joined", people, int(staying.sum()), 1 / people)


ATTACK = Attack("differencing", "nothing but two copies of one source", run)
