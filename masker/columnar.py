"""Columnar files: their schemas without what tools put there, their columns as plain values and back in their types.

Field metadata (comments of other tools) goes, but for the numeric field ids that table formats rely on. A dictionary
inside a nested column becomes plain values: nothing would rebuild it without its unused entries.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from masker.columns import is_text
from masker.errors import GateError, InputError, Place

_FIELD_ID = b"PARQUET:field_id"


def bare_schema(schema: pa.Schema) -> pa.Schema:
    """The schema without metadata, but for field ids."""
    return pa.schema([_bare(field, top=True) for field in schema])


def _bare(field: pa.Field, *, top: bool = False) -> pa.Field:
    metadata = {key: value for key, value in (field.metadata or {}).items() if key == _FIELD_ID and value.isdigit()}
    type_ = field.type
    if pa.types.is_dictionary(type_) and not top:
        type_ = type_.value_type
    return pa.field(field.name, _bare_type(type_), field.nullable, metadata or None)


def _bare_type(type_: pa.DataType) -> pa.DataType:
    if pa.types.is_struct(type_):
        return pa.struct([_bare(type_.field(i)) for i in range(type_.num_fields)])
    if pa.types.is_map(type_):
        return pa.map_(_bare(type_.key_field), _bare(type_.item_field), keys_sorted=type_.keys_sorted)
    if pa.types.is_fixed_size_list(type_):
        return pa.list_(_bare(type_.value_field), type_.list_size)
    if pa.types.is_list(type_):
        return pa.list_(_bare(type_.value_field))
    if pa.types.is_large_list(type_):
        return pa.large_list(_bare(type_.value_field))
    return type_


def _values(type_: pa.DataType) -> pa.DataType:
    """The type of the values as the file has them."""
    if pa.types.is_dictionary(type_):
        return type_.value_type
    return type_.storage_type if isinstance(type_, pa.BaseExtensionType) else type_


@contextmanager
def refusing(kind: str, place: Place) -> Iterator[None]:
    """Turn what Arrow raises at a bad file of a `kind` (`Parquet`) into `InputError`, without its text."""
    try:
        yield
    except pa.ArrowNotImplementedError:
        raise InputError("unsupported", f"the file uses a feature of {kind} that is not read", place=place) from None
    except MemoryError:
        raise InputError("limit", "the file needs more memory than there is", place=place) from None
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        raise InputError("malformed", "the file is damaged or encrypted", "export it again", place) from None


def check_bytes(batch: pa.RecordBatch, place: Place) -> None:
    """Check a batch to its last byte; raises `InputError` (`malformed`, `encoding` for text that is not UTF-8)."""
    try:
        batch.validate(full=True)
    except pa.ArrowInvalid as error:
        # Arrow tells what is wrong in its message only; the message itself is never shown.
        code = "encoding" if "UTF8" in str(error) else "malformed"
        raise InputError(code, "a column holds bytes that its type does not allow", place=place) from None


def no_rows(schema: pa.Schema) -> pa.RecordBatch:
    """A batch without rows."""
    return pa.RecordBatch.from_arrays([pa.nulls(0, field.type) for field in schema], schema=schema)


def plain(type_: pa.DataType) -> pa.DataType:
    """The type of the values, without dictionary, extension or view: Arrow 26 cannot choose rows of views."""
    return _without_views(_values(type_))


def _without_views(type_: pa.DataType) -> pa.DataType:
    if pa.types.is_string_view(type_):
        return pa.large_string()
    if pa.types.is_binary_view(type_):
        return pa.large_binary()
    if pa.types.is_struct(type_):
        return pa.struct([_field_without_views(type_.field(i)) for i in range(type_.num_fields)])
    if pa.types.is_fixed_size_list(type_):
        return pa.list_(_field_without_views(type_.value_field), type_.list_size)
    if pa.types.is_list(type_):
        return pa.list_(_field_without_views(type_.value_field))
    if pa.types.is_large_list(type_):
        return pa.large_list(_field_without_views(type_.value_field))
    return type_


def _field_without_views(field: pa.Field) -> pa.Field:
    return field.with_type(_without_views(field.type))


def decoded(column: pa.Array, type_: pa.DataType) -> pa.Array:
    """A column as its plain values."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.storage
    return column if column.type == type_ else column.cast(type_)


def encoded(column: pa.Array, field: pa.Field) -> pa.Array:
    """A column in the file's own type; the types must agree but for the layout of text."""
    values = _values(field.type)
    if column.type != values and (column.type == plain(values) or (is_text(column.type) and is_text(values))):
        column = column.cast(values)
    if column.type != values:
        raise GateError("does-not-fit", "a masked column has another type", place=Place(column=field.name))
    if column.null_count and not field.nullable:
        raise GateError("does-not-fit", "NULL in a column that has to have values", place=Place(column=field.name))
    if pa.types.is_dictionary(field.type):
        encoded = column.dictionary_encode()
        indices = encoded.indices.cast(field.type.index_type)
        return pa.DictionaryArray.from_arrays(indices, encoded.dictionary, ordered=field.type.ordered)
    return pa.ExtensionArray.from_storage(field.type, column) if field.type != values else column
