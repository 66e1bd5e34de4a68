"""Runs every attack on copies under every built-in profile: `python -m benchmarks.attacks [--people N] [--write]`.

Prints one line an outcome. `--write` puts the figures into `docs/drills.json` and their section into
`docs/privacy.md`; `--render` only the section, from the JSON that is there.
"""

import argparse
import json
import subprocess
import sys
import time
from datetime import UTC, datetime

from benchmarks.attacks import Attack, Outcome, attacks
from benchmarks.attacks.copies import make_world, workshop
from benchmarks.attacks.population import SEED, Population, make
from benchmarks.attacks.report import DOCS, RESULTS, as_json, section, write
from masker.profile.load import built_in_names

PEOPLE = 20_000


def drill(population: Population, profile: str) -> list[tuple[str, Attack, Outcome]]:
    """Every outcome of every attack on copies under one profile."""
    with workshop() as masker:
        world = make_world(masker, population, profile)
    return [(profile, attack, outcome) for attack in attacks() for outcome in attack.run(world)]


def main() -> int:
    """Run the drills; 0 whatever they find."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--people", type=int, default=PEOPLE)
    ask.add_argument("--write", action="store_true")
    ask.add_argument("--render", action="store_true")
    asked = ask.parse_args()
    if asked.render:
        write(json.loads(RESULTS.read_text(encoding="utf-8")))
        return 0
    started, population = time.perf_counter(), make(asked.people)
    found = [one for profile in sorted(built_in_names(), reverse=True) for one in drill(population, profile)]
    head = ["git", "-C", str(DOCS), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(head, capture_output=True, text=True, check=False).stdout.strip()
    facts = {"date": datetime.now(UTC).date().isoformat(), "commit": commit, "people": asked.people, "seed": SEED}
    drills = as_json(facts, found)
    if asked.write:
        write(drills)
    else:
        print(section(drills))
    print(f"{len(found)} outcomes in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
