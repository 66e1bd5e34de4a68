"""Random schemas whose tables refer to each other in every way, with rows of which some refer to nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from masker.snapshot import ForeignKey

Cell = str | None
Rows = list[dict[str, Cell]]
WAYS = ("fpe", "token", "permute", "{method: hash, form: hex}", "encrypt")
VALUES = {
    "permute": ("7", "42", "007", "4711", "99", "100000"),
    "text": ("K-1", "k-1", "anna@firma.example", "Ü 2", "007", "7", "x y", "ß"),
}


@dataclass(frozen=True)
class Graph:
    """Tables with two key columns each, `a` and `b`, and any number of columns that refer to them."""

    keys: dict[str, tuple[ForeignKey, ...]]
    ways: dict[str, str]
    rows: dict[str, Rows]

    @property
    def columns(self) -> dict[str, list[str]]:
        """The columns of each table; the first three are its own."""
        return {
            name: ["a", "b", "kind", *dict.fromkeys(column for key in keys for column in key.columns)]
            for name, keys in self.keys.items()
        }

    def profile(self) -> str:
        """A profile that says all keys: one column by `references` alone, several by the table's."""
        lines = []
        for name, keys in self.keys.items():
            rules = {"a": self.ways[name], "b": self.ways[name], "kind": "keep"}
            rules["a"], rules["b"] = (_in_domain(self.ways[name], f"{name}.{column}") for column in "ab")
            several = [key for key in keys if len(key.columns) > 1]
            for key in keys:
                for column, ref in zip(key.columns, key.ref, strict=True):
                    rules.setdefault(column, f"{{references: {key.table}.{ref}}}")
            lines += [f"  {name}:", f"    columns: {{{', '.join(f'{k}: {v}' for k, v in rules.items())}}}"]
            if several:
                told = (
                    f"{{columns: [{', '.join(key.columns)}], to: [{', '.join(f'{key.table}.{r}' for r in key.ref)}]}}"
                    for key in several
                )
                lines.append(f"    references: [{', '.join(told)}]")
        return "masker: 1\nname: graph\nextends: test-env\ntables:\n" + "\n".join(lines) + "\n"


def _in_domain(way: str, domain: str) -> str:
    return f"{way[:-1]}, domain: {domain}}}" if way.startswith("{") else f"{{method: {way}, domain: {domain}}}"


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
            match draw(st.sampled_from(["one", "two", "own"])):
                case "one":
                    mine.append(ForeignKey((f"r{number}",), other, (draw(st.sampled_from("ab")),), declared=True))
                case "two":  # the second column may be part of another key too
                    mine.append(ForeignKey((f"s{number}", f"u_{other}"), other, ("a", "b"), declared=True))
                case "own":
                    mine.append(ForeignKey((f"own{number}",), name, ("a",), declared=True))
        keys[name] = tuple(dict.fromkeys(mine))
    graph = Graph(keys, dict.fromkeys(names, way), {})
    cell = st.sampled_from([*values, *([None] if nulls else [])])
    for name, columns in graph.columns.items():
        row = st.fixed_dictionaries({column: st.just("x") if column == "kind" else cell for column in columns})
        graph.rows[name] = draw(st.lists(row, min_size=1, max_size=6))
    return graph
