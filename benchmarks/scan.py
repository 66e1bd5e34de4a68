"""Measures `masker scan` of a CSV start to finish: CPU seconds of the whole process, start-up included, and its memory.

The claim: 100 columns × 100,000 rows in at most 2 CPU seconds, and any length in bounded memory. The columns are what
exports have: names, addresses, numbers, dates, flags, codes and texts in turn, drawn with a fixed seed. CPU is user and
system time of the process and its children as the kernel counts them, with one thread of Arrow and OpenBLAS each.
`--gigabytes N` scans a file of that size instead (written row block by row block, removed afterwards) and tells the
peak of resident memory beside that of a file of a tenth.

Usage: `python benchmarks/scan.py [--rows N] [--columns N] [--runs N] [--gigabytes N]`.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "ARROW_IO_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
BLOCK = 2000  # different rows; a file repeats them with running numbers in front
FIRST = ("Anna", "Peter", "Maria", "John", "Claire", "Luis", "Greta", "Ivan", "Aiko", "Omar")
LAST = ("Weber", "Smith", "Garcia", "Moreau", "Rossi", "Novak", "Jansen", "Kowalski", "Silva", "Brown")
TOWNS = ("Berlin", "Madrid", "Lyon", "Porto", "Boston", "Leeds", "Turin", "Gent", "Graz", "Oslo")


class Run(NamedTuple):
    """CPU seconds of one scan and the peak of its resident memory in MiB."""

    seconds: float
    mebibytes: float


def cells(draw: random.Random, kind: int) -> str:
    """A cell of one of ten kinds of columns."""
    if kind == 0:
        return f"{draw.choice(FIRST)} {draw.choice(LAST)}"
    if kind == 1:
        return f"{draw.choice(FIRST).lower()}.{draw.randrange(10**6)}@example.org"
    if kind == 2:
        return str(draw.randrange(10**9))
    if kind == 3:
        return f"{draw.randrange(1940, 2024)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}"
    if kind == 4:
        return f"{draw.randrange(10**6) / 100:.2f}"
    if kind == 5:
        return draw.choice(("true", "false"))
    if kind == 6:
        return draw.choice(TOWNS)
    if kind == 7:
        return f"+49 30 {draw.randrange(10**6):06}"
    if kind == 8:
        return draw.choice(("open", "paid", "sent", "void", ""))
    return f"order {draw.randrange(10**5)} was packed by hand and left in {draw.choice(TOWNS)}"


def write(path: Path, columns: int, *, rows: int = 0, size: int = 0) -> None:
    """A CSV of so many rows, or of at least so many bytes."""
    draw = random.Random(7)
    block = [",".join(cells(draw, at % 10) for at in range(columns - 1)) for _ in range(BLOCK)]
    names = ("name", "email", "number", "day", "amount", "flag", "town", "phone", "status", "text")
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(["id", *(f"{names[at % 10]}_{at}" for at in range(columns - 1))]) + "\n")
        first, written = 0, 0
        while first < rows or written < size:
            many = min(BLOCK, rows - first) if rows else BLOCK
            written += file.write("".join(f"{first + at},{block[at]}\n" for at in range(many)))
            first += many


def scan(path: Path) -> Run:
    """One scan in a process of its own; its bytecode is cached beside the file, as that of an installed package is."""
    command = [sys.executable, "-m", "masker", "scan", str(path), "--format", "json"]
    env = {**os.environ, **ONE_THREAD, "PYTHONPYCACHEPREFIX": str(path.parent / "bytecode")}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    child = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        raise SystemExit(f"the scan ended with {child.returncode}")
    return Run(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def main() -> None:
    """Scan and print."""
    parser = argparse.ArgumentParser(description="CPU seconds and memory of a scan, start to finish.")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--gigabytes", type=float, default=0.0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="masker-scan-") as folder:
        path = Path(folder) / "scanned.csv"
        if chosen.gigabytes:
            for part in (0.1, 1.0):
                write(path, chosen.columns, size=int(chosen.gigabytes * part * 1e9))
                run = scan(path)
                print(f"{path.stat().st_size / 1e9:.2f} GB: {run.seconds:.1f} CPU s, {run.mebibytes:.0f} MiB at most")
            return
        write(path, chosen.columns, rows=chosen.rows)
        scan(path)  # fills the cache of bytecode
        runs = [scan(path) for _ in range(chosen.runs)]
        megabytes = path.stat().st_size / 1e6
    seconds = statistics.median(run.seconds for run in runs)
    print(f"{chosen.rows:,} rows × {chosen.columns} columns, {megabytes:.0f} MB: {seconds:.2f} CPU s (at most 2)")
    print(
        f"of {chosen.runs} runs: {' '.join(f'{run.seconds:.2f}' for run in runs)}; {runs[-1].mebibytes:.0f} MiB at most"
    )


if __name__ == "__main__":
    main()
