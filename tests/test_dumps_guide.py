"""Every command of the guide to dumps works as it stands there, one after the other."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from masker.cli import run

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs" / "dumps.md").read_text(encoding="utf-8")


def commands() -> list[list[str]]:
    blocks = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def test_the_guide_works_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("MASKER_LEDGER", str(tmp_path / "ledger" / "ledger.db"))
    for command, *words in commands():
        if command == "cp":
            shutil.copy(ROOT / words[0], words[1])
        else:
            assert command == "masker"
            assert run(words) == 0, words
    original, copy, found = (
        Path(name).read_text(encoding="utf-8") for name in ("crm.sql", "crm-test.sql", "found.sql")
    )
    assert "anna.lindqvist@example.com" in original
    for left in ("lindqvist", "München", "23125001"):
        assert left not in copy
    assert "\n4107\t" in found
    assert "lindqvist" not in found
