"""P13: what inflates, nests or widens beyond measure is refused within 30 s and 512 MB, and shows nothing."""

import io
import json
import resource
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.canaries import found_in, mark
from tests.faults.dumps import mysqldump, postgres_head
from tests.faults.figures import record
from tests.faults.runs import LONG, TAGGED, Lab, Seen, environment_at
from tests.faults.samples import COLUMNS, cells, csv_bytes

MOST_SECONDS, MOST_BYTES = 30.0, 512 << 20
Write = Callable[[Path], None]


# A child starts with the peak of whoever started it: the kernel's mark of the program's own memory tells its peak.
SCRIPT = """
import sys
from masker import cli
try:
    cli.main()
finally:
    with open("status", "w") as out, open("/proc/self/status") as status:
        out.write(status.read())
"""


def measured(lab: Lab, arguments: list[str]) -> Seen:
    """The command line in a process of its own, with its CPU time and its peak of resident memory."""
    environment = environment_at(lab.folder)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (40, 40))

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [sys.executable, "-c", SCRIPT, *arguments]
    done = subprocess.run(
        words, capture_output=True, cwd=lab.folder, env=environment, preexec_fn=limit, check=False, timeout=300
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    status = (lab.folder / "status").read_text()
    peak = next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM"))
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Seen(done.returncode, done.stdout, done.stderr, peak=peak, seconds=seconds)


def deflated(wbits: int, blocks: Iterator[bytes]) -> Write:
    def write(path: Path) -> None:
        packer = zlib.compressobj(9, wbits=wbits)
        with path.open("wb") as file:
            for block in blocks:
                file.write(packer.compress(block))
            file.write(packer.flush())

    return write


def gz_bomb() -> Iterator[bytes]:
    yield csv_bytes(1)
    block = b"1,a@b.example,c,d,e\n" * 50_000
    for _ in range(400):
        yield block


def zst_bomb(path: Path) -> None:
    import pyarrow as pa

    with pa.CompressedOutputStream(str(path), "zstd") as out:
        for block in gz_bomb():
            out.write(block)


def deep_json(path: Path) -> None:
    path.write_bytes(b'[{"email": ' + b"[" * 100_000 + b'"' + mark(1).encode() + b'"' + b"]" * 100_000 + b"}]")


def deep_objects(path: Path) -> None:
    path.write_bytes(b'{"a":' * 100_000 + b'"' + mark(1).encode() + b'"' + b"}" * 100_000)


def endless_line(path: Path) -> None:
    with path.open("wb") as file:
        file.write(",".join(COLUMNS).encode() + b"\n")
        for _ in range(300):
            file.write(mark(1).encode() * 40_000)


def endless_header(path: Path) -> None:
    with path.open("wb") as file:
        for _ in range(100):
            file.write(mark(1).encode() * 40_000)


def endless_string(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b'{"email": "')
        for _ in range(300):
            file.write(mark(1).encode() * 40_000)


def endless_quote(path: Path) -> None:
    with path.open("wb") as file:
        file.write(",".join(COLUMNS).encode() + b'\n1,"')
        for _ in range(3000):
            file.write((mark(1).encode() + b"\n") * 4_000)


def million_columns(path: Path) -> None:
    names = b",".join(b"c%d" % number for number in range(1_000_000))
    path.write_bytes(names + b"\n" + b"," * 999_999 + mark(1).encode() + b"\n")


def million_keys(path: Path) -> None:
    path.write_bytes(json.dumps({f"c{number}": "" for number in range(1_000_000)}).encode() + b"\n")


def dictionary_bomb(path: Path) -> None:
    """One long value, a million times: a few kilobytes of Parquet that decode to 100 GB."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    long = pa.array([mark(1) * 4096])
    many = pa.DictionaryArray.from_arrays(_zeros(1_000_000), long)
    pq.write_table(pa.table({"email": many}), path, compression="zstd", row_group_size=1_000_000, store_schema=False)


def _zeros(count: int) -> object:
    import pyarrow as pa

    return pa.Array.from_buffers(pa.int32(), count, [None, pa.py_buffer(bytes(4 * count))])


def page_bomb(path: Path) -> None:
    """Pages of zeros: 2 GB in one row group of a few hundred kilobytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    value = mark(1) + "\0" * 100_000
    rows = pa.array([value]).take(_zeros(2000))
    table = pa.table({"email": pa.chunked_array([rows] * 5)})
    pq.write_table(table, path, compression="zstd", use_dictionary=False, row_group_size=10_000)


def huge_claim(path: Path) -> None:
    """A footer whose row count is a lie."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table({"email": [mark(n) for n in range(300)]}), out, use_dictionary=False)
    data = out.getvalue()
    # 300 as a zigzag varint of Thrift's compact protocol (0xd8 0x04): the number of rows, wherever the footer says it.
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    path.write_bytes(data[:footer] + data[footer:].replace(b"\xd8\x04", b"\xff\x7f"))


def dump_bomb() -> Iterator[bytes]:
    yield mysqldump([dict(cells(0))]).partition(b"INSERT")[0] + b"INSERT INTO `people` VALUES "
    block = b"(1,'a@b.example','c','d','e')," * 40_000
    for _ in range(400):
        yield block


def endless(head: bytes, what: bytes, tail: bytes = b"") -> Write:
    """300 MB of one thing in a dump."""

    def write(path: Path) -> None:
        with path.open("wb") as file:
            file.write(head)
            for _ in range(300):
                file.write(what * ((1 << 20) // len(what)))
            file.write(tail)

    return write


PG = postgres_head([dict(cells(0))]).encode()
MYSQL = mysqldump([dict(cells(0))]).partition(b"/*!40000")[0]
MARKED = mark(1).encode()


def million_columns_of_a_dump(path: Path) -> None:
    path.write_bytes(PG + b"CREATE TABLE w (" + b",".join(b"c%d text" % n for n in range(1_000_000)) + b");\n")


BOMBS: dict[str, tuple[str, Write]] = {
    "gz": ("people.csv.gz", deflated(31, gz_bomb())),
    "zst": ("people.csv.zst", zst_bomb),
    "deep JSON": ("people.json", deep_json),
    "deep objects": ("people.jsonl", deep_objects),
    "endless line": ("people.csv", endless_line),
    "endless header": ("people.csv", endless_header),
    "endless string": ("people.jsonl", endless_string),
    "endless quote": ("people.csv", endless_quote),
    "a million columns": ("people.csv", million_columns),
    "a million keys": ("people.jsonl", million_keys),
    "gz of a dump": ("people.sql.gz", deflated(31, dump_bomb())),
    "endless string of a dump": ("people.sql", endless(MYSQL + b"INSERT INTO `people` VALUES (1,'", MARKED)),
    "endless quotes of a dump": ("people.sql", endless(MYSQL + b"INSERT INTO `people` VALUES (1,'", MARKED + b"''")),
    "endless row of a dump": ("people.sql", endless(MYSQL + b"INSERT INTO `people` VALUES (1", b",'" + MARKED + b"'")),
    "endless COPY line": ("people.sql", endless(PG + b"COPY public.people FROM stdin;\n", MARKED)),
    "endless statement": ("people.sql", endless(PG + b"CREATE VIEW v AS SELECT 1", b",'" + MARKED + b"'")),
    "endless comment of a dump": ("people.sql", endless(PG + b"/*", MARKED)),
    "endless brackets of a dump": ("people.sql", endless(PG + b"CREATE VIEW v AS SELECT ", b"(")),
    "a million columns of a dump": ("people.sql", million_columns_of_a_dump),
    "Parquet dictionary": ("people.parquet", dictionary_bomb),
    "Parquet pages": ("people.parquet", page_bomb),
    "Parquet that claims too much": ("people.parquet", huge_claim),
}


@pytest.mark.promise("P13")
@pytest.mark.parametrize("name", [name for name in BOMBS if LONG or "brackets" not in name])
def test_a_bomb_is_refused_in_little_time_and_memory(lab: Lab, name: str) -> None:
    made = lab.fresh("a")
    file, write = BOMBS[name]
    source = made.folder / "in" / file
    write(source)
    seen = measured(made, ["mask", str(source), "-o", str(made.dest), *TAGGED])
    source.unlink()
    seen.is_silent()
    assert seen.exit == 3, seen.stderr.decode()
    assert seen.seconds <= MOST_SECONDS
    assert seen.peak <= MOST_BYTES, f"{seen.peak >> 20} MiB"
    assert not list((made.folder / "out").iterdir())
    record("P13", f"peak memory at a bomb: {name}", seen.peak >> 20, f"refused in {seen.seconds:.1f} s", "MiB")


LAUGHS = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
PROFILES = {
    "aliases": "masker: 1\nname: laughs\n" + LAUGHS,
    "deep": "masker: 1\nname: " + "[" * 100_000 + "]" * 100_000 + "\n",
    "deep blocks": "masker: 1\n" + "".join(f"{' ' * n}a:\n" for n in range(2000)),
    "huge": "masker: 1\nname: " + "x" * (20 << 20) + "\n",
    "tag": "masker: 1\nname: !!python/object/apply:os.system ['true']\n",
    "settings": "",
}


@pytest.mark.promise("P13")
@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_or_settings_that_explode_are_refused(lab: Lab, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = lab.fresh("a")
    source = made.folder / "in" / "people.csv"
    source.write_bytes(csv_bytes(3))
    profile = made.folder / "p.yaml"
    profile.write_text(PROFILES[name])
    arguments = ["mask", str(source), "-o", str(made.dest), *TAGGED, "--profile", str(profile)]
    if name == "settings":
        (made.folder / "masker.yaml").write_text(LAUGHS)
        arguments = arguments[:-2]
    seen = measured(made, arguments)
    seen.is_silent()
    assert seen.exit == 2, seen.stderr.decode()
    assert seen.seconds <= MOST_SECONDS
    assert seen.peak <= MOST_BYTES
    assert not found_in(seen.stderr)
