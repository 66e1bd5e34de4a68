"""Byte streams of input files, decompressed on the way (gz, zst), refusing what is truncated or inflates too far."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read: its path, and its compression ("", "gz" or "zst"). It is only ever opened for reading."""

    path: Path
    compression: str = ""

    def open(self) -> BinaryIO:
        """Open the decompressed bytes from the start."""
        raise NotImplementedError
