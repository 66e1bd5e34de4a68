"""A stream to read from an iterator of bytes."""

import io
from collections.abc import Iterator
from typing import BinaryIO, cast

CHUNK = 1 << 18


class _Chunks(io.RawIOBase):
    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def close(self) -> None:
        if not self.closed:
            super().close()
            end = getattr(self._chunks, "close", None)
            if end is not None:
                end()


def stream_of(chunks: Iterator[bytes]) -> BinaryIO:
    """The bytes of all chunks in order; closing it closes the iterator too, where that can be."""
    return cast(BinaryIO, io.BufferedReader(_Chunks(chunks), CHUNK))


def in_chunks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Join small pieces into chunks of about a quarter of a mebibyte."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= CHUNK:
            yield b"".join(held)
            held.clear()
            size = 0
    if held:
        yield b"".join(held)
