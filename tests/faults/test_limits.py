"""P6: real limits of the system end as documented and show all or nothing: full disks, permissions, memory, pipes."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.canaries import found_in
from tests.faults.runs import EXITS, Lab, Seen, environment_at, put
from tests.faults.samples import SAMPLES

NOBODY = 65534
ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0


def command(lab: Lab, arguments: list[str], **options: object) -> Seen:
    """`python -m masker` as a process of its own, with the file descriptors that `options` say."""
    environment = environment_at(lab.folder)
    environment |= options.pop("env", {})  # type: ignore[arg-type]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL} | options
    done = subprocess.run(
        [sys.executable, "-m", "masker", *arguments],
        cwd=lab.folder, env=environment, timeout=60, check=False, **streams,  # type: ignore[call-overload]
    )  # fmt: skip
    return Seen(done.returncode, done.stdout or b"", done.stderr or b"")


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """A small file system of its own at `folder`."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    if not ROOT_USER or shutil.which("mount") is None:
        pytest.skip("only root may mount a small file system")
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no mounts")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True, capture_output=True)


@pytest.mark.promise("P6")
@pytest.mark.parametrize("kilobytes", [8, 16, 32, 64, 128, 256])
@pytest.mark.parametrize("name", ["csv", "jsonl", "parquet", "csv.gz", "mysqldump", "sqlite"])
def test_a_full_disk_is_no_space_and_leaves_nothing(lab: Lab, name: str, kilobytes: int) -> None:
    made = lab.fresh("a")
    source = put(made, SAMPLES[name], 2000)
    with mounted(made.folder / "small", f"size={kilobytes}k") as small:
        seen = made.mask(source, dest=small / "copy")
        seen.is_silent()
        there = made.whole_or_absent(source, small / "copy")
        assert there == (seen.exit == 0)
        assert (seen.exit, seen.code) == (5, "no-space") or there, seen.stderr.decode()
        assert there or not list(small.iterdir())


@pytest.mark.promise("P6")
def test_a_disk_without_inodes_is_no_space(lab: Lab) -> None:
    made = lab.fresh("a")
    source = put(made, SAMPLES["csv"])
    with mounted(made.folder / "small", "nr_inodes=2") as small:
        seen = made.mask(source, dest=small / "copy")
        assert (seen.exit, seen.code) == (5, "no-space"), seen.stderr.decode()
        assert not list(small.iterdir())


@pytest.mark.promise("P6")
def test_a_read_only_place_is_permission(lab: Lab) -> None:
    made = lab.fresh("a")
    source = put(made, SAMPLES["csv"])
    with mounted(made.folder / "small", "ro") as small:
        seen = made.mask(source, dest=small / "copy")
        assert (seen.exit, seen.code) == (5, "permission"), seen.stderr.decode()


@pytest.mark.promise("P6")
def test_another_file_system_holds_a_copy_as_well(lab: Lab) -> None:
    made = lab.fresh("a")
    source = put(made, SAMPLES["csv"])
    with mounted(made.folder / "small", "size=4m") as small:
        assert made.mask(source, dest=small / "copy").exit == 0
        assert made.whole_or_absent(source, small / "copy")
        assert sorted(path.name for path in small.iterdir()) == ["copy", "copy.masker.json"]


@pytest.mark.promise("P6")
@pytest.mark.skipif(not ROOT_USER, reason="only root may become another user")
@pytest.mark.parametrize("what", ["out", "in/people.csv", "config"])
def test_what_another_user_may_not_touch_is_said(lab: Lab, what: str) -> None:
    made = lab.fresh("a")
    source = put(made, SAMPLES["csv"])
    for path in (made.folder, *made.folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    os.chown(made.folder / what, 0, 0)
    (made.folder / what).chmod(0o700 if (made.folder / what).is_dir() else 0o600)
    for parent in made.folder.parents:
        if parent.stat().st_mode & 0o005 != 0o005 and parent.stat().st_uid == 0:
            parent.chmod(parent.stat().st_mode | 0o005)
    seen = made.mask(source, uid=NOBODY)
    seen.is_silent()
    expected = {"out": (5, "permission"), "in/people.csv": (3, "unreadable"), "config": (5, "permission")}
    assert (seen.exit, seen.code) == expected[what], seen.stderr.decode()
    assert not list((made.folder / "out").iterdir())


@pytest.mark.promise("P6")
@pytest.mark.parametrize("home", ["", "/proc/none", "/proc"])
def test_a_home_that_cannot_hold_a_key_is_said(lab: Lab, home: str) -> None:
    made = lab.fresh("a")
    source = put(made, SAMPLES["csv"])
    seen = made.mask(source, env={"MASKER_CONFIG_DIR": "", "HOME": home, "XDG_CONFIG_HOME": home or "/proc/none"})
    seen.is_silent()
    assert seen.exit in {4, 5}, seen.stderr.decode()
    assert not list((made.folder / "out").iterdir())


@pytest.mark.promise("P6")
@pytest.mark.parametrize("limit", ["FSIZE", "NOFILE", "AS"])
def test_a_limit_of_the_process_ends_as_documented(lab: Lab, limit: str) -> None:
    made = lab.fresh("a")
    source = put(made, SAMPLES["csv"], 4000)
    base = 1 << 30  # what the imports alone take of the address space
    sizes = {
        "FSIZE": [0, 1000, 20_000],
        "NOFILE": list(range(8, 40, 2)),
        "AS": [base + (n << 26) for n in range(8)],
    }[limit]
    for size in sizes:
        # A full memory may end inside a library, which then aborts: the system's kill, and nothing is visible.
        allowed = EXITS | ({-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGKILL} if limit == "AS" else set())
        seen = made.mask(source, limits={limit: size}, watched=True)
        seen.is_silent()
        assert seen.exit in allowed, (limit, size, seen.exit, seen.stderr.decode())
        assert made.whole_or_absent(source) == (seen.exit == 0), (limit, size)
        if seen.exit == 0:
            break
    if limit == "FSIZE":
        # The ledger is opened before the copy is begun, and needs more room than a copy this small.
        assert (seen.exit, seen.code) in ((5, "no-space"), (5, "ledger"))
    if not made.dest.exists():
        made.next_run_is_clean(source)


@pytest.mark.promise("P6")
@pytest.mark.parametrize("arguments", [["show", "methods"], ["--help"], ["mask", "--help"]])
def test_a_reader_that_leaves_is_no_error(lab: Lab, arguments: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    seen = command(lab.fresh("a"), arguments, stdout=write)
    os.close(write)
    assert seen.exit == 0, seen.stderr.decode()
    assert seen.stderr == b""


@pytest.mark.promise("P6")
@pytest.mark.parametrize("arguments", [["show", "methods"], ["--help"], ["scan", "in/people.csv", "--format", "json"]])
def test_a_full_stdout_is_said(lab: Lab, arguments: list[str]) -> None:
    made = lab.fresh("a")
    put(made, SAMPLES["csv"])
    with Path("/dev/full").open("wb") as full:
        seen = command(made, arguments, stdout=full)
    seen.is_silent()
    assert (seen.exit, seen.code) == (5, "no-space"), seen.stderr.decode()


@pytest.mark.promise("P6")
@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_closed_streams_are_no_bug(lab: Lab, closed: tuple[int, ...]) -> None:
    made = lab.fresh("a")
    source = put(made, SAMPLES["csv"])
    words = [sys.executable, "-m", "masker", *made.mask_arguments(source)]
    redirects = " ".join(f"{number}{'<' if number == 0 else '>'}&-" for number in closed)
    environment = environment_at(made.folder)
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirects}', "sh", *words],
        capture_output=True, check=False, cwd=made.folder, env=environment, timeout=60,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr
    assert not found_in(done.stdout + done.stderr)
    assert done.returncode == 0, done.stderr
    assert made.whole_or_absent(source)


@pytest.mark.promise("P5")
def test_of_two_runs_to_one_dest_exactly_one_wins(lab: Lab) -> None:
    made = lab.fresh("a")
    source = put(made, SAMPLES["csv"], 400)
    environment = environment_at(made.folder)
    words = [sys.executable, "-m", "masker", *made.mask_arguments(source)]
    runs = [subprocess.Popen(words, stderr=subprocess.PIPE, cwd=made.folder, env=environment) for _ in range(2)]
    told = [run.communicate(timeout=60)[1] for run in runs]
    assert sorted(run.returncode for run in runs) == [0, 5], told
    assert [b"masker: exists: " in text for text in told].count(True) == 1
    assert made.whole_or_absent(source)
    assert not made.leftovers()


@pytest.mark.promise("P6")
def test_the_kernels_out_of_memory_kill_leaves_nothing_that_the_next_run_does_not_clean(lab: Lab) -> None:
    made = lab.fresh("a")
    source = put(made, SAMPLES["csv"], 30_000)
    group = Path("/sys/fs/cgroup/memory") / f"masker-{os.getpid()}"
    try:
        group.mkdir()
    except OSError:
        pytest.skip("no memory control group can be made")
    try:
        (group / "memory.limit_in_bytes").write_text(str(90 << 20))
        script = f'echo $$ > {group}/cgroup.procs && exec "$@"'
        words = ["sh", "-c", script, "sh", sys.executable, "-m", "masker", *made.mask_arguments(source)]
        environment = environment_at(made.folder)
        done = subprocess.run(words, capture_output=True, check=False, cwd=made.folder, env=environment, timeout=60)
    finally:
        group.rmdir()
    assert done.returncode in {0, 3, -signal.SIGKILL}, done.stderr
    assert not found_in(done.stdout + done.stderr)
    assert made.whole_or_absent(source) == (done.returncode == 0)
    if done.returncode:
        made.next_run_is_clean(source)
