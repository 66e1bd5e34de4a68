"""Frequency: the n-th most frequent pseudonym is taken for the n-th most frequent name or city of public statistics.

Naveed, Kamara and Wright 2015, "Inference Attacks on Property-Preserving Encrypted Databases".
"""

from collections.abc import Iterator

import pandas as pd

from benchmarks.attacks import Attack, Outcome
from benchmarks.attacks.copies import Copy, World

COLUMNS = ("first_name", "last_name", "city")


def matched(cells: pd.Series, public: pd.DataFrame) -> pd.Series:
    """The guess for each cell: values of `public` (`value`, `weight`) by rank of weight, for cells by rank of count."""
    ranks = cells.value_counts().index
    told = public.groupby("value", sort=False)["weight"].sum().sort_values(ascending=False, kind="stable").index
    return cells.map(dict(zip(ranks, told, strict=False))).fillna("")


def readable(copy: Copy, public: pd.DataFrame) -> list[str]:
    """The columns that public statistics go by and that the copy keeps."""
    groups = [name for name in ("country", "gender") if name in public.columns]
    return [name for name in groups if copy.ways["customers", name].method.name == "keep"]


def by_rank(copy: Copy, column: str, public: pd.DataFrame, *, look: bool) -> pd.Series:
    """The guess for each row: ranks matched inside the groups that the copy keeps, or, unless `look`, the likeliest."""
    table = copy.tables["customers"]
    cells = table[column] if look else pd.Series("", index=table.index)
    kept = readable(copy, public)
    if not kept:
        return matched(cells, public)
    parts = []
    for values, rows in table.groupby(kept):
        told = public
        for name, value in zip(kept, values, strict=True):
            told = told[told[name] == value] if value else told
        parts.append(matched(cells.loc[rows.index], told))
    return pd.concat(parts).reindex(table.index)


def run(world: World) -> Iterator[Outcome]:
    """Names and cities as the profile masks them, and by value as an owner may; all figures are of rows."""
    for column in COLUMNS:
        truth, public = world.population.tables["customers"][column], world.population.public[column]
        guess = float(public.groupby("value")["weight"].sum().max())
        unseen = by_rank(world.copy, column, public, look=False) == truth
        yield Outcome(
            f"{column}, pseudonym not looked at: the likeliest by what else is kept",
            len(truth),
            int(unseen.sum()),
            guess,
        )
        for whose, copy in {"the profile": world.copy, "its owner's by-value variant": world.owners}.items():
            cells, way = copy.tables["customers"][column], str(copy.ways["customers", column])
            right = by_rank(copy, column, public, look=True) == truth
            yield Outcome(f"{column} in {whose}", len(truth), int(right.sum()), guess, way)
            top = cells == cells.value_counts().index[0]
            text = f"{column} in {whose}: rows of the most frequent pseudonym"
            yield Outcome(text, int(top.sum()), int(right[top].sum()), guess, way)


ATTACK = Attack("frequency", "the exact distribution of names and cities by country and gender", run)
