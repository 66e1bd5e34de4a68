"""The scan: what personal data a snapshot holds, whose, how sure, and why; detection proposes, the profile decides.

One pass over every table keeps a sample of values and keyed sketches; rules with readable weights (`weights.toml`)
turn names, values and the table as a whole into findings. Nothing in a finding is a value of the data.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import pyarrow as pa

from masker.callable_package import make_callable
from masker.findings import Findings, TableFindings
from masker.ner import Recogniser
from masker.relations import foreign_keys
from masker.scan.as_json import FindingsJson, findings_json
from masker.scan.hashing import Hasher
from masker.scan.headers import Lexicon, lexicon
from masker.scan.observe import SAMPLED, ObservedTable, observe
from masker.scan.paths_inside import documents_in
from masker.scan.subjects import all_words
from masker.scan.tables import Draft, draft, judge_table
from masker.scan.travel import travel
from masker.scan.weights import weights
from masker.snapshot import ForeignKey, Table

__all__ = ["FindingsJson", "findings_json", "scan"]

make_callable(__name__)


def scan(
    batches_by_table: Iterable[tuple[Table, Callable[[], Iterator[pa.RecordBatch]]]],
    *,
    source: str,
    rows: int | None = None,
    ignore_names: bool = False,
    model: Recogniser | None = None,
) -> Findings:
    """Scan tables, each given with a function that opens its batches; every table is read once, in bounded memory.

    `rows` is how many non-null values of a column are looked at (1,000 where None); counts, uniqueness and keys come
    from all rows all the same. `ignore_names` judges by values alone. `model` is asked what stands inside
    texts. The same tables give the same findings, however they come in batches. Errors of the readers pass through.
    """
    named = not ignore_names
    words = known_lexicon()
    hasher = Hasher()
    size = SAMPLED if rows is None else max(rows, 1)
    drafts = [
        _drafted(observe(table, batches, hasher, size=size), words, named=named, model=model)
        for table, batches in batches_by_table
    ]
    return findings_of(drafts, source=source)


def _drafted(observed: ObservedTable, words: Lexicon, *, named: bool, model: Recogniser | None) -> Draft:
    """One table's draft, with findings for the paths into columns that hold JSON."""
    seen = judge_table(observed, words, named=named)
    drafted = draft(observed, seen, words, named=named, model=model)
    columns = list(drafted.findings.columns)
    for number, each in enumerate(seen.columns):
        documents = documents_in(each.column, drafted.findings.name)
        if documents is None:
            continue
        table, batch = documents
        inside = observe(table, partial(iter, [batch]), Hasher())
        inner = draft(inside, judge_table(inside, words, named=named), words, named=named)
        columns[number] = replace(columns[number], inside=inner.findings.columns)
    return replace(drafted, findings=replace(drafted.findings, columns=tuple(columns)))


def findings_of(drafts: Sequence[Draft], *, source: str) -> Findings:
    """The findings of tables that were judged one by one: keys between them, and what travels along these."""
    key_shaped = {d.findings.name: d.key_shaped for d in drafts}
    things = frozenset(d.findings.name for d in drafts if d.of_things)
    dealings = frozenset(d.findings.name for d in drafts if d.of_dealings)
    return Findings(source, travel(_related(drafts), key_shaped, things, dealings))


def known_lexicon() -> Lexicon:
    """The header words of all infotypes, cut where words of subjects, keys and attributes end too."""
    lists = weights().words
    known = lists["attribute"] | lists["key"] | lists["kind"]
    return lexicon(all_words() | {word for word in known if len(word) > 1})


def _related(drafts: Sequence[Draft]) -> list[TableFindings]:
    """The tables with inferred foreign keys beside the declared ones."""
    inferred = foreign_keys(
        {d.findings.name: d.keys for d in drafts},
        {d.findings.name: d.findings.primary_key for d in drafts},
        {d.findings.name: d.entity for d in drafts},
    )
    return [replace(d.findings, foreign_keys=_both(d.findings.foreign_keys, inferred[d.findings.name])) for d in drafts]


def _both(declared: tuple[ForeignKey, ...], inferred: tuple[ForeignKey, ...]) -> tuple[ForeignKey, ...]:
    taken = {key.columns for key in declared}
    parts = {(name, key.table) for key in declared for name in key.columns}
    return declared + tuple(
        key
        for key in inferred
        if key.columns not in taken and not all((name, key.table) in parts for name in key.columns)
    )
