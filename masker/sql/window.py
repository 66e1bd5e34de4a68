"""The part of a stream of bytes that a lexer looks at: grows at the end, is taken from the front, counts lines."""

from collections.abc import Iterable, Iterator

from masker.sql.charsets import from_utf8, to_utf8


class Window:
    """Bytes of a stream: `data` from `at` on is still to be taken. `line` is the 1-based line of what comes next.

    The stream is of the encoding `codec` ("": UTF-8), and `data` UTF-8. `taken` counts the stream's own bytes.
    """

    def __init__(self, chunks: Iterable[bytes], codec: str = "") -> None:
        self._chunks: Iterator[bytes] = iter(chunks)
        self.data, self.at, self.final = b"", 0, False
        self.line = 1
        self.codec, self.taken = codec, 0

    @property
    def size(self) -> int:
        """How many bytes are still to be taken."""
        return len(self.data) - self.at

    def grow(self, size: int) -> None:
        """Read on until there are `size` bytes to take or the stream ends; what was taken may be forgotten."""
        if self.final or self.size >= size:
            return
        parts, have = [self.data[self.at :]], self.size
        while have < size and not self.final:
            chunk = next(self._chunks, None)
            if chunk is None:
                self.final = True
            else:
                parts.append(to_utf8(chunk, self.codec))
                have += len(parts[-1])
        self.data, self.at = b"".join(parts), 0

    def take(self, size: int) -> bytes:
        """Take `size` bytes from the front."""
        taken = self.data[self.at : self.at + size]
        self.at += len(taken)
        self.line += taken.count(b"\n")
        self.taken += len(from_utf8(taken, self.codec))
        return taken

    def recode(self, codec: str) -> None:
        """Read all that is still to be taken in another encoding."""
        if codec != self.codec:
            left = from_utf8(self.data[self.at :], self.codec)
            self.data, self.at, self.codec = to_utf8(left, codec), 0, codec

    def line_at(self, ahead: int) -> int:
        """The line of the byte that is `ahead` bytes further on."""
        return self.line + self.data.count(b"\n", self.at, self.at + ahead)
