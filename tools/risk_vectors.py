"""Makes the tables that risk figures are tested on, with k and l as pycanon computes them.

pycanon (https://pypi.org/project/pycanon/) needs pandas 2 and masker pandas 3, so the two cannot be installed together:
this runs in an environment of its own. `make oracles` makes that and checks the recorded figures (`--check`);
`python tools/risk_vectors.py > tests/vectors/risk_pycanon.json` records them anew.
"""

import importlib.metadata
import json
import random
import sys
from pathlib import Path

NULL = "(null)"
RECORDED = Path(__file__).resolve().parents[1] / "tests" / "vectors" / "risk_pycanon.json"


def tables() -> list[dict[str, object]]:
    """Tables of texts of very different sizes and diversity; the last column is the sensitive one."""
    made = []
    for number in range(40):
        draw = random.Random(number)
        width, rows = draw.randint(1, 4), draw.choice([1, 2, 7, 30, 60])
        spread = [draw.choice([1, 2, 3, 8]) for _ in range(width)]
        words = ["a", "b", "", "ü", NULL, "b ", "B", "11"]
        kinds = draw.randint(1, 6)
        body = [
            [*(draw.choice(words[:size]) for size in spread), draw.choice(["x", "y", NULL, "z", "", "w"][:kinds])]
            for _ in range(rows)
        ]
        made.append({"quasi": [f"q{i}" for i in range(width)], "sensitive": "s", "rows": body})
    # beside chance: every group twice, so that k is 2
    for number in range(40, 50):
        body = made[number - 40]["rows"]
        assert isinstance(body, list)
        made.append({**made[number - 40], "rows": body + body})
    return made


def main() -> int:
    """Print the tables with pycanon's figures; with `--check` give 1 where they are not the recorded ones."""
    import pandas as pd
    from pycanon import anonymity

    cases = []
    for table in tables():
        names = [*table["quasi"], table["sensitive"]]
        frame = pd.DataFrame(table["rows"], columns=names)
        k = anonymity.k_anonymity(frame, table["quasi"])
        ell = anonymity.l_diversity(frame, table["quasi"], [table["sensitive"]])
        cases.append({**table, "k": int(k), "l": int(ell)})
    body = {"pycanon": importlib.metadata.version("pycanon"), "null": NULL, "cases": cases}
    if "--check" in sys.argv[1:]:
        same = json.loads(RECORDED.read_text("utf-8"))["cases"] == cases
        print(
            f"{len(cases)} tables: the recorded figures are {'' if same else 'not '}those of pycanon {body['pycanon']}"
        )
        return 0 if same else 1
    print(json.dumps(body, ensure_ascii=False, indent=None, separators=(",", ":")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
