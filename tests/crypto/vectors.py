"""Where the public test vectors lie: beside the project, in `../shared/vectors`; absent on other machines."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[3] / "shared" / "vectors"


def wycheproof(name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Every (group, test) of `wycheproof_<name>.json`; skips the calling test where the file is absent."""
    path = FOLDER / f"wycheproof_{name}.json"
    if not path.is_file():
        pytest.skip("public vectors are not beside the project")
    groups = json.loads(path.read_text())["testGroups"]
    return [(group, test) for group in groups for test in group["tests"]]
