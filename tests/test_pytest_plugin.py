"""The fixture `masked_copy`: a good copy is handed to tests, an expired or edited one fails them."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from desk import Desk, desk

from masker import clock

__all__ = ["desk"]
pytest_plugins = ["pytester"]

# Where the package is installed as it stands, pytest finds the plugin by itself, and would refuse it twice.
_PLUGIN = () if "masker" in {point.name for point in entry_points(group="pytest11")} else ("-p", "masker.pytest_plugin")
SUITE = """
def test_the_copy(masked_copy):
    assert masked_copy.path.is_file()
    assert masked_copy.manifest.purpose == "test-patch"
    assert masked_copy.expires.endswith("Z")
"""


@pytest.fixture
def suite(desk: Desk, request: pytest.FixtureRequest) -> Callable[..., pytest.RunResult]:
    source, made = desk.good(), desk.folder / "copy.csv"
    assert desk.mask(source, dest=made).exit == 0
    # Only now: it forgets what is imported after it, and some libraries cannot be imported twice.
    pytester: pytest.Pytester = request.getfixturevalue("pytester")
    for path in (made, made.with_name("copy.csv.masker.json")):
        shutil.copy(path, pytester.path)
    pytester.makepyfile(SUITE)

    def run(*more: str) -> pytest.RunResult:
        return pytester.runpytest_inprocess(*_PLUGIN, *more)

    return run


def test_a_good_copy_is_handed_to_tests(suite: Callable[..., pytest.RunResult]) -> None:
    suite("--masked-copy", "copy.csv").assert_outcomes(passed=1)


def test_the_copy_can_be_named_in_the_settings(
    suite: Callable[..., pytest.RunResult], pytester: pytest.Pytester
) -> None:
    pytester.makeini("[pytest]\nmasked_copy = copy.csv\n")
    suite().assert_outcomes(passed=1)


def test_an_expired_copy_fails(suite: Callable[..., pytest.RunResult], monkeypatch: pytest.MonkeyPatch) -> None:
    later = clock.now() + timedelta(days=15)
    monkeypatch.setattr(clock, "now", lambda: later)
    result = suite("--masked-copy", "copy.csv")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*masker: expired*", "*hint: *"])


def test_an_edited_copy_fails(suite: Callable[..., pytest.RunResult], pytester: pytest.Pytester) -> None:
    path = pytester.path / "copy.csv"
    path.write_bytes(path.read_bytes() + b"\n")
    result = suite("--masked-copy", "copy.csv")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*masker: digest*"])


def test_a_session_without_a_copy_says_how_to_name_one(suite: Callable[..., pytest.RunResult]) -> None:
    result = suite()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*--masked-copy*"])


def test_the_package_announces_the_plugin() -> None:
    text = (Path(__file__).parents[1] / "pyproject.toml").read_text()
    assert '[project.entry-points.pytest11]\nmasker = "masker.pytest_plugin"' in text
