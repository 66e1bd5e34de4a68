"""Byte streams that deflate what is written into them (gz, zst, bz2), reproducibly."""

import bz2
import gzip
import io
from typing import TYPE_CHECKING, BinaryIO, cast

import pyarrow as pa

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

GZIP_LEVEL = 6  # the default of gzip(1)


def compressed_writer(stream: BinaryIO, compression: str) -> BinaryIO:
    """Wrap `stream` so that what is written lands in it deflated ("gz", "zst", "bz2") or as it is ("").

    Closing the wrapper finishes the compressed data and leaves `stream` open. The bytes depend on the data and the
    versions of zlib, zstd and bzip2 only: no time stamp, no file name.
    """
    unclosed = _Unclosed(stream)
    if compression == "gz":
        return cast(BinaryIO, gzip.GzipFile("", "wb", GZIP_LEVEL, unclosed, mtime=0))
    if compression == "bz2":
        return cast(BinaryIO, _Bzip2Writer(unclosed))
    if compression == "zst":
        return cast(BinaryIO, _ZstdWriter(unclosed))
    return cast(BinaryIO, unclosed)


class _Unclosed(io.RawIOBase):
    """A stream to write to whose closing leaves the one below open."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer") -> int:
        return self._stream.write(data)

    def flush(self) -> None:
        if not self.closed:
            self._stream.flush()


class _Bzip2Writer(io.RawIOBase):
    """Deflates what is written into one bzip2 stream."""

    def __init__(self, stream: _Unclosed) -> None:
        self._stream, self._deflater = stream, bz2.BZ2Compressor()

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer") -> int:
        self._stream.write(self._deflater.compress(data))
        return len(memoryview(data).cast("B"))

    def close(self) -> None:
        if not self.closed:
            self._stream.write(self._deflater.flush())
        super().close()


class _ZstdWriter(io.RawIOBase):
    """Deflates what is written into one Zstandard frame."""

    def __init__(self, stream: _Unclosed) -> None:
        self._deflated = pa.CompressedOutputStream(pa.PythonFile(stream, "w"), "zstd")

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer") -> int:
        self._deflated.write(data)
        return len(memoryview(data).cast("B"))

    def close(self) -> None:
        if not self.closed:
            self._deflated.close()
        super().close()
