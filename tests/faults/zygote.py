"""Forks runs of masker from a process that has everything imported, each with a fault, a limit or a signal to come.

`python -m tests.faults.zygote`: reads one JSON job a line, answers with one JSON line; see `runs.py`, which asks.
"""

import ctypes
import importlib
import json
import os
import pkgutil
import resource
import signal
import sys
import time
import traceback
from typing import Any

import masker

CODECS = tuple(
    f"encodings.{name}"
    for name in ("utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be", "utf_8_sig")
)
PRELOADED = (
    "pandas",
    "pyarrow.parquet",
    "pyarrow.compute",
    "pyarrow.csv",
    "getpass",
    "difflib",
    "ruamel.yaml",
    *CODECS,
)
STOPS = {signal.SIGINT, signal.SIGTERM}
_LIMIT_SECONDS = 60.0


def main() -> None:
    # All of it, whatever a run imports late: one without descriptors, or as another user, may import nothing more.
    for module in pkgutil.walk_packages(masker.__path__, "masker."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in PRELOADED:
        importlib.import_module(name)
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


def answer(job: dict[str, Any]) -> dict[str, Any]:
    """Fork a run and wait for it; `exit` is negative for a signal, `calls` what the shim counted (-1: not told)."""
    seen, told = os.pipe()
    started = time.monotonic()
    # A signal that comes before the run listens would end this harness, not the run.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    child = os.fork()
    if child == 0:
        os.close(seen)
        os._exit(live(job, told))
    os.close(told)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    status, usage = awaited(child, job, started)
    with os.fdopen(seen, "rb") as pipe:
        calls = int(pipe.read() or -1)
    return {
        "exit": os.waitstatus_to_exitcode(status),
        "calls": calls,
        "peak": usage.ru_maxrss << 10,
        "seconds": time.monotonic() - started,
    }


def awaited(child: int, job: dict[str, Any], started: float) -> tuple[int, resource.struct_rusage]:
    after = job.get("signal_after")
    pending = after is not None
    while True:
        pid, status, usage = os.wait4(child, os.WNOHANG if pending or job.get("watched") else 0)
        if pid:
            return status, usage
        spent = time.monotonic() - started
        if pending and spent >= after:
            os.kill(child, job["signal"])
            pending = False
        if spent > _LIMIT_SECONDS:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.0005)


def live(job: dict[str, Any], told: int) -> int:
    """The child: its own output files, environment, limits and fault, then the command line as `masker` runs it."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        file = os.open(job[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(job["cwd"])
    os.environ.update(job.get("env", {}))
    for name, value in job.get("limits", {}).items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))
    if "uid" in job:
        os.setgroups([])
        os.setresgid(job["uid"], job["uid"], job["uid"])
        os.setresuid(job["uid"], job["uid"], job["uid"])
    shim = ctypes.CDLL(None)
    fault = job.get("fault")
    if fault:
        shim.fault_calls.restype = ctypes.c_long
        shim.fault_arm(
            os.fsencode(fault["below"]),
            ctypes.c_uint(fault["kinds"]),
            ctypes.c_long(fault["k"]),
            ctypes.c_int(fault["errno"]),
            ctypes.c_int(fault["action"]),
            ctypes.c_int(fault["onwards"]),
        )
    code = 71
    try:
        code = command_line(job["arguments"])
    except BaseException:
        traceback.print_exc()
    finally:
        if fault:
            shim.fault_disarm()
            os.write(told, str(shim.fault_calls()).encode())
        sys.stdout.flush()
        sys.stderr.flush()
    return code


def command_line(arguments: list[str]) -> int:
    from datetime import timedelta

    from masker import cli, clock
    from masker.cli._stops import listen

    # A run in the past makes a copy that is expired now; the clock is asked by its module's name.
    if hours := int(os.environ.get("FAKE_HOURS", "0")):
        now = clock.now
        clock.now = lambda: now() + timedelta(hours=hours)
    sys.argv = ["masker", *arguments]
    listen()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    try:
        cli.main()
    except SystemExit as end:
        return int(str(end.code or 0))
    return 71


if __name__ == "__main__":
    main()
