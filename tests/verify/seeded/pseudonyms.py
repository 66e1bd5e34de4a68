"""Faults of keys, dictionaries and dates: pseudonyms that fall together, fall apart or no longer join."""

import datetime as dt
import threading
from collections.abc import Callable

from masker.crypto.keys import Keyring, Keys
from masker.crypto.prf import Prf
from masker.methods.shift_date import ShiftDate
from masker.plan.bind import Masking
from tests.verify.seeded.bench import Bench, Values
from tests.verify.seeded.registry import fault

KEYS, TOGETHER, DATES = "keys and joins", "pseudonyms fall together or apart", "dates"


def _other_domain(bench: Bench, wanted: Callable[[str], str]) -> None:
    """Ask for the keys of the domain that `wanted` gives for a domain."""
    real = Keyring.keys
    bench.patch.setattr(Keyring, "keys", lambda ring, domain, subject="": real(ring, wanted(domain), subject))


@fault(KEYS)
def a_key_is_masked_at_one_end_only(bench: Bench) -> None:
    """A foreign key passes as it is while the key that it points at is masked."""
    bench.values("tickets", "customer_id", lambda old, new, number: old)


@fault(KEYS)
def a_table_has_another_domain(bench: Bench) -> None:
    """The foreign key of one table is permuted with the key of another domain."""
    real = Masking._mask_column

    def mask(masking: Masking, table: object, column: object, cells: object, context: object) -> object:
        if table.name == "visits" and column.name == "customer_id":  # type: ignore[attr-defined]
            keys = masking.keyring.keys("elsewhere", "")
            return column.method(keys, cells[column.name]), 0  # type: ignore[attr-defined,index]
        return real(masking, table, column, cells, context)  # type: ignore[arg-type]

    bench.patch.setattr(Masking, "_mask_column", mask)


@fault(KEYS)
def every_batch_has_another_key(bench: Bench) -> None:
    """The keys of every batch are derived anew, from the batch's number."""
    real, count = Masking._mask, iter(range(1 << 30))

    def mask(masking: Masking, table: object, batch: object) -> object:
        fresh = Masking(masking.plan, masking.keyring)
        number = next(count)
        bench.patch.setattr(
            Masking, "_keys_for", lambda _, domain, subject: masking.keyring.keys(f"{domain}{number}", subject)
        )
        return real(fresh, table, batch)  # type: ignore[arg-type]

    bench.patch.setattr(Masking, "_mask", mask)


@fault(KEYS)
def every_thread_has_another_key(bench: Bench) -> None:
    """Each worker thread draws keys of its own."""
    names: dict[int, int] = {}
    turn = threading.Barrier(2)
    bench.engine = "threads"
    real = Masking._mask

    def mask(masking: Masking, table: object, batch: object) -> object:
        if threading.get_ident() not in names:
            names[threading.get_ident()] = len(names)
            if len(names) <= 2:
                turn.wait(20)
        return real(masking, table, batch)  # type: ignore[arg-type]

    bench.patch.setattr(Masking, "_mask", mask)
    bench.patch.setattr(
        Masking,
        "_keys_for",
        lambda masking, domain, subject: masking.keyring.keys(f"{domain}{names[threading.get_ident()] % 2}", subject),
    )


@fault(KEYS)
def every_table_has_other_keys(bench: Bench) -> None:
    """The table's name goes into the keys, so that no table joins another."""
    real = Masking._mask

    def mask(masking: Masking, table: object, batch: object) -> object:
        name = table.name  # type: ignore[attr-defined]
        fresh = Masking(masking.plan, masking.keyring)
        bench.patch.setattr(
            Masking, "_keys_for", lambda _, domain, subject: masking.keyring.keys(domain + name, subject)
        )
        return real(fresh, table, batch)  # type: ignore[arg-type]

    bench.patch.setattr(Masking, "_mask", mask)


@fault(KEYS)
def a_shared_address_has_two_pseudonyms(bench: Bench) -> None:
    """E-mail addresses of one table are faked with another key than those of the table that they also stand in."""
    real = Masking._mask_column

    def mask(masking: Masking, table: object, column: object, cells: object, context: object) -> object:
        if table.name == "orders" and column.name == "email":  # type: ignore[attr-defined]
            keys = masking.keyring.keys("elsewhere", "")
            return column.method(keys, cells[column.name]), 0  # type: ignore[attr-defined,index]
        return real(masking, table, column, cells, context)  # type: ignore[arg-type]

    bench.patch.setattr(Masking, "_mask_column", mask)


@fault(KEYS)
def one_foreign_key_points_nowhere(bench: Bench) -> None:
    """One order refers to a customer that is not there."""
    bench.values("orders", "customer_id", lambda old, new, number: [*new[:5], 99_998, *new[6:]] if number == 1 else new)


@fault(KEYS)
def an_orphan_is_given_an_owner(bench: Bench) -> None:
    """A row that belongs to nobody in SOURCE belongs to somebody in the copy."""
    bench.values("orders", "customer_id", lambda old, new, number: [new[1], *new[1:]] if number == 0 else new)


@fault(KEYS)
def a_key_loses_its_type(bench: Bench) -> None:
    """Integer keys of a JSON file come back as text with a letter in front, so that they join no more."""
    bench.bytes_of("json", lambda data: data.replace(b'"customer_id": ', b'"customer_id": 9'))


@fault(TOGETHER)
def a_stale_dictionary_is_used(bench: Bench) -> None:
    """From the second batch on, codes point into the dictionary of the batch before."""
    held: list[Values] = []

    def stale(old: Values, new: Values, number: int) -> Values:
        held.append(new)
        last = held[number - 1] if number else new
        return [value and last[i % len(last)] for i, value in enumerate(new)]

    bench.values("customers", "email", stale)


@fault(TOGETHER)
def a_dictionary_of_logins_is_stale(bench: Bench) -> None:
    """A Parquet column takes its values from the dictionary of the row group before."""
    held: list[Values] = []

    def stale(old: Values, new: Values, number: int) -> Values:
        held.append(sorted({value for value in new if value}))
        last = held[max(0, number - 1)]
        codes = {value: i for i, value in enumerate(dict.fromkeys(new))}
        return [value and last[codes[value] % len(last)] for value in new]

    bench.values("visits", "login", stale)


@fault(TOGETHER)
def all_pseudonyms_are_the_same(bench: Bench) -> None:
    """A whole column gets the pseudonym of its first row."""
    bench.values("customers", "email", lambda old, new, number: [v and "same@example.org" for v in new])


@fault(TOGETHER)
def a_batch_has_one_pseudonym(bench: Bench) -> None:
    """One batch of a column gets one pseudonym."""
    bench.values("customers", "code", lambda old, new, number: [new[0]] * len(new) if number == 1 else new)


@fault(TOGETHER)
def the_output_space_is_too_small(bench: Bench) -> None:
    """Pseudonyms are drawn from a hundred, so that many originals share one."""
    bench.values("customers", "code", lambda old, new, number: [v and f"t{sum(v.encode()) % 100:011d}" for v in new])


@fault(TOGETHER)
def pseudonyms_are_cut_off(bench: Bench) -> None:
    """Tokens are cut after two characters."""
    bench.values("customers", "code", lambda old, new, number: [v and v[:2] for v in new])


@fault(TOGETHER)
def two_account_numbers_fall_together(bench: Bench) -> None:
    """Some account numbers get the pseudonym of their neighbour."""
    bench.values(
        "customers", "iban", lambda old, new, number: [new[i - 1] if i % 10 == 5 else v for i, v in enumerate(new)]
    )


@fault(TOGETHER)
def keys_are_rounded(bench: Bench) -> None:
    """A key loses its last two digits in all tables, so that customers fall together and everything still joins."""
    for table in ("customers", "orders", "tickets", "visits"):
        bench.values(table, "customer_id", lambda old, new, number: [type(v)(int(v) // 100 * 100) for v in new])


@fault(TOGETHER)
def an_original_has_two_pseudonyms(bench: Bench) -> None:
    """A repeated login gets one pseudonym in the first half of each batch and another one in the second."""

    def two(old: Values, new: Values, number: int) -> Values:
        half = len(new) // 2
        return new[:half] + [value and f"x{value}" for value in new[half:]]

    bench.values("tickets", "login", two)


@fault(TOGETHER)
def pseudonyms_are_random(bench: Bench) -> None:
    """Fakes are drawn anew for every row."""
    count = iter(range(1 << 30))
    bench.values("visits", "login", lambda old, new, number: [v and f"user{next(count) * 7919 % 99991}" for v in new])


@fault(TOGETHER)
def cities_are_random(bench: Bench) -> None:
    """The fake of a city depends on the row, not on the city."""
    bench.values("customers", "city", lambda old, new, number: [new[(i * 7) % len(new)] for i in range(len(new))])


@fault(TOGETHER)
def names_are_random(bench: Bench) -> None:
    """Fakes by person depend on the batch as well, so that one person has several names."""
    real, count = Prf.__call__, iter(range(1 << 30))

    def call(prf: Prf, text: object) -> object:
        return real(prf, text) ^ (next(count) * 977 + 1)  # type: ignore[arg-type,operator]

    bench.patch.setattr(Prf, "__call__", call)


@fault(DATES)
def dates_move_by_row(bench: Bench) -> None:
    """Dates of one person move by different numbers of days, so that their order breaks."""
    bench.values(
        "customers",
        "joined",
        lambda old, new, number: [
            (dt.date.fromisoformat(v) + dt.timedelta(days=1 + i % 50)).isoformat() for i, v in enumerate(old)
        ],
    )


@fault(DATES)
def timestamps_move_by_row(bench: Bench) -> None:
    """Parquet timestamps of one person move by different numbers of days."""
    bench.values(
        "visits", "seen", lambda old, new, number: [v + dt.timedelta(days=1 + i % 60) for i, v in enumerate(old)]
    )


@fault(DATES)
def dates_move_too_far(bench: Bench) -> None:
    """Dates move by ten times as many days as the profile says."""
    real = ShiftDate._drawn
    bench.patch.setattr(ShiftDate, "_drawn", lambda method, words: real(method, words) * 10)


@fault(DATES)
def the_time_of_day_is_lost(bench: Bench) -> None:
    """Timestamps come back at midnight."""
    bench.values("visits", "seen", lambda old, new, number: [v.replace(hour=0) for v in new])


@fault(DATES)
def day_and_month_are_swapped(bench: Bench) -> None:
    """Shifted dates are written with day and month in each other's place."""

    def swap(value: str) -> str:
        year, month, day = value.split("-")
        return f"{year}-{day}-{month}"

    bench.values("customers", "born", lambda old, new, number: [swap(v) for v in new])


@fault(DATES)
def two_tables_move_dates_apart(bench: Bench) -> None:
    """Dates of one table move with another key than those of the same persons elsewhere."""
    real = Keys.person
    count = iter(range(1 << 30))

    def person(keys: Keys) -> Prf:
        return real(keys) if next(count) % 2 else keys.prf(f"person{next(count)}")

    bench.patch.setattr(Keys, "person", person)
