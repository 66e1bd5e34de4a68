"""The checker of house rules bites on each breach and lets honest code pass."""

from pathlib import Path

import pytest

from tools.house_rules import breaches, main

DOC = '"""Gives a thing."""\n'
# Machine paths are put together here, so that this file itself keeps the rule.
SLASH = "/"


def rules(tmp_path: Path, name: str, text: str) -> set[str]:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return {breach.rule for breach in breaches(tmp_path, [name])}


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("masker/a.py", DOC + "x = 1\n" * 300, "short-modules"),
        ("masker/utils.py", DOC, "honest-names"),
        ("masker/crypto/_helpers.py", DOC, "honest-names"),
        ("masker/common/__init__.py", DOC, "honest-names"),
        ("masker/a.py", DOC + "try:\n    x = 1\nexcept Exception:\n    x = 2\n", "fail-closed"),
        ("masker/a.py", DOC + "try:\n    x = 1\nexcept:\n    pass\n", "fail-closed"),
        ("masker/a.py", DOC + "try:\n    x = 1\nexcept (OSError, BaseException):\n    x = 2\n", "fail-closed"),
        ("masker/a.py", DOC + 'print("x")\n', "no-print"),
        ("masker/a.py", DOC + 'raise ValueError(f"bad {x!r}")\n', "no-values"),
        ("masker/a.py", DOC + 'raise InputError("malformed", repr(x))\n', "no-values"),
        ("masker/a.py", DOC + 'raise ValueError("bad %r" % x)\n', "no-values"),
        ("masker/a.py", DOC + "raise NotImplemented" + "Error\n", "no-stubs"),
        ("masker/a.py", DOC + "# TO" + "DO: later\n", "no-stubs"),
        ("masker/a.py", "x = 1\n", "docstring"),
        ("README.md", f"see {SLASH}home/ann/project\n", "no-machine-path"),
        ("masker/a.py", DOC + f'x = "{SLASH}Users/ann/data"\n', "no-machine-path"),
    ],
)
def test_breach_is_found(tmp_path: Path, name: str, text: str, rule: str) -> None:
    assert rules(tmp_path, name, text) == {rule}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("masker/a.py", DOC + "x = 1\n" * 299),
        ("masker/a.py", DOC + "try:\n    x = 1\nexcept Exception:\n    raise ValueError('bad') from None\n"),
        ("masker/a.py", DOC + "try:\n    x = 1\nexcept Exception:  # stdnum raises anything\n    x = 2\n"),
        ("masker/a.py", DOC + "try:\n    x = 1\nexcept OSError:\n    x = 2\n"),
        ("masker/a.py", DOC + "def __repr__() -> str:\n    return repr(1)\n"),
        ("masker/cli/a.py", DOC + 'print("x")\n'),
        ("masker/empty/__init__.py", ""),
        ("README.md", "put it under ~/project or https://home.example/home/x\n"),
    ],
)
def test_honest_code_passes(tmp_path: Path, name: str, text: str) -> None:
    assert rules(tmp_path, name, text) == set()


def test_the_project_keeps_its_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(Path(__file__).parents[1]) == 0, capsys.readouterr().out
