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
from tests.verify.seeded.dump_hidden import HIDDEN
from tests.verify.seeded.dump_snapshot import dump_originals, write_dumps
from tests.verify.seeded.snapshot import originals, write_snapshot
from tools.seeded_faults import PAGE, lines

Made = dict[str, tuple[Path, Path, Path]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """SOURCE, profile and key of each kind, once for all faults: no run may change them."""
    root = tmp_path_factory.mktemp("seeded")
    new_root_file(root / "key")
    writers = {"files": write_snapshot, "dumps": write_dumps}
    return {kind: (*write(root), root / "key") for kind, write in writers.items()}


@pytest.fixture
def bench(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A run over the files; faults of dumps get `benched`."""
    return _bench(made["files"], tmp_path / "copy", monkeypatch)


@pytest.fixture(scope="module")
def rights(made: Made, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tree]:
    """The copies that runs without any fault publish."""
    found = {}
    for kind, given in made.items():
        with pytest.MonkeyPatch.context() as patch:
            dest = tmp_path_factory.mktemp("right") / "copy"
            _bench(given, dest, patch).mask()
            found[kind] = tree(dest)
    return found


@pytest.fixture
def right(rights: dict[str, Tree]) -> Tree:
    return rights["files"]


def _bench(made: tuple[Path, Path, Path], dest: Path, patch: pytest.MonkeyPatch) -> Bench:
    patch.setenv("MASKER_CONFIG_DIR", str(made[2].parent / "config"))
    patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    return Bench(*made, dest, patch)


@pytest.mark.parametrize(("kind", "rows"), [("files", 4 * 360), ("dumps", 5 * 300)])
def test_a_run_without_a_fault_is_published(
    kind: str, rows: int, made: Made, rights: dict[str, Tree], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = _bench(made[kind], tmp_path / "copy", monkeypatch)
    outcome = bench.mask()
    assert outcome.verification.problems == ()
    assert tree(bench.dest) == rights[kind]
    assert sum(file.rows for file in outcome.manifest.files) == rows


def test_there_are_at_least_a_hundred_faults() -> None:
    assert len(FAULTS) >= 100
    told = [fault.told for fault in FAULTS.values()]
    assert len(set(told)) == len(told)


@pytest.mark.promise("P2")
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if i % 12 else []) for i, name in enumerate(FAULTS)]
)
def test_a_fault_is_refused_and_nothing_is_visible(
    name: str, made: Made, rights: dict[str, Tree], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = FAULTS[name].source
    bench, right = _bench(made[kind], tmp_path / "copy", monkeypatch), rights[kind]
    FAULTS[name].seed(bench)
    source = tree(bench.source)
    with pytest.raises(GateError) as refused:
        bench.mask()
    error = refused.value
    assert error.code in {"leak", "mismatch", "orphans", "digest"}
    assert FAULTS[name].family != HIDDEN or error.code == "leak"
    assert not bench.dest.exists()
    assert list(bench.dest.parent.iterdir()) == []
    told = f"{error} {error.hint} {error.place}".casefold()
    hidden = originals() | dump_originals()
    assert [value for value in hidden if len(value) > 5 and value in told] == []
    assert tree(bench.source) == source
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
