"""Where the fault suite writes down what it measured, for docs/promises.md: one JSON line a figure, only when asked.

`make promises` sets MASKER_FIGURES to a new file and makes `docs/promises.json` of it (tools/promises.py).
"""

import json
import os
from pathlib import Path

# Read once: tests take away all variables of masker.
FILE = os.environ.get("MASKER_FIGURES")


def record(promise: str, what: str, count: float, result: str, unit: str = "") -> None:
    """Write down one figure: `count` (of `unit`) of `what`, with `result`. Nothing happens unless it is asked for."""
    if FILE:
        line = json.dumps({"promise": promise, "what": what, "count": count, "unit": unit, "result": result})
        with Path(FILE).open("a", encoding="utf-8") as file:
            file.write(line + "\n")
