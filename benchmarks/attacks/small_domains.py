"""Small domains: with few values, counting or a few known people give the whole mapping away.

Naveed, Kamara and Wright 2015; Hoang, Tessaro and Trieu 2018, "The Curse of Small Domains".
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.attacks import Attack, Outcome
from benchmarks.attacks.copies import World
from benchmarks.attacks.frequency import matched
from benchmarks.attacks.seen import sample

SMALL = (("customers", "tier"), ("orders", "status"), ("customers", "job_title"))
PAIRS = (3, 10, 100)


def extended(cells: pd.Series, truth: pd.Series, known: np.ndarray) -> pd.Series:
    """The guess for every row from the known rows: equal pseudonyms, equal originals; '' where none is known."""
    pairs = dict(zip(cells.iloc[known], truth.iloc[known], strict=True))
    return cells.map(pairs).fillna("")


def between(cells: pd.Series, truth: pd.Series, known: np.ndarray) -> pd.Series:
    """The guess for every row's number from the known rows: a straight line between the nearest known pseudonyms."""
    numbers = cells.astype(float).to_numpy()
    order = known[np.argsort(numbers[known])]
    line = np.interp(numbers, numbers[order], truth.astype(float).to_numpy()[order])
    return pd.Series(np.rint(line).astype(np.int64).astype(str), index=cells.index)


def run(world: World) -> Iterator[Outcome]:
    """Small columns as the owner masked them: by counting, then from known people; names and keys from known people."""
    tables, public = world.population.tables, world.population.public
    for table, column in SMALL:
        truth, cells = tables[table][column], world.owners.tables[table][column]
        some = truth != ""
        guess = float(public[column]["weight"].max() / public[column]["weight"].sum())
        way, how = (
            str(world.owners.ways[table, column]),
            f"{column} of {truth[some].nunique()} values, masked by its owner",
        )
        right = matched(cells[some], public[column]) == truth[some]
        yield Outcome(f"{how}: by counting", int(some.sum()), int(right.sum()), guess, way)
        for pairs in PAIRS:
            yield _known(how, cells[some], truth[some], pairs, guess, way)
    for column in ("first_name", "last_name"):
        truth = tables["customers"][column]
        guess = float(public[column].groupby("value")["weight"].sum().max())
        for whose, copy in {"the profile": world.copy, "its owner's by-value variant": world.owners}.items():
            way = str(copy.ways["customers", column])
            yield _known(f"{column} in {whose}", copy.tables["customers"][column], truth, 100, guess, way)
    truth, cells = tables["customers"]["customer_id"], world.copy.tables["customers"]["customer_id"]
    way = str(world.copy.ways["customers", "customer_id"])
    known = sample(len(truth), 100)
    rest = np.setdiff1d(np.arange(len(truth)), known)
    right = between(cells, truth, known) == truth
    yield Outcome("customer_id: 100 known rows", len(rest), int(right.iloc[rest].sum()), 1 / len(truth), str(way))


def _known(how: str, cells: pd.Series, truth: pd.Series, pairs: int, guess: float, way: str) -> Outcome:
    """The rows of people other than the known ones that the known ones decide rightly."""
    known = sample(len(truth), pairs)
    rest = np.setdiff1d(np.arange(len(truth)), known)
    right = (extended(cells, truth, known) == truth).iloc[rest]
    return Outcome(f"{how}: {pairs} known rows", len(rest), int(right.sum()), guess, way)


ATTACK = Attack("small domains", "the exact distribution, or k rows of people that one knows", run)
