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
                for read in stream_of(file):
                    batch = _laid_out(read)
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


def _laid_out(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The rows with texts and bytes one after the other, as Arrow 26 cannot choose rows of views."""
    types = [_laid_out_type(column.type) for column in batch.columns]
    columns = [old if old.type == new else old.cast(new) for old, new in zip(batch.columns, types, strict=True)]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names) if columns else batch


def _laid_out_type(type_: pa.DataType) -> pa.DataType:
    """The type without views; that of anything else is as it is."""
    if pa.types.is_string_view(type_):
        return pa.large_string()
    if pa.types.is_binary_view(type_):
        return pa.large_binary()
    if pa.types.is_struct(type_):
        fields = (type_.field(i) for i in range(type_.num_fields))
        return pa.struct([field.with_type(_laid_out_type(field.type)) for field in fields])
    if pa.types.is_list(type_) or pa.types.is_large_list(type_) or pa.types.is_fixed_size_list(type_):
        inner = type_.value_field.with_type(_laid_out_type(type_.value_type))
        if pa.types.is_fixed_size_list(type_):
            return pa.list_(inner, type_.list_size)
        return pa.large_list(inner) if pa.types.is_large_list(type_) else pa.list_(inner)
    return type_


def _length(metadata: bytes) -> int:
    """The rows of a record batch: the first field of the header of its message (`Message.fbs`)."""
    root = struct.unpack_from("<I", metadata)[0]
    at = root + struct.unpack_from("<H", metadata, root - struct.unpack_from("<i", metadata, root)[0] + 8)[0]
    header = at + struct.unpack_from("<I", metadata, at)[0]
    entries = header - struct.unpack_from("<i", metadata, header)[0]
    offset = struct.unpack_from("<H", metadata, entries + 4)[0]
    return int(struct.unpack_from("<q", metadata, header + offset)[0]) if offset else 0
