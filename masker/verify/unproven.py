"""What a comparison could not check, in sentences: where the rows of a copy have no order that SOURCE's have too."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from masker.errors import shown
from masker.promises import ColumnPromise, Promises
from masker.verify.dump_ddl import Declared
from masker.verify.unpaired import Orderless

_SHOWN = 5  # names in one sentence
# Types whose values a server writes as any dump does; of others (0.10, 'f', dates, 0x00) it chooses how.
_PLAIN = frozenset(
    "varchar text tinytext mediumtext longtext citext tinyint smallint mediumint int integer bigint serial "
    "bigserial smallserial int2 int4 int8".split()
)


@dataclass
class Unproven:
    """Gathers the tables that were compared as sets, and the kept columns (table, column) that were not compared."""

    orderless: Orderless | None = None
    tables: set[str] = field(default_factory=set)
    columns: list[tuple[str, str]] = field(default_factory=list)

    @property
    def same_style(self) -> bool:
        """Whether equal values are written alike on both sides."""
        return self.orderless is None or self.orderless.same_style

    def compared(self, table: str, columns: Sequence[ColumnPromise], declared: Sequence[Declared]) -> frozenset[str]:
        """Note that a table's rows are not paired; gives the kept columns whose values can be compared."""
        self.tables.add(table)
        kept = [column.name for column in columns if column.fate == "kept"]
        if self.same_style:
            return frozenset(kept)
        plain = {column.name for column in declared if column.type in _PLAIN}
        self.columns += [(table, name) for name in kept if name not in plain]
        return frozenset(plain.intersection(kept))

    def told(self, promises: Promises) -> Iterator[str]:
        """One sentence for each kind of thing that nobody could check."""
        if not self.tables:
            return
        which = "the rows" if self.orderless else f"rows of {_listed(sorted(self.tables))}"
        yield f"{which} have no order that tells which is whose: compared as sets, not row by row"
        yield "there, whether equal values stayed equal, which person a value belongs to, lengths and lists of values"
        touched = [table for table in promises.tables if table.name in self.tables]
        if any(table.held or table.typed or any(len(names) > 1 for names in table.unique) for table in touched):
            yield "there, keys inside of cells or to several tables, and sets of columns that are unique together"
        if self.columns:
            yield f"kept values that a server writes in its own way: {_listed(['.'.join(one) for one in self.columns])}"
        if self.orderless:
            yield "what stands beside rows (views, triggers, defaults, sequences)"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(".".join(map(shown, name.split("."))) for name in names[:_SHOWN]) + more
