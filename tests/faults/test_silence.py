"""P4: a crash inside shows no value: not a worker's exception, not a warning, not what fails while memory runs out."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.canaries import STEM, found_in
from tests.faults.runs import TAGGED, Lab, Seen, environment_at, put
from tests.faults.samples import SAMPLES

# Runs the real command line after a method was made to fail with a cell's text in its exception.
CRASH = """
import sys, threading, warnings, logging
from masker import cli
from masker.plan.bind import Masking

def crash(self, part):
    text = part.batch.column(1)[0].as_py() if hasattr(part, "batch") else "none"
    {what}

Masking.__call__ = crash
sys.argv = ["masker", *sys.argv[1:]]
cli.main()
"""
CRASHES = {
    "RuntimeError": "raise RuntimeError(text)",
    "MemoryError": "raise MemoryError(text)",
    "chained": "try:\n        raise ValueError(text)\n    except ValueError as e:\n        raise KeyError(text) from e",
    "group": "raise ExceptionGroup(text, [ValueError(text)])",
    "noted": "e = ValueError(text); e.add_note(text); raise e",
    "own thread": "t = threading.Thread(target=lambda: int(text)); t.start(); t.join(); int(text)",
    "collected": "type('T', (), {'__del__': lambda s: int(text)})(); int(text)",
    "warning": "warnings.warn(text); logging.getLogger().warning('%d', 1); int(text)",
    "KeyboardInterrupt": "raise KeyboardInterrupt(text)",
    "SystemExit": "raise SystemExit(text)",
    "OSError": "raise OSError(5, text, text)",
    "UnicodeDecodeError": "text.encode('utf-16').decode('ascii')",
    "RecursionError": "f = lambda n: f(n + 1) + int(text); f(0)",
}


def crashed(lab: Lab, source: Path, what: str, *more: str) -> Seen:
    environment = environment_at(lab.folder)
    environment.pop("PYTHONWARNINGS")
    words = [sys.executable, "-c", CRASH.format(what=what), *lab.mask_arguments(source, *more)]
    done = subprocess.run(words, capture_output=True, cwd=lab.folder, env=environment, timeout=60, check=False)
    return Seen(done.returncode, done.stdout, done.stderr)


@pytest.mark.promise("P4")
@pytest.mark.parametrize("name", CRASHES)
def test_a_crash_in_a_worker_shows_no_value(lab: Lab, name: str) -> None:
    made = lab.fresh("a")
    source = put(made, SAMPLES["csv"])
    engine = "inline" if name in {"KeyboardInterrupt", "SystemExit"} else "threads"
    seen = crashed(made, source, CRASHES[name], "--engine", engine)
    seen.is_silent()
    assert STEM.encode() not in seen.stderr
    assert seen.exit in {3, 5, 70, 130}, (seen.exit, seen.stderr.decode())
    assert seen.stderr.startswith(b"masker: "), seen.stderr.decode()
    assert not list((made.folder / "out").iterdir())


@pytest.mark.promise("P4")
@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("command", ["mask", "scan", "init", "explain"])
def test_no_command_shows_a_value(lab: Lab, name: str, command: str) -> None:
    made = lab.fresh("a")
    source = put(made, SAMPLES[name])
    words = {
        "mask": ["mask", source, "-o", made.dest, *TAGGED, "--format", "json", "--report", made.folder / "out" / "r"],
        "scan": ["scan", source, "--format", "json"],
        "init": ["init", source, "-o", made.folder / "out" / "p.yaml", "--yes"],
        "explain": ["mask", source, "-o", made.dest, *TAGGED, "--explain"],
    }[command]
    seen = made.run(*words)
    seen.is_silent()
    assert seen.exit == 0, seen.stderr.decode()
    written = [path for path in (made.folder / "out").iterdir() if path.name != "copy"]
    assert not [path.name for path in written if found_in(path.read_bytes())]
    assert (len(written) > 0) == (command in {"mask", "init"})
