"""Shapes: kept beginnings, lengths, empty cells, order of keys and of rows, and numbers that nobody masks."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.attacks import Attack, Outcome
from benchmarks.attacks.copies import World
from benchmarks.attacks.seen import fitting, picked, sample


def by_key_order(pseudonyms: np.ndarray, originals: np.ndarray, pairs: np.ndarray) -> int:
    """In how many pairs of rows the smaller pseudonym stands where the smaller key was."""
    one, two = pairs.T
    return int(((pseudonyms[one] < pseudonyms[two]) == (originals[one] < originals[two])).sum())


def run(world: World) -> Iterator[Outcome]:
    """What shows of a person's numbers, which cells are empty, how much there is of somebody, and in what order."""
    people, orders = world.population.tables["customers"], world.population.tables["orders"]
    rows, one = sample(len(people)), 1 / len(people)
    numbers = {
        "phone and card number": ["phone", "payment_card"],
        "phone, card and customer number, e-mail": ["phone", "payment_card", "customer_id", "email"],
    }
    gaps = ["phone", "payment_card", "job_title", "gender"]
    knowledge = {
        named: fitting(world.copy, "customers", people[columns].iloc[rows]) for named, columns in numbers.items()
    }
    knowledge["which of phone, card, job title and gender are empty"] = _by_empty(world, gaps, rows)
    visits, copy = world.population.tables["visits"], world.copy.tables
    ours = _counted(people["customer_id"], orders, visits)
    theirs = _counted(copy["customers"]["customer_id"], copy["orders"], copy["visits"])
    held = theirs.groupby(theirs).indices
    knowledge["how many orders and visits"] = [
        held.get(counts, np.empty(0, dtype=np.intp)) for counts in ours.iloc[rows]
    ]
    for named, fits in knowledge.items():
        alone, chance = picked(fits, rows)
        yield Outcome(f"{named}: singled out", len(rows), alone, one)
        yield Outcome(f"{named}: a pick among the rows that fit", len(rows), chance, one)
    known = sample(len(orders))
    fits = fitting(world.copy, "orders", orders[["order_id"]].iloc[known])
    alone, _ = picked(fits, known)
    yield Outcome(
        "one order number: the order found",
        len(known),
        alone,
        1 / len(orders),
        str(world.copy.ways["orders", "order_id"]),
    )
    pairs = np.random.default_rng(6).integers(0, len(people), (4000, 2))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    keys = people["customer_id"].astype(int).to_numpy()
    hits = by_key_order(copy["customers"]["customer_id"].astype(int).to_numpy(), keys, pairs)
    yield Outcome("which of two customers came first, by their keys", len(pairs), hits, 0.5)
    hits = by_key_order(np.arange(len(people)), keys, pairs)
    yield Outcome("which of two customers came first, by the order of the rows", len(pairs), hits, 0.5)


def _by_empty(world: World, columns: list[str], rows: np.ndarray) -> list[np.ndarray]:
    theirs, ours = (tables["customers"][columns] == "" for tables in (world.copy.tables, world.population.tables))
    found = theirs.groupby(columns).indices
    return [found.get(key, np.empty(0, dtype=np.intp)) for key in ours.iloc[rows].itertuples(index=False, name=None)]


def _counted(ids: pd.Series, orders: pd.DataFrame, visits: pd.DataFrame) -> pd.Series:
    """How many orders and visits each customer has, as one text."""
    counts = [
        ids.map(table["customer_id"].value_counts()).fillna(0).astype(int).astype(str) for table in (orders, visits)
    ]
    return counts[0] + " " + counts[1]


ATTACK = Attack("shapes", "a person's numbers, or what is missing or how much there is of somebody", run)
