"""`--replace`: the old copy until the new one is there, whatever is killed when; and nothing else is ever replaced."""

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import pytest
from desk import Desk, desk

from masker import publish, swap
from masker.api import verify
from masker.errors import MaskerError, OutputError
from masker.manifest import CopyFile, manifest_path, to_envelope
from masker.publish import PREFIX, Staging, clean_orphans
from masker.verify.signed import verify_copy
from tests.faults.figures import record
from tests.verify.made import NOW, SIGNER, TRUSTED, manifest, put_copy

__all__ = ["desk"]

OLD, NEW = b"a\nold\n" * 50, b"a\nnew\n" * 50


def sealed(name: str, content: bytes, *, folder: bool) -> bytes:
    listed = CopyFile("a.csv" if folder else name, hashlib.sha256(content).hexdigest(), 1, "csv")
    return to_envelope(manifest(files=(listed,), tables=(), is_folder=folder), SIGNER)


def put(home: Path, *, folder: bool) -> Path:
    home.mkdir(exist_ok=True)
    dest = home / ("out" if folder else "out.csv")
    return put_copy(dest, {"a.csv" if folder else "out.csv": OLD})


def replace(dest: Path, *, folder: bool) -> None:
    with Staging(dest, folder=folder, may_replace=lambda _: None) as staging:
        with staging.create(PurePosixPath("a.csv") if folder else None) as file:
            file.write(NEW)
        staging.publish(sealed(dest.name, NEW, folder=folder))


def content(dest: Path) -> bytes:
    """What a valid copy at `dest` holds."""
    verify_copy(dest, TRUSTED, NOW)
    return (dest / "a.csv" if dest.is_dir() else dest).read_bytes()


kinds = pytest.mark.parametrize("folder", [True, False], ids=["folder", "file"])


@kinds
def test_the_new_copy_takes_the_place_and_nothing_else_is_left(tmp_path: Path, folder: bool) -> None:
    dest = put(tmp_path, folder=folder)
    before = set(tmp_path.iterdir())
    replace(dest, folder=folder)
    assert content(dest) == NEW
    assert set(tmp_path.iterdir()) == before


@kinds
def test_without_a_copy_there_it_is_an_ordinary_run(tmp_path: Path, folder: bool) -> None:
    dest = tmp_path / ("out" if folder else "out.csv")
    replace(dest, folder=folder)
    assert content(dest) == NEW


@kinds
def test_who_may_not_replace_changes_nothing(tmp_path: Path, folder: bool) -> None:
    dest = put(tmp_path, folder=folder)

    def never(_: Path) -> None:
        raise OutputError("exists", "not that one")

    with pytest.raises(OutputError):
        Staging(dest, folder=folder, may_replace=never).__enter__()
    assert content(dest) == OLD
    assert not list(tmp_path.glob(PREFIX + "*"))


@contextmanager
def killed_at(k: int, *, after: bool) -> Iterator[None]:
    """Kill this process (for real) at the k-th call that changes a name or syncs one."""
    left = [k]

    def killing(original: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **named: object) -> object:
            left[0] -= 1
            if left[0] == -1 and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = original(*args, **named)
            if left[0] == -1:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return call

    for module, name in ((swap, "exchange"), (publish, "rename_without_replace"), (os, "fsync"), (os, "unlink"),
                         (os, "rmdir"), (os, "open")):  # fmt: skip
        setattr(module, name, killing(getattr(module, name)))
    yield


@pytest.mark.promise("P5")
@kinds
@pytest.mark.parametrize("after", [False, True])
def test_killed_at_every_single_call_the_old_or_the_new_copy_is_whole(
    tmp_path: Path, folder: bool, after: bool
) -> None:
    seen, half = set(), 0
    for k in range(100):
        home = tmp_path / str(k)
        dest = put(home, folder=folder)
        child = os.fork()
        if child == 0:
            with killed_at(k, after=after):
                replace(dest, folder=folder)
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        try:
            seen.add(content(dest))
        except MaskerError:
            half += 1
            assert not folder, "a folder is one exchange"
        clean_orphans(home)
        seen.add(content(dest))
        assert not list(home.glob(PREFIX + "*"))
        if code == 0:
            assert content(dest) == NEW
            assert seen == {OLD, NEW}
            assert half <= 2, "between two exchanges, and there only, the next run has to finish"
            record("P5", "replacements killed at a call", k, "the old or the new copy is whole")
            return
        assert code == -signal.SIGKILL
    raise AssertionError("a replacement makes fewer calls than this")


KILLED = """
import os, sys, time
from pathlib import Path
from tests.test_swap import put, replace
for folder in sorted(Path(sys.argv[1]).iterdir()):
    kind = int(folder.name) % 2 == 0
    child = os.fork()
    if child == 0:
        replace(folder / ("out" if kind else "out.csv"), folder=kind)
        os._exit(0)
    time.sleep(int(folder.name) * 3e-5)
    os.kill(child, 9)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.promise("P5")
@pytest.mark.slow
def test_killed_at_any_moment_the_old_or_the_new_copy_is_whole(tmp_path: Path) -> None:
    for number in range(200):
        put(tmp_path / f"{number:03d}", folder=number % 2 == 0)
    command = [sys.executable, "-W", "ignore", "-c", KILLED, str(tmp_path)]
    paths = os.pathsep.join(["tests", ".", os.environ.get("PYTHONPATH", "")])
    environ = {**os.environ, "PYTHONPATH": paths}
    ends = subprocess.run(command, check=True, capture_output=True, text=True, env=environ).stdout.split()
    assert ends.count("-9") > 20
    record("P5", "replacements killed at random moments", ends.count("-9"), "the old or the new copy is whole")
    for home in sorted(tmp_path.iterdir()):
        clean_orphans(home)
        assert content(home / ("out" if int(home.name) % 2 == 0 else "out.csv")) in (OLD, NEW)


@kinds
def test_a_fault_after_the_exchange_gives_the_old_copy_back(
    tmp_path: Path, folder: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    dest = put(tmp_path, folder=folder)
    original = swap.sync_folder

    def failing(path: Path) -> None:
        if path == tmp_path:
            raise OSError(5, "a secret in here")
        original(path)

    monkeypatch.setattr(swap, "sync_folder", failing)
    with pytest.raises(OutputError):
        replace(dest, folder=folder)
    assert content(dest) == OLD


@kinds
def test_a_file_system_that_cannot_exchange_is_told(
    tmp_path: Path, folder: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from masker import staged

    dest = put(tmp_path, folder=folder)
    monkeypatch.setattr(staged.ctypes, "CDLL", lambda *args, **kwargs: object())
    with pytest.raises(OutputError, match="cannot exchange"):
        replace(dest, folder=folder)
    assert content(dest) == OLD


def test_a_note_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    staging = tmp_path / (PREFIX + "dead")
    staging.mkdir()
    for name, text in (("x.swap", "{}"), ("y.swap", "not json"), ("..swap", '{"dest": "."}')):
        (staging / name).write_text(text)
    (staging / "out.csv.swap").write_text(
        '{"dest": "out.csv", "sidecar": "../other", "new_data": "", "new_sidecar": ""}'
    )
    (tmp_path / "out.csv").write_bytes(OLD)
    clean_orphans(tmp_path)
    assert (tmp_path / "out.csv").read_bytes() == OLD
    assert not staging.exists()


def masked(desk: Desk, *more: object, dest: Path | None = None, purpose: str = "test-patch") -> object:
    tag = ("--purpose", purpose, "--expires", "14d")
    return desk.run("mask", desk.folder / "in/customers.csv", "-o", dest or desk.out, *tag, *more)


def test_a_nightly_run_replaces_its_copy(desk: Desk) -> None:
    desk.good()
    assert masked(desk).exit == 0
    first = verify(desk.out).copy_id
    told = masked(desk, "--replace")
    assert told.exit == 0, told.stderr
    assert verify(desk.out).copy_id != first


def test_without_the_option_nothing_is_replaced(desk: Desk) -> None:
    desk.good()
    assert masked(desk).exit == 0
    desk.refuses(lambda: masked(desk), 5, "exists")


@pytest.mark.promise("P6")
@pytest.mark.parametrize(
    "what", ["another purpose", "no manifest", "changed", "stranger", "a folder", "a link", "a longer folder"]
)
def test_what_is_no_valid_copy_of_the_purpose_stays(desk: Desk, what: str) -> None:
    desk.good()
    assert masked(desk, purpose="test-fix" if what == "another purpose" else "test-patch").exit == 0
    if what == "no manifest":
        manifest_path(desk.out).unlink()
    elif what == "changed":
        desk.out.write_bytes(desk.out.read_bytes() + b"x")
    elif what == "stranger":
        trusted = desk.folder / "config/trusted_signers"
        (desk.folder / "config/signing.key").unlink()
        trusted.unlink()
    elif what in ("a folder", "a longer folder"):
        desk.out.unlink()
        manifest_path(desk.out).unlink()
        desk.out.mkdir()
        (desk.out / "mine.txt").write_text("mine")
    elif what == "a link":
        desk.out.rename(desk.folder / "real")
        desk.out.symlink_to(desk.folder / "real")
    desk.refuses(lambda: masked(desk, "--replace"), 5, "exists")


def test_a_folder_with_a_file_of_somebodys_stays(desk: Desk) -> None:
    desk.good()
    tag = ("--purpose", "test-patch", "--expires", "14d")
    assert desk.run("mask", desk.folder / "in", "-o", desk.out, *tag).exit == 0
    (desk.out / "my-notes.txt").write_text("mine")
    desk.refuses(lambda: desk.run("mask", desk.folder / "in", "-o", desk.out, *tag, "--replace"), 5, "exists")
    (desk.out / "my-notes.txt").unlink()
    assert desk.run("mask", desk.folder / "in", "-o", desk.out, *tag, "--replace").exit == 0
    verify(desk.out)


def test_a_run_that_fails_leaves_the_old_copy(desk: Desk) -> None:
    desk.good()
    assert masked(desk).exit == 0
    desk.put("customers.csv", b"a,b\n1,2,3\n")
    desk.refuses(lambda: masked(desk, "--replace"), 3, "malformed")
    verify(desk.out)
