"""The people that the drills attack: invented with a fixed seed, skewed as public statistics are; nobody in it exists.

Names, cities, jobs and browsers follow Zipf's law over the word lists that masker ships, in an order drawn from the
seed. The attacker knows the lists, their order and their weights exactly: nobody could know more of the public.
Numbers are of ranges kept for fiction, tests and benchmarks (exchange 555; test card prefixes; 198.18.0.0/15 of
RFC 2544; e-mail domains of RFC 2606), and are made at run time only.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from masker import words

SEED = 20_261_124
TODAY = np.datetime64("2026-11-01")
DAYS = 730
COUNTRIES = {"US": ("en_US", 0.55), "DE": ("de_DE", 0.22), "FR": ("fr_FR", 0.14), "ES": ("es_ES", 0.09)}
CLOSED = (
    np.datetime64("2024-12-25"),
    np.datetime64("2025-12-25"),
    np.datetime64("2025-01-01"),
    np.datetime64("2026-01-01"),
)
SALES = (np.datetime64("2024-11-29"), np.datetime64("2025-11-28"))
WEEKDAYS = np.array([1.1, 1.1, 1.1, 1.1, 1.3, 0.9, 0.4])
"""How much is ordered from Monday to Sunday, as the shop tells everybody by its opening hours."""
JOBS = tuple(f"{level}{trade}" for trade in (
    "Nurse;Teacher;Driver;Clerk;Engineer;Analyst;Buyer;Planner;Cook;Carpenter;Electrician;Lawyer;Auditor;Dentist;Pilot;"
    "Chemist;Architect;Editor;Baker;Surveyor").split(";") for level in ("", "Senior ", "Lead "))  # fmt: skip
AGENTS = tuple(f"Mozilla/5.0 ({system}) {browser}/{number}.0" for system in (
    "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 14_5", "X11; Linux x86_64", "iPhone; CPU iPhone OS 17_5")
    for browser in ("Firefox", "Chrome", "Safari") for number in (118, 121, 124, 127, 130))  # fmt: skip
DOMAINS = ("example.com", "example.org", "mail.example")
BINS = ("411111", "424242", "555555", "510510", "378282", "601111", "400000", "222300")
STATUSES = {"shipped": 0.55, "paid": 0.2, "new": 0.12, "returned": 0.09, "lost": 0.04}
TIERS = 9


@dataclass(frozen=True)
class Population:
    """Tables of text by name; `public` has a table `value, weight` for each column that public statistics describe."""

    tables: dict[str, pd.DataFrame]
    public: dict[str, pd.DataFrame]

    def __len__(self) -> int:
        return len(self.tables["customers"])


def zipf(size: int, exponent: float) -> np.ndarray:
    """Weights of ranks 1 to `size`, adding up to 1."""
    weights = 1 / np.arange(1, size + 1) ** exponent
    return weights / weights.sum()


def make(people: int, seed: int = SEED) -> Population:
    """Invent `people` customers with their orders and visits."""
    draw = np.random.default_rng(seed)
    customers, public = _customers(draw, people)
    orders = _orders(draw, customers["customer_id"].to_numpy(), public)
    visits = _visits(draw, customers["customer_id"].to_numpy())
    return Population({"customers": customers, "orders": orders, "visits": visits}, public)


def _customers(draw: np.random.Generator, people: int) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    country = draw.choice(list(COUNTRIES), people, p=[share for _, share in COUNTRIES.values()])
    gender = draw.choice(["f", "m"], people)
    columns = {name: np.empty(people, dtype=object) for name in ("first_name", "last_name", "city", "postal_code")}
    public: dict[str, list[pd.DataFrame]] = {name: [] for name in ("first_name", "last_name", "city")}
    for code, (locale, share) in COUNTRIES.items():
        here = country == code
        for sex, pool in (("f", "female_first_names"), ("m", "male_first_names")):
            rows = np.flatnonzero(here & (gender == sex))
            names, weights = _ranked(draw, words.pool(locale, pool).to_pylist(), 0.9)
            columns["first_name"][rows] = draw.choice(names, len(rows), p=weights)
            told = {"value": names, "weight": weights * share / 2, "country": code, "gender": sex}
            public["first_name"].append(pd.DataFrame(told))
        rows = np.flatnonzero(here)
        names, weights = _ranked(draw, words.pool(locale, "last_names").to_pylist(), 0.8)
        columns["last_name"][rows] = draw.choice(names, len(rows), p=weights)
        public["last_name"].append(pd.DataFrame({"value": names, "weight": weights * share, "country": code}))
        places = words.places(locale)
        numbers, weights = _ranked(draw, list(range(len(places["city"]))), 1.0)
        at = draw.choice(numbers.astype(int), len(rows), p=weights)
        cities = np.array(places["city"].to_pylist(), dtype=object)
        columns["city"][rows] = cities[at]
        public["city"].append(
            pd.DataFrame({"value": cities[numbers.astype(int)], "weight": weights * share, "country": code})
        )
        low, high, step = (
            np.array([int(n) for n in places[f"postal_{end}"].to_pylist()]) for end in ("low", "high", "step")
        )
        codes = low[at] + step[at] * (draw.random(len(rows)) * ((high - low)[at] // step[at] + 1)).astype(int)
        columns["postal_code"][rows] = [f"{number:05d}" for number in codes]
    job = draw.choice(len(JOBS), people, p=zipf(len(JOBS), 0.8))
    pay = 24_000 * (1 + job % 3 * 0.35) * (1 + job // 3 * 0.06) * draw.lognormal(0, 0.22, people)
    age = draw.triangular(18, 38, 92, people) * 365.25
    number = np.arange(people)
    local = [
        f"{first}.{last}{n}".lower()
        for first, last, n in zip(columns["first_name"], columns["last_name"], number, strict=True)
    ]
    table = pd.DataFrame({
        "customer_id": (1 + 3 * number + draw.integers(0, 3, people)).astype(str),
        "first_name": columns["first_name"],
        "last_name": columns["last_name"],
        "gender": np.where(draw.random(people) < 0.04, "", gender),
        "email": [f"{_ascii(name)}@{domain}" for name, domain in zip(local, draw.choice(DOMAINS, people), strict=True)],
        "phone": _phones(draw, people),
        "city": columns["city"],
        "postal_code": columns["postal_code"],
        "country": country,
        "birth_date": (TODAY - age.astype("timedelta64[D]")).astype("datetime64[D]").astype(str),
        "job_title": np.where(draw.random(people) < 0.1, "", np.array(JOBS, dtype=object)[job]),
        "salary": (pay // 50 * 50).astype(int).astype(str),
        "payment_card": np.where(draw.random(people) < 0.15, "", _cards(draw, people)),
        "tier": draw.choice(np.arange(1, TIERS + 1), people, p=zipf(TIERS, 0.7)).astype(str),
    })  # fmt: skip
    told = {name: pd.concat(parts, ignore_index=True) for name, parts in public.items()}
    told["tier"] = pd.DataFrame({"value": [str(n) for n in range(1, TIERS + 1)], "weight": zipf(TIERS, 0.7)})
    told["gender"] = pd.DataFrame({"value": ["f", "m", ""], "weight": [0.48, 0.48, 0.04]})
    told["job_title"] = pd.DataFrame({"value": JOBS, "weight": zipf(len(JOBS), 0.8) * 0.9})
    return table, told


def _ranked(draw: np.random.Generator, pool: list, exponent: float) -> tuple[np.ndarray, np.ndarray]:
    """The pool in an order of frequency, with its weights."""
    order = draw.permutation(len(pool))
    return np.array(pool, dtype=object)[order], zipf(len(pool), exponent)


def _ascii(text: str) -> str:
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter == ".") else "x" for letter in text)


def _phones(draw: np.random.Generator, people: int) -> np.ndarray:
    areas = 200 + draw.permutation(700)[:120]
    area = areas[draw.choice(120, people, p=zipf(120, 0.8))]
    numbers = [f"+1 {a}-555-{n:04d}" for a, n in zip(area, draw.integers(0, 10_000, people), strict=True)]
    return np.where(draw.random(people) < 0.08, "", np.array(numbers, dtype=object))


def _cards(draw: np.random.Generator, people: int) -> np.ndarray:
    prefixes = draw.choice(BINS, people, p=zipf(len(BINS), 0.8))
    return np.array(
        [_with_luhn(p + f"{n:09d}") for p, n in zip(prefixes, draw.integers(0, 10**9, people), strict=True)],
        dtype=object,
    )


def _with_luhn(digits: str) -> str:
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(digits)]
    return f"{digits}{-sum(number - 9 * (number > 9) for number in doubled) % 10}"


def day_weights() -> np.ndarray:
    """How much is ordered on each of the `DAYS` days up to today: weekdays, closed days, sales."""
    days = TODAY - DAYS + np.arange(DAYS)
    weights = WEEKDAYS[(days.astype("int64") + 3) % 7]
    weights = np.where(np.isin(days, CLOSED), 0.0, np.where(np.isin(days, SALES), 8.0, weights))
    return weights / weights.sum()


def _orders(draw: np.random.Generator, ids: np.ndarray, public: dict[str, pd.DataFrame]) -> pd.DataFrame:
    counts = np.minimum(draw.geometric(0.22, len(ids)) - 1, 60)
    owner = draw.permutation(np.repeat(ids, counts))
    rows = len(owner)
    day = TODAY - DAYS + draw.choice(DAYS, rows, p=day_weights())
    second = draw.integers(6 * 3600, 23 * 3600, rows)
    public["status"] = pd.DataFrame({"value": list(STATUSES), "weight": list(STATUSES.values())})
    return pd.DataFrame({
        "order_id": (500_001 + np.arange(rows)).astype(str),
        "customer_id": owner,
        "placed_at": np.char.replace((day.astype("datetime64[s]") + second).astype(str), "T", " "),
        "status": draw.choice(list(STATUSES), rows, p=list(STATUSES.values())),
        "amount": (draw.lognormal(3.4, 0.8, rows).round(2)).astype(str),
    })  # fmt: skip


def _visits(draw: np.random.Generator, ids: np.ndarray) -> pd.DataFrame:
    counts = draw.geometric(0.4, len(ids))
    agent = np.array(AGENTS, dtype=object)[draw.choice(len(AGENTS), len(ids), p=zipf(len(AGENTS), 1.0))]
    low = draw.integers(0, 2**17, len(ids))
    address = [f"198.{18 + (n >> 16)}.{n >> 8 & 255}.{n & 255}" for n in low]
    order = draw.permutation(np.repeat(np.arange(len(ids)), counts))
    moment = (TODAY - 30).astype("datetime64[s]") + np.sort(draw.integers(0, 30 * 86_400, len(order)))
    return pd.DataFrame({
        "visited_at": np.char.replace(moment.astype(str), "T", " "),
        "customer_id": ids[order],
        "ip_address": np.array(address, dtype=object)[order],
        "user_agent": agent[order],
    })  # fmt: skip
