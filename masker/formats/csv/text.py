"""A CSV file's bytes as UTF-8: its encoding found or taken as declared, decoded strictly, encodable back exactly."""

import codecs
import struct
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

from masker.errors import InputError, Place

UTF8 = "utf-8"
BOM = codecs.BOM_UTF8
_HINT = "say which encoding it is with --encoding"


def encoding_of(head: bytes, declared: str, place: Place) -> str:
    """Say which codec reads the file: the BOM's, else the declared one, else UTF-8. `head` is its first bytes.

    Raises `InputError` (`encoding`) for an unknown codec, for one that contradicts the BOM, and for UTF-16 without a
    BOM declared without its byte order.
    """
    found = ""
    if head.startswith(codecs.BOM_UTF8):
        found = UTF8
    elif head.startswith(codecs.BOM_UTF16_LE):
        found = "utf-16-le"
    elif head.startswith(codecs.BOM_UTF16_BE):
        found = "utf-16-be"
    if not declared:
        return found or UTF8
    try:
        "".encode(declared)
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):
        raise InputError("encoding", "there is no text encoding of the declared name", _HINT, place) from None
    if name == "utf-8-sig":
        name = UTF8
    if name == "utf-16":
        if not found.startswith("utf-16"):
            hint = "declare utf-16-le or utf-16-be"
            raise InputError("encoding", "the file is declared UTF-16 and has no byte order mark", hint, place)
        return found
    if found and name != found:
        hint = "leave --encoding out, the mark says it"
        raise InputError("encoding", "the declared encoding contradicts the file's byte order mark", hint, place)
    return name


def read_utf8(stream: BinaryIO, encoding: str, size: int, place: Place) -> Iterator[bytes]:
    """Read a stream in pieces of about `size` bytes, as UTF-8; a leading BOM stays.

    UTF-8 itself passes as it is, unchecked (`check_utf8` checks whole records). Any other encoding is decoded
    strictly, and encoded back: bytes that would not come back are refused (`InputError`, `encoding`).
    """
    if encoding == UTF8:
        while chunk := stream.read(size):
            yield chunk
        return
    codec = codecs.lookup(encoding)
    decoder = codec.incrementaldecoder(errors="strict")
    pending = b""
    while True:
        chunk = stream.read(size)
        try:
            text = decoder.decode(chunk, final=not chunk)
            left, flags = decoder.getstate()
            taken = (pending + chunk)[: len(pending) + len(chunk) - len(left)]
            exact = flags == 0 and text.encode(encoding) == taken
        except UnicodeError:
            exact = False
        if not exact:
            message = f"the file does not hold text in the encoding {encoding}, exactly"
            raise InputError("encoding", message, _HINT, place) from None
        pending = left
        if text:
            yield text.encode(UTF8)
        if not chunk:
            return


def check_utf8(data: bytes, place: Place) -> None:
    """Refuse bytes that are not UTF-8 (`InputError`, `encoding`), with a guess at what they are in the hint."""
    offsets = pa.py_buffer(struct.pack("<qq", 0, len(data)))
    whole = pa.Array.from_buffers(pa.large_binary(), 1, [None, offsets, pa.py_buffer(data)])
    try:
        whole.cast(pa.large_string())
    except pa.ArrowInvalid:
        raise InputError("encoding", "the file is not UTF-8", _guess(data), place) from None


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    # The detector is a proposal only: it takes some Latin-1 German for cp1250, so the user must say it.
    best = from_bytes(data[: 64 << 10]).best()
    return f"it may be {best.encoding}: {_HINT}" if best is not None and best.encoding != "utf_8" else _HINT
