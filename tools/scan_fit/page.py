"""The figures as lines for a terminal, and as the page `docs/detection.md`."""

from collections.abc import Callable, Iterator, Sequence

from tools.scan_fit.figures import (
    Row,
    TableRow,
    called_clean,
    direct_recall,
    f1_by_kind,
    false_alarms,
    interval,
    macro_f1,
    seen_recall,
    sources,
    subject_share,
    unsure,
    worst,
)

Result = tuple[list[Row], list[TableRow]]


def _keyless(rows: Sequence[Row]) -> float:
    return false_alarms(rows, keys=False)


FIGURES: tuple[tuple[str, Callable[[Sequence[Row]], float], bool], ...] = (
    ("direct identifiers found as the right kind", direct_recall, False),
    ("the same, of files that can be read", seen_recall, False),
    ("direct identifiers called clean", called_clean, True),
    ("flagged though nothing personal", false_alarms, True),
    ("flagged though nothing personal, keys of people aside", _keyless, True),
    ("macro F1", macro_f1, False),
    ("unsure", unsure, True),
)
"""A figure's name, the figure, and whether the highest is the worst."""


def told(named: Result, values: Result, failed: Sequence[str]) -> Iterator[str]:
    """The figures, one a line."""
    for way, (rows, tables) in (("with names", named), ("values alone", values)):
        for name, figure, highest in FIGURES:
            yield f"{way}: {_figure(name, rows, figure, highest)}"
        low, high = interval(tables, subject_share)  # type: ignore[arg-type]
        yield f"{way}: data subject right: {subject_share(tables):.3f} ({low:.3f} to {high:.3f})"
    yield f"files that could not be read: {len(failed)}"


def _figure(name: str, rows: Sequence[Row], figure: Callable[[Sequence[Row]], float], highest: bool) -> str:
    low, high = interval(rows, figure)  # type: ignore[arg-type]
    where, value = worst(rows, figure, highest=highest)
    return f"{name}: {figure(rows):.3f} ({low:.3f} to {high:.3f}), worst {where} {value:.3f}"


def page(named: Result, values: Result, failed: Sequence[str]) -> Iterator[str]:
    """The page, in Markdown."""
    rows, tables = named
    yield "# Detection"
    yield ""
    yield "<!-- Written by `python -m tools.fit_scan CORPUS --write`. -->"
    yield ""
    yield "How well `masker scan` finds personal columns, measured on labelled public databases and exports. Every"
    yield "set is judged by weights that were fitted on all the other sets, never on itself. A column that stands in"
    yield "several files of a set counts once; one of a file that cannot be read counts as missed. Intervals are 95 %,"
    yield "with whole sets drawn anew."
    yield ""
    yield "| figure | with names | by values alone | worst set, with names |"
    yield "|---|---|---|---|"
    for name, figure, highest in FIGURES:
        where, value = worst(rows, figure, highest=highest)
        yield f"| {name} | {_cell(rows, figure)} | {_cell(values[0], figure)} | {where} {value:.2f} |"
    subject = [f"{subject_share(side):.3f}" for side in (tables, values[1])]
    yield f"| data subject of tables right | {subject[0]} | {subject[1]} | |"
    yield ""
    yield "Keys of people are counted twice above. Labels call the running numbers of customers and employees nothing"
    yield "personal in most sets; masker calls them `person_key` and masks them, since they lead back to the person in"
    yield "the database that the copy was made of."
    yield ""
    yield "## By kind"
    yield ""
    yield "| kind | F1, with names | F1, by values alone |"
    yield "|---|---|---|"
    alone = f1_by_kind(values[0])
    for name, value in f1_by_kind(rows).items():
        yield f"| {name} | {value:.2f} | {alone.get(name, float('nan')):.2f} |"
    yield ""
    yield "## By set"
    yield ""
    yield "| set | columns | direct identifiers found | flagged without reason | subjects right |"
    yield "|---|---|---|---|---|"
    for source in sources(rows):
        own = [row for row in rows if row.source == source]
        theirs = [row for row in tables if row.source == source]
        yield (
            f"| {source} | {len({(row.table, row.column) for row in own})} | {direct_recall(own):.2f} "
            f"| {false_alarms(own):.2f} | {subject_share(theirs):.2f} |"
        )
    yield ""
    yield f"{len(failed)} files of the sets could not be read" + (":" if failed else ".")
    for path in failed:
        yield f"- {path}"


def _cell(rows: Sequence[Row], figure: Callable[[Sequence[Row]], float]) -> str:
    low, high = interval(rows, figure)  # type: ignore[arg-type]
    return f"{figure(rows):.3f} ({low:.2f} to {high:.2f})"
