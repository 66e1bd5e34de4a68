"""A run of rows as it stands in a dump: its cells as columns, and its bytes again with some cells written anew."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from masker.columns import Bools
from masker.spans import gather, join, without_spans
from masker.sql import Dialect
from masker.sql.copy_csv import decode_cells, encode_cells, find_cells
from masker.sql.copy_options import TEXT, CopyOptions
from masker.sql.copy_rows import decode_lines, find_lines
from masker.sql.fitted import fitted
from masker.sql.literals import EXPRESSION, NULL, Styles, Unreadable, decode_tuples
from masker.sql.pieces import RowsRun
from masker.sql.render import encode_lines, encode_literals

Grid = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Run:
    """The `origin` of rows: `names` are the columns in the order of the cells; `starts` and `ends` have that shape too.

    Row r with what separates it from the row before is bytes `bounds[r]` to `bounds[r + 1]`, its own begin at
    `opens[r]`. `styles` is None for COPY; of CSV, `quoted` are the cells with quotes. `computed` says of columns that
    the server computes which cells hold what it once computed: mariadb-dump writes that, and servers ignore it.
    """

    data: bytes
    names: tuple[str, ...]
    starts: Grid
    ends: Grid
    bounds: npt.NDArray[np.int64]
    opens: npt.NDArray[np.int64]
    styles: Styles | None
    dialect: Dialect
    backslashes: bool
    codec: str = ""
    options: CopyOptions = TEXT
    quoted: Bools | None = None
    computed: Mapping[int, Bools] = field(default_factory=dict)

    def rendered(self, columns: Mapping[str, pa.Array | None]) -> list[bytes | pa.Buffer]:
        """The run with these columns written anew (None: NULL in every row), all else byte for byte.

        What the server computed is left to it: of masked values it computes others.
        """
        replaced = sorted({*(self.names.index(name) for name in columns if name in self.names), *self.computed})
        if not replaced or not len(self.opens):
            return [self.data]
        rows = len(self.opens)
        froms = np.empty((len(replaced), rows), np.int64)
        for number, column in enumerate(replaced):
            if number:
                froms[number] = self.ends[:, replaced[number - 1]]
            else:
                froms[number] = np.append(self.starts[0, column], self.ends[:-1, replaced[-1]])
        untils = self.starts[:, replaced].T
        gaps = gather(self.data, froms.ravel(), np.ascontiguousarray(untils).ravel())
        pieces: list[pa.Array | str] = []
        for number, column in enumerate(replaced):
            if number and column == replaced[number - 1] + 1 and bool((untils[number] - froms[number] == 1).all()):
                pieces.append("," if self.styles is not None else self.options.delimiter.decode())
            else:
                pieces.append(gaps.slice(number * rows, rows))
            if column in self.computed:
                pieces.append(self._defaults(column))
            else:
                pieces += self._literals(column, columns[self.names[column]])
        return [
            self.data[: int(self.starts[0, replaced[0]])],
            join(pieces),
            self.data[int(self.ends[-1, replaced[-1]]) :],
        ]

    def without(self, left_out: Bools) -> "Run":
        """The run less some rows, each with what separates it from the row before."""
        stays = ~left_out
        begins, nexts = self.bounds[:-1], self.bounds[1:]
        data = without_spans(self.data, begins[left_out], nexts[left_out])
        gone = np.cumsum(np.where(left_out, nexts - begins, 0))[stays]
        return replace(
            self,
            data=data,
            starts=self.starts[stays] - gone[:, np.newaxis],
            ends=self.ends[stays] - gone[:, np.newaxis],
            bounds=np.append(0, nexts[stays] - gone),
            opens=self.opens[stays] - gone,
            styles=None if self.styles is None else self.styles[stays],
            quoted=None if self.quoted is None else self.quoted[stays],
            computed={column: valued[stays] for column, valued in self.computed.items()},
        )

    def _defaults(self, column: int) -> pa.Array:
        starts, ends = (np.ascontiguousarray(places[:, column]) for places in (self.starts, self.ends))
        return pc.fill_null(gather(self.data, starts, ends, valid=~self.computed[column]), "DEFAULT")

    def _literals(self, column: int, values: pa.Array | None) -> list[pa.Array | str]:
        values = pa.nulls(len(self.opens), pa.string()) if values is None else fitted(values, self.codec)
        if self.styles is None:
            if self.quoted is not None:
                return [encode_cells(values, np.ascontiguousarray(self.quoted[:, column]), self.options)]
            return [encode_lines(values, self.options)]

        def original(row: int) -> bytes:
            return self.data[int(self.starts[row, column]) : int(self.ends[row, column])]

        styles = np.ascontiguousarray(self.styles[:, column])
        return encode_literals(values, styles, original, self.dialect, backslashes=self.backslashes)


def read_run(
    piece: RowsRun,
    names: tuple[str, ...],
    dialect: Dialect,
    *,
    backslashes: bool,
    binary: tuple[int, ...],
    computed: tuple[int, ...],
    codec: str = "",
    options: CopyOptions = TEXT,
) -> tuple[Run, list[pa.Array]]:
    """The cells of a run: of `binary` columns any bytes, of `computed` ones no values but MariaDB's.
    `codec` is the encoding that the dump says it is in.

    Raises `Unreadable` with the row where they cannot be read, or are not `len(names)` a row."""
    width = len(names)
    if piece.tuples is None:
        quoted: Bools | None = None
        if options.csv:
            lines = find_cells(piece.data, width, options)
            cells, quoted = decode_cells(piece.data, lines, options)
        else:
            lines = find_lines(piece.data, width, options)
            cells = decode_lines(piece.data, lines, codec, options)
        bounds = np.append(0, lines.nexts)
        places = (lines.starts, lines.ends, bounds, bounds[:-1])
        run = Run(piece.data, names, *places, None, dialect, False, codec, options, quoted)
        return run, cells
    tuples = piece.tuples
    wrong = np.flatnonzero(tuples.widths != width)
    if len(wrong):
        raise Unreadable(int(wrong[0]), f"another number of cells than {width}")
    decoded = decode_tuples(piece.data, tuples, width, dialect, backslashes=backslashes, binary=binary, codec=codec)
    valued = {}
    for column in computed:
        held = (decoded.styles[:, column] != EXPRESSION) & (decoded.styles[:, column] != NULL)
        if dialect != "mysql" and held.any():
            raise Unreadable(int(np.argmax(held)), "a value for a column that the server computes")
        if held.any():
            valued[column] = held
    starts, ends = tuples.starts.reshape(-1, width), tuples.ends.reshape(-1, width)
    bounds = np.append(0, tuples.closes + 1)
    places = (starts, ends, bounds, tuples.opens)
    run = Run(piece.data, names, *places, decoded.styles, dialect, backslashes, codec, computed=valued)
    return run, decoded.columns
