"""Masked copies of the population, made by real runs of masker in a temporary folder, each under a random key."""

import base64
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from benchmarks.attacks.population import Population, make
from masker.draft import draft
from masker.methods import METHODS, Method
from masker.plan import Plan
from masker.profile.load import load_profile
from masker.request import Request
from masker.run import mask
from masker.scanning import scan

PURPOSE, OTHER_PURPOSE = "test-patch", "test-configuration"


@dataclass(frozen=True)
class Way:
    """How a column was masked, as the manifest tells: its method, and the column that says whose value it is."""

    method: Method
    by: str | None = None

    def __str__(self) -> str:
        by_value = " by value" if self.method.by_subject != "never" or self.method.name == "token" else ""
        return f"`{self.method.name}`" + (" by subject" if self.by else by_value)


@dataclass(frozen=True)
class Copy:
    """What the attacker holds: tables of text and the way of each column."""

    tables: Mapping[str, pd.DataFrame]
    ways: Mapping[tuple[str, str], Way]


@dataclass(frozen=True)
class World:
    """A population and its copies under one profile. Rows stand as in the source, which only scoring may use.

    `other` is for another purpose, `later` for the same purpose when the person in row `gone` had left, `strange` the
    attacker's own copy under a key of his own. `owners` is under a profile in which the owner masks more by value:
    names and cities `by: none`, small columns by keyed methods, order times moved by the customer's shift.
    """

    population: Population
    copy: Copy
    other: Copy
    later: Copy
    gone: int
    strange: Copy
    owners: Copy


class Masker:
    """Masks tables in a folder of its own; keys are random files that only the drill knows."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._runs = folder, 0

    def _next(self, kind: str) -> Path:
        self._runs += 1
        return self._folder / f"{kind}{self._runs}"

    def new_key(self) -> Path:
        """A fresh root key in a file."""
        path = self._next("key")
        path.touch(mode=0o600)
        path.write_text(base64.b64encode(os.urandom(32)).decode() + "\n")
        return path

    def write(self, tables: Mapping[str, pd.DataFrame]) -> Path:
        """Write the tables as a folder of CSV files; '' is an empty cell."""
        folder = self._next("source")
        folder.mkdir()
        for name, table in tables.items():
            table.to_csv(folder / f"{name}.csv", index=False)
        return folder

    def copy(self, source: Path, profile: str, key: Path, purpose: str = PURPOSE) -> Copy:
        """Mask `source` as a user would, and read what comes out as text; by no key where the profile takes none."""
        dest = self._next("copy")
        kept = None if load_profile(profile).profile.key == "ephemeral" else key
        plan = mask(Request(source, dest, purpose, "14d", profile=profile, key_file=kept, engine="inline", jobs=1)).plan
        tables = {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in sorted(dest.glob("*.csv"))}
        ways = _ways(plan)
        for table, column in ways:  # a column left out is one that shows nothing
            if column not in tables[table]:
                tables[table][column] = ""
        return Copy(tables, ways)

    def owners_profile(self, source: Path, base: str) -> str:
        """The path of a profile as `masker init` drafts it from `base`, with the changes that `World` tells."""
        drafted = draft(scan(source), load_profile(base)).loaded.profile
        tree = json.loads(drafted.model_dump_json(by_alias=True, exclude_none=True, include={"masker", "tables"}))
        columns = tree["tables"]["customers"]["columns"]
        for name in ("first_name", "last_name", "city"):
            columns[name] = {"method": "fake", "infotype": name, "by": "none"}
        columns["job_title"] = {"method": "token", "infotype": "job_title"}
        columns["tier"] = {"method": "permute", "infotype": "other"}
        orders = tree["tables"]["orders"]["columns"]
        orders["status"] = {"method": "fpe", "infotype": "other"}
        moved = {"method": "shift_date", "within": 90, "pattern": "%Y-%m-%d %H:%M:%S", "by": "customer_id"}
        orders["placed_at"] = {**moved, "infotype": "other"}
        tree["tables"]["orders"]["subject"] = {"is": tree["tables"]["customers"]["subject"]["is"], "key": "customer_id"}
        path = self._next("owner").with_suffix(".yaml")
        path.write_text(json.dumps({**tree, "name": "owner", "extends": base}))
        return str(path)


def _ways(plan: Plan) -> dict[tuple[str, str], Way]:
    return {
        (t.name, c.name): Way(c.method, c.by if c.method.by_subject != "never" else None)
        for t in plan.tables
        for c in t.columns
    }


def method(name: str, **parameters: object) -> Method:
    """A method by its name."""
    return METHODS[name](**parameters)


@contextmanager
def workshop() -> Iterator[Masker]:
    """A masker in a temporary folder, with a signing key of its own; nothing stays."""
    with TemporaryDirectory(prefix="masker-drills-") as folder:
        before = os.environ.get("MASKER_CONFIG_DIR")
        os.environ["MASKER_CONFIG_DIR"] = f"{folder}/config"
        try:
            yield Masker(Path(folder))
        finally:
            if before is None:
                del os.environ["MASKER_CONFIG_DIR"]
            else:
                os.environ["MASKER_CONFIG_DIR"] = before


def make_world(masker: Masker, population: Population, profile: str) -> World:
    """Mask the population under `profile` as every attack needs it."""
    key, source = masker.new_key(), masker.write(population.tables)
    gone = len(population) // 3
    return World(
        population=population,
        copy=masker.copy(source, profile, key),
        other=masker.copy(source, profile, key, OTHER_PURPOSE),
        later=masker.copy(masker.write(a_day_later(population, gone)), profile, key),
        gone=gone,
        strange=masker.copy(source, profile, masker.new_key()),
        owners=masker.copy(source, masker.owners_profile(source, profile), key),
    )


def a_day_later(population: Population, gone: int) -> dict[str, pd.DataFrame]:
    """The source when the person in row `gone` had left and one in a hundred had come, with new ids."""
    leaver = population.tables["customers"]["customer_id"].iloc[gone]
    tables = {name: table[table["customer_id"] != leaver] for name, table in population.tables.items()}
    coming = make(max(1, len(population) // 100), seed=1).tables["customers"]
    top = population.tables["customers"]["customer_id"].astype(int).max()
    coming = coming.assign(
        customer_id=(coming["customer_id"].astype(int) + top).astype(str), email="new." + coming["email"]
    )
    return {**tables, "customers": pd.concat([tables["customers"], coming], ignore_index=True)}
