"""The figures as lines for a terminal, and as the page `docs/detection.md`."""

from collections.abc import Iterator
from typing import Any

from tools.scan_fit.summary import ALONE, HELD_OUT, IN_USE, NAMED, Summary

GOALS = {
    (NAMED, "direct identifiers found as the right kind"): "≥ 0.95",
    (NAMED, "flagged though nothing personal"): "≤ 0.03",
    (NAMED, "macro F1"): "≥ 0.85",
    (NAMED, "data subject of tables right"): "≥ 0.90",
    (ALONE, "direct identifiers found as the right kind"): "≥ 0.70",
    (ALONE, "flagged though nothing personal"): "≤ 0.03",
}


def told(summary: Summary) -> Iterator[str]:
    """The figures, one a line."""
    for ways, figures in summary["figures"].items():
        for one in figures:
            yield (
                f"{ways}: {one['name']}: {one['value']:.3f} ({one['low']:.3f} to {one['high']:.3f}), "
                f"worst {one['worst']} {one['there']:.3f}"
            )
    yield f"files that could not be read: {sum(summary['unread'].values())}"


def page(summary: Summary) -> Iterator[str]:
    """The page, in Markdown."""
    yield from f"""\
# Detection

<!-- `python -m tools.fit_scan CORPUS --write` measures and writes this; `--check` tells when it drifts. -->

How well `masker scan` finds personal columns, measured on labelled public databases and exports: {summary["sets"]}
sets, {summary["tables"]} tables, {summary["columns"]} columns. A column that stands in several files of a set counts
once; one of a file that cannot be read counts as missed. Intervals are 95 %, with whole sets drawn anew; the worst set
stands beside each.

**In use** are the weights of `masker/scan/weights.toml`, chosen by hand by people who have seen these sets. **Held
out** are weights that were fitted on all the other sets and judge one that they have not seen: for weights the honest
figure of the two. Rules, words and lists are the same in both, and those were written with these sets at hand: expect
less than either on data that is unlike them. [Decision 0029](decisions/0029-columns-beside-each-other.md) says why the
fitted ones are not in use.""".splitlines()
    for way in (NAMED, ALONE):
        yield from ("", f"## {way.capitalize()}", "", "| figure | goal | in use | held out | worst set, in use |")
        yield "|---|---|---|---|---|"
        fitted = {one["name"]: one for one in summary["figures"][f"{HELD_OUT}, {way}"]}
        for one in summary["figures"][f"{IN_USE}, {way}"]:
            goal = GOALS.get((way, one["name"]), "")
            yield (
                f"| {one['name']} | {goal} | {_cell(one)} | {_cell(fitted[one['name']])} "
                f"| {one['worst']} {_number(one['there'])} |"
            )
    yield from """
Keys of people are counted twice. Labels call the running numbers of customers and employees nothing personal in most
sets; masker calls them `person_key` and masks them, since they lead back to the person in the database that the copy
was made of. `unsure` columns are neither flagged nor kept: a run without a profile gives them pseudonyms of the same
shape, a profile has to decide them.

By values alone a column without a value cannot be found; about one direct identifier in six here has none, or stands in
a file that cannot be read.

## By infotype

| infotype | labelled columns | found as its kind, with names | by values alone |
|---|---|---|---|""".splitlines()
    for one in summary["infotypes"]:
        yield f"| {one['name']} | {one['columns']} | {_number(one[NAMED])} | {_number(one[ALONE])} |"
    yield from ("", "Of infotypes with fewer than ten columns these say little.", "", "## By kind", "")
    yield from ("| kind | F1, with names | F1, by values alone |", "|---|---|---|")
    for one in summary["kinds"]:
        yield f"| {one['name']} | {_number(one[NAMED])} | {_number(one[ALONE])} |"
    yield from ("", "## By set", "")
    yield "| set | columns | direct, names | direct, values | flagged | but for keys | unsure | subjects right |"
    yield "|---|---|---|---|---|---|---|---|"
    for one in summary["by_set"]:
        cells = (one[name] for name in ("direct", "alone", "flagged", "keyless", "unsure", "subjects"))
        yield f"| {one['name']} | {one['columns']} | " + " | ".join(map(_number, cells)) + " |"
    unread = ", ".join(f"{many} {code}" for code, many in summary["unread"].items()) or "none"
    yield from ("", f"Files that could not be read: {unread}.")


def _cell(one: dict[str, Any]) -> str:
    return f"{one['value']:.3f} ({one['low']:.2f} to {one['high']:.2f})"


def _number(value: float | None) -> str:
    return "–" if value is None or value != value else f"{value:.2f}"
