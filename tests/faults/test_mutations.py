"""P4, P13: whatever is wrong with a file, the exit is documented, no value is shown, and what is published is right.

Every cell holds a mark. The files run in this process, through the command line's own `run`.
"""

import itertools
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from masker import cli
from tests.faults.canaries import STEM, files_with_marks, found_in, inflated
from tests.faults.figures import record
from tests.faults.mutations import mutated
from tests.faults.runs import EXITS, LONG, SEED, TAGGED
from tests.faults.samples import SAMPLES, Sample, gz, put_profile, zst

INPUTS = int(os.environ.get("MASKER_FAULTS_INPUTS", "10000" if LONG else "120"))
# A damaged file that is compressed mostly ends at the checksum: half of those are damaged before they are compressed.
PACKED = {"csv.gz": gz, "jsonl.zst": zst}

# The lines that hold rows in a dump that can be read, and what is no name beside them.
ROWS = re.compile(rb"^(?:(?:INSERT INTO|REPLACE INTO) [^\n]*|COPY .*?^\\\.)$", re.M | re.S)
MARK = re.compile(STEM.encode() + rb"[0-9]{11}")
LITERALS_AND_COMMENTS = re.compile(rb"'[^'\n]*'|^--[^\n]*|/\*(?!!|M!).*?\*/", re.M | re.S)


class Bench:
    """A folder to mask one damaged file after the other in."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capfd = folder, capfd
        self.out, self.config = folder / "out", folder / "config"
        (folder / "in").mkdir()
        self.out.mkdir()
        self.profile = put_profile(folder)
        self.exits: dict[int, int] = {}

    def run(self, *arguments: object) -> tuple[int, str]:
        code = cli.run([str(argument) for argument in arguments])
        seen = self.capfd.readouterr()
        return code, seen.out + seen.err

    def takes(self, file: str, data: bytes, context: str, *, built_in: bool = False) -> None:
        source = self.folder / "in" / file
        source.write_bytes(data)
        profile = () if built_in else ("--profile", self.profile)
        report = self.out / "report.json"
        code, told = self.run("mask", source, "-o", self.out / file, *TAGGED, *profile, "--report", report)
        self.exits[code] = self.exits.get(code, 0) + 1
        context = f"{context} (MASKER_FAULTS_SEED={SEED}): exit {code}: {told}"
        assert code in EXITS, context
        assert "Traceback" not in told, context
        assert not found_in(told.encode()), context
        if code == 0:
            self.is_right(source, self.out / file, context, marks=not built_in)
        else:
            assert not list(self.out.iterdir()), context
        for path in self.out.iterdir():
            path.unlink()

    def is_right(self, source: Path, copy: Path, context: str, *, marks: bool) -> None:
        code, told = self.run("verify", copy, "--against", source)
        assert code == 0, f"{context}\nverify: {told}"
        assert not found_in(told.encode()), context
        # The built-in profile keeps what is not personal: only an owner's profile promises for every column.
        hits = self.leaks(source, copy) if marks else []
        assert not hits, f"{context}: {hits}"
        assert not found_in((self.out / "report.json").read_bytes()), context
        assert not found_in(copy.with_name(copy.name + ".masker.json").read_bytes()), context

    def leaks(self, source: Path, copy: Path) -> list[object]:
        """Where in the copy a mark stands. Among the words of a dump's statement a mutation may have put one as a name:
        there only those are searched that a row of SOURCE holds."""
        if ".sql" not in copy.name:
            return list(files_with_marks(self.out))
        text = inflated(copy)
        words = ROWS.sub(b"", text)
        beside = b"".join(LITERALS_AND_COMMENTS.findall(words))
        hits: list[object] = [found for part in (beside, *ROWS.findall(text)) for found in found_in(part)]
        cells = set(MARK.findall(b"".join(ROWS.findall(inflated(source)))))
        return hits + [number for number in MARK.findall(words) if number in cells]


@pytest.fixture
def bench(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    for name in [name for name in os.environ if name.startswith("MASKER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    yield Bench(tmp_path, capfd)
    shutil.rmtree(tmp_path, ignore_errors=True)


def inputs(sample: Sample, name: str, rows: int) -> Iterator[tuple[str, bytes]]:
    if name not in PACKED:
        yield from mutated(sample.make(rows), f"{SEED} {name}")
        return
    outside = mutated(sample.make(rows), f"{SEED} {name}")
    inside = mutated(SAMPLES[name.partition(".")[0]].make(rows), f"{SEED} {name} inside")
    for what, data in inside:
        yield f"{what} inside", PACKED[name](data)
        yield next(outside)


@pytest.mark.promise("P4")
@pytest.mark.promise("P13")
@pytest.mark.parametrize("name", SAMPLES)
def test_a_damaged_file_shows_no_value_and_no_wrong_copy(bench: Bench, name: str) -> None:
    sample = SAMPLES[name]
    for number, (what, data) in enumerate(itertools.islice(inputs(sample, name, 8), INPUTS)):
        bench.takes(sample.file, data, f"{name} input {number}: {what}", built_in=number % 20 == 19)
    assert bench.exits.get(3, 0) > INPUTS // 20, bench.exits
    record("P4", f"mutated {name} inputs", INPUTS, "0 marks shown, 0 tracebacks")


@pytest.mark.promise("P13")
@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_cut_at_any_byte_shows_no_value_and_no_wrong_copy(bench: Bench, name: str) -> None:
    sample = SAMPLES[name]
    whole = sample.make(2)
    step = 1 if LONG else max(1, len(whole) // 120)
    for end in range(0, len(whole), step):
        bench.takes(sample.file, whole[:end], f"{name} cut at byte {end} of {len(whole)}")
    record("P13", f"positions where a {name} file was cut", len(range(0, len(whole), step)), "0 wrong copies")
