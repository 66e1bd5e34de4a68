"""P1: a mark in one spelling, at one place of a file, under one method: of 2,500 cases none is in the copy.

Every mark is searched for in every spelling, in the files as they lie there and inflated; and in SOURCE all are found,
so that a search that finds nothing would show.
"""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.faults.canaries import DIGITS, STEM, found_in, inflated, mark, spellings
from tests.faults.dumps import DUMPS
from tests.faults.figures import record
from tests.faults.runs import Lab
from tests.faults.samples import gz, zst

METHODS = {
    "fpe": "fpe",
    "token": "token",
    "same": "{method: token, alphabet: same}",
    "redact": "redact",
    "none": "'null'",
    "hash": "hash",
    "encrypt": "encrypt",
    "drop": "drop",
    "constant": "{method: constant, value: x}",
    "coarse": "{method: generalize, to: year}",
    "moved": "{method: shift_date, within: 90d}",
    "email": "{method: fake, infotype: email, by: none}",
    "city": "{method: fake, infotype: city, by: none}",
}
SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper case": str.upper,
    "in a sentence": lambda text: f"call {text}, please",
    "quoted": lambda text: f'"{text}"\nand more',
    "hex": lambda text: text.encode().hex(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 inside": lambda text: base64.b64encode(f"to {text}".encode()).decode(),
    "url": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "json": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
    "reversed": lambda text: text[::-1],
    "digits": lambda text: f"{DIGITS}{text[-11:]}",
}
ROWS, LAST = 40, 39
PLACES = {"first row": 0, "last row": LAST}


def table() -> dict[str, list[str]]:
    """A column for each method and spelling, whose first and last cell are marks; other cells are ordinary."""
    columns = {}
    for m, method in enumerate(METHODS):
        for s, (spelling, spelled) in enumerate(SPELLINGS.items()):
            cells = [f"cell {number % 7} of {m}.{s}" for number in range(ROWS)]
            for place, row in PLACES.items():
                cells[row] = spelled(mark(case_number(m, s, place)))
            columns[f"{method} {spelling}"] = cells
    return columns


def case_number(method: int, spelling: int, place: str) -> int:
    return (method * len(SPELLINGS) + spelling) * len(PLACES) + list(PLACES).index(place)


CASES = len(METHODS) * len(SPELLINGS) * len(PLACES)


def rows() -> list[dict[str, str]]:
    columns = table()
    return [{name: cells[number] for name, cells in columns.items()} for number in range(ROWS)]


def as_csv(delimiter: str = ",") -> str:
    quoted = [
        ['"' + cell.replace('"', '""') + '"' for cell in row] for row in [list(table()), *map(dict.values, rows())]
    ]
    return "".join(delimiter.join(row) + "\n" for row in quoted)


def as_parquet(folder: Path, **options: object) -> bytes:
    """With marks in the metadata of the file and of its fields too, in statistics and in the page index."""
    columns = dict(table())
    fields = [pa.field(name, pa.string(), metadata={"comment": mark(1)}) for name in columns]
    made = pa.table(columns, schema=pa.schema(fields, metadata={"note": mark(2), mark(3): "x"}))
    path = folder / "made.parquet"
    pq.write_table(made, path, **({"row_group_size": 16, "write_page_index": True} | options))
    return path.read_bytes()


FORMATS: dict[str, tuple[str, Callable[[Path], bytes]]] = {
    "csv": ("people.csv", lambda _: as_csv().encode()),
    "csv in utf-16": ("people.csv", lambda _: as_csv().encode("utf-16")),
    "tsv": ("people.tsv", lambda _: as_csv("\t").encode()),
    "csv.gz": ("people.csv.gz", lambda _: gz(as_csv().encode())),
    "json": ("people.json", lambda _: json.dumps(rows(), indent=1).encode()),
    "jsonl": ("people.jsonl", lambda _: b"".join(json.dumps(row).encode() + b"\n" for row in rows())),
    "jsonl.zst": ("people.jsonl.zst", lambda _: zst(b"".join(json.dumps(row).encode() + b"\n" for row in rows()))),
    **{name: (file, lambda _, make=make: make(rows())) for name, (file, make) in DUMPS.items()},  # type: ignore[misc]
    "parquet": ("people.parquet", lambda folder: as_parquet(folder, compression="none")),
    "parquet, snappy": ("people.parquet", lambda folder: as_parquet(folder, compression="snappy")),
}


def profile(name: str) -> str:
    """Every column by its method; what a method cannot read goes the way of its like."""
    # No type of MySQL is as long as what is encrypted could be.
    methods = METHODS | ({"encrypt": "hash"} if name == "mysqldump" else {})
    ways = {f"{method} {spelling}": way for method, way in methods.items() for spelling in SPELLINGS}
    lines = [f"      {name}: {way if way[0] == '{' else f'{{method: {way}}}'}" for name, way in ways.items()]
    return "\n".join(["masker: 1", "name: places", "owner: o", "tables:", "  people:", "    columns:", *lines]) + "\n"


def found_marks(data: bytes) -> set[int]:
    """The numbers of the marks that stand in `data`, by any of the spellings that cells have."""
    return {number for number in range(CASES) if any(spelled in data for spelled in written(number))}


def written(number: int) -> list[bytes]:
    method_and_spelling, _ = divmod(number, len(PLACES))
    spelled = list(SPELLINGS.values())[method_and_spelling % len(SPELLINGS)](mark(number))
    # What the formats make of quotes, line ends and backslashes.
    escaped = spelled.replace("\\", "\\\\").replace("\n", "\\n")
    forms = {spelled, spelled.replace('"', '""'), json.dumps(spelled)[1:-1], escaped, escaped.replace('"', '\\"')}
    return [form.encode(encoding) for form in forms for encoding in ("utf-8", "utf-16-le")]


@pytest.mark.promise("P1")
@pytest.mark.parametrize("name", FORMATS)
def test_no_mark_is_in_a_copy_in_any_spelling_at_any_place_under_any_method(lab: Lab, name: str) -> None:
    made = lab.fresh("a")
    file, make = FORMATS[name]
    source = made.folder / "in" / file
    source.write_bytes(make(made.folder))
    (made.folder / "faults.yaml").write_text(profile(name))
    assert found_marks(inflated(source)) == set(range(CASES))
    seen = made.mask(source, dest=made.folder / "out" / file)
    assert seen.exit == 0, seen.stderr.decode()
    seen.is_silent()
    for path in (made.folder / "out").iterdir():
        data = inflated(path)
        assert not found_in(data), (path.name, sorted(found_marks(data))[:5])
        assert DIGITS.encode() not in data
        assert DIGITS.encode("utf-16-le") not in data
        assert not found_marks(data)
    record("P1", f"{name}: places × spellings × methods that were searched", CASES, "0 marks found")


def test_the_cases_are_a_thousand_and_more_and_each_spelling_is_searched_for() -> None:
    assert CASES * len(FORMATS) > 1000
    for spelled in SPELLINGS.values():
        assert found_in(spelled(mark(7)).encode()) or DIGITS.encode() in spelled(mark(7)).encode()
    assert set(spellings(STEM)) > {"hex", "reversed", "url", "json", "utf-16le"}
