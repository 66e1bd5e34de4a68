"""What a Parquet copy takes over from its source's footer: types, codecs, INT96; and what it leaves behind.

Field metadata (comments of other tools) goes, but for the numeric field ids that table formats rely on. A dictionary
inside a nested column becomes plain values: nothing would rebuild it without its unused entries.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_FIELD_ID = b"PARQUET:field_id"
_CODECS = {"UNCOMPRESSED": "none", "LZ4_RAW": "lz4", "LZ4_HADOOP": "lz4"}


@dataclass(frozen=True, slots=True)
class Layout:
    """The codec of each column (one name where all agree), the INT96 columns, and whether no timestamp is otherwise."""

    compression: str | dict[str, str]
    int96: frozenset[str]
    all_int96: bool

    @classmethod
    def of(cls, metadata: "pq.FileMetaData") -> "Layout":
        """Read a footer; codecs are those of the first row group."""
        leaves = [metadata.schema.column(i) for i in range(metadata.num_columns)]
        int96 = frozenset(leaf.path for leaf in leaves if leaf.physical_type == "INT96")
        others = [leaf for leaf in leaves if leaf.logical_type.type == "TIMESTAMP"]
        return cls(_codecs(metadata), int96, bool(int96) and not others)


def _codecs(metadata: "pq.FileMetaData") -> str | dict[str, str]:
    if not metadata.num_row_groups or not metadata.num_columns:
        return "snappy"
    group = metadata.row_group(0)
    columns = [group.column(i) for i in range(metadata.num_columns)]
    codecs = {column.path_in_schema: _CODECS.get(column.compression, column.compression.lower()) for column in columns}
    if len(set(codecs.values())) == 1:
        return str(next(iter(codecs.values())))
    # The copy names the values of lists as the norm does (`list.element`); older writers say `list.item`.
    return codecs | {path.replace(".list.item", ".list.element"): codec for path, codec in codecs.items()}


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
