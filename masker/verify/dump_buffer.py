"""The bytes of a dump that the verifier looks at: read on as far as a statement or a row goes, forgotten behind it."""

from collections.abc import Iterator

from masker.errors import InputError

LARGEST = 256 << 20
"""Bytes of one statement or literal, at most."""


class Buffer:
    """The bytes that are looked at, and where they stand in the dump."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.blocks, self.data, self.at = blocks, b"", 0
        self.offset = 0  # of data[0] in the dump
        self.line = 1
        self.ended = False

    def more(self) -> bool:
        """Read on, doubling what is held; False at the end of the dump."""
        if self.ended:
            return False
        pieces, wanted = [self.data[self.at :]], max(len(self.data) - self.at, 1)
        while wanted > 0 and not self.ended:
            block = next(self.blocks, b"")
            self.ended = not block
            pieces.append(block)
            wanted -= len(block)
        self.offset += self.at
        self.data, self.at = b"".join(pieces), 0
        if len(self.data) > LARGEST:
            raise InputError("limit", "a statement or a literal of the dump is too large")
        return not self.ended or len(pieces) > 2

    def take(self, end: int) -> bytes:
        """The bytes up to `end`, which are then behind."""
        taken = self.data[self.at : end]
        self.line += taken.count(b"\n")
        self.at = end
        return taken

    @property
    def position(self) -> int:
        """Of the next byte in the dump."""
        return self.offset + self.at
