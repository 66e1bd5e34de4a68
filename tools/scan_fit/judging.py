"""The scan over observed tables, under any weights: findings, and the log-odds of every candidate as linear forms."""

from collections.abc import Iterator
from dataclasses import dataclass

from masker.findings import Findings
from masker.scan import findings_of, known_lexicon
from masker.scan.tables import draft, judge_table
from masker.scan.weights import Weights, using
from tools.scan_fit.labelled import LabelledFile, LabelledSet, fold, label_of
from tools.scan_fit.linear import Parts, parts_of

KEYS = "person_key"


@dataclass(frozen=True)
class Example:
    """One question with its answer: is this column of that infotype? `parts` are the weights in its odds."""

    column: tuple[str, str, str]
    parts: Parts
    answer: bool


def judged(file: LabelledFile, by: Weights, *, named: bool = True) -> Findings:
    """What the scan finds in a file under these weights."""
    with using(by):
        words = known_lexicon()
        drafts = [draft(table, judge_table(table, words, named=named), words, named=named) for table in file.tables]
        return findings_of(drafts, source=file.path)


def examples(source: LabelledSet, by: Weights, groups: dict[str, str], *, named: bool) -> Iterator[Example]:
    """The questions that a set asks: of each labelled column, each candidate of it.

    `named`: with the names of tables and columns, or by values alone. What speaks for clean is not fitted: fitted like
    the rest it called direct identifiers clean (in sets that it had not seen, 3 % of them with names, 27 % without).
    """
    with using(by):
        for file in source.files:
            for observed in file.tables:
                name = observed.table.name
                labels = label_of(source, name, len(file.tables))
                for column in judge_table(observed, known_lexicon(), named=named).columns if labels else ():
                    label = labels.columns.get(fold(column.column.name)) if labels else None
                    if label is None or label.doubt or label.infotype in (KEYS, "other"):
                        continue
                    where = (source.name, f"{name} {named}", column.column.name)
                    for candidate in column.candidates:
                        if candidate.infotype != KEYS:
                            right = groups.get(candidate.infotype, candidate.infotype) == groups.get(
                                label.infotype, label.infotype
                            )
                            yield _example(where, candidate.log_odds, right)


def _example(where: tuple[str, str, str], odds: float, answer: bool) -> Example:
    return Example(where, parts_of(odds), answer)
