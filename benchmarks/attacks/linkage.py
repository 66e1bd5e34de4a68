"""Linkage: known attributes of a person are held against what the copy keeps or only coarsens.

Sweeney 2000, "Simple Demographics Often Identify People Uniquely"; Rocher, Hendrickx and de Montjoye 2019.
"""

from collections.abc import Iterator

from benchmarks.attacks import Attack, Outcome
from benchmarks.attacks.copies import World
from benchmarks.attacks.seen import fitting, picked, sample

KNOWN = {
    "gender, job title, country, birth date, salary": ["gender", "job_title", "country", "birth_date", "salary"],
    "gender, job title, city, country, tier": ["gender", "job_title", "city", "country", "tier"],
    "gender, postal code, birth date, country, tier": ["gender", "postal_code", "birth_date", "country", "tier"],
    "the first five, postal code and tier": [
        "gender",
        "job_title",
        "country",
        "birth_date",
        "salary",
        "postal_code",
        "tier",
    ],
}


def run(world: World) -> Iterator[Outcome]:
    """Five known attributes, in three choices, then seven; told apart: singled out, and a pick among what fits."""
    people = world.population.tables["customers"]
    rows = sample(len(people))
    for named, columns in KNOWN.items():
        alone, chance = picked(fitting(world.copy, "customers", people[columns].iloc[rows]), rows)
        yield Outcome(f"{named}: singled out", len(rows), alone, 1 / len(people))
        yield Outcome(f"{named}: a pick among the rows that fit", len(rows), chance, 1 / len(people))


ATTACK = Attack("linkage", "five attributes of a person, exactly", run)
