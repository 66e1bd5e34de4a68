"""The verifier works out anew which rows a copy must not have, and sees each one that is there all the same."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from masker.agreement import BUILT_IN
from masker.errors import GateError, UsageError
from masker.exclusion import Exclusion
from masker.manifest import CopyTable
from masker.promises import ColumnPromise, Promises, TablePromise
from masker.snapshot import ForeignKey
from masker.verify.against import examine, verify_against
from masker.verify.excluded import Excluded, conditions_of
from masker.verify.in_memory import examine_table

from . import shop as shops
from .made import manifest

EXCLUDE = (Exclusion("customers", "city", frozenset({"Lyon"})),)
ROWS = 130
TENANT = (Exclusion("customers", "city", frozenset({"Berlin", "A, B"}), others=True),)


def left(shop: shops.Shop, stays: Callable[[shops.Row], bool]) -> shops.Shop:
    """The right copy less the customers that do not stay, and less their orders; SOURCE as it was."""
    numbers = [n for n, row in enumerate(shop.source["customers"]) if stays(row)]
    gone = {row["id"] for n, row in enumerate(shop.source["customers"]) if n not in set(numbers)}
    orders = [n for n, row in enumerate(shop.source["orders"]) if row["customer"] not in gone]
    copy = {
        "customers": [shop.copy["customers"][n] for n in numbers],
        "orders": [shop.copy["orders"][n] for n in orders],
    }
    return shops.Shop(shop.source, copy)


def found(shop: shops.Shop, folder: Path, suffix: str, exclude: tuple[Exclusion, ...] = EXCLUDE) -> set[str]:
    source, copy = shops.write(shop.source, folder / "a", suffix), shops.write(shop.copy, folder / "b", suffix)
    return {problem.code for problem in examine(shops.promises(suffix), source, copy, exclude=exclude).problems}


def without_lyon() -> shops.Shop:
    return left(shops.shop(ROWS), lambda row: row["city"] != "Lyon")


@pytest.mark.parametrize("suffix", shops.FORMATS)
def test_a_copy_without_the_rows_is_right(tmp_path: Path, suffix: str) -> None:
    shop = without_lyon()
    assert len(shop.copy["customers"]) < 115
    assert len(shop.copy["orders"]) < 115
    assert found(shop, tmp_path, suffix) == set()


@pytest.mark.parametrize("suffix", shops.FORMATS)
def test_a_copy_of_the_named_only_is_right(tmp_path: Path, suffix: str) -> None:
    shop = left(shops.shop(ROWS), lambda row: row["city"] in ("Berlin", "A, B"))
    assert found(shop, tmp_path, suffix, TENANT) == set()


@pytest.mark.parametrize("suffix", shops.FORMATS)
def test_a_copy_that_lacks_rows_fails_without_the_conditions(tmp_path: Path, suffix: str) -> None:
    assert "mismatch" in found(without_lyon(), tmp_path, suffix, ())


def _nothing_left_out(shop: shops.Shop) -> None:
    shop.copy = shops.shop(ROWS).copy


def _children_stay(shop: shops.Shop) -> None:
    shop.copy["orders"] = shops.shop(ROWS).copy["orders"]


def _first_excluded_row_stays(shop: shops.Shop) -> None:
    at = next(n for n, row in enumerate(shop.source["customers"]) if row["city"] == "Lyon")
    shop.copy["customers"].insert(at, shops.shop(ROWS).copy["customers"][at])


def _last_excluded_row_stays_at_the_end(shop: shops.Shop) -> None:
    at = max(n for n, row in enumerate(shop.source["customers"]) if row["city"] == "Lyon")
    shop.copy["customers"].append(shops.shop(ROWS).copy["customers"][at])


def _excluded_row_instead_of_another(shop: shops.Shop) -> None:
    at = next(n for n, row in enumerate(shop.source["customers"]) if row["city"] == "Lyon")
    shop.copy["customers"][at] = shops.shop(ROWS).copy["customers"][at]


def _one_child_stays(shop: shops.Shop) -> None:
    gone = {row["id"] for row in shop.source["customers"] if row["city"] == "Lyon"}
    at = next(n for n, row in enumerate(shop.source["orders"]) if row["customer"] in gone)
    shop.copy["orders"].append(shops.shop(ROWS).copy["orders"][at])


LEAKS = (
    _nothing_left_out,
    _children_stay,
    _first_excluded_row_stays,
    _last_excluded_row_stays_at_the_end,
    _excluded_row_instead_of_another,
    _one_child_stays,
)


@pytest.mark.parametrize("suffix", shops.FORMATS)
@pytest.mark.parametrize("fault", LEAKS, ids=lambda fault: fault.__name__.strip("_"))
def test_an_excluded_row_in_the_copy_is_a_leak(
    tmp_path: Path, suffix: str, fault: Callable[[shops.Shop], None]
) -> None:
    shop = without_lyon()
    fault(shop)
    assert "leak" in found(shop, tmp_path, suffix)


def _one_more_row_lost(shop: shops.Shop) -> None:
    del shop.copy["customers"][100]


def _one_more_child_lost(shop: shops.Shop) -> None:
    del shop.copy["orders"][-1]


def _rows_of_null_lost_too(shop: shops.Shop) -> None:
    shop.copy["customers"] = [row for row in shop.copy["customers"] if row["city"] is not None]


def _wrong_city_lost(shop: shops.Shop) -> None:
    shop.copy = left(shops.shop(ROWS), lambda row: row["city"] != "Berlin").copy


LOSSES = (_one_more_row_lost, _one_more_child_lost, _rows_of_null_lost_too, _wrong_city_lost)


@pytest.mark.parametrize("suffix", shops.FORMATS)
@pytest.mark.parametrize("fault", LOSSES, ids=lambda fault: fault.__name__.strip("_"))
def test_a_row_that_nobody_excluded_has_to_be_there(
    tmp_path: Path, suffix: str, fault: Callable[[shops.Shop], None]
) -> None:
    shop = without_lyon()
    fault(shop)
    assert {"mismatch", "leak"} & found(shop, tmp_path, suffix)


def test_the_error_names_table_and_row_and_no_value(tmp_path: Path) -> None:
    shop = without_lyon()
    _last_excluded_row_stays_at_the_end(shop)
    source, copy = shops.write(shop.source, tmp_path / "a", "csv"), shops.write(shop.copy, tmp_path / "b", "csv")
    with pytest.raises(GateError) as caught:
        verify_against(shops.promises("csv"), source, copy, exclude=EXCLUDE)
    assert (caught.value.code, caught.value.place.table) == ("leak", "customers")
    assert "Lyon" not in f"{caught.value!r}{caught.value.hint}"


def test_a_condition_of_no_promised_column_is_drift(tmp_path: Path) -> None:
    shop = without_lyon()
    source, copy = shops.write(shop.source, tmp_path / "a", "csv"), shops.write(shop.copy, tmp_path / "b", "csv")
    with pytest.raises(GateError) as caught:
        examine(shops.promises("csv"), source, copy, exclude=(Exclusion("customers", "town", frozenset({"Lyon"})),))
    assert caught.value.code == "drift"


def test_chains_and_circles_are_followed_to_the_end() -> None:
    kept = tuple(ColumnPromise(name, "none", "keep", "kept") for name in ("id", "up"))
    staff = TablePromise("staff", "", kept, (ForeignKey(("up",), "staff", ("id",)),))
    order = [6, 3, 2, 5, 4, 1]
    up = {1: None, 2: 1, 3: 2, 4: 3, 5: 1, 6: 4}
    rows = pa.table({"id": order, "up": pa.array([up[n] for n in order], pa.int64())})
    for size in (1, 2, 9):
        excluded = Excluded(
            [Exclusion("staff", "id", frozenset({"2"}))], (staff,), lambda _, n=size: iter(rows.to_batches(n))
        )
        stay = pa.Table.from_batches(excluded.left("staff", rows.to_batches(size)), rows.schema)
        assert stay["id"].to_pylist() == [5, 1]
        assert excluded.absent("staff") == 4


def test_frames_are_held_to_the_conditions_too() -> None:
    promise = TablePromise("t", "", (ColumnPromise("c", "none", "keep", "kept"),))
    before = pa.table({"c": ["a", "b", "a", None]})
    exclude = (Exclusion("t", "c", frozenset({"a"})),)
    assert not examine_table(promise, before, pa.table({"c": ["b", None]}), exclude).problems
    assert examine_table(promise, before, pa.table({"c": ["b", "a", None]}), exclude).problems
    assert examine_table(promise, before, before, exclude).problems


def test_a_copy_that_lacks_rows_needs_its_agreement() -> None:
    whole, lacking = manifest(), manifest(tables=(CopyTable("t", "crm/customers.csv", 2, (), excluded=1),))
    assert conditions_of(whole, None) == ()
    with pytest.raises(UsageError) as caught:
        conditions_of(lacking, None)
    assert "--agreement" in caught.value.hint
    with pytest.raises(GateError) as refused:
        conditions_of(manifest(agreement="somebody else"), BUILT_IN)
    assert refused.value.code == "agreement"


def test_promises_without_keys_leave_children_alone(tmp_path: Path) -> None:
    shop = without_lyon()
    shop.copy["orders"] = shops.shop(ROWS).copy["orders"]
    source, copy = shops.write(shop.source, tmp_path / "a", "csv"), shops.write(shop.copy, tmp_path / "b", "csv")
    customers, orders = shops.promises("csv").tables
    bare = Promises((customers, TablePromise(orders.name, orders.file, orders.columns)))
    assert not examine(bare, source, copy, exclude=EXCLUDE).problems
