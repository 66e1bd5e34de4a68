"""How good findings are, held to labels: shares over columns, F1 by kind, and intervals that respect the sources.

Columns of one source are alike, so intervals come from drawing whole sources anew (cluster bootstrap, percentiles).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

GROUPS: Mapping[str, str] = {
    **dict.fromkeys(("person_name", "first_name", "last_name"), "name"),
    **dict.fromkeys(("national_id", "tax_id", "passport", "driver_license"), "gov_id"),
    **dict.fromkeys(("iban", "bank_account"), "bank"),
    **dict.fromkeys(("city", "region", "country", "postal_code"), "place"),
}
"""Infotypes that count as the same kind."""

DIRECT = frozenset(
    "person_name first_name last_name email phone street_address birth_date national_id tax_id passport driver_license "
    "iban bank_account payment_card ip_address mac_address username secret session_id device_id geo_point "
    "vehicle_id".split()
)
KEYS = "person_key"
_DRAWS, _FEWEST = 1000, 3


@dataclass(frozen=True)
class Row:
    """A labelled column and what was found in it; `unseen` where no file of its set could be read."""

    source: str
    table: str
    column: str
    label: str
    found: str
    decision: str = ""


@dataclass(frozen=True)
class TableRow:
    """A labelled table and whose data was found in it."""

    source: str
    table: str
    subject: str
    found: str


def kind(infotype: str) -> str:
    """The kind that an infotype counts as."""
    return GROUPS.get(infotype, infotype)


def direct_recall(rows: Sequence[Row]) -> float:
    """The share of direct identifiers that were found as the right kind."""
    return _share(rows, lambda row: row.label in DIRECT, lambda row: kind(row.found) == kind(row.label))


def false_alarms(rows: Sequence[Row], *, keys: bool = True) -> float:
    """The share of columns with nothing personal in them that were flagged; without `keys`: but as keys of people."""
    return _share(
        rows, lambda row: row.label == "none", lambda row: row.found != "none" and (keys or row.found != KEYS)
    )


def called_clean(rows: Sequence[Row]) -> float:
    """The share of direct identifiers that the scan called clean: a run without a profile would keep them."""
    return _share(rows, lambda row: row.label in DIRECT, lambda row: row.decision == "clean")


def seen_recall(rows: Sequence[Row]) -> float:
    """`direct_recall` over the columns of files that could be read."""
    return direct_recall([row for row in rows if row.decision != "unseen"])


def unsure(rows: Sequence[Row]) -> float:
    """The share of columns that the scan decided neither way."""
    return _share(rows, lambda _: True, lambda row: row.decision == "unsure")


def f1_by_kind(rows: Sequence[Row]) -> dict[str, float]:
    """F1 of every kind that at least three columns have."""
    weight = _weights(rows)
    hits: dict[str, float] = defaultdict(float)
    wrong: dict[str, float] = defaultdict(float)
    missed: dict[str, float] = defaultdict(float)
    for row in rows:
        label, found = kind(row.label), kind(row.found)
        if label == found:
            hits[label] += weight[row]
        else:
            wrong[found] += weight[row]
            missed[label] += weight[row]
    names = sorted({kind(row.label) for row in rows} - {"none", "other"})
    return {
        name: 2 * hits[name] / (2 * hits[name] + wrong[name] + missed[name])
        for name in names
        if hits[name] + missed[name] >= _FEWEST
    }


def found_by_infotype(rows: Sequence[Row]) -> dict[str, tuple[int, float]]:
    """How many columns are labelled so, and which share of them was found as their kind; in the order of names."""
    labelled: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.label):
        if row.label not in ("none", "other"):
            labelled[row.label].append(row)
    return {
        label: (
            len({(row.source, row.table, row.column) for row in own}),
            _share(own, lambda _: True, lambda row: kind(row.found) == kind(row.label)),
        )
        for label, own in labelled.items()
    }


def macro_f1(rows: Sequence[Row]) -> float:
    """The mean of F1 over kinds."""
    found = f1_by_kind(rows)
    return sum(found.values()) / len(found) if found else float("nan")


def subject_share(tables: Sequence[TableRow]) -> float:
    """The share of tables whose data subject is right; a table in several files counts once."""
    times = Counter((row.source, row.table) for row in tables)
    whole = sum(1 / times[row.source, row.table] for row in tables)
    right = sum(1 / times[row.source, row.table] for row in tables if row.subject == row.found)
    return right / whole if whole else float("nan")


def interval(rows: Sequence[object], figure: Callable[[list[object]], float]) -> tuple[float, float]:
    """The 95 % interval of a figure: sources drawn anew 1,000 times, with a fixed seed."""
    by_source: dict[str, list[object]] = defaultdict(list)
    for row in rows:
        by_source[row.source].append(row)  # type: ignore[attr-defined]
    names = sorted(by_source)
    random = np.random.default_rng(7)
    drawn = []
    for _ in range(_DRAWS):
        chosen = [row for i in random.integers(0, len(names), len(names)) for row in by_source[names[i]]]
        value = figure(chosen)
        if value == value:  # not NaN
            drawn.append(value)
    return (float(np.percentile(drawn, 2.5)), float(np.percentile(drawn, 97.5))) if drawn else (0.0, 1.0)


def worst(rows: Sequence[Row], figure: Callable[[Sequence[Row]], float], *, highest: bool = False) -> tuple[str, float]:
    """The source where a figure is worst; none where no source has it."""
    found = {name: figure([row for row in rows if row.source == name]) for name in sorted({row.source for row in rows})}
    known = {name: value for name, value in found.items() if value == value}
    name = (max if highest else min)(known, key=lambda each: known[each], default="none")
    return name, known.get(name, float("nan"))


def _share(rows: Sequence[Row], among: Callable[[Row], bool], counts: Callable[[Row], bool]) -> float:
    weight = _weights(rows)
    whole = sum(weight[row] for row in rows if among(row))
    return sum(weight[row] for row in rows if among(row) and counts(row)) / whole if whole else float("nan")


def _weights(rows: Sequence[Row]) -> dict[Row, float]:
    # A column that stands in several files of its set counts once.
    times = Counter((row.source, row.table, row.column) for row in rows)
    same = Counter(rows)
    return {row: 1 / times[row.source, row.table, row.column] for row in same}


def sources(rows: Sequence[Row]) -> Iterator[str]:
    """The names of the sources, in order."""
    yield from sorted({row.source for row in rows})
