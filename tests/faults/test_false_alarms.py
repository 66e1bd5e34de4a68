"""P2, the other half: what is right is never refused, under whatever random key; 40 runs, 1,000 in the long form."""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

import masker
from masker.errors import GateError
from tests.faults.figures import record
from tests.faults.runs import LONG, ROOT
from tests.verify.seeded.snapshot import write_snapshot

RUNS = int(os.environ.get("MASKER_FAULTS_KEYS", "1000" if LONG else "40"))
SAMPLES = ROOT / "sample_data"


def cases(small: Path, owner: Path) -> list[tuple[str, Path, str | Path]]:
    """Of twenty runs: two over the sample data, five of a built-in profile over four formats, the others an owner's."""
    return [
        ("sample data, test-env", SAMPLES, "test-env"),
        ("sample data, gdpr-strict", SAMPLES, "gdpr-strict"),
        *[("four formats, test-env", small, "test-env")] * 3,
        *[("four formats, gdpr-strict", small, "gdpr-strict")] * 2,
        *[("four formats, an owner's profile", small, owner)] * 13,
    ]


@pytest.mark.promise("P2")
def test_no_right_copy_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run has a new random key, drawn as masker does without one; all refusals are told, not the first alone."""
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("MASKER_LEDGER", str(tmp_path / "config" / "ledger.db"))
    for name in ("MASKER_KEY", "MASKER_KEY_FILE", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)
    made = cases(*write_snapshot(tmp_path))
    refused: list[str] = []
    keys, counted = set(), Counter[str]()
    for number in range(RUNS):
        what, source, profile = made[number % len(made)]
        try:
            outcome = masker.mask(source, tmp_path / "copy", profile=profile, purpose="test-patch", expires="3d")
        except GateError as error:
            refused.append(f"run {number}, {what}: {error.code}: {error.message} {error.place}")
            continue
        keys.add(outcome.manifest.key_id)
        counted[what] += 1
        shutil.rmtree(tmp_path / "copy")
    assert refused == []
    assert len(keys) == RUNS
    for what, count in counted.items():
        record("P2", f"right copies under random keys: {what}", count, "0 refused")
