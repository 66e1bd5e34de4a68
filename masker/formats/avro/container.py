"""Object container files of Avro: header, blocks and their codecs (https://avro.apache.org/docs/1.12.0/specification/)."""

import io
import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa

from masker.errors import InputError, Place
from masker.streams import Limits

MAGIC = b"Obj\x01"
SYNC = 16  # bytes of the mark after each block
CODECS = ("null", "deflate", "snappy", "zstandard")
MAX_HEADER = 16 << 20  # bytes of a value in the header
MAX_BLOCK = 1 << 30  # bytes of a block, packed or inflated


@dataclass(frozen=True, slots=True)
class Header:
    """What stands at the top of a file: its metadata and the mark that ends blocks."""

    metadata: dict[str, bytes]
    sync: bytes

    @property
    def codec(self) -> str:
        """How blocks are compressed."""
        return self.metadata.get("avro.codec", b"null").decode("ascii", "replace")


def read_header(stream: BinaryIO, place: Place) -> Header:
    """Read the header; raises `InputError`."""
    if stream.read(len(MAGIC)) != MAGIC:
        raise InputError("malformed", "the file is not Avro", place=place)
    metadata: dict[str, bytes] = {}
    while count := read_long(stream, place):
        if count < 0:
            count = -count
            read_long(stream, place)
        for _ in range(count):
            name = _bytes(stream, place).decode("utf-8", "replace")
            if name in metadata:
                raise InputError("malformed", "the header says something twice", place=place)
            metadata[name] = _bytes(stream, place)
    header = Header(metadata, _read(stream, SYNC, place))
    if header.codec not in CODECS:
        raise InputError("unsupported", "the blocks are compressed in a way that is not read", place=place)
    return header


def blocks(stream: BinaryIO, header: Header, limits: Limits, place: Place) -> Iterator[tuple[int, bytes]]:
    """The blocks after the header: how many records each has, and their inflated bytes. Raises `InputError`."""
    while first := stream.read(1):
        count, size = read_long(stream, place, first), read_long(stream, place)
        if count < 0 or not 0 <= size <= MAX_BLOCK:
            raise InputError("malformed", "a block of no sensible size", place=place)
        packed = _read(stream, size, place)
        if _read(stream, SYNC, place) != header.sync:
            raise InputError("malformed", "a block does not end with its mark", place=place)
        yield count, _inflated(packed, header.codec, limits, place)


def packed(data: bytes, codec: str) -> bytes:
    """The bytes of a block, compressed."""
    if codec == "deflate":
        deflater = zlib.compressobj(6, zlib.DEFLATED, -15)
        return deflater.compress(data) + deflater.flush()
    if codec == "snappy":
        return bytes(pa.compress(data, codec="snappy", asbytes=True)) + struct.pack(">I", zlib.crc32(data))
    return bytes(pa.compress(data, codec="zstd", asbytes=True)) if codec == "zstandard" else data


def long(number: int) -> bytes:
    """A whole number as Avro writes it: zigzag, seven bits a byte.

    >>> long(0), long(-1), long(64)
    (b'\\x00', b'\\x01', b'\\x80\\x01')
    """
    left = (number << 1) ^ (number >> 63)
    written = bytearray()
    while left > 127:
        written.append(left & 127 | 128)
        left >>= 7
    written.append(left)
    return bytes(written)


def header_bytes(metadata: dict[str, bytes], sync: bytes) -> bytes:
    """A header."""
    pairs = b"".join(long(len(k.encode())) + k.encode() + long(len(v)) + v for k, v in metadata.items())
    return MAGIC + long(len(metadata)) + pairs + long(0) + sync


def schema_of(header: Header, place: Place) -> object:
    """The schema, as JSON says it."""
    try:
        return json.loads(header.metadata["avro.schema"])
    except (KeyError, ValueError, RecursionError):
        raise InputError("malformed", "the header has no schema", place=place) from None


def read_long(stream: BinaryIO | io.BytesIO, place: Place, first: bytes = b"") -> int:
    """Read a whole number of at most 64 bits."""
    value = shift = 0
    while True:
        byte = (first or _read(stream, 1, place))[0]
        first = b""
        value |= (byte & 127) << shift
        if byte < 128:
            return (value >> 1) ^ -(value & 1)
        shift += 7
        if shift > 63:
            raise InputError("malformed", "a number is too long", place=place)


def _bytes(stream: BinaryIO, place: Place) -> bytes:
    length = read_long(stream, place)
    if not 0 <= length <= MAX_HEADER:
        raise InputError("malformed", "the header is damaged", place=place)
    return _read(stream, length, place)


def _read(stream: BinaryIO | io.BytesIO, length: int, place: Place) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise InputError("truncated", "the file ends early", place=place)
    return data


def _inflated(packed: bytes, codec: str, limits: Limits, place: Place) -> bytes:
    most = min(MAX_BLOCK, max(limits.free_bytes, limits.ratio * len(packed)))
    try:
        data = packed
        if codec == "deflate":
            inflater = zlib.decompressobj(-15)
            data = inflater.decompress(packed, most + 1)
            if not inflater.eof and len(data) <= most:
                raise InputError("malformed", "a block is damaged", place=place)
        elif codec == "snappy":
            size = _snappy_size(packed)
            if size <= most:
                data = bytes(pa.decompress(packed[:-4], decompressed_size=size, codec="snappy", asbytes=True))
                if struct.unpack(">I", packed[-4:])[0] != zlib.crc32(data):
                    raise InputError("malformed", "a block is damaged", place=place)
            else:
                most = -1
        elif codec == "zstandard":
            data = pa.CompressedInputStream(pa.BufferReader(packed), "zstd").read(most + 1)
    except (zlib.error, OSError, pa.ArrowException, IndexError, struct.error):
        raise InputError("malformed", "a block is damaged", place=place) from None
    if len(data) > most:
        raise InputError("limit", "the file inflates too far", "is it the right file?", place)
    return data


def _snappy_size(packed: bytes) -> int:
    value = shift = at = 0
    while True:
        byte = packed[at]
        value |= (byte & 127) << shift
        if byte < 128:
            return value
        at, shift = at + 1, shift + 7
        if shift > 35:
            raise IndexError
