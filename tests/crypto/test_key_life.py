"""Rotating and destroying keys: never both lost, nothing destroyed that is no key, whatever happens on the way."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from masker.crypto import key_life
from masker.crypto.key_life import destroy, id_of, rotate
from masker.crypto.root import load_root, new_root_file
from masker.crypto.signing import new_signer_file
from masker.errors import KeyUnusable, MaskerError, OutputError


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "masker.key"
    new_root_file(path)
    return path


def tree(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_rotating_puts_a_new_key_and_keeps_the_old_one(key: Path) -> None:
    before, old_id = key.read_bytes(), id_of(key)
    old, new, retired = rotate(key)
    assert (old, new, retired) == (old_id, id_of(key), key.with_name(f"masker.key.{old_id}.retired"))
    assert retired.read_bytes() == before != key.read_bytes()
    assert [path.stat().st_mode & 0o777 for path in (key, retired)] == [0o600, 0o600]
    assert key.stat().st_nlink == retired.stat().st_nlink == 1
    assert set(tree(key.parent)) == {key.name, retired.name}


def test_what_cannot_be_announced_is_not_done(key: Path) -> None:
    before = key.read_bytes()

    def announce(old: str, new: str) -> None:
        assert (old, key.read_bytes()) == (id_of(key), before)
        assert new != old
        raise OutputError("ledger", "it is locked")

    with pytest.raises(OutputError, match="ledger"):
        rotate(key, announce)
    assert key.read_bytes() == before


def test_rotating_again_keeps_both(key: Path) -> None:
    first, second = rotate(key)[2], rotate(key)[2]
    assert len({load_root(path, {}) for path in (key, first, second)}) == 3


class Stop(BaseException):
    """A kill, as far as one process can feel it."""


@pytest.mark.parametrize("call", ["link", "replace", "fsync", "open", "unlink", "rename"])
@pytest.mark.parametrize("after", [False, True])
def test_stopped_at_any_call_no_key_is_lost(key: Path, call: str, after: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    before = key.read_bytes()
    original = getattr(os, call)
    for k in range(20):
        left = k

        def stopping(*args: object, **named: object) -> object:
            nonlocal left
            left -= 1
            if left == -1 and not after:
                raise Stop
            result = original(*args, **named)
            if left == -1:
                raise Stop
            return result

        with monkeypatch.context() as patch:
            patch.setattr(os, call, stopping)
            try:
                rotate(key)
            except Stop:
                pass
        held = [data for name, data in tree(key.parent).items() if not name.startswith(".")]
        assert before in held, "the old key is still somewhere"
        assert load_root(key, {}) is not None, "and there is a whole key at the file"
        if left >= 0:
            return
        for path in key.parent.iterdir():
            path.unlink()
        key.write_bytes(before)
        key.chmod(0o600)
    raise AssertionError("a rotation makes fewer calls than this")


KILLED = """
import os, sys, time
from pathlib import Path
from masker.crypto.key_life import rotate
for folder in sorted(Path(sys.argv[1]).iterdir()):
    child = os.fork()
    if child == 0:
        rotate(folder / "a.key")
        os._exit(0)
    time.sleep(int(folder.name) * 2e-5)
    os.kill(child, 9)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.slow
def test_killed_at_any_moment_no_key_is_lost(tmp_path: Path) -> None:
    before = {}
    for number in range(150):
        folder = tmp_path / f"{number:03d}"
        folder.mkdir()
        new_root_file(folder / "a.key")
        before[folder] = (folder / "a.key").read_bytes()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KILLED, str(tmp_path)], check=True, capture_output=True
    )
    assert str(-signal.SIGKILL).encode() in done.stdout
    for folder, old in before.items():
        assert old in tree(folder).values()
        assert load_root(folder / "a.key", {}) is not None


def test_a_rotation_that_was_killed_is_done_again(key: Path) -> None:
    retired = key.with_name(f"{key.name}.{id_of(key)}.retired")
    os.link(key, retired)
    assert rotate(key)[2] == retired


def test_a_file_in_the_retired_key_s_place_stays(key: Path) -> None:
    retired = key.with_name(f"{key.name}.{id_of(key)}.retired")
    retired.write_text("mine")
    before = tree(key.parent)
    with pytest.raises(MaskerError):
        rotate(key)
    assert tree(key.parent) == before


def test_a_file_system_without_hard_links_gets_a_copy(key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = key.read_bytes()
    original, calls = os.link, []

    def refusing(source: object, target: object, **named: object) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise OSError(95, "not supported")
        original(source, target, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "link", refusing)
    assert rotate(key)[2].read_bytes() == before


def test_destroying_overwrites_and_removes(key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = key.read_bytes()
    with key.open("rb") as still_open:
        destroy(key, id_of(key))
        assert still_open.read() == b""
    assert tree(key.parent) == {}
    assert before


@pytest.mark.parametrize("kind", ["link", "other name", "signing key", "text", "folder", "open to others", "nothing"])
@pytest.mark.parametrize("what", ["rotate", "destroy"])
def test_what_is_no_key_file_of_mine_stays(tmp_path: Path, kind: str, what: str) -> None:
    path, aside = tmp_path / "it", tmp_path / "aside"
    new_root_file(aside)
    if kind == "link":
        path.symlink_to(aside)
    elif kind == "other name":
        os.link(aside, path)
    elif kind == "signing key":
        new_signer_file(path)
    elif kind == "folder":
        path.mkdir()
    elif kind != "nothing":
        path.write_bytes(aside.read_bytes() if kind == "open to others" else b"my diary")
        path.chmod(0o644 if kind == "open to others" else 0o600)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()}
    if (kind, what) == ("other name", "rotate"):
        rotate(path)
        assert aside.read_bytes() == before["aside"], "the other name still holds the old key"
        return
    with pytest.raises(KeyUnusable):
        rotate(path) if what == "rotate" else destroy(path, id_of(aside))
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()} == before


def test_another_key_than_the_one_agreed_to_is_not_destroyed(key: Path, tmp_path: Path) -> None:
    agreed = id_of(key)
    rotate(key)
    with pytest.raises(KeyUnusable):
        destroy(key, agreed)
    assert key.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_an_output_error(key: Path) -> None:
    key.parent.chmod(0o500)
    with pytest.raises(OutputError):
        rotate(key)
    key.parent.chmod(0o700)
    assert key_life.id_of(key)
