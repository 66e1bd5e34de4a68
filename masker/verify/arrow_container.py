"""What an Arrow file of a copy holds beside its cells: no metadata but the label, no dictionary word without a row."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from masker.errors import Place
from masker.label import KEY
from masker.verify.arrow_reader import MAGIC, arrow_schema, stream_of
from masker.verify.problems import Problem

_FIELD_KEYS = {b"PARQUET:field_id"}
_END = b"\xff\xff\xff\xff\0\0\0\0"


def arrow_problems(path: Path, place: Place, label: str | None) -> Iterator[Problem]:
    """What is wrong with an Arrow file of a copy; `label` is the text that it carries (None: any)."""
    schema = arrow_schema(path)
    held = schema.metadata or {}
    if set(held) != {KEY.encode()} or (label is not None and held[KEY.encode()] != label.encode()):
        yield Problem("leak", "the file carries metadata that is not the copy's label", place)
    for field in schema:
        if set(field.metadata or {}) - _FIELD_KEYS:
            at = Place(place.file, place.table, field.name)
            yield Problem("leak", "a column carries metadata of its own", at)
    for name, left in _unused(path, schema).items():
        if left:
            at = Place(place.file, place.table, name)
            yield Problem("leak", "a dictionary holds words that no row uses", at, left)
    if _has_more(path):
        yield Problem("leak", "the file has bytes that belong to no message", place)


def _unused(path: Path, schema: pa.Schema) -> dict[str, int]:
    """Words of each dictionary column, of all that its batches know, that stand in no row."""
    words: dict[str, pa.Array] = {}
    used: dict[str, pa.Array] = {}
    names = [field.name for field in schema if pa.types.is_dictionary(field.type)]
    if not names:
        return {}
    with pa.OSFile(str(path)) as file:
        for batch in stream_of(file):
            for name in names:
                column = batch[name]
                here = column.dictionary_decode().unique().drop_null()
                words[name] = _joined(words.get(name), column.dictionary)
                used[name] = _joined(used.get(name), here)
    return {name: len(words[name]) - len(used[name]) for name in words}


def _joined(known: pa.Array | None, more: pa.Array) -> pa.Array:
    return pc.unique(more if known is None else pa.concat_arrays([known, more]))


def _has_more(path: Path) -> bool:
    """Whether anything stands between the mark that ends the messages and the end, but the footer of a file."""
    with pa.OSFile(str(path)) as file:
        is_file = file.read(len(MAGIC)) == MAGIC
        for _ in stream_of(file):
            pass
        at, size = file.tell(), file.size()
        file.seek(max(0, at - len(_END)))
        mark = file.read(len(_END))
        if not is_file:
            return bool(mark != _END or at != size)
        rest = file.read()
    length = int.from_bytes(rest[-len(MAGIC) - 4 : -len(MAGIC)], "little")
    return bool(mark != _END or not rest.endswith(MAGIC) or len(rest) != length + len(MAGIC) + 4)
