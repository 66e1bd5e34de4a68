"""Dates: one known event, the rhythm of the week and of closed days, or the gaps between events tell whose they are.

de Montjoye et al. 2013, "Unique in the Crowd", for events; the closed days are what every customer shares.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.attacks import Attack, Outcome
from benchmarks.attacks.copies import Copy, World
from benchmarks.attacks.population import DAYS, TODAY, day_weights
from benchmarks.attacks.seen import days, sample

WEIGHTS = day_weights()
LEAST = 5
"""Events that a person needs for the attacks on rhythm and gaps."""


def at_known_time(copy: Copy, known: pd.Series, *, seconds: bool) -> list[np.ndarray]:
    """For each known order time the customers (pseudonyms) with an order that may be it."""
    orders, way = copy.tables["orders"], copy.ways["orders", "placed_at"].method
    there, here = days(orders["placed_at"]), days(known)
    times = dict(orders.groupby(orders["placed_at"].str[11:]).indices) if seconds else {}
    within = way.days if way.name == "shift_date" else 0
    found = []
    for day, time in zip(here, known.str[11:], strict=True):
        rows = times.get(time, np.empty(0, dtype=np.intp)) if seconds else np.arange(len(orders))
        found.append(orders["customer_id"].to_numpy()[rows[np.abs(there[rows] - day) <= within]])
    return [np.unique(ids) for ids in found]


def by_rhythm(moved: np.ndarray, within: int) -> int:
    """The likeliest shift of a person whose events now lie on the days `moved` (days since 1970)."""
    first = int((TODAY - DAYS).astype(np.int64))
    shifts = np.concatenate([np.arange(-within, 0), np.arange(1, within + 1)])
    at = moved[None, :] - shifts[:, None] - first
    inside = (at >= 0) & (at < DAYS)
    with np.errstate(divide="ignore"):
        chances = np.log(np.where(inside, WEIGHTS[np.clip(at, 0, DAYS - 1)], 0))
    return int(shifts[np.argmax(chances.sum(axis=1))])


def gaps(orders: pd.DataFrame) -> pd.Series:
    """For each customer with enough orders the days between them, as one text."""
    placed = pd.DataFrame({"id": orders["customer_id"], "day": days(orders["placed_at"])}).sort_values(["id", "day"])
    lists = placed.groupby("id")["day"].agg(list)
    lists = lists[lists.str.len() >= LEAST]
    return lists.map(lambda when: " ".join(map(str, np.diff(when))))


def run(world: World) -> Iterator[Outcome]:
    """Order times as the profile leaves them, then as an owner's profile shifts them by customer."""
    orders, people = world.population.tables["orders"], len(world.population)
    numbers = world.population.tables["customers"]["customer_id"]
    for whose, copy in {"the profile": world.copy, "its owner's variant that shifts": world.owners}.items():
        how, way = f"placed_at in {whose}", str(copy.ways["orders", "placed_at"])
        for told, seconds, most in (("to the second", True, 2000), ("by its day", False, 300)):
            rows = sample(len(orders), most)
            truth = copy.tables["orders"]["customer_id"].to_numpy()[rows]
            fits = at_known_time(copy, orders["placed_at"].iloc[rows], seconds=seconds)
            alone = sum(list(ids) == [right] for ids, right in zip(fits, truth, strict=True))
            yield Outcome(f"{how}: one order known {told}, its customer singled out", len(rows), alone, 1 / people, way)
        ours, theirs = gaps(orders), gaps(copy.tables["orders"])
        pseudonym = dict(zip(numbers, copy.tables["customers"]["customer_id"], strict=True))
        alone = theirs[~theirs.duplicated(keep=False)]
        book = dict(zip(alone, alone.index, strict=True))
        hits = sum(book.get(gap) == pseudonym[who] for who, gap in ours.items())
        text = f"{how}: the days between all of somebody's {LEAST} or more orders known"
        yield Outcome(text, len(ours), hits, 1 / people, way)
    method = world.owners.ways["orders", "placed_at"].method
    if method.name == "shift_date":
        yield from _rhythm(world, method.days)


def _rhythm(world: World, within: int) -> Iterator[Outcome]:
    orders, way = world.population.tables["orders"], str(world.owners.ways["orders", "placed_at"])
    there = days(world.owners.tables["orders"]["placed_at"])
    shifts = there - days(orders["placed_at"])
    for least in (LEAST, 15):
        groups = [rows for rows in orders.groupby("customer_id").indices.values() if len(rows) >= least]
        hits = sum(by_rhythm(there[rows], within) == shifts[rows[0]] for rows in groups)
        text = f"the exact shift of somebody with {least} or more orders, from weekdays, closed days and sales"
        yield Outcome(text, len(groups), hits, 1 / (2 * within), way)


ATTACK = Attack("dates", "one event of a person, or the days between a person's events, or when nobody buys", run)
