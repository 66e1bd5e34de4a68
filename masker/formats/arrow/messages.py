"""The messages of an Arrow stream, looked through before any is decoded: how far they inflate, and their codec.

Arrow columnar format, "Serialization and Interprocess Communication"
(https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc) and its schemas
`Message.fbs` and `Schema.fbs`; FlatBuffers internals (https://flatbuffers.dev/internals/).
"""

import struct
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.ipc as ipc

from masker.errors import InputError, Place
from masker.streams import Limits

_CODECS = {0: "lz4", 1: "zstd"}
_DICTIONARY, _RECORDS = 2, 3  # of `MessageHeader`
_COMPRESSED_AS = 3  # fields of `RecordBatch`: length, nodes, buffers, compression
_BUFFERS = 2


@dataclass
class Looked:
    """What a look through all messages showed: batches of rows, and the codec ("": none)."""

    batches: int = 0
    codec: str = ""


def look_through(stream: pa.NativeFile, limits: Limits, place: Place) -> Looked:
    """Read all messages to the mark that ends them; raises `InputError` (`limit`, `malformed`)."""
    seen, reader = Looked(), ipc.MessageReader.open_stream(stream)
    while True:
        try:
            message = reader.read_next_message()
        except StopIteration:
            return seen
        if message.type not in ("dictionary", "record batch"):
            continue
        metadata = message.metadata.to_pybytes()
        try:
            inflated, codec = _inflated(metadata, message.body)
        except (struct.error, IndexError, KeyError):
            raise InputError("malformed", "the file is damaged", place=place) from None
        if inflated > limits.free_bytes and inflated > limits.ratio * max(1, message.body.size):
            raise InputError("limit", "the file inflates too far", "is it the right file?", place)
        seen.codec = seen.codec or codec
        seen.batches += message.type == "record batch"


def _inflated(metadata: bytes, body: pa.Buffer) -> tuple[int, str]:
    """Bytes of the buffers of a message once they are inflated, and their codec."""
    root = struct.unpack_from("<I", metadata, 0)[0]
    kind = metadata[_field(metadata, root, 1)]
    header = _followed(metadata, _field(metadata, root, 2))
    if kind == _DICTIONARY:
        header = _followed(metadata, _field(metadata, header, 1))
    elif kind != _RECORDS:
        raise KeyError
    at = _field(metadata, header, _COMPRESSED_AS, missing=0)
    if not at:
        return 0, ""
    codec = _field(metadata, _followed(metadata, at), 0, missing=0)
    start = _followed(metadata, _field(metadata, header, _BUFFERS, missing=0))
    total = 0
    for number in range(struct.unpack_from("<I", metadata, start)[0]):
        offset, length = struct.unpack_from("<qq", metadata, start + 4 + 16 * number)
        if length:
            # Each begins with its inflated length, -1 where it is not compressed.
            total += max(0, struct.unpack_from("<q", body[offset : offset + 8])[0])
    return total, _CODECS[metadata[codec] if codec else 0]


def _field(data: bytes, table: int, number: int, missing: int | None = None) -> int:
    """Where a field of a FlatBuffers table lies."""
    entries = table - struct.unpack_from("<i", data, table)[0]
    size = struct.unpack_from("<H", data, entries)[0]
    at = 4 + 2 * number
    offset = struct.unpack_from("<H", data, entries + at)[0] if at + 2 <= size else 0
    if offset:
        return int(table + offset)
    if missing is None:
        raise KeyError
    return missing


def _followed(data: bytes, at: int) -> int:
    return int(at + struct.unpack_from("<I", data, at)[0])
