"""Where a run's key may come from, as a user sees it: never from inside the data, never from two places at once."""

import base64
import os
import sys
from pathlib import Path

import pytest
from desk import Desk, desk

from masker.crypto.root import new_root_file

__all__ = ["desk"]

LINE = base64.b64encode(bytes((7 * place * place + 3) % 251 for place in range(32))).decode()


def key_id(desk: Desk, file: Path) -> str:
    return desk.run("key", "id", file).stdout.strip()


def used(dest: Path) -> str:
    from masker.api import verify

    return verify(dest).key_id


def put_key(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    new_root_file(path)
    return path


def test_a_key_command_gives_the_key(desk: Desk) -> None:
    file = put_key(desk.folder / "keys/a.key")
    assert desk.mask(desk.good(), "--key-command", f"cat {file}").exit == 0
    assert used(desk.out) == key_id(desk, file)


def test_flag_comes_before_environment_before_settings(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [put_key(desk.folder / f"keys/{name}.key") for name in "abc"]
    (desk.folder / "masker.yaml").write_text(f"key_file: {files[2]}\n")
    assert desk.mask(desk.good(), dest=desk.folder / "one.csv").exit == 0
    monkeypatch.setenv("MASKER_KEY_COMMAND", f"cat {files[1]}")
    assert desk.mask(desk.good(), dest=desk.folder / "two.csv").exit == 0
    assert desk.mask(desk.good(), "--key-file", files[0], dest=desk.folder / "three.csv").exit == 0
    found = [used(desk.folder / f"{name}.csv") for name in ("one", "two", "three")]
    assert found == [key_id(desk, files[2]), key_id(desk, files[1]), key_id(desk, files[0])]


def test_a_command_in_settings_is_run(desk: Desk) -> None:
    file = put_key(desk.folder / "keys/a.key")
    (desk.folder / "masker.yaml").write_text(f"key_command: cat {file}\n")
    (desk.folder / "masker.yaml").chmod(0o600)
    assert desk.mask(desk.good()).exit == 0
    assert used(desk.out) == key_id(desk, file)


def test_a_command_in_settings_that_others_may_write_is_not_run(desk: Desk) -> None:
    settings = desk.folder / "masker.yaml"
    settings.write_text(f"key_command: touch {desk.folder}/ran\n")
    settings.chmod(0o666)
    source = desk.good()
    desk.refuses(lambda: desk.mask(source), 2, "usage")
    assert not (desk.folder / "ran").exists()


def test_two_sources_on_the_command_line_are_a_usage_error(desk: Desk) -> None:
    file = put_key(desk.folder / "keys/a.key")
    source = desk.good()
    desk.refuses(lambda: desk.mask(source, "--key-file", file, "--key-command", f"cat {file}"), 2, "usage")


@pytest.mark.parametrize("option", ["--key-command", "--key-file"])
def test_an_option_that_came_out_empty_is_no_key_for_one_run(desk: Desk, option: str) -> None:
    source = desk.good()
    desk.refuses(lambda: desk.mask(source, option, ""), 4, "key")


def test_what_a_failing_command_says_is_not_shown(desk: Desk) -> None:
    source = desk.good()
    command = f"{sys.executable} -c \"import sys; sys.stderr.write('{LINE}'); print('{LINE}'); sys.exit(1)\""
    told = desk.refuses(lambda: desk.mask(source, "--key-command", command), 4, "key")
    assert LINE[:8] not in told.stdout + told.stderr


@pytest.mark.parametrize("place", ["in/a.key", "in/deep/a.key"])
@pytest.mark.parametrize("how", ["plainly", "by environment", "by settings", "by a link to it", "by another name"])
def test_a_key_inside_source_is_refused(desk: Desk, place: str, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.good()
    inside, more = put_key(desk.folder / place), []
    if how == "by environment":
        monkeypatch.setenv("MASKER_KEY_FILE", str(inside))
    elif how == "by settings":
        (desk.folder / "masker.yaml").write_text(f"key_file: {inside}\n")
    elif how == "plainly":
        more = ["--key-file", inside]
    else:
        other = desk.folder / "other.key"
        other.symlink_to(inside) if how == "by a link to it" else os.link(inside, other)
        more = ["--key-file", other]
    told = desk.refuses(lambda: desk.mask(desk.folder / "in", *more), 4, "key")
    assert "inside SOURCE or DEST" in told.stderr


def test_a_link_inside_source_to_a_key_elsewhere_is_refused(desk: Desk) -> None:
    desk.good()
    (desk.folder / "in/link.key").symlink_to(put_key(desk.folder / "keys/a.key"))
    desk.refuses(lambda: desk.mask(desk.folder / "in", "--key-file", desk.folder / "in/link.key"), 4, "key")


def test_the_signing_key_inside_source_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.good()
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(desk.folder / "in/config"))
    desk.refuses(lambda: desk.mask(desk.folder / "in"), 4, "key")
    assert not (desk.folder / "in/config").exists(), "and none is made there"


def test_a_key_beside_the_data_serves(desk: Desk) -> None:
    desk.good()
    key = put_key(desk.folder / "keys/a.key")
    os.link(key, desk.folder / "keys/same.key")
    assert desk.mask(desk.folder / "in", "--key-file", key).exit == 0
