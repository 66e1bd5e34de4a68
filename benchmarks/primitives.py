"""How fast the primitives are, as ratios inside one run on one core: `python benchmarks/primitives.py`.

PRF: 1 M e-mail addresses against a loop of `hmac.digest`. FF1: 1 M strings of 16 digits, Arrow column to Arrow column,
against a scalar FF1 library from PyPI (`pip install libffx`), or, where that is not installed, against the plain
scalar FF1 of the test suite, which the output then says. A scalar way runs on a sample, scaled to all rows.
"""

import hmac
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[1]))

from masker.crypto.ff1 import Ff1
from masker.crypto.permute import Permutation
from masker.crypto.prf import Prf

ROWS = 1_000_000
SAMPLE = 20_000
LENGTH = 16
REPEATS = 5


def seconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """CPU seconds of the fastest of several runs."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def emails(rows: int) -> pa.Array:
    """Made-up e-mail addresses, 16 to 34 bytes."""
    names = ["anna", "bertram", "chidi", "dolores.e", "eve-marie", "f"]
    return pa.array([f"{names[row % 6]}.{row}@mail{row % 89}.example" for row in range(rows)], pa.string())


def digit_strings(rows: int) -> pa.Array:
    """Random strings of 16 digits."""
    digits = np.random.default_rng(7).integers(48, 58, rows * LENGTH).astype(np.uint8)
    offsets = np.arange(rows + 1, dtype=np.int32) * LENGTH
    return pa.Array.from_buffers(pa.string(), rows, [None, pa.py_buffer(offsets), pa.py_buffer(digits)])


def encrypt_column(ff1: Ff1, column: pa.Array) -> pa.Array:
    """Text to text: the column's own bytes as a matrix, and the result's as a column."""
    _, offsets, data = column.buffers()
    matrix = np.frombuffer(data, dtype=np.uint8).reshape(-1, LENGTH)
    masked = pa.py_buffer(ff1.encrypt_digits(matrix).reshape(-1))
    return pa.Array.from_buffers(pa.string(), len(column), [None, offsets, masked])


def scalar_ff1(key: bytes) -> tuple[str, Callable[[list[str]], list[str]]]:
    """A scalar FF1, text to text: its name and the function."""
    try:
        import ffx
    except ImportError:
        from tests.crypto.textbook_ff1 import ff1

        def encrypt(values: list[str]) -> list[str]:
            return ["".join(map(str, ff1(key, list(map(int, value)), 10))) for value in values]

        return "a plain scalar FF1 from the test suite (libffx is not installed)", encrypt
    scalar = ffx.FF1(key, radix=10)
    return f"scalar FF1 of libffx {ffx.__version__}", lambda values: [scalar.encrypt(value) for value in values]


def report(name: str, fast: float, slow: float, against: str, target: float) -> bool:
    """Print one comparison; True where the ratio reaches its target."""
    rates = f"{ROWS / fast / 1e6:.1f} M rows/s, {slow / fast:.0f}x {against} at {ROWS / slow / 1e3:.0f} k rows/s"
    print(f"{name}: {rates} (target {target:.0f}x)")
    return slow / fast >= target


def main() -> int:
    """Run the comparisons; exit code 1 where a target is missed or results differ."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    key = os.urandom(32)

    column = emails(ROWS)
    prf = Prf(key)
    sample = [value.encode() for value in column.slice(0, SAMPLE).to_pylist()]
    # A fresh slice each time: a PRF remembers the last column that it saw.
    fast = seconds(lambda: prf(column.slice(0)))
    slow = seconds(lambda: [hmac.digest(key, value, "sha256") for value in sample]) * ROWS / SAMPLE
    good = report("PRF over e-mails", fast, slow, "a loop of hmac.digest", 15)

    ff1, digits = Ff1(key), digit_strings(ROWS)
    name, encrypt = scalar_ff1(key)
    values = digits.slice(0, SAMPLE).to_pylist()
    if encrypt_column(ff1, digits).slice(0, SAMPLE).to_pylist() != encrypt(values):
        print("FF1: the results differ")
        return 1
    fast = seconds(lambda: encrypt_column(ff1, digits))
    slow = seconds(lambda: encrypt(values), 3) * ROWS / SAMPLE
    good &= report("FF1 over 16 digits, text to text", fast, slow, name, 150)

    permutation = Permutation(key, 9 * 10**8)
    indices = np.random.default_rng(7).integers(0, 9 * 10**8, ROWS).astype(np.uint64)
    print(f"permutation of nine-digit keys: {ROWS / seconds(lambda: permutation(indices)) / 1e6:.1f} M rows/s")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
