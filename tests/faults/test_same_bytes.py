"""P8, P17: the same bytes whatever the environment, and without any network."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.runs import LONG, ROOT, Lab, environment_at, put
from tests.faults.samples import SAMPLES

WORLDS: dict[str, dict[str, str]] = {
    "as it is": {},
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "hash seed 4711": {"PYTHONHASHSEED": "4711"},
    "Auckland": {"TZ": "Pacific/Auckland"},
    "New York": {"TZ": "America/New_York"},
    "C": {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "Turkish": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    "optimised": {"PYTHONOPTIMIZE": "2"},
}


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def copied(lab: Lab, key: Path, source: Path, world: dict[str, str], *more: str, python: str = sys.executable) -> Path:
    dest = lab.folder / "out"
    environment = environment_at(lab.folder) | {"SOURCE_DATE_EPOCH": "1790000000"}
    arguments = [*lab.mask_arguments(source, *more, "--expires", "2026-12-01T00:00:00Z", "--key-file", str(key))]
    words = [python, "-m", "masker", *arguments]
    done = subprocess.run(words, capture_output=True, cwd=lab.folder, env=environment | world, timeout=90, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return dest


@pytest.fixture
def key(lab: Lab) -> Path:
    path = lab.folder / "masking.key"
    assert lab.fresh("key").run("key", "new", path).exit == 0
    return path


@pytest.mark.promise("P8")
@pytest.mark.parametrize("name", SAMPLES if LONG else ["csv", "jsonl", "parquet"])
def test_the_same_bytes_in_every_world(lab: Lab, key: Path, name: str) -> None:
    seen = {}
    mask = os.umask(0)
    os.umask(mask)
    for number, (world, environment) in enumerate(WORLDS.items()):
        made = lab.fresh(str(number))
        source = put(made, SAMPLES[name], 60)
        jobs = ("--jobs", "1") if number % 2 else ("--jobs", "8")
        os.umask(0o077 if number % 2 else 0o000)
        try:
            seen[world] = digests(copied(made, key, source, environment, *jobs))
        finally:
            os.umask(mask)
    assert {str(found) for found in seen.values()} == {str(seen["as it is"])}, seen


@pytest.mark.promise("P8")
@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_the_same_bytes_under_another_python(lab: Lab, key: Path, version: str) -> None:
    python = shutil.which(f"python{version}")
    probe = [python or "", "-c", "import pyarrow, click, ruamel.yaml, pydantic, cryptography, phonenumbers"]
    if python is None or subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip(f"no Python {version} with masker's dependencies")
    made, other = lab.fresh("a"), lab.fresh("b")
    here = copied(made, key, put(made, SAMPLES["csv"], 60), {})
    there = copied(other, key, put(other, SAMPLES["csv"], 60), {}, python=python)
    assert digests(here) == digests(there)


@pytest.mark.promise("P17")
def test_everything_works_without_a_network(lab: Lab) -> None:
    cut_off = ["unshare", "-rn"] if os.geteuid() else ["unshare", "-n"]
    if shutil.which("unshare") is None or subprocess.run([*cut_off, "true"], capture_output=True).returncode:
        pytest.skip("no network namespace can be made")
    made = lab.fresh("a")
    source = put(made, SAMPLES["csv"])
    environment = environment_at(made.folder)
    for words in (
        made.mask_arguments(source),
        ["verify", str(made.dest), "--against", str(source)],
        ["scan", str(source)],
        ["copies", str(made.folder / "out")],
        ["purge", str(made.folder / "out")],
    ):
        masker = [*cut_off, sys.executable, "-m", "masker", *words]
        done = subprocess.run(masker, capture_output=True, cwd=ROOT, env=environment, timeout=90, check=False)
        assert done.returncode == 0, done.stderr.decode()


@pytest.mark.promise("P17")
def test_no_run_opens_a_socket(lab: Lab) -> None:
    made = lab.fresh("a")
    source = put(made, SAMPLES["csv"])
    script = (
        "import sys\n"
        "def hook(event, arguments):\n"
        "    if event.startswith('socket.'):\n"
        "        sys.stderr.write('SOCKET ' + event + chr(10))\n"
        "sys.addaudithook(hook)\n"
        "from masker import cli\n"
        "sys.argv = ['masker', *sys.argv[1:]]\n"
        "cli.main()\n"
    )
    environment = environment_at(made.folder)
    words = [sys.executable, "-c", script, *made.mask_arguments(source)]
    done = subprocess.run(words, capture_output=True, cwd=made.folder, env=environment, timeout=90, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert b"SOCKET" not in done.stderr
