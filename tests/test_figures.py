"""What the fault suite measured is written down for docs/promises.md, whatever its tests do to the environment."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CODE = """import os
from tests.faults.figures import record
os.environ.clear()
record("P4", "damaged files", 3, "0 marks shown")
"""


def test_a_figure_is_written_down_where_the_variables_of_masker_are_taken_away(tmp_path: Path) -> None:
    file = tmp_path / "figures"
    environment = {"MASKER_FIGURES": str(file), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", CODE], check=True, env=environment, cwd=ROOT)
    assert json.loads(file.read_text())["count"] == 3
