"""The drills: each attack succeeds on a copy that is weak on purpose, so that a 0 on a good one means something."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.attacks import (
    Outcome,
    attacks,
    dates,
    dictionary,
    differencing,
    frequency,
    linkage,
    shapes,
    small_domains,
)
from benchmarks.attacks.__main__ import drill
from benchmarks.attacks.copies import Copy, Way, World, a_day_later, method
from benchmarks.attacks.population import DAYS, TODAY, Population, day_weights, make
from benchmarks.attacks.report import PAGE, RESULTS, into_page
from masker.profile.load import built_in_names

Cells = Callable[[pd.Series], pd.Series]


@pytest.fixture(scope="module")
def people() -> Population:
    return make(400)


def open_copy(tables: dict[str, pd.DataFrame]) -> Copy:
    """Nothing is masked."""
    kept = Way(method("keep"))
    return Copy(dict(tables), {(name, column): kept for name, table in tables.items() for column in table})


def changed(copy: Copy, table: str, column: str, cells: Cells, way: Way) -> Copy:
    held = copy.tables[table]
    tables = {**copy.tables, table: held.assign(**{column: cells(held[column])})}
    return Copy(tables, {**copy.ways, (table, column): way})


def blank_copy(tables: dict[str, pd.DataFrame]) -> Copy:
    """Every cell says the same, but for customer numbers drawn at random."""
    copy = open_copy(tables)
    for table, column in copy.ways:
        if column != "customer_id":
            copy = changed(
                copy, table, column, lambda cells: pd.Series("[redacted]", cells.index), Way(method("redact"))
            )
    drawn = np.random.default_rng().permutation(len(tables["customers"])) + 1000
    numbers = dict(zip(tables["customers"]["customer_id"], drawn.astype(str), strict=True))
    for table in tables:
        copy = changed(copy, table, "customer_id", lambda cells: cells.map(numbers), Way(method("token")))
    return copy


def world_of(people: Population, copy: Copy) -> World:
    later = open_copy(a_day_later(people, 7))
    return World(population=people, copy=copy, other=copy, later=later, gone=7, strange=copy, owners=copy)


def outcome(found: list[Outcome], target: str) -> Outcome:
    return next(one for one in found if one.target.startswith(target))


def hexadecimal(algorithm: str, length: int = 128) -> Cells:
    return lambda cells: cells.map(
        lambda value: hashlib.new(algorithm, value.encode()).hexdigest()[:length] if value else ""
    )


@pytest.mark.parametrize(
    ("column", "hashing"),
    [
        ("email", hexadecimal("sha256")),
        ("email", lambda cells: hexadecimal("md5", 16)(cells.str.upper()) + "@example.com"),
        ("first_name", hexadecimal("sha1", 12)),
        ("phone", lambda cells: hexadecimal("blake2b")(cells.str.replace(r"[^+\d]", "", regex=True))),
        ("payment_card", lambda cells: hexadecimal("sha512", 40)(cells.str.strip())),
    ],
)
def test_a_plain_hash_is_looked_up(people: Population, column: str, hashing: Cells) -> None:
    truth = people.tables["customers"][column]
    assert dictionary.hashed(hashing(truth), truth.unique()).equals(truth.astype(object))


def test_what_is_no_hash_of_a_candidate_is_not_found(people: Population) -> None:
    truth = people.tables["customers"]["email"]
    assert not dictionary.hashed(hexadecimal("sha256")("other." + truth), truth.unique()).any()


def test_a_key_that_the_attacker_has_gives_every_value(people: Population) -> None:
    weak = changed(open_copy(people.tables), "customers", "email", hexadecimal("sha256"), Way(method("hash")))
    found = list(dictionary.run(world_of(people, weak)))
    assert [one.rate for one in found if one.target.startswith("email")] == [1, 1]
    assert outcome(found, "last_name: plain").rate == 0


def test_counting_finds_the_frequent_names_of_a_column_by_value(people: Population) -> None:
    counts = people.tables["customers"]["city"].value_counts()
    exact = {**people.public, "city": pd.DataFrame({"value": counts.index, "weight": counts.to_numpy() / counts.sum()})}
    weak = changed(open_copy(people.tables), "customers", "city", hexadecimal("md5"), Way(method("hash")))
    found = list(frequency.run(replace(world_of(people, weak), population=Population(people.tables, exact))))
    assert outcome(found, "city in the profile: rows").rate == 1
    assert outcome(found, "city in the profile").rate > 3 * outcome(found, "city in the profile").guess


def test_ranks_that_are_all_different_give_every_value() -> None:
    cells = pd.Series(["x"] * 3 + ["y"] * 2 + ["z"])
    public = pd.DataFrame({"value": ["b", "a", "c"], "weight": [0.3, 0.5, 0.2]})
    assert frequency.matched(cells, public).tolist() == ["a"] * 3 + ["b"] * 2 + ["c"]


def test_kept_attributes_single_out_nearly_everybody_and_redacted_ones_nobody(people: Population) -> None:
    rates = [one.rate for one in linkage.run(world_of(people, open_copy(people.tables)))]
    assert rates[0] > 0.95
    assert rates[-1] == 1
    blank = list(linkage.run(world_of(people, blank_copy(people.tables))))
    assert [one.rate for one in blank if "singled out" in one.target] == [0] * 4
    assert all(one.rate < 0.01 for one in blank)


def test_copies_under_one_key_join_and_blank_ones_do_not(people: Population) -> None:
    found = list(differencing.run(world_of(people, open_copy(people.tables))))
    assert [one.rate for one in found if "pseudonym" in one.target] == [1, 1]
    assert outcome(found, "two purposes, joined by what a row keeps").rate == 1
    assert outcome(found, "two dates, one purpose: the one person").hits == 1
    blank = replace(world_of(people, blank_copy(people.tables)), other=blank_copy(people.tables))
    assert outcome(list(differencing.run(blank)), "two purposes, joined by what a row keeps").rate == 0
    assert outcome(list(differencing.run(blank)), "two purposes, joined by the pseudonym of customer_id").rate < 0.05


def test_few_values_are_counted_out_and_told_by_known_people(people: Population) -> None:
    weak = changed(open_copy(people.tables), "orders", "status", hexadecimal("md5"), Way(method("hash")))
    found = list(small_domains.run(world_of(people, weak)))
    assert outcome(found, "status of 5 values, masked by its owner: by counting").rate == 1
    assert outcome(found, "status of 5 values, masked by its owner: 100").rate > 0.95


def test_known_keys_tell_all_keys_that_are_only_moved(people: Population) -> None:
    numbers = pd.Series(np.arange(100, 500).astype(str))
    moved = (numbers.astype(int) + 777).astype(str)
    assert (small_domains.between(moved, numbers, np.array([0, 399, 20])) == numbers).all()


def test_known_times_and_gaps_find_customers_and_redacted_ones_do_not(people: Population) -> None:
    found = list(dates.run(world_of(people, open_copy(people.tables))))
    assert outcome(found, "placed_at in the profile: one order known to the second").rate > 0.98
    assert outcome(found, "placed_at in the profile: the days").rate > 0.98
    still = changed(
        open_copy(people.tables),
        "orders",
        "placed_at",
        lambda cells: pd.Series("2025-01-01 00:00:00", cells.index),
        Way(method("keep")),
    )
    found = list(dates.run(world_of(people, still)))
    assert outcome(found, "placed_at in the profile: one order known to the second").rate == 0
    assert outcome(found, "placed_at in the profile: the days").rate < 0.02


@pytest.mark.parametrize("shift", [-90, -7, 1, 7, 42])
def test_the_rhythm_of_many_events_gives_the_shift(shift: int) -> None:
    events = np.random.default_rng(3).choice(DAYS, 3000, p=day_weights()) + (TODAY - DAYS).astype(np.int64)
    assert dates.by_rhythm(events + shift, 90) == shift


def test_numbers_and_key_order_that_are_kept_tell_everything(people: Population) -> None:
    found = list(shapes.run(world_of(people, open_copy(people.tables))))
    assert outcome(found, "phone, card and customer number").rate == 1
    assert outcome(found, "one order number").rate == 1
    assert outcome(found, "which of two customers came first, by their keys").rate == 1
    found = list(shapes.run(world_of(people, blank_copy(people.tables))))
    assert outcome(found, "phone, card and customer number").rate == 0
    low, high = outcome(found, "which of two customers came first, by their keys").interval
    assert low - 0.1 < 0.5 < high + 0.1


def test_the_population_is_the_same_at_every_run(people: Population) -> None:
    again = make(400)
    assert all(again.tables[name].equals(table) for name, table in people.tables.items())


def test_an_interval_holds_its_rate_and_stays_between_0_and_1() -> None:
    for hits in (0, 3, 10):
        one = Outcome("x", 10, hits, 0.1)
        assert 0 <= one.interval[0] <= one.rate <= one.interval[1] <= 1
    assert Outcome("x", 10, 5, 0.1).interval == pytest.approx((0.2366, 0.7634), abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("profile", built_in_names())
def test_every_attack_runs_on_every_built_in_profile(people: Population, profile: str) -> None:
    found = drill(people, profile)
    assert {attack.name for _, attack, _ in found} == {attack.name for attack in attacks()}
    assert len(attacks()) >= 7
    for _, attack, one in found:
        assert one.targets > 0, one.target
        assert 0 <= one.rate <= 1
        assert 0 <= one.guess <= 1
        if attack.name == "dictionary" and "plain hashes" in one.target:
            assert one.hits == 0, one.target


def test_the_page_shows_the_figures_of_the_results() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert into_page(page, json.loads(RESULTS.read_text(encoding="utf-8"))) == page, "run `make attacks`"


def test_the_results_are_of_every_built_in_profile_and_of_enough_people() -> None:
    drills = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert {result["profile"] for result in drills["results"]} == set(built_in_names()), "run `make attacks`"
    assert drills["people"] >= 20_000
