"""The verifier bites: every seeded fault in a copy is refused, in every format, and a right copy is not."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from masker.errors import GateError
from masker.verify.against import examine, verify_against
from tests.verify.shop import FORMATS, Shop, encoded, masked_id, promises, shop, write

Fault = Callable[[Shop], None]
FAULTS: dict[str, Fault] = {}


def fault(function: Fault) -> Fault:
    FAULTS[function.__name__] = function
    return function


def set_column(made: Shop, table: str, column: str, values: list[object]) -> None:
    for row, value in zip(made.copy[table], values, strict=True):
        row[column] = value


def column(rows: list[dict[str, object]], name: str) -> list[object]:
    return [row[name] for row in rows]


@fault
def a_column_was_skipped(made: Shop) -> None:
    set_column(made, "customers", "email", column(made.source["customers"], "email"))


@fault
def a_column_of_few_values_was_skipped(made: Shop) -> None:
    set_column(made, "customers", "name", column(made.source["customers"], "name"))


@fault
def the_key_was_skipped(made: Shop) -> None:
    set_column(made, "customers", "id", column(made.source["customers"], "id"))
    set_column(made, "orders", "customer", column(made.source["orders"], "customer"))


@fault
def a_masked_column_is_off_by_one_row(made: Shop) -> None:
    values = column(made.copy["customers"], "email")
    set_column(made, "customers", "email", values[1:] + values[:1])


@fault
def a_kept_column_is_off_by_one_row(made: Shop) -> None:
    values = column(made.copy["customers"], "zip")
    set_column(made, "customers", "zip", values[1:] + values[:1])


@fault
def the_last_row_is_missing(made: Shop) -> None:
    made.copy["customers"].pop()


@fault
def a_row_came_twice(made: Shop) -> None:
    made.copy["orders"].append(made.copy["orders"][-1])


@fault
def two_rows_are_swapped(made: Shop) -> None:
    rows = made.copy["customers"]
    rows[50], rows[51] = rows[51], rows[50]


@fault
def two_kept_columns_are_swapped(made: Shop) -> None:
    cities, zips = column(made.copy["customers"], "city"), column(made.copy["customers"], "zip")
    set_column(made, "customers", "city", zips)
    set_column(made, "customers", "zip", cities)


@fault
def two_masked_columns_are_swapped(made: Shop) -> None:
    names, emails = column(made.copy["customers"], "name"), column(made.copy["customers"], "email")
    set_column(made, "customers", "name", emails)
    set_column(made, "customers", "email", names)


@fault
def nothing_was_masked(made: Shop) -> None:
    for after, before in zip(made.copy["customers"], made.source["customers"], strict=True):
        after.update({name: before[name] for name in ("id", "email", "name")})


@fault
def the_last_chunk_was_skipped(made: Shop) -> None:
    for after, before in zip(made.copy["customers"][-40:], made.source["customers"][-40:], strict=True):
        after["name"] = before["name"]


@fault
def one_single_cell_was_skipped(made: Shop) -> None:
    made.copy["customers"][123]["email"] = made.source["customers"][123]["email"]


@fault
def a_null_became_empty(made: Shop) -> None:
    made.copy["customers"][5]["email"] = ""


@fault
def an_empty_cell_became_null(made: Shop) -> None:
    made.copy["customers"][3]["name"] = None


@fault
def a_kept_null_was_filled(made: Shop) -> None:
    made.copy["customers"][11]["city"] = "null"


@fault
def a_stale_dictionary_repeats_pseudonyms(made: Shop) -> None:
    emails = [value for value in column(made.copy["customers"], "email") if value]
    for row in made.copy["customers"][200:]:
        row["email"] = row["email"] and emails[(int(str(row["zip"])) - 200) % 100]


@fault
def equal_keys_got_two_pseudonyms(made: Shop) -> None:
    for row in made.source["customers"]:
        row["email"] = row["email"] and "same@firma.example"


@fault
def the_foreign_key_was_masked_with_another_key(made: Shop) -> None:
    set_column(
        made, "orders", "customer", [masked_id(value) + 70_000 for value in column(made.source["orders"], "customer")]
    )


@fault
def one_order_lost_its_customer(made: Shop) -> None:
    made.copy["orders"][17]["customer"] = 999_999


@fault
def an_orphan_was_given_a_customer(made: Shop) -> None:
    known = set(column(made.source["customers"], "id"))
    row = next(i for i, order in enumerate(made.source["orders"]) if order["customer"] not in known)
    made.copy["orders"][row]["customer"] = made.copy["customers"][0]["id"]


@fault
def a_dropped_column_is_there(made: Shop) -> None:
    set_column(made, "customers", "secret", column(made.source["customers"], "secret"))


@fault
def a_nulled_column_holds_a_value(made: Shop) -> None:
    made.copy["customers"][399]["photo"] = "photo-399"


@fault
def leading_zeros_were_lost(made: Shop) -> None:
    made.copy["customers"][9]["zip"] = str(made.copy["customers"][9]["zip"]).lstrip("0")


@fault
def a_kept_number_was_rewritten(made: Shop) -> None:
    made.copy["orders"][7]["amount"] = "7.5"


@fault
def a_column_was_renamed(made: Shop) -> None:
    for row in made.copy["orders"]:
        row["total"] = row.pop("amount")


@pytest.mark.promise("P2")
@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("name", FAULTS)
def test_every_seeded_fault_is_refused(name: str, suffix: str, tmp_path: Path) -> None:
    made = shop()
    FAULTS[name](made)
    source, copy = write(made.source, tmp_path / "a", suffix), write(made.copy, tmp_path / "b", suffix)
    with pytest.raises(GateError) as refused:
        verify_against(promises(suffix), source, copy)
    assert refused.value.code in {"leak", "mismatch", "orphans"}
    assert refused.value.place.table in {"customers", "orders"}


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_right_copy_passes_with_nothing_found(suffix: str, tmp_path: Path) -> None:
    made = shop()
    source, copy = write(made.source, tmp_path / "a", suffix), write(made.copy, tmp_path / "b", suffix)
    result = verify_against(promises(suffix), source, copy)
    assert (result.problems, result.rows) == ((), 800)
    assert result.summary.leaks == result.summary.orphans == result.summary.mismatches == 0
    assert result.summary.checks >= 10 + 2 * 2 + 1 + 1


@pytest.mark.parametrize("name", FAULTS)
def test_no_value_is_in_what_is_reported(name: str, tmp_path: Path) -> None:
    made = shop()
    FAULTS[name](made)
    source, copy = write(made.source, tmp_path / "a", "csv"), write(made.copy, tmp_path / "b", "csv")
    said = repr(examine(promises("csv"), source, copy).problems)
    assert not re.search(r"firma|example|photo-|s3cret|Name\d|Berlin|Hague|Fake", said)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_leak_names_its_column_and_first_row(suffix: str, tmp_path: Path) -> None:
    made = shop()
    FAULTS["one_single_cell_was_skipped"](made)
    source, copy = write(made.source, tmp_path / "a", suffix), write(made.copy, tmp_path / "b", suffix)
    with pytest.raises(GateError) as refused:
        verify_against(promises(suffix), source, copy)
    place = refused.value.place
    assert (refused.value.code, place.table, place.column, place.row) == ("leak", "customers", "email", 124)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("name", ["extra.csv", "sub/deep/note.txt", "link.csv"])
def test_a_file_that_nobody_promised_is_refused(name: str, suffix: str, tmp_path: Path) -> None:
    made = shop(20)
    source, copy = write(made.source, tmp_path / "a", suffix), write(made.copy, tmp_path / "b", suffix)
    (copy / name).parent.mkdir(exist_ok=True)
    if name.startswith("link"):
        (copy / name).symlink_to(source / f"customers.{suffix}")
    else:
        (copy / name).write_text("x")
    with pytest.raises(GateError, match="nobody promised"):
        verify_against(promises(suffix), source, copy)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_missing_or_cut_off_file_is_refused(suffix: str, tmp_path: Path) -> None:
    made = shop()
    source, copy = write(made.source, tmp_path / "a", suffix), write(made.copy, tmp_path / "b", suffix)
    file = copy / f"customers.{suffix}"
    file.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(GateError, match=r"mismatch|leak"):
        verify_against(promises(suffix), source, copy)
    file.unlink()
    with pytest.raises(GateError, match="mismatch"):
        verify_against(promises(suffix), source, copy)


def test_a_lost_quote_is_refused(tmp_path: Path) -> None:
    made = shop()
    source, copy = write(made.source, tmp_path / "a", "csv"), write(made.copy, tmp_path / "b", "csv")
    file = copy / "customers.csv"
    file.write_bytes(file.read_bytes().replace(b'"A, B"', b"A, B", 1))
    with pytest.raises(GateError, match="mismatch"):
        verify_against(promises("csv"), source, copy)


@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_an_original_behind_a_duplicate_key_is_refused(suffix: str, tmp_path: Path) -> None:
    made = shop()
    source, copy = write(made.source, tmp_path / "a", suffix), write(made.copy, tmp_path / "b", suffix)
    file = copy / f"customers.{suffix}"
    file.write_bytes(
        re.sub(rb'"email": "', rb'"email": "person0@firma.example", "email": "', file.read_bytes(), count=1)
    )
    with pytest.raises(GateError, match="same key twice"):
        verify_against(promises(suffix), source, copy)


@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_a_kept_number_that_became_text_is_refused(suffix: str, tmp_path: Path) -> None:
    made = shop()
    source = write(made.source, tmp_path / "a", suffix)
    made.copy["orders"][3]["order"] = "3"
    with pytest.raises(GateError, match="mismatch"):
        verify_against(promises(suffix), source, write(made.copy, tmp_path / "b", suffix))


def test_a_kept_column_of_another_type_is_refused(tmp_path: Path) -> None:
    made = shop()
    source = write(made.source, tmp_path / "a", "parquet")
    set_column(made, "orders", "order", [str(value) for value in column(made.copy["orders"], "order")])
    with pytest.raises(GateError, match="mismatch"):
        verify_against(promises("parquet"), source, write(made.copy, tmp_path / "b", "parquet"))


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_single_file_is_checked_alone(suffix: str, tmp_path: Path) -> None:
    made = shop()
    source, copy = tmp_path / f"in.{suffix}", tmp_path / "out"
    source.write_bytes(encoded(made.source["customers"], suffix))
    copy.write_bytes(encoded(made.copy["customers"], suffix))
    table = promises(suffix).tables[0]
    alone = type(promises(suffix))((type(table)(table.name, "", table.columns),))
    assert verify_against(alone, source, copy).rows == 400
    copy.write_bytes(source.read_bytes())
    with pytest.raises(GateError):
        verify_against(alone, source, copy)
