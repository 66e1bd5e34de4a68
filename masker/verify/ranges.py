"""Parts of a file's bytes: by seeking where that is possible, else by one stream that is read on as far as it goes."""

from collections.abc import Iterator
from pathlib import Path

from masker.errors import InputError, Place
from masker.verify.opening import BLOCK, Where, is_packed, opened, raw_blocks


class Ranges:
    """Reads ranges of the (decompressed) bytes of a file.

    A compressed file, or one that a server gives, is read anew only where a range begins before the last one's end.
    """

    def __init__(self, where: Where) -> None:
        self.where = where
        self._seeks = isinstance(where, Path) and not is_packed(where)
        self._idle: tuple[Iterator[bytes], int, bytes] | None = None

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` to `end`; raises `InputError` (`truncated`) where they are not all there."""
        left = end - start
        for block in self._sought(start) if self._seeks else self._streamed(start, end):
            if left <= 0:
                return
            yield block[:left]
            left -= len(block)
        if left > 0:
            raise InputError("truncated", "the file ends early", place=Place(file=self.where.name))

    def _sought(self, start: int) -> Iterator[bytes]:
        with opened(self.where) as file:
            file.seek(start)
            while block := file.read(BLOCK):
                yield block

    def _streamed(self, start: int, end: int) -> Iterator[bytes]:
        stream, at, held = self._idle or (raw_blocks(self.where), 0, b"")
        self._idle = None
        if at > start:
            stream, at, held = raw_blocks(self.where), 0, b""
        while at < end:
            block = held or next(stream, b"")
            held = b""
            if not block:
                return
            if at + len(block) > start:
                first = max(start - at, 0)
                last = min(end - at, len(block))
                if last < len(block):
                    held = block[last:]
                at += last
                yield block[first:last]
            else:
                at += len(block)
        self._idle = (stream, at, held)
