"""The figures of a measurement as plain numbers and words: `docs/detection.json`, which the page is written from.

No name of a table or column of the labelled sets is in it, and no value.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.scan_fit.figures import (
    Row,
    TableRow,
    called_clean,
    direct_recall,
    f1_by_kind,
    false_alarms,
    found_by_infotype,
    interval,
    macro_f1,
    seen_recall,
    sources,
    subject_share,
    unsure,
    worst,
)

Result = tuple[list[Row], list[TableRow]]
Summary = Mapping[str, Any]


def keyless_alarms(rows: Sequence[Row]) -> float:
    """`false_alarms` without those that are keys of people."""
    return false_alarms(rows, keys=False)


FIGURES: tuple[tuple[str, Callable[[Sequence[Row]], float], bool], ...] = (
    ("direct identifiers found as the right kind", direct_recall, False),
    ("the same, of files that can be read", seen_recall, False),
    ("direct identifiers called clean", called_clean, True),
    ("flagged though nothing personal", false_alarms, True),
    ("flagged though nothing personal, keys of people aside", keyless_alarms, True),
    ("macro F1", macro_f1, False),
    ("unsure", unsure, True),
)
"""A figure's name, the figure, and whether the highest is the worst."""
SUBJECT = "data subject of tables right"
SUBJECT_SEEN = "the same, of tables that can be read"
NAMED, ALONE = "with names", "by values alone"
IN_USE, HELD_OUT = "in use", "held out"


def judged_by(folder: Path) -> str:
    """SHA-256 over the files of `masker/scan` that hold weights and words: by what the figures were made."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.toml"), *folder.glob("lists/*.txt")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def summary(results: Mapping[tuple[str, str], Result], unread: Sequence[str], judged: str) -> Summary:
    """The figures of each way of weighing and reading; `unread` are the code words of files that could not be read."""
    rows, tables = results[IN_USE, NAMED]
    alone = results[IN_USE, ALONE][0]
    return {
        "judged_by": judged,
        "sets": len(list(sources(rows))),
        "tables": len({(row.source, row.table) for row in tables}),
        "columns": len({(row.source, row.table, row.column) for row in rows}),
        "unread": dict(sorted(Counter(unread).items())),
        "figures": {f"{weights}, {way}": _figures(*result) for (weights, way), result in results.items()},
        "infotypes": [
            {"name": name, "columns": many, NAMED: found, ALONE: found_by_infotype(alone).get(name, (0, 0.0))[1]}
            for name, (many, found) in found_by_infotype(rows).items()
        ],
        "kinds": [{"name": n, NAMED: v, ALONE: f1_by_kind(alone).get(n)} for n, v in f1_by_kind(rows).items()],
        "by_set": [_of_set(source, rows, tables, alone) for source in sources(rows)],
    }


def _figures(rows: list[Row], tables: list[TableRow]) -> list[dict[str, Any]]:
    found = [_figure(name, rows, figure, highest) for name, figure, highest in FIGURES]
    seen = [table for table in tables if table.found != "unseen"]
    return [*found, _subjects(SUBJECT, tables), _subjects(SUBJECT_SEEN, seen)]


def _figure(name: str, rows: list[Row], figure: Callable[[Sequence[Row]], float], highest: bool) -> dict[str, Any]:
    low, high = interval(rows, figure)  # type: ignore[arg-type]
    where, value = worst(rows, figure, highest=highest)
    return {"name": name, "value": figure(rows), "low": low, "high": high, "worst": where, "there": value}


def _subjects(name: str, tables: list[TableRow]) -> dict[str, Any]:
    low, high = interval(tables, subject_share)  # type: ignore[arg-type]
    where, value = worst(tables, subject_share)  # type: ignore[arg-type]
    return {"name": name, "value": subject_share(tables), "low": low, "high": high, "worst": where, "there": value}


def _of_set(source: str, rows: Sequence[Row], tables: Sequence[TableRow], alone: Sequence[Row]) -> dict[str, Any]:
    own = [row for row in rows if row.source == source]
    return {
        "name": source,
        "columns": len({(row.table, row.column) for row in own}),
        "direct": direct_recall(own),
        "alone": direct_recall([row for row in alone if row.source == source]),
        "flagged": false_alarms(own),
        "keyless": keyless_alarms(own),
        "unsure": unsure(own),
        "subjects": subject_share([table for table in tables if table.source == source]),
    }
