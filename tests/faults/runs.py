"""Runs of masker with a fault to come, and what a user may see: a documented exit, no mark, a whole copy or none.

`Lab.run` runs one command line in a forked child (`zygote.py`), with the shim of `shim.c` where a compiler is there.
"""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faults.canaries import files_with_marks, found_in
from tests.faults.samples import Sample, put_profile

ROOT = Path(__file__).resolve().parents[2]
LONG = os.environ.get("MASKER_FAULTS") == "long"
SEED = int(os.environ.get("MASKER_FAULTS_SEED", "20261124"))
TAGGED = ("--purpose", "test-patch", "--expires", "14d")
KINDS = {"write": 1, "fsync": 2, "rename": 4, "link": 8, "mkdir": 16, "unlink": 32, "open": 64, "read": 128}
FAIL, KILL_BEFORE, KILL_AFTER = 0, 1, 2
ERRNOS = (errno.EIO, errno.ENOSPC, errno.EACCES, errno.EDQUOT, errno.EROFS, errno.EPERM, errno.EMFILE)
# cli.md: what ends a run. 70 (a bug) is documented too, but no answer to a fault that somebody could foresee.
EXITS = frozenset({0, 1, 2, 3, 4, 5, 130, 143})
# A run over an SQLite file makes some 150 calls: the short form makes every third of them fail.
STEPS = {} if LONG else {"sqlite": 3}
STAGING = ".masker-tmp-"


@dataclass(frozen=True)
class Seen:
    """What a user sees of a run, and what it needed: `exit` negative for a signal, `calls` of the armed kinds."""

    exit: int
    stdout: bytes
    stderr: bytes
    calls: int = -1
    peak: int = 0
    seconds: float = 0.0

    @property
    def code(self) -> str:
        lines = [line for line in self.stderr.decode().splitlines() if line.startswith("masker: ")]
        return lines[-1].split(":")[1].strip() if lines else ""

    def is_silent(self) -> None:
        """Claim P4: no mark and no traceback on either stream."""
        assert not found_in(self.stdout + self.stderr), "a mark was shown"
        assert b"Traceback" not in self.stderr, self.stderr.decode()

    def ends_as_documented(self) -> None:
        assert self.exit in EXITS, (self.exit, self.stderr.decode())
        if self.exit:
            assert self.stderr.startswith(b"masker: "), self.stderr.decode()


@dataclass
class Lab:
    """A folder with a source, the owner's profile and a place for the copy; `run` runs masker in it."""

    zygote: "Zygote"
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def dest(self) -> Path:
        return self.folder / "out" / "copy"

    def fresh(self, name: str) -> "Lab":
        """An empty lab below this one; the signing key is made already, since its file is no part of a copy."""
        folder = self.folder / name
        (folder / "in").mkdir(parents=True)
        (folder / "out").mkdir()
        shutil.copytree(self.zygote.config, folder / "config")
        put_profile(folder)
        return Lab(self.zygote, folder, dict(self.environment))

    def mask_arguments(self, source: Path, *more: object, dest: Path | None = None) -> list[str]:
        named = ["mask", source, "-o", dest or self.dest, *TAGGED, "--profile", self.folder / "faults.yaml", *more]
        return [str(word) for word in named]

    def run(self, *arguments: object, **job: object) -> Seen:
        return self.zygote.run(self, [str(word) for word in arguments], job)

    def mask(self, source: Path, *more: object, dest: Path | None = None, **job: object) -> Seen:
        return self.run(*self.mask_arguments(source, *more, dest=dest), **job)

    def fault(self, kind: str, k: int, *, number: int = 0, action: int = FAIL, onwards: bool = False) -> object:
        changes = sum(KINDS.values()) - KINDS["read"] - KINDS["open"]
        kinds = changes if kind == "change" else KINDS[kind]
        return {
            "below": str(self.folder),
            "kinds": kinds,
            "k": k,
            "errno": number,
            "action": action,
            "onwards": int(onwards),
        }

    def leftovers(self) -> list[str]:
        """What lies where copies go and is neither a copy nor its sidecar."""
        return sorted(path.name for path in (self.folder / "out").iterdir() if STAGING in path.name)

    def whole_or_absent(self, source: Path, dest: Path | None = None) -> bool:
        """Claim P5: DEST is absent, or a copy that verifies against SOURCE and holds no mark; gives which."""
        dest = dest or self.dest
        if not os.path.lexists(dest):
            return False
        verified = self.run("verify", dest, "--against", source)
        assert verified.exit == 0, verified.stderr.decode()
        assert not list(files_with_marks(self.folder / "out")), "a mark in the copy"
        return True

    def next_run_is_clean(self, source: Path) -> None:
        """Claim: the next run works, and what a killed one left is gone after it."""
        there = os.path.lexists(self.dest)
        again = self.mask(source, dest=self.folder / "out" / "again" if there else self.dest)
        assert again.exit == 0, again.stderr.decode()
        assert not self.leftovers()


@dataclass
class Zygote:
    """The process that forks runs, restarted by nobody: a test that kills it fails, and so do all after it."""

    process: "subprocess.Popen[str]"
    folder: Path
    config: Path
    has_shim: bool

    def run(self, lab: Lab, arguments: list[str], job: Mapping[str, object]) -> Seen:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        files = {name: str(self.folder / name) for name in ("stdout", "stderr")}
        places = {"MASKER_CONFIG_DIR": lab.folder / "config", "MASKER_LEDGER": lab.folder / "ledger" / "ledger.db"}
        environment = {**{name: str(place) for name, place in places.items()}, **lab.environment}
        whole = {"arguments": arguments, "cwd": str(lab.folder), **files, **job}
        whole["env"] = environment | dict(job.get("env", {}))  # type: ignore[call-overload]
        self.process.stdin.write(json.dumps(whole) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        shown = [Path(files[name]).read_bytes() for name in ("stdout", "stderr")]
        return Seen(answer["exit"], *shown, answer["calls"], answer["peak"], answer["seconds"])


def compiled_shim(folder: Path) -> Path | None:
    """The shared library of `shim.c`, or None where no compiler is there."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    shim = folder / "shim.so"
    source = Path(__file__).with_name("shim.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"], check=True, capture_output=True)
    return shim


def bare_environment() -> dict[str, str]:
    """The environment without what would change a run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MASKER_", "SOURCE_DATE"))}
    return kept | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "PYTHONWARNINGS": "ignore", "PYTHONDONTWRITEBYTECODE": "1"}


def environment_at(folder: Path) -> dict[str, str]:
    """A bare environment with settings and ledger below `folder`."""
    places = {"MASKER_CONFIG_DIR": folder / "config", "MASKER_LEDGER": folder / "ledger" / "ledger.db"}
    return bare_environment() | {name: str(place) for name, place in places.items()}


@pytest.fixture(scope="session")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    folder = tmp_path_factory.mktemp("zygote")
    shim = compiled_shim(folder)
    environment = bare_environment() | ({"LD_PRELOAD": str(shim)} if shim else {})
    command = [sys.executable, "-m", "tests.faults.zygote"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        made = Zygote(process, folder, folder / "config", shim is not None)
        made.config.mkdir()
        (folder / "in.csv").write_text("a,b\n1,2\n")
        first = made.run(
            Lab(made, folder), ["mask", str(folder / "in.csv"), "-o", str(folder / "out.csv"), *TAGGED], {}
        )
        assert first.exit == 0, first.stderr.decode()
        yield made


@pytest.fixture
def lab(zygote: Zygote, tmp_path: Path) -> Lab:
    """The place of one test; `lab.fresh("1")` gives an empty lab for a run."""
    return Lab(zygote, tmp_path)


@pytest.fixture
def faulty_lab(lab: Lab) -> Lab:
    """A lab whose system calls can be made to fail."""
    if not lab.zygote.has_shim:
        pytest.skip("no C compiler to build the shim that makes system calls fail")
    return lab


def put(lab: Lab, sample: Sample, rows: int = 12) -> Path:
    return sample.put(lab.folder / "in", rows)
