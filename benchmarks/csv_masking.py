"""Measures masking a file against reading and writing it with Arrow alone: CPU seconds of one core, ratios, memory.

Three figures of the same file in alternating runs: (i) Arrow's CSV reader and writer, every cell a string, nothing
masked; (ii) masker's scan, mask and write with an owner's profile; (iii) masker's verification, reported apart. The
claim is (ii) ≤ 3.3 × (i) for 1,000,000 rows × 14 columns, 11 of them masked; the aim (iii) ≤ 1.2 × (ii) is not kept
(`benchmarks/README.md` has the figures). CPU is user + system time of the process without imports, pinned to one core
with one thread.
`--format parquet` measures the same rows as Parquet (ids as integers, birth dates as dates, amounts as floats).

Usage: `python benchmarks/csv_masking.py [--rows N] [--runs N] [--format csv|parquet]`.
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
from itertools import islice
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "ARROW_IO_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Run(NamedTuple):
    """One measured run: CPU seconds by stage, and the peak of resident memory in MB."""

    cpu: dict[str, float]
    megabytes: float


def arrow_alone(source: Path, copy: Path) -> float:
    """Read and write the CSV with Arrow, block by block, all cells strings; CPU seconds."""
    import pyarrow as pa
    from pyarrow import csv

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    if source.suffix == ".parquet":
        return parquet_alone(source, copy)
    with source.open("rb") as lines:
        names = lines.readline().decode().strip().split(",")
    convert = csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, quoted_strings_can_be_null=False
    )
    start = time.process_time()
    reader = csv.open_csv(
        source,
        read_options=csv.ReadOptions(use_threads=False, block_size=4 << 20),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=convert,
    )
    with csv.CSVWriter(copy, reader.schema, write_options=csv.WriteOptions(quoting_style="needed")) as writer:
        for batch in reader:
            writer.write_batch(batch)
    return time.process_time() - start


def parquet_alone(source: Path, copy: Path) -> float:
    """Read and write a Parquet file, row group by row group; CPU seconds."""
    from pyarrow import parquet

    start = time.process_time()
    with parquet.ParquetFile(source) as file, parquet.ParquetWriter(copy, file.schema_arrow) as writer:
        for group in range(file.metadata.num_row_groups):
            writer.write_table(file.read_row_group(group, use_threads=False))
    return time.process_time() - start


def as_parquet(source: Path) -> Path:
    """The rows of a CSV of customers as a Parquet file beside it, made once."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    path = source.with_suffix(".parquet")
    if not path.exists():
        types = {
            "customer_id": pa.int64(),
            "birth_date": pa.date32(),
            "amount": pa.float64(),
            "postal_code": pa.string(),
        }
        types |= {"payment_card": pa.string()}
        table = csv.read_csv(source, convert_options=csv.ConvertOptions(column_types=types, strings_can_be_null=True))
        parquet.write_table(table, path, row_group_size=100_000)
    return path


def measured(command: list[str], environment: dict[str, str]) -> tuple[str, float]:
    """Run a command to its end; its stdout and its own peak of resident memory in MB."""
    with tempfile.TemporaryFile("w+") as out:
        child = subprocess.Popen(command, stdout=out, stdin=subprocess.DEVNULL, env=environment)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            sys.exit(f"csv_masking: {Path(command[0]).name} ended with exit code {child.returncode}")
        out.seek(0)
        # Linux counts in KiB, macOS in bytes.
        unit = 1 if sys.platform == "darwin" else 1024
        return out.read(), usage.ru_maxrss * unit / 1e6


def run_arrow(source: Path, folder: Path, environment: dict[str, str]) -> Run:
    """Measure (i) in a process of its own."""
    copy = folder / f"arrow{source.suffix}"
    out, megabytes = measured([sys.executable, __file__, "--arrow-alone", str(source), str(copy)], environment)
    copy.unlink()
    return Run({"arrow": float(out)}, megabytes)


def run_masker(source: Path, folder: Path, environment: dict[str, str]) -> Run:
    """Measure (ii) and (iii) in one process, from the report that `masker mask --report` writes."""
    dest, report = folder / f"masked{source.suffix}", folder / "report.json"
    command = [sys.executable, "-m", "masker", "mask", str(source), "-o", str(dest), "--quiet", "--engine", "inline"]
    command += ["--profile", str(FOLDER / "customers.profile.yaml"), "--purpose", "test-system", "--expires", "1d"]
    _, megabytes = measured([*command, "--report", str(report)], environment)
    seconds = json.loads(report.read_text(encoding="utf-8"))["cpu_seconds"]
    for path in folder.glob("masked.*"):
        path.unlink()
    report.unlink()
    return Run({stage: float(value) for stage, value in seconds.items()}, megabytes)


def warm_up(source: Path, folder: Path) -> Path:
    """A file of the first thousand rows of `source`, under the same name."""
    small = folder / "warm" / source.name
    small.parent.mkdir()
    if source.suffix == ".parquet":
        from pyarrow import parquet

        parquet.write_table(parquet.ParquetFile(source).read_row_group(0).slice(0, 1000), small)
        return small
    with source.open("rb") as lines:
        small.write_bytes(b"".join(islice(lines, 1001)))
    return small


def compare(source: Path, runs: int) -> None:
    """Alternate the two programs `runs` times on one core and print medians and ratios."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(dir=source.parent) as name:
        folder = Path(name)
        path = os.pathsep.join(filter(None, (str(FOLDER.parent), os.environ.get("PYTHONPATH"))))
        own = {"MASKER_CONFIG_DIR": str(folder / "config"), "MASKER_LEDGER": str(folder / "ledger" / "ledger.db")}
        environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": path, **own}
        # Compiling modules is no masking: one run that is not counted leaves their bytecode behind.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        run_masker(warm_up(source, folder), folder, environment)
        pairs = [(run_arrow(source, folder, environment), run_masker(source, folder, environment)) for _ in range(runs)]
    arrow = statistics.median(run.cpu["arrow"] for run, _ in pairs)
    stages = {stage: statistics.median(run.cpu[stage] for _, run in pairs) for stage in pairs[0][1].cpu}
    masking = statistics.median(run.cpu.get("scan", 0.0) + run.cpu["mask"] for _, run in pairs)
    ratios = sorted((run.cpu.get("scan", 0.0) + run.cpu["mask"]) / base.cpu["arrow"] for base, run in pairs)
    print(f"machine      {platform.machine()}, Python {platform.python_version()}, one core, {runs} alternating runs")
    print(f"file         {source.stat().st_size / 1e6:.1f} MB")
    print(f"arrow        {arrow:.2f} CPU s (read + write, nothing masked)")
    for stage, seconds in stages.items():
        print(f"{stage:<12} {seconds:.2f} CPU s = {seconds / arrow:.2f} x arrow")
    span = f"{ratios[0]:.2f} to {ratios[-1]:.2f}"
    print(f"masking      {masking:.2f} CPU s = {statistics.median(ratios):.2f} x arrow ({span})")
    verified = sorted(run.cpu["verify"] / (run.cpu.get("scan", 0.0) + run.cpu["mask"]) for _, run in pairs)
    print(f"verifying    {statistics.median(verified):.2f} x masking ({verified[0]:.2f} to {verified[-1]:.2f})")
    print(f"peak memory  {max(run.megabytes for _, run in pairs):.0f} MB (arrow alone {pairs[0][0].megabytes:.0f} MB)")


def main() -> None:
    """Read the options, make the file once, compare."""
    parser = argparse.ArgumentParser(description="Measure masking a CSV against Arrow's read + write.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--format", choices=["csv", "parquet"], default="csv")
    parser.add_argument("--arrow-alone", nargs=2, metavar=("SOURCE", "COPY"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.arrow_alone:
        print(arrow_alone(Path(chosen.arrow_alone[0]), Path(chosen.arrow_alone[1])))
        return
    source = FOLDER / "data" / str(chosen.rows) / "customers.csv"
    if not source.exists():
        from benchmarks.customers_csv import write

        write(source, chosen.rows)
    compare(source if chosen.format == "csv" else as_parquet(source), chosen.runs)


if __name__ == "__main__":
    main()
