"""The verifier's reader of JSON Lines and JSON arrays of flat objects (msgspec), which sees duplicate keys too."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa

from masker.errors import GateError, InputError, Place
from masker.verify.json_chunks import Elements, array_chunks, line_chunks, whole_blocks
from masker.verify.opening import utf8_blocks
from masker.verify.reading import KIND
from masker.verify.texts import text_column


class _Float(str):
    """The text of a JSON number with a fraction or exponent, as it stands."""

    __slots__ = ()


class _Absent:
    """A key that an object does not have."""


_ABSENT = _Absent()
_KINDS = {_Absent: 0, type(None): 1, str: 2, int: 3, _Float: 3, bool: 4, list: 5, dict: 6}


class JsonReader:
    """Objects as rows: text columns (numbers as they are written, nested values as JSON) and a kind column for each."""

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self.path, self.columns = path, columns
        self._known = frozenset(columns)
        head = next(utf8_blocks(path), b"").lstrip(b" \t\r\n")
        self.is_array = head.startswith(b"[")
        self._decoder = msgspec.json.Decoder(float_hook=_Float)

    def records(self) -> int:
        """Objects by counting brackets outside of strings, or lines that are not blank."""
        blocks = utf8_blocks(self.path)
        if self.is_array:
            elements = Elements()
            for block in whole_blocks(blocks):
                elements.ends(block)
            return elements.count
        return sum(sum(map(bool, map(bytes.strip, chunk.split(b"\n")))) for chunk in line_chunks(blocks))

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All objects; raises `InputError` at malformed or truncated JSON, and `malformed` at a duplicate key."""
        place = Place(file=self.path.name)
        blocks = utf8_blocks(self.path)
        try:
            for chunk in array_chunks(blocks) if self.is_array else line_chunks(blocks):
                rows = self._decoder.decode(chunk) if self.is_array else self._decoder.decode_lines(chunk)
                if rows:
                    yield self._batch(rows, chunk)
        except InputError as error:
            raise InputError(error.code, error.message, error.hint, place) from None
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            raise InputError("malformed", "the JSON cannot be read", place=place) from None

    def _batch(self, rows: list[object], chunk: bytes) -> pa.RecordBatch:
        objects = [row for row in rows if type(row) is dict]
        if len(objects) != len(rows):
            raise InputError("malformed", "a JSON value that is no object")
        if not all(map(self._known.issuperset, objects)):
            raise GateError("mismatch", "an object has a key that was not promised", place=Place(file=self.path.name))
        texts, kinds = [], []
        quotes = 2 * sum(map(len, objects))
        for name in self.columns:
            values = [row.get(name, _ABSENT) for row in objects]
            types = set(map(type, values))
            if types == {str}:
                quotes += 2 * len(values)
                texts.append(text_column(values))
                kinds.append(np.full(len(values), _KINDS[str], dtype=np.uint8))
                continue
            quotes += sum(map(_quotes, values))
            texts.append(text_column([*map(_form, values)]))
            kinds.append(np.fromiter(map(_KINDS.__getitem__, map(type, values)), dtype=np.uint8, count=len(values)))
        # Decoders keep the last of two equal keys; the quotes of the dropped one are missing then.
        if quotes != chunk.replace(b"\\\\", b"").replace(b'\\"', b"").count(b'"'):
            raise InputError("malformed", "an object has the same key twice")
        arrays = [pa.Array.from_buffers(pa.uint8(), len(kind), [None, pa.py_buffer(kind)]) for kind in kinds]
        return pa.RecordBatch.from_arrays([*texts, *arrays], [*self.columns, *(KIND + name for name in self.columns)])


def _form(value: object) -> str | None:
    if value is None or value is _ABSENT:
        return None
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _quotes(value: object) -> int:
    if type(value) is str:
        return 2
    if isinstance(value, list):
        return sum(map(_quotes, value))
    if isinstance(value, dict):
        return 2 * len(value) + sum(map(_quotes, value.values()))
    return 0
