"""The root key comes from the first source that is set, and a source that is broken or open is refused."""

import base64
import os
from pathlib import Path

import pytest

from masker.crypto.root import ephemeral_root, load_root, new_root_file
from masker.crypto.signing import new_signer_file
from masker.errors import KeyUnusable, MaskerError, OutputError

from .test_keys import ROOT

OTHER = bytes(reversed(ROOT))


def key_file(folder: Path, root: bytes = ROOT, mode: int = 0o600) -> Path:
    path = folder / f"{root[0]}.key"
    path.write_text(base64.b64encode(root).decode() + "\n")
    path.chmod(mode)
    return path


def test_a_new_file_holds_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "masker.key"
    new_root_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(load_root(path, {}) or b"") == 32
    assert [entry.name for entry in tmp_path.iterdir()] == ["masker.key"]


def test_a_loose_umask_does_not_open_the_file(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        new_root_file(tmp_path / "masker.key")
    finally:
        os.umask(before)
    assert (tmp_path / "masker.key").stat().st_mode & 0o777 == 0o600


def test_two_new_files_differ(tmp_path: Path) -> None:
    new_root_file(tmp_path / "one")
    new_root_file(tmp_path / "two")
    assert load_root(tmp_path / "one", {}) != load_root(tmp_path / "two", {})
    assert ephemeral_root() != ephemeral_root()


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    path = key_file(tmp_path)
    before = path.read_bytes()
    for make in (new_root_file, new_signer_file):
        with pytest.raises(OutputError) as caught:
            make(path)
        assert caught.value.code == "exists"
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_a_link_to_nowhere_is_not_followed_when_writing(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError):
        new_root_file(tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_missing_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        new_root_file(tmp_path / "missing" / "masker.key")


def test_the_sources_have_an_order(tmp_path: Path) -> None:
    given, named = key_file(tmp_path, ROOT), key_file(tmp_path, OTHER)
    third = base64.b64encode(bytes(x ^ 0x55 for x in ROOT)).decode()
    environ = {"MASKER_KEY_FILE": str(named), "MASKER_KEY": third}
    assert load_root(given, dict(environ)) == ROOT
    assert load_root(None, dict(environ)) == OTHER
    assert load_root(None, {"MASKER_KEY": third}) == base64.b64decode(third)
    assert load_root(None, {"MASKER_KEY": f" {third}\n"}) == base64.b64decode(third)
    assert load_root(None, {}) is None


def test_the_key_in_the_environment_is_dropped_whatever_happens(tmp_path: Path) -> None:
    for environ in ({"MASKER_KEY": base64.b64encode(ROOT).decode()}, {"MASKER_KEY": "not a key"}):
        for path in (None, key_file(tmp_path), tmp_path / "missing"):
            try:
                load_root(path, environ)
            except KeyUnusable:
                assert path != key_file(tmp_path)
            assert "MASKER_KEY" not in environ


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610, 0o602, 0o644])
def test_a_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(KeyUnusable, match="open to others"):
        load_root(key_file(tmp_path, mode=mode), {})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        base64.b64encode(ROOT[:31]),
        base64.b64encode(ROOT + b"x"),
        ROOT,
        ROOT.hex().encode(),
        base64.b64encode(ROOT) + b"!",
        base64.b64encode(ROOT)[:-1],
        base64.b64encode(bytes(32)),
        base64.b64encode(ROOT) + b" " * 5000,
    ],
)
def test_a_malformed_or_weak_file_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyUnusable) as caught:
        load_root(path, {})
    shown = repr(caught.value) + str(caught.value) + caught.value.hint
    assert base64.b64encode(ROOT).decode()[:8] not in shown
    assert ROOT.hex()[:8] not in shown
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_signing_key_is_no_root_key(tmp_path: Path) -> None:
    new_signer_file(tmp_path / "signing.key")
    with pytest.raises(KeyUnusable):
        load_root(tmp_path / "signing.key", {})


def test_a_missing_file_and_a_folder_are_refused_and_never_fall_through(tmp_path: Path) -> None:
    environ = {"MASKER_KEY": base64.b64encode(ROOT).decode()}
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(MaskerError) as caught:
            load_root(path, dict(environ))
        assert caught.value.code == "key"
        with pytest.raises(KeyUnusable):
            load_root(None, {**environ, "MASKER_KEY_FILE": str(path)})


def test_a_named_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(KeyUnusable, match="no regular file"):
        load_root(tmp_path / "pipe", {})


@pytest.mark.parametrize("name", ["MASKER_KEY", "MASKER_KEY_FILE"])
def test_an_empty_variable_is_a_broken_source_not_an_absent_one(name: str) -> None:
    """A secret that a pipeline failed to hand over must not end in an ephemeral key."""
    with pytest.raises(KeyUnusable):
        load_root(None, {name: ""})
