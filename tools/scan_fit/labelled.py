"""Labelled tables: a folder of data sets, one YAML of labels each; read once, judged as often as needed."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from ruamel.yaml import YAML

from masker.errors import MaskerError
from masker.formats import ReadOptions
from masker.opening import open_source
from masker.scan.hashing import Hasher
from masker.scan.observe import ObservedTable, observe
from masker.snapshot import Member, Rows

NOT_DATA = (".sh", ".md", ".zip", ".tab")


@dataclass(frozen=True)
class Label:
    """What a person says a column holds; doubtful ones count neither for nor against."""

    infotype: str
    doubt: bool


@dataclass(frozen=True)
class LabelledTable:
    """A table's labels: columns by folded name, and whose data it holds ("": not said)."""

    name: str
    subject: str
    columns: Mapping[str, Label]


@dataclass
class LabelledFile:
    """One file of a set: its tables as the scan observed them (none: `failed`, with the code word)."""

    path: str
    tables: list[ObservedTable]
    failed: str = ""


@dataclass
class LabelledSet:
    """A data set: one source in cross-validation."""

    name: str
    labels: dict[str, LabelledTable]
    files: list[LabelledFile]


def fold(name: str) -> str:
    """A name as labels are matched: the last part, letters and digits alone, case folded."""
    return "".join(c for c in name.rsplit(".", 1)[-1].casefold() if c.isalnum())


def read_sets(corpus: Path, truth: Path) -> Iterator[LabelledSet]:
    """Every labelled set of `corpus`, in the order of their names."""
    for path in sorted(truth.glob("*.yaml")):
        told = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        paths = sorted({file for pattern in told["files"] for file in corpus.glob(pattern) if file.is_file()})
        files = [_read(file, corpus) for file in paths if file.suffix not in NOT_DATA]
        labels = {fold(name): _labels(name, table) for name, table in told["tables"].items()}
        yield LabelledSet(told["name"], labels, files)


def label_of(source: LabelledSet, name: str, tables: int) -> LabelledTable | None:
    """The labels of a table of a file of so many tables; of a set of one table, whatever its file is called."""
    if (known := source.labels.get(fold(name))) is not None:
        return known
    return next(iter(source.labels.values())) if len(source.labels) == tables == 1 else None


def _labels(name: str, table: Mapping[str, object]) -> LabelledTable:
    columns = {}
    given = table.get("columns") or {}
    assert isinstance(given, dict)
    for column, said in given.items():
        told = said if isinstance(said, dict) else {"label": said}
        columns[fold(str(column))] = Label(told["label"], bool(told.get("doubt")))
    return LabelledTable(name, str(table.get("subject") or ""), columns)


def _read(file: Path, corpus: Path) -> LabelledFile:
    path = file.relative_to(corpus).as_posix()
    try:
        with contextlib.closing(open_source(file, ReadOptions(uneven=True), allow_remask=True)) as opened:
            hasher = Hasher()
            tables = [
                observe(table, lambda m=member, t=table.name: _batches(m, t), hasher)  # type: ignore[misc]
                for member in opened.snapshot.members
                for table in member.source.tables
            ]
    except MaskerError as error:
        return LabelledFile(path, [], error.code)
    return LabelledFile(path, tables)


def _batches(member: Member, table: str) -> Iterator[pa.RecordBatch]:
    for part in member.source.parts(table):
        if isinstance(part, Rows) and part.table == table:
            yield part.batch
