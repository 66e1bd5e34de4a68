"""The printed timers: well-formed, absolute, harmless to paste, and without a secret."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from desk import Desk, desk
from ruamel.yaml import YAML

from masker.errors import UsageError
from masker.timers import Timer, cron, systemd

__all__ = ["desk"]

SECRETS = {"MASKER_KEY": "c2VjcmV0LWtleS1ieXRlcw==", "MASKER_SIGNING_KEY": "c2lnbmluZy1ieXRlcw==",
           "MASKER_KEY_COMMAND": "vault-secret-command"}  # fmt: skip
KINDS = ("cron", "systemd", "github", "gitlab")


def timer(**changes: object) -> Timer:
    values = {"command": ("/opt/masker",), "folder": Path("/srv/copies"), "folders": (), "user": "ops", **changes}
    return Timer(**values)  # type: ignore[arg-type]


def units(text: str) -> dict[str, str]:
    parts = re.split(r"^# /etc/systemd/system/(\S+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_no_secret_of_the_environment_is_printed(desk: Desk, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    told = desk.run("ci", kind)
    assert told.exit == 0
    assert "purge" in told.stdout
    assert "copies --fail-expired" in told.stdout
    assert not [value for value in SECRETS.values() if value in told.stdout + told.stderr]


def test_the_cron_line_has_five_fields_and_a_command(desk: Desk) -> None:
    line = desk.run("ci", "cron").stdout
    assert line.count("\n") == 1
    *fields, command = line.split(maxsplit=5)
    ranges = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
    for field, (low, high) in zip(fields, ranges, strict=True):
        assert field == "*" or low <= int(field) <= high
    words = shlex.split(command)
    assert words[:2] == ["cd", str(desk.folder)]
    assert Path(words[words.index("{") + 1].split("=")[-1]).is_absolute()


def test_the_cron_line_runs(tmp_path: Path) -> None:
    """In a shell, with a folder whose name a shell would take apart."""
    folder = tmp_path / "it's 100% $HOME; rm -rf"
    folder.mkdir()
    program = tmp_path / "masker"
    program.write_text(
        '#!/bin/sh\nprintf "%s\\n" "$PWD|$*|$MASKER_LEDGER" >> ' + shlex.quote(str(tmp_path / "log")) + "\n"
    )
    program.chmod(0o700)
    line = cron(timer(command=(str(program),), folder=folder, settings=(("MASKER_LEDGER", "/a b"),)))
    assert "\\%" in line
    command = line.split(maxsplit=5)[5].replace("\\%", "%")
    subprocess.run(["/bin/sh", "-c", command], check=True)
    assert (tmp_path / "log").read_text().splitlines() == [
        f"{folder}|purge|/a b",
        f"{folder}|copies --fail-expired|/a b",
    ]


def test_the_timer_makes_up_for_a_pause_and_the_service_is_confined() -> None:
    found = units(systemd(timer()))
    assert set(found) == {"masker-purge.service", "masker-purge.timer"}
    assert "Persistent=true" in found["masker-purge.timer"]
    for line in ("ProtectSystem=strict", "NoNewPrivileges=yes", "PrivateNetwork=yes", "UMask=0077"):
        assert line in found["masker-purge.service"].splitlines()
    runs = [line for line in found["masker-purge.service"].splitlines() if line.startswith("ExecStart=")]
    assert runs == ["ExecStart=-/opt/masker purge", "ExecStart=/opt/masker copies --fail-expired"]


def test_the_service_sees_copies_wherever_they_lie() -> None:
    """With `PrivateTmp` or `ProtectHome`, what lies in /tmp or /home would be missing to it, which is no failure."""
    service = units(systemd(timer(folders=(Path("/tmp/copies"),))))["masker-purge.service"]
    assert "-/tmp/copies" in service
    assert not [line for line in service.splitlines() if line.startswith(("PrivateTmp=", "ProtectHome="))]


def test_odd_paths_are_quoted_for_systemd() -> None:
    text = systemd(timer(folders=(Path('/srv/a "b" 100%/$x'),)))
    assert 'purge "/srv/a \\"b\\" 100%%/$$x"' in text


def test_a_line_break_in_a_path_is_refused() -> None:
    with pytest.raises(UsageError):
        timer(folder=Path("/srv/a\nExecStart=evil"))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    program = shutil.which("true") or "/bin/true"
    for name, text in units(systemd(timer(command=(program,), folder=tmp_path, user="root"))).items():
        (tmp_path / name).write_text(text)
    checked = subprocess.run(
        ["systemd-analyze", "verify", *map(str, tmp_path.glob("masker-purge.*"))],
        capture_output=True, text=True, check=False, env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"},
    )  # fmt: skip
    assert "masker-purge" not in checked.stderr


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_a_pipeline_is_yaml_that_runs_both_commands(desk: Desk, kind: str) -> None:
    (desk.folder / "copies").mkdir()
    told = desk.run("ci", kind, "copies")
    assert YAML(typ="safe").load(told.stdout)
    assert told.stdout.count(str(desk.folder / "copies")) == 2


def test_an_unknown_kind_is_a_usage_error(desk: Desk) -> None:
    desk.refuses(lambda: desk.run("ci", "windows"), 2, "usage")
