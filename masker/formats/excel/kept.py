"""Which formulas of kept columns a copy can keep."""

from collections.abc import Collection, Mapping

from masker.errors import GateError, Place
from masker.formats.excel.book import MAX_ROWS, Cell
from masker.formats.excel.formulas import Area, areas_of
from masker.formats.excel.layout import Layout


class Formulas:
    """Decides by what a formula computes from.

    `layouts` are the tables, `sheets` the names of their sheets, `changed` the columns by table that are not kept,
    `shortened` the tables that lose rows: where there is one, other cells stand where formulas point, and all become
    values. So they do where a sheet has no header.
    """

    def __init__(
        self,
        layouts: Mapping[str, Layout],
        sheets: Mapping[str, str],
        changed: Mapping[str, Collection[str]],
        shortened: Collection[str],
    ) -> None:
        self._tables = {sheet.casefold(): layouts[name] for name, sheet in sheets.items()}
        self._own = {name: sheet.casefold() for name, sheet in sheets.items()}
        self._changed, self._all_values = changed, bool(shortened) or not all(each.heads for each in layouts.values())

    def kept(self, cell: Cell | None, table: str, column: str) -> Cell | None:
        """A cell of a kept column, with its formula or as a value.

        Raises `GateError` (`does-not-fit`) for a formula that reads masked cells: its value tells of them.
        """
        if cell is None or not cell.formula:
            return cell
        areas = areas_of(cell.formula)
        if areas is None:
            return cell._replace(formula="")
        layouts = [self._tables.get((area.sheet or self._own[table]).casefold()) for area in areas]
        for area, layout in zip(areas, layouts, strict=True):
            if layout is not None and any(name in self._changed.get(layout.name, ()) for name in _read(area, layout)):
                message = "a kept column has formulas over masked ones, and their values tell of the originals"
                hint = "mask or drop this column too, or keep those that its formulas read"
                raise GateError("does-not-fit", message, hint, Place(table=table, column=column))
        stays = all(
            layout is not None and (area.first_row > layout.header or area.last_row == MAX_ROWS - 1)
            for area, layout in zip(areas, layouts, strict=True)
        )
        return cell if stays and not self._all_values else cell._replace(formula="")


def _read(area: Area, layout: Layout) -> list[str]:
    if area.last_row <= layout.header:
        return []
    return [name for i, name in layout.columns.items() if area.first_column <= i <= area.last_column]
