"""A program that prints the key: no shell, no input, no patience without end, and never a word of what it said."""

import base64
import os
import shlex
import sys
import time
from pathlib import Path

import pytest

from masker.crypto import key_command
from masker.crypto.root import KeySource, load_root
from masker.errors import KeyUnusable, MaskerError, UsageError

from .test_keys import ROOT

LINE = base64.b64encode(ROOT).decode()


def program(code: str) -> str:
    return shlex.join([sys.executable, "-c", code])


def load(command: str, environ: dict[str, str] | None = None) -> bytes | None:
    return load_root(KeySource(command=command), {"PATH": os.environ["PATH"]} if environ is None else environ)


def test_the_printed_key_is_the_root_key() -> None:
    assert load(program(f"print('{LINE}')")) == ROOT
    assert load(f"printf {LINE}") == ROOT


def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable):
        load(f"echo {LINE}; touch {tmp_path}/ran")
    assert not list(tmp_path.iterdir())


def test_it_gets_no_input_and_no_secret_of_the_environment() -> None:
    secrets = {"MASKER_KEY": LINE, "MASKER_KEY_FILE": "x", "MASKER_KEY_COMMAND": "x", "MASKER_SIGNING_KEY": LINE}
    code = (
        "import os, sys; assert sys.stdin.read() == '';"
        "assert not [name for name in os.environ if name.startswith('MASKER_')]; assert os.environ['KEPT'] == 'yes';"
        f"print('{LINE}')"
    )
    environ = {**secrets, "KEPT": "yes"}
    assert load(program(code), environ) == ROOT
    assert "MASKER_KEY" not in environ


@pytest.mark.parametrize(
    "command",
    [
        program(f"print('{LINE}'); raise SystemExit(3)"),
        program(f"import sys; sys.stderr.write('{LINE}')"),
        program(f"print('{LINE}' * 200)"),
        program("import sys; sys.stdout.buffer.write(bytes([255]) * 44)"),
        program(f"print('{LINE[:-8]}')"),
        program(f"print('{LINE}!')"),
        program("pass"),
        program("import os; os.kill(os.getpid(), 9)"),
        "there-is-no-such-program-4711 --key",
        str(Path(__file__)),
    ],
)
def test_what_goes_wrong_is_refused_without_a_word_of_it(command: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyUnusable) as caught:
        load(command)
    told = str(caught.value) + caught.value.hint + "".join(capfd.readouterr())
    assert LINE[:8] not in told
    assert "python" not in told
    assert "no-such" not in told
    assert caught.value.exit_code == 4


def test_an_endless_talker_is_stopped() -> None:
    started = time.monotonic()
    with pytest.raises(KeyUnusable, match="prints no key"):
        load(program("while True: print('A' * 1000)"))
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("code", ["import time; time.sleep(60)", "import os, time; os.close(1); time.sleep(60)"])
def test_a_program_that_hangs_is_ended(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_command, "_PATIENCE", 0.5)
    started = time.monotonic()
    with pytest.raises(KeyUnusable, match="too long"):
        load(program(code))
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("command", ["echo 'half", 'echo "half'])
def test_words_that_cannot_be_split_are_a_usage_error(command: str) -> None:
    with pytest.raises(UsageError):
        load(command)


def test_sources_have_an_order(tmp_path: Path) -> None:
    other = base64.b64encode(bytes(byte ^ 0x55 for byte in ROOT)).decode()
    echo, environ = KeySource(command=f"printf {LINE}"), {"MASKER_KEY": other}
    third = base64.b64encode(bytes(byte ^ 0x33 for byte in ROOT)).decode()
    assert load_root(echo, dict(environ)) == ROOT, "what is given comes first"
    assert load_root(None, dict(environ), echo) == base64.b64decode(other), "then the environment"
    assert load_root(None, {"MASKER_KEY_COMMAND": f"printf {third}"}, echo) == base64.b64decode(third)
    assert load_root(None, {}, echo) == ROOT, "then the settings"
    file = tmp_path / "a.key"
    file.write_text(other)
    file.chmod(0o600)
    both = {"MASKER_KEY_FILE": str(file), "MASKER_KEY": LINE, "MASKER_KEY_COMMAND": f"printf {third}"}
    assert load_root(None, both) == base64.b64decode(other)


def test_an_empty_command_is_a_broken_source() -> None:
    for blank in ("", "  "):
        with pytest.raises(MaskerError):
            load_root(None, {"MASKER_KEY_COMMAND": blank})


def test_two_sources_at_once_are_a_usage_error() -> None:
    with pytest.raises(UsageError):
        KeySource(Path("a.key"), "printf x")
