"""Fits the weights of the scan on labelled data sets, and says how good the scan is on a set that no weight has seen.

Leave one source out: for every set the weights are fitted on all the others, and that set is judged by them, with the
names of tables and columns and by values alone. What is printed are the findings of these runs, never of the fitted
sets, and beside them those of the weights in use; intervals are 95 %, over sources. `--write` keeps the figures in
`docs/detection.json` and writes `docs/detection.md` from them; `--fit` fits on all sets and writes
`masker/scan/weights.toml`; `--check` needs no corpus and tells whether page, figures and weights belong together.

Usage: `python -m tools.fit_scan CORPUS [--truth DIR] [--spread S] [--write] [--fit]`, or with `--check` or
`--write` alone: the page anew from the figures there are.
"""

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from masker.findings import Findings
from masker.scan.weights import as_weights
from tools.scan_fit.figures import Row, TableRow, kind
from tools.scan_fit.fitting import SPREAD, fit
from tools.scan_fit.judging import Example, examples, judged
from tools.scan_fit.labelled import LabelledSet, fold, label_of, read_sets
from tools.scan_fit.linear import numbers, remembering, with_numbers
from tools.scan_fit.page import page, told
from tools.scan_fit.summary import ALONE, HELD_OUT, IN_USE, NAMED, Result, judged_by, summary

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = ROOT / "masker" / "scan" / "weights.toml"
FIGURES, PAGE = Path("docs/detection.json"), Path("docs/detection.md")


def held_out(
    sets: list[LabelledSet], raw: Mapping[str, object], asked: Mapping[str, list[Example]], spread: float
) -> Iterator[tuple[LabelledSet, dict[str, float]]]:
    """Each set with the weights that were fitted on all the others."""
    chosen = numbers(raw)
    for source in sets:
        others = [example for name, found in asked.items() if name != source.name for example in found]
        yield source, fit(others, chosen, spread=spread)


def rows_of(source: LabelledSet, found: list[Findings]) -> tuple[list[Row], list[TableRow]]:
    """What was found beside what the labels say; what no file showed is `unseen` where it is personal."""
    rows: list[Row] = []
    tables: list[TableRow] = []
    seen: set[tuple[str, str]] = set()
    for findings in found:
        for table in findings:
            labels = label_of(source, table.name, len(findings.tables))
            if labels is None:
                continue
            if labels.subject:
                tables.append(TableRow(source.name, labels.name, labels.subject, table.subject))
            for finding in table.columns:
                label = labels.columns.get(fold(finding.column))
                if label is not None and not label.doubt:
                    place = (source.name, labels.name, fold(finding.column))
                    rows.append(Row(*place, label.infotype, finding.infotype, finding.decision))
                    seen.add(place[1:])
    for labels in source.labels.values():
        if labels.subject and labels.name not in {row.table for row in tables}:
            tables.append(TableRow(source.name, labels.name, labels.subject, "unseen"))
        for column, label in labels.columns.items():
            if not label.doubt and label.infotype != "none" and (labels.name, column) not in seen:
                rows.append(Row(source.name, labels.name, column, label.infotype, "none", "unseen"))
    return rows, tables


def measured(
    sets: list[LabelledSet], raw: Mapping[str, object], spread: float
) -> tuple[dict[tuple[str, str], Result], dict[str, list[Example]]]:
    """The findings of the weights in use and of those held out, with names and by values alone; and all questions."""
    remembered = as_weights(remembering(raw))
    kinds = {infotype: kind(infotype) for infotype in raw["infotype"]}  # type: ignore[attr-defined]
    asked = {
        source.name: [
            example for named in (True, False) for example in examples(source, remembered, kinds, named=named)
        ]
        for source in sets
    }
    pairs = {
        IN_USE: [(source, as_weights(raw)) for source in sets],
        HELD_OUT: [(source, as_weights(with_numbers(raw, by))) for source, by in held_out(sets, raw, asked, spread)],
    }
    results: dict[tuple[str, str], Result] = {}
    for weights, weighed in pairs.items():
        for way in (NAMED, ALONE):
            rows: list[Row] = []
            tables: list[TableRow] = []
            for source, by in weighed:
                found = [judged(file, by, named=way == NAMED) for file in source.files if not file.failed]
                more, others = rows_of(source, found)
                rows, tables = rows + more, tables + others
            results[weights, way] = rows, tables
    return results, asked


def main(arguments: list[str]) -> int:
    """Read the corpus once, fit and judge, print, write."""
    parser = argparse.ArgumentParser(description="Fit the weights of the scan, and measure it on sets it has not seen.")
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--spread", type=float, default=SPREAD)
    parser.add_argument("--write", action="store_true", help="write docs/detection.json and docs/detection.md")
    parser.add_argument("--fit", action="store_true", help="put weights that are fitted on all sets in use")
    parser.add_argument("--check", action="store_true", help="without CORPUS: whether the page is what was measured")
    chosen = parser.parse_args(arguments)
    if chosen.check:
        return check()
    if chosen.corpus is None:
        if not chosen.write:
            parser.error("CORPUS is missing")
        (ROOT / PAGE).write_text(written(), encoding="utf-8")
        return 0
    sets = list(read_sets(chosen.corpus, chosen.truth or chosen.corpus / "truth"))
    raw = tomllib.loads(WEIGHTS.read_text(encoding="utf-8"))
    results, asked = measured(sets, raw, chosen.spread)
    unread = [file.failed for source in sets for file in source.files if file.failed]
    figures = summary(results, unread, judged_by(WEIGHTS.parent))
    print("\n".join(told(figures)))
    if chosen.fit:
        everything = [example for found in asked.values() for example in found]
        write_weights(WEIGHTS, raw, fit(everything, numbers(raw), spread=chosen.spread))
    if chosen.write:
        text = json.dumps(figures, indent=1, ensure_ascii=False, default=float) + "\n"
        (ROOT / FIGURES).write_text(text, encoding="utf-8")
        (ROOT / PAGE).write_text(written(), encoding="utf-8")
    return 0


def written() -> str:
    """The page, from the figures that stand beside it."""
    return "\n".join(page(json.loads((ROOT / FIGURES).read_text(encoding="utf-8")))) + "\n"


def check() -> int:
    """0 where the page is what its figures say, and the figures are those of the weights and words in use; else 1."""
    faults = []
    if (ROOT / PAGE).read_text(encoding="utf-8") != written():
        faults.append(f"{PAGE} is not what {FIGURES} says")
    measured_by = json.loads((ROOT / FIGURES).read_text(encoding="utf-8"))["judged_by"]
    if measured_by != judged_by(WEIGHTS.parent):
        faults.append(f"{FIGURES} is of other weights or words than those in masker/scan: measure anew with --write")
    print("\n".join(faults) or f"{PAGE} is what was measured")
    return 1 if faults else 0


def write_weights(path: Path, raw: Mapping[str, object], fitted: Mapping[str, float]) -> None:
    """Put the fitted numbers in the place of those in the file; comments, order and words stay."""
    group = ""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if header := re.fullmatch(r"\[([\w.]+)\]\s*", line):
            group = header[1]
        elif number := re.fullmatch(r"(\w+)( *= *)(-?[\d.]+)( *#.*)?", line):
            name = f"{group}.{number[1]}"
            if name in fitted and fitted[name] != float(number[3]):
                line = f"{number[1]}{number[2]}{fitted[name]:g}{number[4] or ''}"
        lines.append(line)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
