"""What a Parquet copy takes over from its source's footer: types, codecs, INT96; and what it leaves behind."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow.parquet as pq

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
