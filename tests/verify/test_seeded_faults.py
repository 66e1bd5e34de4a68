"""A hundred and more faults in the masking path, each in a real run: every one is refused, and nothing is visible.

All of them take about a minute; every twelfth is in the quick suite.
"""

from pathlib import Path

import pytest

from masker.crypto.root import new_root_file
from masker.errors import GateError
from masker.manifest import read_manifest
from tests.faults.figures import record
from tests.verify.seeded import FAULTS
from tests.verify.seeded.bench import Bench, Tree, tree
from tests.verify.seeded.snapshot import originals, write_snapshot
from tools.seeded_faults import PAGE, lines


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """SOURCE, profile and key, once for all faults: no run may change them."""
    root = tmp_path_factory.mktemp("seeded")
    source, profile = write_snapshot(root)
    new_root_file(root / "key")
    return source, profile, root / "key"


@pytest.fixture
def bench(made: tuple[Path, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(made[2].parent / "config"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    return Bench(*made, tmp_path / "copy", monkeypatch)


@pytest.fixture(scope="module")
def right(made: tuple[Path, Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """The copy that a run without any fault publishes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MASKER_CONFIG_DIR", str(made[2].parent / "config"))
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        dest = tmp_path_factory.mktemp("right") / "copy"
        Bench(*made, dest, patch).mask()
        return tree(dest)


def test_a_run_without_a_fault_is_published(bench: Bench, right: Tree) -> None:
    outcome = bench.mask()
    assert outcome.verification.problems == ()
    assert tree(bench.dest) == right
    assert sum(file.rows for file in outcome.manifest.files) == 4 * 360


def test_there_are_at_least_a_hundred_faults() -> None:
    assert len(FAULTS) >= 100
    told = [fault.told for fault in FAULTS.values()]
    assert len(set(told)) == len(told)


@pytest.mark.promise("P2")
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if i % 12 else []) for i, name in enumerate(FAULTS)]
)
def test_a_fault_is_refused_and_nothing_is_visible(
    name: str, bench: Bench, right: Tree, made: tuple[Path, ...]
) -> None:
    source = tree(made[0])
    FAULTS[name].seed(bench)
    with pytest.raises(GateError) as refused:
        bench.mask()
    error = refused.value
    assert error.code in {"leak", "mismatch", "orphans", "digest"}
    assert not bench.dest.exists()
    assert list(bench.dest.parent.iterdir()) == []
    told = f"{error} {error.hint} {error.place}".casefold()
    assert [value for value in originals() if len(value) > 5 and value in told] == []
    assert tree(made[0]) == source
    if not FAULTS[name].lies:
        assert bench.staged != {path: data for path, data in right.items() if path != "masker.json"}
    record("P2", "faults seeded into the masking path", 1, f"caught, of {len(FAULTS)}")


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if fault.lies])
def test_a_lie_reaches_the_manifest_of_a_run_that_does_not_verify(name: str, bench: Bench, right: Tree) -> None:
    FAULTS[name].seed(bench)
    bench.verify = False
    bench.mask()
    published = tree(bench.dest)
    assert published.pop("masker.json") != right["masker.json"]
    assert published == {path: data for path, data in right.items() if path != "masker.json"}
    assert read_manifest(bench.dest / "masker.json", _trusted()).copy_id


def test_the_page_lists_what_is_seeded() -> None:
    assert PAGE.read_text(encoding="utf-8") == "\n".join(lines()) + "\n"


def _trusted() -> dict[str, bytes]:
    from masker.api import trusted_signers

    return trusted_signers()
