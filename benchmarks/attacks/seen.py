"""What of a column shows in a copy whatever the key, and which rows fit what somebody knows of a person."""

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.attacks.copies import Copy, Way

OPEN = ("keep", "generalize", "partial")
"""Methods that use no key: whoever knows the value and the profile knows the cell."""


def shows(way: Way, values: pd.Series, *, masked: bool) -> pd.Series:
    """What can be compared of each value: cells of the copy where `masked`, else originals; '' where nothing is."""
    name = way.method.name
    if name in ("drop", "null"):
        return pd.Series("", index=values.index)
    some = values != ""
    if name in OPEN:
        return values if masked else _openly(way, values)
    if name == "fpe":
        check, prefix = getattr(way.method, "check", "none"), getattr(way.method, "keep_prefix", 0)
        if check == "phone":
            return values.str.replace(r"\D", "", regex=True).str[:-7].where(some, "")
        shape = values.str.replace(r"\d", "9", regex=True).str.replace(r"[A-Za-z]", "A", regex=True)
        return values.str[:prefix] + shape.str[prefix:]
    if name == "permute":
        return values.str.len().astype(str).where(some, "")
    return pd.Series(np.where(some, "*", ""), index=values.index)


def _openly(way: Way, values: pd.Series) -> pd.Series:
    known = values.unique()
    column = pa.array(known, pa.string())
    return values.map(dict(zip(known, way.method(None, column).to_pylist(), strict=True)))


def fitting(copy: Copy, table: str, known: pd.DataFrame) -> list[np.ndarray]:
    """For each row of `known` (true values of people) the numbers of the copy's rows that it may be."""
    held = copy.tables[table]
    exact, moved = [], []
    for column in known.columns:
        (moved if copy.ways[table, column].method.name == "shift_date" else exact).append(column)
    theirs = pd.DataFrame({name: shows(copy.ways[table, name], held[name], masked=True) for name in exact})
    ours = pd.DataFrame({name: shows(copy.ways[table, name], known[name], masked=False) for name in exact})
    for name in moved:
        theirs[name], ours[name] = (held[name] != "").astype(str), (known[name] != "").astype(str)
    rows = theirs.groupby(list(theirs.columns)).indices
    if len(theirs.columns) == 1:
        rows = {(key if isinstance(key, tuple) else (key,)): found for key, found in rows.items()}
    fits = [rows.get(key, np.empty(0, dtype=np.intp)) for key in ours.itertuples(index=False, name=None)]
    for name in moved:
        within = copy.ways[table, name].method.days
        there, here = days(held[name]), days(known[name])
        fits = [found[np.abs(there[found] - day) <= within] for found, day in zip(fits, here, strict=True)]
    return fits


def days(dates: pd.Series) -> np.ndarray:
    """ISO dates (and times) as days since 1970; far away where empty."""
    text = dates.str[:10].where(dates != "", "0001-01-01")
    return text.to_numpy().astype("datetime64[D]").astype(np.int64)


def picked(fits: list[np.ndarray], truth: np.ndarray) -> tuple[int, float]:
    """How many targets are the only row that fits, and how many a random pick among the fitting rows gets right."""
    alone = sum(len(found) == 1 and found[0] == row for found, row in zip(fits, truth, strict=True))
    chance = sum((found == row).any() / max(1, len(found)) for found, row in zip(fits, truth, strict=True))
    return alone, float(chance)


def sample(size: int, most: int = 2000) -> np.ndarray:
    """Row numbers of the attacked people: all, or `most` drawn with a fixed seed."""
    return np.sort(np.random.default_rng(5).permutation(size)[:most])
