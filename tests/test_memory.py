"""P10: what a run needs does not grow with its input: ten times the rows, the same peak of resident memory."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.figures import record

MEGABYTE = 1_000_000
SIZES = (20, 200)
MOST_BYTES = 400 << 20
"""The bound of P10."""

GROWTH_BYTES = 64 << 20
"""Between the two sizes: the smaller one does not fill every bounded buffer, and allocators keep what they once had."""

HEADER = "customer_id,first_name,last_name,email,phone,city,birth_date,status,amount,note\n"


def write_stream(path: Path, megabytes: int) -> int:
    """A CSV of so many MB, made row by row, all of its people different; gives the number of rows."""
    rows = 0
    with path.open("w") as file:
        file.write(HEADER)
        while file.tell() < megabytes * MEGABYTE:
            file.write(
                "".join(
                    f"{100_000 + n},Anna{n % 97},Muster{n % 1009},anna.muster.{n}@firma{n % 13}.example,"
                    f"+49 30 {2_000_000 + n},Berlin,19{50 + n % 50}-0{1 + n % 9}-{10 + n % 19},"
                    f'{"open" if n % 3 else "done"},{n % 100_000 / 100:.2f},"called, {n % 31} times"\n'
                    for n in range(rows, rows + 5000)
                )
            )
            rows += 5000
    return rows


def peak_of(folder: Path, source: Path) -> int:
    """The peak of resident memory of one run, in bytes: the kernel's own mark (VmHWM) of a process of its own."""
    program = (
        "import sys\n"
        "from masker import cli\n"
        "code = cli.run(sys.argv[1:])\n"
        "peak = [line for line in open('/proc/self/status') if line.startswith('VmHWM')]\n"
        "print(code, peak[0].split()[1])\n"
    )
    tag = ("--purpose", "test-patch", "--expires", "3d", "--jobs", "2", "--quiet")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MASKER_", "SOURCE_"))}
    environment |= {
        "MASKER_CONFIG_DIR": str(folder / "config"),
        "MASKER_LEDGER": str(folder / "config" / "ledger.db"),
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    out = folder / f"out-{source.name}"
    done = subprocess.run(
        [sys.executable, "-c", program, "mask", source, "-o", out, *tag],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    code, kilobytes = map(int, done.stdout.split()[-2:])
    assert code == 0, done.stderr
    out.unlink()
    return kilobytes << 10


@pytest.mark.promise("P10")
@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_ten_times_the_rows_take_the_same_memory(tmp_path: Path) -> None:
    """A whole run with the built-in profile: scan, masking, verification, risk, on a file that is made for it."""
    peaks = []
    for size in SIZES:
        source = tmp_path / f"people-{size}.csv"
        write_stream(source, size)
        peaks.append(peak_of(tmp_path, source))
        source.unlink()
        record("P10", f"peak memory of a whole run over {size} MB of CSV", peaks[-1] >> 20, "within 400", "MiB")
    assert max(peaks) <= MOST_BYTES, [peak >> 20 for peak in peaks]
    assert peaks[1] - peaks[0] <= GROWTH_BYTES, [peak >> 20 for peak in peaks]
