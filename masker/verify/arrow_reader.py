"""The verifier's reader of Arrow IPC files and streams: the columns in their own types, batch by batch."""

import struct
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc as ipc

from masker.errors import GateError, InputError, Place
from masker.verify.reading import ROWS

MAGIC = b"ARROW1"
_START = 8


class ArrowReader:
    """Rows of one Arrow file of exactly the expected columns, in their order."""

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self.path = path
        self._place = Place(file=path.name)
        if tuple(arrow_schema(path).names) != columns:
            raise GateError("mismatch", "the columns are not those that were promised", place=self._place)

    def records(self) -> int:
        """Rows as the messages say, without decoding any."""
        count = 0
        try:
            with pa.OSFile(str(self.path)) as file:
                file.seek(_START if file.read(len(MAGIC)) == MAGIC else 0)
                for message in ipc.MessageReader.open_stream(file):
                    if message.type == "record batch":
                        count += _length(message.metadata.to_pybytes())
        except (OSError, pa.ArrowException, struct.error):
            raise InputError("malformed", "the Arrow file is damaged", place=self._place) from None
        return count

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows; raises `InputError` where a buffer is damaged."""
        try:
            with pa.OSFile(str(self.path)) as file:
                for batch in stream_of(file):
                    for start in range(0, batch.num_rows, ROWS):
                        yield batch.slice(start, ROWS)
        except (OSError, pa.ArrowException):
            raise InputError("malformed", "the Arrow file is damaged", place=self._place) from None


def stream_of(file: pa.NativeFile) -> "ipc.RecordBatchStreamReader":
    """The messages of a file or stream, one after the other: what lies between two magic words is a stream."""
    file.seek(0)
    file.seek(_START if file.read(len(MAGIC)) == MAGIC else 0)
    return ipc.open_stream(file)


def arrow_schema(path: Path) -> pa.Schema:
    """The schema with its metadata; raises `InputError`."""
    place = Place(file=path.name)
    try:
        with pa.OSFile(str(path)) as file:
            return stream_of(file).schema
    except FileNotFoundError:
        raise InputError("not-found", "the file is missing", place=place) from None
    except (OSError, pa.ArrowException):
        raise InputError("malformed", "this is no Arrow file, or a damaged one", place=place) from None


def _length(metadata: bytes) -> int:
    """The rows of a record batch: the first field of the header of its message (`Message.fbs`)."""
    root = struct.unpack_from("<I", metadata)[0]
    at = root + struct.unpack_from("<H", metadata, root - struct.unpack_from("<i", metadata, root)[0] + 8)[0]
    header = at + struct.unpack_from("<I", metadata, at)[0]
    entries = header - struct.unpack_from("<i", metadata, header)[0]
    offset = struct.unpack_from("<H", metadata, entries + 4)[0]
    return int(struct.unpack_from("<q", metadata, header + offset)[0]) if offset else 0
