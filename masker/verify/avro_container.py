"""What an Avro file of a copy holds beside its cells: a schema of names and types alone, the codec and the label."""

import json
from collections.abc import Iterator
from pathlib import Path

from masker.errors import InputError, Place
from masker.label import KEY
from masker.verify.avro_reader import avro_header
from masker.verify.problems import Problem

_WORDS = {
    "type", "name", "namespace", "fields", "symbols", "size", "logicalType", "precision", "scale", "items", "values"
}  # fmt: skip


def avro_problems(path: Path, place: Place, label: str | None) -> Iterator[Problem]:
    """What is wrong with an Avro file of a copy; `label` is the text that it carries (None: any)."""
    try:
        metadata, _, _ = avro_header(path)
        schema = json.loads(metadata["avro.schema"])
    except (InputError, KeyError, ValueError):
        yield Problem("mismatch", "the file is not built as copies are", place)
        return
    tag = metadata.get(KEY, b"").decode("utf-8", "replace")
    if set(metadata) != {"avro.schema", "avro.codec", KEY} or (label is not None and tag != label):
        yield Problem("leak", "the file carries metadata that is not the copy's label", place)
    if not set(_words(schema)) <= _WORDS:
        yield Problem("leak", "the schema holds more than names and types", place)


def _words(schema: object) -> Iterator[str]:
    if isinstance(schema, list):
        for each in schema:
            yield from _words(each)
    elif isinstance(schema, dict):
        yield from schema
        for each in schema.values():
            yield from _words(each)
