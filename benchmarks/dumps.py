"""Measures masking SQL dumps: MB a CPU second of one core for a mysqldump and a COPY dump of the same rows.

300,000 invented customers (`customers_csv.py`), 14 columns, 10 of them masked. Masking is the run's `mask` stage:
reading, cutting, decoding, ten kernels, rendering, writing. Beside it stands what bounds it from below, reading and
writing the same bytes, and the lexer and the format alone, with nothing masked. The claim is at least 36 MB/s for the
mysqldump, which is three times the C program myanon (12 MB/s), and no less for COPY.

`--jobs N` compares the engine `threads` with 1 to N jobs on as many cores as there are: CPU seconds of the process, of
its main thread (which cuts and decodes, and writes) and of the others (kernels and rendering), and the wall clock
beside the load of the machine. On two cores no run is faster than half of the CPU, or than the main thread's share; the
claim there is 60 MB/s, five times myanon.

Usage: `python benchmarks/dumps.py [--rows N] [--runs N] [--jobs N]`.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "ARROW_IO_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
STATEMENT_ROWS = 5_000  # about 1 MB, as mysqldump's net_buffer_length has it
TYPES = {"customer_id": "integer", "birth_date": "date", "amount": "numeric(10,2)"}
MYSQL = ("-- MySQL dump 10.13  Distrib 8.0.36\n\n/*!40101 SET NAMES utf8mb4 */;\n", "LOCK TABLES `customers` WRITE;\n")
POSTGRES = ("--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n", "")


def write(folder: Path, count: int) -> None:
    """Write `mysql.sql` and `copy.sql` with `count` rows each."""
    import numpy as np

    from benchmarks.customers_csv import CHUNK, SEED, rows

    random = np.random.default_rng(SEED)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "mysql.sql").open("w") as mysql, (folder / "copy.sql").open("w") as copy:
        for first in range(0, count, CHUNK):
            table = rows(random, first, min(CHUNK, count - first))
            names = table.column_names
            if not first:
                columns = ",\n".join(f"  {name} {TYPES.get(name, 'varchar(255)')}" for name in names)
                create = f"CREATE TABLE customers (\n{columns},\n  PRIMARY KEY (customer_id)\n);\n\n"
                mysql.write(create.join(MYSQL))
                copy.write(f"{create.join(POSTGRES)}COPY public.customers ({', '.join(names)}) FROM stdin;\n")
            cells = [column.to_pylist() for column in table.columns]
            bare = [name in ("customer_id", "amount") for name in names]
            lines = list(zip(*cells, strict=True))
            for start in range(0, len(lines), STATEMENT_ROWS):
                tuples = (_tuple(line, bare) for line in lines[start : start + STATEMENT_ROWS])
                mysql.write(f"INSERT INTO `customers` VALUES {','.join(tuples)};\n")
            copy.writelines("\t".join("\\N" if cell is None else cell for cell in line) + "\n" for line in lines)
        mysql.write("UNLOCK TABLES;\n")
        copy.write("\\.\n")


def _tuple(line: tuple[str | None, ...], bare: list[bool]) -> str:
    literals = (
        "NULL" if cell is None else cell if is_bare else "'" + cell.replace("'", "\\'") + "'"
        for cell, is_bare in zip(line, bare, strict=True)
    )
    return f"({','.join(literals)})"


def seconds(work: Callable[[], None]) -> float:
    """CPU seconds of a piece of work."""
    start = time.process_time()
    work()
    return time.process_time() - start


def read_and_write(source: Path, copy: Path) -> None:
    """Copy a file in blocks."""
    with source.open("rb") as reader, copy.open("wb") as writer:
        while block := reader.read(1 << 20):
            writer.write(block)


def cut(source: Path) -> None:
    """Run the lexer over a dump."""
    from masker.errors import Place
    from masker.sql.lexer import read_dump

    with source.open("rb") as file:
        chunks = iter(lambda: file.read(1 << 20), b"")
        for _ in read_dump(chunks, "mysql" if source.stem == "mysql" else "postgres", Place(), joining=True):
            pass


def copy_unmasked(source: Path, copy: Path) -> None:
    """Open a dump, decode every cell, and write it as it was."""
    from masker.formats import FORMATS, ReadOptions
    from masker.formats._open import open_snapshot

    (member,) = open_snapshot(source, ReadOptions()).members
    with copy.open("wb") as out:
        sink = FORMATS["sql"].sink(out, member.source, None)
        for part in member.source.parts():
            sink.write(sink.prepare(part))


def mask(source: Path, folder: Path) -> dict[str, float]:
    """Run `masker mask` on one thread; CPU seconds by stage."""
    dest, report = folder / "masked.sql", folder / "report.json"
    command = [sys.executable, "-m", "masker", "mask", str(source), "-o", str(dest), "--quiet", "--engine", "inline"]
    command += ["--profile", str(FOLDER / "dumps.profile.yaml"), "--purpose", "test-system", "--expires", "1d"]
    path = os.pathsep.join(filter(None, (str(FOLDER.parent), os.environ.get("PYTHONPATH"))))
    own = {"MASKER_CONFIG_DIR": str(folder / "config"), "MASKER_LEDGER": str(folder / "ledger" / "ledger.db")}
    subprocess.run(
        [*command, "--report", str(report)], check=True, env={**os.environ, **ONE_THREAD, "PYTHONPATH": path, **own}
    )
    stages = json.loads(report.read_text(encoding="utf-8"))["cpu_seconds"]
    for each in folder.glob("masked.*"):
        each.unlink()
    report.unlink()
    return {stage: float(value) for stage, value in stages.items()}


def measure(source: Path, runs: int) -> None:
    """Print the medians of one dump."""
    size = source.stat().st_size / 1e6
    print(f"{source.name:<12} {size:.1f} MB")
    with tempfile.TemporaryDirectory(dir=source.parent) as name:
        folder = Path(name)
        copy = folder / "copy.sql"
        figures = {
            "read + write": [seconds(lambda: read_and_write(source, copy)) for _ in range(runs)],
            "lexer": [seconds(lambda: cut(source)) for _ in range(runs)],
            "unmasked": [seconds(lambda: copy_unmasked(source, copy)) for _ in range(runs)],
        }
        stages = [mask(source, folder) for _ in range(runs)]
    figures |= {stage: [run[stage] for run in stages] for stage in stages[0]}
    for what, each in figures.items():
        spent = statistics.median(each)
        print(f"  {what:<13} {spent:6.2f} CPU s = {size / spent if spent else 0:7.1f} MB/s")


def stage(source: Path, jobs: int) -> None:
    """Print what the `mask` stage took in this process: wall, CPU of the process, CPU of the main thread."""
    import masker.run
    from masker import cli

    real = masker.run.write_file

    def timed(*given: Any, **more: Any) -> Any:
        clocks = (time.perf_counter, time.process_time, time.thread_time)
        before = [clock() for clock in clocks]
        found = real(*given, **more)
        print(json.dumps([clock() - start for clock, start in zip(clocks, before, strict=True)]))
        return found

    masker.run.write_file = timed
    with tempfile.TemporaryDirectory(dir=source.parent) as name:
        folder = Path(name)
        os.environ |= {
            "MASKER_CONFIG_DIR": str(folder / "config"),
            "MASKER_LEDGER": str(folder / "config" / "ledger.db"),
        }
        options = ["--profile", str(FOLDER / "dumps.profile.yaml"), "--purpose", "test-system", "--expires", "1d"]
        options += ["--quiet", "--engine", "threads", "--jobs", str(jobs)]
        if cli.run(["mask", str(source), "-o", str(folder / "masked.sql"), *options]):
            raise SystemExit(1)


def compare_jobs(source: Path, most: int, runs: int) -> None:
    """Print the medians of the `mask` stage by number of jobs."""
    size = source.stat().st_size / 1e6
    print(f"{source.name:<12} {size:.1f} MB, load {os.getloadavg()[0]:.1f}")
    path = os.pathsep.join(filter(None, (str(FOLDER.parent), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": path}
    for jobs in range(1, most + 1):
        command = [sys.executable, __file__, "--stage", str(source), "--jobs", str(jobs)]
        told = [subprocess.run(command, check=True, env=environment, capture_output=True).stdout for _ in range(runs)]
        wall, spent, own = (statistics.median(each) for each in zip(*map(json.loads, told), strict=True))
        least = max(own, spent / min(jobs + 1, os.cpu_count() or 1))
        print(
            f"  {jobs} jobs  wall {wall:5.2f} s = {size / wall:6.1f} MB/s  CPU {spent:5.2f} s, main {own:5.2f} s,"
            f" so at most {size / least:6.1f} MB/s"
        )


def main() -> None:
    """Read the options, make the dumps once, measure."""
    parser = argparse.ArgumentParser(description="Measure masking SQL dumps.")
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--stage", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.stage:
        stage(chosen.stage, chosen.jobs)
        return
    folder = FOLDER / "data" / f"dumps-{chosen.rows}"
    if not (folder / "copy.sql").exists():
        write(folder, chosen.rows)
    if chosen.jobs:
        for name in ("mysql.sql", "copy.sql"):
            compare_jobs(folder / name, chosen.jobs, chosen.runs)
        return
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    os.environ.update(ONE_THREAD)
    print(f"machine      {platform.machine()}, Python {platform.python_version()}, one core, {chosen.runs} runs")
    for name in ("mysql.sql", "copy.sql"):
        measure(folder / name, chosen.runs)


if __name__ == "__main__":
    main()
