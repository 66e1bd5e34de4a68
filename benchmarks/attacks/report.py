"""The drills' results as JSON for machines and as a section of `docs/privacy.md` for people."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.attacks import Attack, Outcome

DOCS = Path(__file__).parents[2] / "docs"
RESULTS, PAGE = DOCS / "drills.json", DOCS / "privacy.md"
BEGIN, END = "<!-- drills: written by `make attacks` -->", "<!-- /drills -->"


def as_json(facts: Mapping[str, Any], outcomes: Sequence[tuple[str, Attack, Outcome]]) -> dict[str, Any]:
    """All figures with the facts of the run: shares rounded to six digits."""
    results = [
        {
            "profile": profile,
            "attack": attack.name,
            "knows": attack.knows,
            "target": outcome.target,
            "way": outcome.way,
            "targets": int(outcome.targets),
            "hits": round(float(outcome.hits), 2),
            "rate": round(float(outcome.rate), 6),
            "interval": [round(float(end), 6) for end in outcome.interval],
            "guess": round(float(outcome.guess), 6),
            "lift": round(float(outcome.rate / outcome.guess), 2) if outcome.guess else None,
        }
        for profile, attack, outcome in outcomes
    ]
    return {**facts, "results": results}


def section(drills: Mapping[str, Any]) -> str:
    """The text between the markers: a table an attack, a row a target, a column a profile."""
    results = drills["results"]
    profiles = list(dict.fromkeys(result["profile"] for result in results))
    lines = [
        f"{drills['people']:,} invented people, seed {drills['seed']}, masked and attacked on {drills['date']} at "
        f"commit `{drills['commit']}`. Keys are drawn anew for each run, so that the last digits move."
    ]
    for attack in dict.fromkeys(result["attack"] for result in results):
        ours = [result for result in results if result["attack"] == attack]
        lines += ["", f"#### {attack.capitalize()}", "", f"The attacker knows: {ours[0]['knows']}.", ""]
        lines += ["| what is attacked | guess | " + " | ".join(f"`{name}`" for name in profiles) + " |"]
        lines += ["|---|---|" + "---|" * len(profiles)]
        for target in dict.fromkeys(result["target"] for result in ours):
            found = {result["profile"]: result for result in ours if result["target"] == target}
            guess = _percent(next(iter(found.values()))["guess"])
            cells = [_cell(found[name]) if name in found else "" for name in profiles]
            lines.append(f"| {target} | {guess} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(result: Mapping[str, Any]) -> str:
    low, high = (_percent(end) for end in result["interval"])
    lift = f", ×{result['lift']:,.{0 if result['lift'] >= 100 else 1}f}" if result["lift"] is not None else ""
    way = f"{result['way']}: " if result["way"] else ""
    return f"{way}**{_percent(result['rate'])}** ({low} to {high}{lift})"


def _percent(share: float) -> str:
    if share in (0, 1):
        return f"{share:.0%}".replace("%", " %")
    return f"{100 * share:.{1 if share >= 0.001 else 3}f} %"


def into_page(page: str, drills: Mapping[str, Any]) -> str:
    """The page with the section between its markers replaced; `ValueError` where it has no markers."""
    pattern = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"the page has no `{BEGIN}`")
    return pattern.sub(lambda _: f"{BEGIN}\n{section(drills)}\n{END}", page)


def write(drills: Mapping[str, Any]) -> None:
    """Write the JSON and the section of the page."""
    RESULTS.write_text(json.dumps(drills, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(into_page(PAGE.read_text(encoding="utf-8"), drills), encoding="utf-8")
