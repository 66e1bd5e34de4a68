"""Random schemas whose tables refer to each other in every way, with rows of which some refer to nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from masker.snapshot import ForeignKey

Cell = str | None
Rows = list[dict[str, Cell]]
WAYS = ("fpe", "token", "permute", "hash", "encrypt")
INFOTYPES = ("other", "username", "device_id", "session_id")
VALUES = {
    "permute": ("7", "42", "007", "4711", "99", "100000"),
    "text": ("K-1", "k-1", "anna@firma.example", "Ü 2", "007", "7", "x y", "ß"),
}


@dataclass(frozen=True)
class Graph:
    """Tables with two key columns each, `a` and `b`, and any number of columns that refer to them."""

    keys: dict[str, tuple[ForeignKey, ...]]
    way: str
    infotypes: dict[str, str]
    rows: dict[str, Rows]

    @property
    def columns(self) -> dict[str, list[str]]:
        """The columns of each table; the first three are its own."""
        return {
            name: list(dict.fromkeys(["a", "b", "kind", *(column for key in keys for column in key.columns)]))
            for name, keys in self.keys.items()
        }

    def profile(self, *, follow: bool) -> str:
        """A profile that says all keys (`follow`), or only how columns are masked, of other infotypes at each end."""
        lines = []
        for name, keys in self.keys.items():
            rules = dict.fromkeys("ab", f"{{method: {self.way}, infotype: {self.infotypes[name]}}}")
            rules["kind"] = "keep"
            for key in keys:
                for column, ref in zip(key.columns, key.ref, strict=True):
                    rules.setdefault(column, f"{{references: {key.table}.{ref}}}" if follow else self.way)
            lines += [f"  {name}:", f"    columns: {{{', '.join(f'{k}: {v}' for k, v in rules.items())}}}"]
            if follow and (several := [_told(key) for key in keys if len(key.columns) > 1 or key.columns[0] in "ab"]):
                lines.append(f"    references: [{', '.join(several)}]")
        return "masker: 1\nname: graph\nextends: test-env\ntables:\n" + "\n".join(lines) + "\n"


def _told(key: ForeignKey) -> str:
    to = ", ".join(f"{key.table}.{ref}" for ref in key.ref)
    return f"{{columns: [{', '.join(key.columns)}], to: [{to}]}}"


def joins(key: ForeignKey, children: Sequence[dict[str, Cell]], parents: Sequence[dict[str, Cell]]) -> list[list[int]]:
    """For each row of `children` the rows of `parents` that it joins with (MATCH SIMPLE)."""
    found = []
    for child in children:
        cells = [child[column] for column in key.columns]
        there = [[parent[column] for column in key.ref] for parent in parents]
        found.append([] if None in cells else [number for number, other in enumerate(there) if other == cells])
    return found


@st.composite
def graphs(draw: st.DrawFn, nulls: bool = True) -> Graph:
    """One to four tables; keys of one column or two, into the own table, in circles, sharing columns."""
    names = [f"t{number}" for number in range(draw(st.integers(1, 4)))]
    way = draw(st.sampled_from(WAYS))
    values = VALUES["permute" if way == "permute" else "text"]
    keys: dict[str, tuple[ForeignKey, ...]] = {}
    for name in names:
        mine = []
        for number in range(draw(st.integers(0, 3))):
            other = draw(st.sampled_from(names))
            match draw(st.sampled_from(["one", "two", "own", "chain"])):
                case "one":
                    mine.append(ForeignKey((f"r{number}",), other, (draw(st.sampled_from("ab")),), declared=True))
                case "two":  # the second column may be part of another key too
                    mine.append(ForeignKey((f"s{number}", f"u_{other}"), other, ("a", "b"), declared=True))
                case "chain":  # a key that is itself the key of another table
                    mine.append(ForeignKey(("a",), other, (draw(st.sampled_from("ab")),), declared=True))
                case "own":
                    mine.append(ForeignKey((f"own{number}",), name, ("a",), declared=True))
        keys[name] = tuple(dict.fromkeys(mine))
    graph = Graph(keys, way, {name: draw(st.sampled_from(INFOTYPES)) for name in names}, {})
    cell = st.sampled_from([*values, *([None] if nulls else [])])
    for name, columns in graph.columns.items():
        row = st.fixed_dictionaries({column: st.just("x") if column == "kind" else cell for column in columns})
        graph.rows[name] = draw(st.lists(row, min_size=1, max_size=6))
    return graph
