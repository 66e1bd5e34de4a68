"""Publishing: whole or not at all, never over anything, and nothing left behind."""

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from masker import publish, staged
from masker.errors import Interrupted, OutputError, UsageError
from masker.publish import PREFIX, Staging, check_apart, clean_orphans
from masker.staged import rename_without_replace
from tests.verify.made import CONTENT, SIDECAR, make


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_a_folder_appears_with_its_manifest_and_nothing_else(tmp_path: Path) -> None:
    make(tmp_path / "out", folder=True)
    assert names(tmp_path) == {"out", "out/a.csv", "out/sub", "out/sub/deep", "out/sub/deep/b.csv", "out/masker.json"}
    assert (tmp_path / "out/a.csv").read_bytes() == CONTENT


def test_a_single_file_appears_with_its_sidecar(tmp_path: Path) -> None:
    make(tmp_path / "out.csv", folder=False)
    assert names(tmp_path) == {"out.csv", "out.csv.masker.json"}
    assert (tmp_path / "out.csv.masker.json").read_bytes() == SIDECAR


def test_nobody_else_can_read_a_copy(tmp_path: Path) -> None:
    make(tmp_path / "out", folder=True)
    modes = {path.name: path.stat().st_mode & 0o777 for path in [tmp_path / "out", *(tmp_path / "out").rglob("*")]}
    assert modes == {"out": 0o700, "sub": 0o700, "deep": 0o700, "a.csv": 0o600, "b.csv": 0o600, "masker.json": 0o600}


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    import hashlib

    with Staging(tmp_path / "out.csv", folder=False) as staging, staging.create() as file:
        file.write(memoryview(b"abc"))
        file.write(b"def")
        assert (file.sha256, file.tell()) == (hashlib.sha256(b"abcdef").hexdigest(), 6)


def test_nothing_is_visible_before_publishing_and_nothing_stays_without_it(tmp_path: Path) -> None:
    with Staging(tmp_path / "out", folder=True) as staging:
        staging.create(PurePosixPath("a.csv")).write(b"x")
        assert not (tmp_path / "out").exists()
        assert all(name.startswith(PREFIX) for name in names(tmp_path))
    assert names(tmp_path) == set()


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, MemoryError])
def test_a_failure_leaves_nothing(failure: type[BaseException], tmp_path: Path) -> None:
    def fail() -> None:
        with Staging(tmp_path / "out", folder=True) as staging:
            staging.create(PurePosixPath("a.csv")).write(b"x")
            raise failure

    with pytest.raises(failure):
        fail()
    assert names(tmp_path) == set()


@pytest.mark.promise("P6")
@pytest.mark.parametrize("kind", ["file", "folder", "empty folder", "link", "broken link"])
@pytest.mark.parametrize("folder", [True, False])
def test_what_is_at_dest_is_never_replaced(kind: str, folder: bool, tmp_path: Path) -> None:
    (tmp_path / "else").write_text("else")

    def put(dest: Path) -> None:
        if kind == "file":
            dest.write_text("mine")
        elif "folder" in kind:
            dest.mkdir()
            (dest / "mine").write_text("mine") if kind == "folder" else None
        else:
            dest.symlink_to(tmp_path / ("else" if kind == "link" else "gone"))

    put(tmp_path / "early")
    with pytest.raises(OutputError) as refused:
        make(tmp_path / "early", folder=folder)
    assert refused.value.code == "exists"
    with Staging(tmp_path / "late", folder=folder) as staging:
        staging.create(PurePosixPath("x" if folder else ".")).write(b"x")
        put(tmp_path / "late")
        with pytest.raises(OutputError) as refused:
            staging.publish(SIDECAR)
    assert refused.value.code == "exists"
    left = {name.split("/")[0] for name in names(tmp_path)}
    assert left == {"else", "early", "late"}
    assert (tmp_path / "else").read_text() == "else"


def test_a_lone_sidecar_means_absent_and_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "out.csv.masker.json").write_bytes(SIDECAR + b"old")
    make(tmp_path / "out.csv", folder=False)
    assert (tmp_path / "out.csv.masker.json").read_bytes() == SIDECAR


def test_somebodys_own_file_in_the_sidecars_place_stays(tmp_path: Path) -> None:
    (tmp_path / "out.csv.masker.json").write_bytes(b"my notes")
    with pytest.raises(OutputError):
        make(tmp_path / "out.csv", folder=False)
    assert (tmp_path / "out.csv.masker.json").read_bytes() == b"my notes"
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "masker.json"])
def test_a_file_out_of_the_copy_is_refused(path: str, tmp_path: Path) -> None:
    with Staging(tmp_path / "out", folder=True) as staging, pytest.raises(OutputError):
        staging.create(PurePosixPath(path))


CODES = [
    (errno.ENOSPC, "no-space"),
    (errno.EDQUOT, "no-space"),
    (errno.EACCES, "permission"),
    (errno.EROFS, "permission"),
    (errno.EIO, "output"),
]


class Fault:
    """The k-th call fails; `left` counts down to it."""

    def __init__(self, original: Callable[..., object], k: int, number: int) -> None:
        self.original, self.left, self.number = original, k, number

    def __call__(self, *args: object, **kwargs: object) -> object:
        self.left -= 1
        if self.left == -1:
            raise OSError(self.number, "a secret in here")
        return self.original(*args, **kwargs)


@pytest.mark.promise("P5")
@pytest.mark.parametrize("folder", [True, False])
@pytest.mark.parametrize("call", ["write", "fsync", "open", "mkdir", "link"])
def test_a_fault_at_any_call_leaves_nothing(
    call: str, folder: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if call == "link":  # the way without renameat2
        monkeypatch.setattr(staged.ctypes, "CDLL", lambda *args, **kwargs: object())
    for k in range(60):
        number, code = CODES[k % len(CODES)]
        fault = Fault(getattr(os, call), k, number)
        home = tmp_path / str(k)
        home.mkdir()
        with monkeypatch.context() as patch:
            patch.setattr(os, call, fault)
            error = failure_of(home / "out", folder=folder)
        if fault.left >= 0:  # it made fewer calls than that
            assert names(home) >= {"out"}
            return
        if error is None:  # a lock or an orphan search may fail without harm
            assert names(home) >= {"out"}
        else:
            assert error.code == code
            assert "secret" not in repr(error)
            assert not any(name.startswith("out") for name in names(home))
    raise AssertionError("a run makes fewer calls than this")


def failure_of(dest: Path, *, folder: bool) -> OutputError | None:
    try:
        make(dest, folder=folder)
    except OutputError as error:
        return error
    return None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="permission"):
        make(tmp_path / "out", folder=True)


def test_a_missing_parent_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="does not exist"):
        make(tmp_path / "no/out", folder=True)


def test_a_rename_works_where_the_kernel_knows_no_flag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staged.ctypes, "CDLL", lambda *args, **kwargs: object())
    make(tmp_path / "out", folder=True)
    make(tmp_path / "out.csv", folder=False)
    (tmp_path / "new").write_text("new")
    with pytest.raises(FileExistsError):
        rename_without_replace(tmp_path / "new", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == CONTENT


class TestApart:
    def refused(self, source: Path, dest: Path) -> bool:
        try:
            check_apart(source, dest)
        except UsageError:
            return True
        return False

    def test_dest_may_lie_beside_source(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        assert not self.refused(tmp_path / "in", tmp_path / "out")
        assert not self.refused(tmp_path / "in", tmp_path / "in2")

    @pytest.mark.parametrize("dest", ["in", "in/out", "in/sub/out", ".", "link", "link/out", "up/in/out", "in/../in/x"])
    def test_dest_in_or_around_source_is_refused(self, dest: str, tmp_path: Path) -> None:
        (tmp_path / "in/sub").mkdir(parents=True)
        (tmp_path / "link").symlink_to(tmp_path / "in")
        (tmp_path / "up").symlink_to(tmp_path)
        assert self.refused(tmp_path / "in", tmp_path / dest)

    def test_a_hard_link_to_source_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text("x")
        (tmp_path / "b.csv").hardlink_to(tmp_path / "a.csv")
        assert self.refused(tmp_path / "a.csv", tmp_path / "b.csv")


def test_orphans_go_and_the_living_stay(tmp_path: Path) -> None:
    (tmp_path / (PREFIX + "dead") / "out").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / (PREFIX + "link")).symlink_to(tmp_path / "elsewhere")
    with Staging(tmp_path / "one", folder=True) as living:
        assert not (tmp_path / (PREFIX + "dead")).exists()
        assert clean_orphans(tmp_path) == 0
        assert living.root.exists()
    assert names(tmp_path) == {"elsewhere", PREFIX + "link"}


def test_two_runs_to_one_dest_give_one_copy(tmp_path: Path) -> None:
    outcomes: list[str] = []

    def one(mark: bytes) -> None:
        try:
            make(tmp_path / "out.csv", folder=False, sidecar=SIDECAR + mark)
            outcomes.append("made")
        except OutputError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=one, args=(bytes([65 + i]),)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["exists"] * 7 + ["made"]
    assert names(tmp_path) == {"out.csv", "out.csv.masker.json"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("folder", [True, False])
def test_a_signal_before_the_rename_leaves_nothing(
    number: signal.Signals, folder: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = publish.sync_folder

    def signalled(path: Path) -> None:
        os.kill(os.getpid(), number)
        original(path)

    monkeypatch.setattr(publish, "sync_folder", signalled)
    with pytest.raises((KeyboardInterrupt, Interrupted)) as stopped:
        make(tmp_path / "out", folder=folder)
    assert names(tmp_path) == set()
    if number == signal.SIGTERM:
        assert isinstance(stopped.value, Interrupted)
        assert stopped.value.exit_code == 143


@pytest.mark.parametrize("folder", [True, False])
def test_a_signal_after_the_rename_finds_the_work_done(
    folder: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = publish.rename_without_replace

    def signalled(old: Path, new: Path) -> None:
        original(old, new)
        if new.name == "out":
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(publish, "rename_without_replace", signalled)
    make(tmp_path / "out", folder=folder)
    assert (tmp_path / "out").exists()


KILLED = """
import os, signal, sys, time
from pathlib import Path
from tests.verify.made import make
root = Path(sys.argv[1])
took = None
for i, folder in enumerate(sorted(root.iterdir())):
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        make(folder / "out", folder=folder.name.startswith("folder"))
        os._exit(0)
    if took is None:
        os.waitpid(child, 0)
        took = time.perf_counter() - started
        print(0)
        continue
    delay = took * (i * 0.618034 % 1) * 1.1
    time.sleep(delay)
    os.kill(child, 9)
    end = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if end == 0:  # a warm run is quicker than the first one
        took = min(took, (took + delay) / 2)
    print(end)
"""


@pytest.mark.promise("P5")
@pytest.mark.slow
def test_a_run_killed_at_any_moment_leaves_all_or_nothing(tmp_path: Path) -> None:
    for i in range(120):
        (tmp_path / f"{'folder' if i % 2 else 'file'}{i:03d}").mkdir()
    command = [sys.executable, "-W", "ignore", "-c", KILLED, str(tmp_path)]
    ends = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert len(ends) == 120
    assert ends.count("-9") >= 50
    for folder in sorted(tmp_path.iterdir()):
        seen = {name for name in names(folder) if not name.startswith(PREFIX)}
        if folder.name.startswith("folder"):
            assert seen in (
                set(),
                {"out", "out/a.csv", "out/sub", "out/sub/deep", "out/sub/deep/b.csv", "out/masker.json"},
            )
        else:
            assert seen in (set(), {"out.masker.json"}, {"out", "out.masker.json"})
        for path in folder.rglob("*"):
            if path.is_file() and PREFIX not in str(path.relative_to(folder)):
                assert path.read_bytes() == (SIDECAR if path.suffix == ".json" else CONTENT)
        if "out" not in seen:
            make(folder / "out", folder=True)
            assert not any(name.startswith(PREFIX) for name in names(folder))


def test_writing_after_the_end_meets_no_other_file(tmp_path: Path) -> None:
    with Staging(tmp_path / "out.csv", folder=False) as staging:
        file = staging.create()
        file.write(b"x")
        file.close()
        with (tmp_path / "else").open("wb") as other:  # takes over the number of the descriptor
            with pytest.raises(OutputError):
                file.write(b"late")
            assert other.tell() == 0
    assert (tmp_path / "else").read_bytes() == b""
