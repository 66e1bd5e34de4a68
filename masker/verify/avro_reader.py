"""The verifier's reader of Avro files of flat records, its own from the first byte; columns in the types of the schema.

https://avro.apache.org/docs/1.12.0/specification/. Logical types are compared as what is stored: days, milliseconds.
"""

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from masker.errors import GateError, InputError, Place
from masker.verify.reading import ROWS

MAGIC = b"Obj\x01"
_MOST = 1 << 30
Decode = Callable[[bytes, int], tuple[object, int]]


class AvroReader:
    """Rows of one Avro file of exactly the expected columns, in their order."""

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self.path = path
        self._place = Place(file=path.name)
        metadata, _, _ = avro_header(path)
        try:
            fields = json.loads(metadata["avro.schema"])["fields"]
            self._fields = [(str(field["name"]), *_decoder(field["type"])) for field in fields]
        except (KeyError, ValueError, TypeError, IndexError):
            raise InputError("malformed", "the schema cannot be read", place=self._place) from None
        if tuple(name for name, _, _ in self._fields) != columns:
            raise GateError("mismatch", "the columns are not those that were promised", place=self._place)

    def records(self) -> int:
        """Records as the blocks say, without inflating any."""
        return sum(count for count, _ in self._blocks())

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows; raises `InputError`."""
        metadata, _, _ = avro_header(self.path)
        codec = metadata.get("avro.codec", b"null").decode("ascii", "replace")
        for count, packed in self._blocks():
            try:
                rows, at, data = [], 0, _inflated(packed, codec)
                for _ in range(count):
                    row = []
                    for _, _, decode in self._fields:
                        value, at = decode(data, at)
                        row.append(value)
                    rows.append(row)
                if at != len(data):
                    raise ValueError
                for start in range(0, count, ROWS):
                    yield self._batch(rows[start : start + ROWS])
            except (ValueError, IndexError, struct.error, zlib.error, OSError, pa.ArrowException):
                raise InputError("malformed", "a block of the Avro file is damaged", place=self._place) from None

    def _batch(self, rows: list[list[object]]) -> pa.RecordBatch:
        columns = [
            pa.array(list(values), type_)
            for values, (_, type_, _) in zip(zip(*rows, strict=True), self._fields, strict=True)
        ]
        return pa.RecordBatch.from_arrays(columns, [name for name, _, _ in self._fields])

    def _blocks(self) -> Iterator[tuple[int, bytes]]:
        _, sync, start = avro_header(self.path)
        with self.path.open("rb") as file:
            file.seek(start)
            while file.peek(1):
                try:
                    count, size = _long(file), _long(file)
                except (IndexError, ValueError):
                    count = size = -1
                packed = file.read(size) if 0 <= size <= _MOST else b""
                if count < 0 or len(packed) != size or file.read(16) != sync:
                    raise InputError("malformed", "the Avro file is damaged or ends early", place=self._place)
                yield count, packed


def avro_header(path: Path) -> tuple[dict[str, bytes], bytes, int]:
    """The metadata of a header, the mark that ends blocks, and where the first block begins; raises `InputError`."""
    place = Place(file=path.name)
    metadata: dict[str, bytes] = {}
    try:
        with path.open("rb") as file:
            if file.read(4) != MAGIC:
                raise InputError("malformed", "this is no Avro file", place=place)
            while count := _long(file):
                if count < 0:
                    count, _ = -count, _long(file)
                for _ in range(count):
                    name = file.read(max(0, _long(file))).decode()
                    metadata[name] = file.read(max(0, _long(file)))
            return metadata, file.read(16), file.tell()
    except FileNotFoundError:
        raise InputError("not-found", "the file is missing", place=place) from None
    except (OSError, ValueError, IndexError, OverflowError, MemoryError):
        raise InputError("malformed", "the Avro file is damaged", place=place) from None


def _decoder(type_: object) -> tuple[pa.DataType, Decode]:
    """The column of a type as the schema says it, and what reads a value of it."""
    if isinstance(type_, list):
        choices = [None if each == "null" else _decoder(each) for each in type_]
        column = next(choice[0] for choice in choices if choice)

        def either(data: bytes, at: int) -> tuple[object, int]:
            which, at = _number(data, at)
            choice = choices[which] if which >= 0 else choices[len(choices)]
            return (None, at) if choice is None else choice[1](data, at)

        return column, either
    said: dict[str, Any] = type_ if isinstance(type_, dict) else {"type": type_}
    base = said["type"]
    if base in ("int", "long"):
        if said.get("logicalType") == "date":
            return pa.date32(), _number
        return _stored(str(said.get("logicalType"))), _number
    if base == "string":
        return pa.string(), lambda data, at: _text(data, at)
    if base == "boolean":
        return pa.bool_(), lambda data, at: (bool(data[at]), at + 1)
    if base in ("float", "double"):
        form, size = ("<f", 4) if base == "float" else ("<d", 8)
        return (pa.float32() if size == 4 else pa.float64()), lambda data, at: (
            struct.unpack_from(form, data, at)[0],
            at + size,
        )
    if base == "enum":
        symbols = said["symbols"]

        def word(data: bytes, at: int) -> tuple[object, int]:
            number, at = _number(data, at)
            if number < 0:
                raise ValueError
            return symbols[number], at

        return pa.string(), word
    if base == "bytes":
        return pa.binary(), _sized
    if base == "fixed":
        length = int(said["size"])
        return pa.binary(), lambda data, at: _cut(data, at, length)
    raise ValueError


def _stored(logical: str) -> pa.DataType:
    kinds = {"timestamp-millis": pa.timestamp("ms"), "timestamp-micros": pa.timestamp("us")}
    return kinds.get(logical.removeprefix("local-"), pa.int64())


def _number(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return (value >> 1) ^ -(value & 1), at
        shift += 7
        if shift > 63:
            raise ValueError


def _sized(data: bytes, at: int) -> tuple[bytes, int]:
    length, at = _number(data, at)
    return _cut(data, at, length)


def _cut(data: bytes, at: int, length: int) -> tuple[bytes, int]:
    if length < 0 or at + length > len(data):
        raise ValueError
    return data[at : at + length], at + length


def _text(data: bytes, at: int) -> tuple[str, int]:
    found, at = _sized(data, at)
    return found.decode(), at


def _long(file: BinaryIO) -> int:
    value = shift = 0
    while True:
        byte = file.read(1)[0]
        value |= (byte & 127) << shift
        if byte < 128:
            return (value >> 1) ^ -(value & 1)
        shift += 7
        if shift > 63:
            raise ValueError


def _inflated(packed: bytes, codec: str) -> bytes:
    if codec == "deflate":
        return zlib.decompressobj(-15).decompress(packed, _MOST)
    if codec == "snappy":
        size = _number_unsigned(packed)
        return bytes(pa.decompress(packed[:-4], decompressed_size=size, codec="snappy", asbytes=True))
    if codec == "zstandard":
        return bytes(pa.CompressedInputStream(pa.BufferReader(packed), "zstd").read())
    if codec != "null":
        raise ValueError
    return packed


def _number_unsigned(data: bytes) -> int:
    value = 0
    for place, byte in enumerate(data[:5]):
        value |= (byte & 127) << 7 * place
        if byte < 128:
            return min(value, _MOST)
    raise ValueError
