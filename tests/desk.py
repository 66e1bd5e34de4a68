"""A desk to run masker at: good files with a mark in every cell, and the claim that a run refuses and shows nothing."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

cli = pytest.importorskip("masker.cli")

MARK = "canaryq7xw"
TAGGED = ("--purpose", "test-patch", "--expires", "14d")
COLUMNS = ("customer_id", "first_name", "email", "notes")


def row(number: int) -> list[str]:
    name = f"{MARK}{number}"
    return [f"{MARK}-{number}", name.title(), f"{name}@mail.example", f"Call {name}, please"]


def csv_lines(rows: int = 40) -> list[bytes]:
    return [",".join(COLUMNS).encode()] + [",".join([*row(n)[:3], f'"{row(n)[3]}"']).encode() for n in range(rows)]


def csv_bytes(rows: int = 40, *, at: int | None = None, line: bytes = b"") -> bytes:
    """A good CSV; with `at`, that line (0 is the header) is replaced."""
    lines = csv_lines(rows)
    if at is not None:
        lines[at] = line
    return b"\n".join(lines) + b"\n"


@dataclass(frozen=True)
class Outcome:
    """What a user sees of a run."""

    exit: int
    stdout: str
    stderr: str

    @property
    def code(self) -> str:
        lines = [line for line in self.stderr.splitlines() if line.startswith("masker: ")]
        return lines[-1].split(":")[1].strip() if lines else ""


class Desk:
    """A folder with `in/` for sources and a place for `out`, and a way to run masker in it."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capfd = folder, capfd
        self.out = folder / "out"
        (folder / "in").mkdir()

    def put(self, file: str, data: bytes) -> Path:
        path = self.folder / "in" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def good(self) -> Path:
        return self.put("customers.csv", csv_bytes())

    def tree(self) -> dict[str, bytes]:
        """All files and folders below, but for the user's own settings folder (a signing key may be made there)."""
        found = sorted(
            path for path in self.folder.rglob("*") if "config" not in path.relative_to(self.folder).parts[:1]
        )
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes() if path.is_file() else b"" for path in found
        }

    def run(self, *arguments: object) -> Outcome:
        self.capfd.readouterr()
        with warnings.catch_warnings():
            code = cli.run([str(argument) for argument in arguments])
        seen = self.capfd.readouterr()
        return Outcome(code, seen.out, seen.err)

    def mask(self, source: Path, *more: object, dest: Path | None = None, tagged: bool = True) -> Outcome:
        return self.run("mask", source, "-o", dest or self.out, *(TAGGED if tagged else ()), *more)

    def refuses(self, attempt: Callable[[], Outcome], exit_code: int, *codes: str) -> Outcome:
        """Assert that the attempt ends in one error of `codes`, shows no mark, and leaves every file as it was."""
        before = self.tree()
        outcome = attempt()
        after = self.tree()
        told = outcome.stdout + outcome.stderr
        assert MARK not in told.lower()
        assert (outcome.exit, outcome.code) in {(exit_code, code) for code in codes}, told
        assert [line.partition(":")[0] for line in outcome.stderr.splitlines()[-2:]] == ["masker", "hint"], told
        assert "Traceback" not in told
        assert sorted(after) == sorted(before)
        assert after == before
        config = self.folder / "config"
        assert not [path for path in config.rglob("*") if path.is_file() and MARK.encode() in path.read_bytes().lower()]
        return outcome


@pytest.fixture
def desk(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("MASKER_LEDGER", str(tmp_path / "config" / "ledger.db"))
    for name in ("MASKER_KEY", "MASKER_KEY_FILE", "MASKER_SIGNING_KEY", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, capfd)
