"""Changes to the bytes of a masked dump, for the faults that are seeded into it."""

from collections.abc import Callable

from tests.verify.seeded.bench import Bench

Change = Callable[[bytes], bytes]


def changed(bench: Bench, kind: str, change: Change) -> None:
    """Change all bytes of the dump of one server (`postgres`, `mysql`)."""
    bench.bytes_of(kind, change)


def replaced(bench: Bench, kind: str, old: bytes, new: bytes, count: int = -1) -> None:
    """Replace bytes of the dump of one server."""
    changed(bench, kind, lambda data: data.replace(old, new, count))


def changed_lines(bench: Bench, kind: str, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Change the lines of the dump of one server, each with its line end."""
    changed(bench, kind, lambda data: b"".join(change(data.splitlines(keepends=True))))


def at_line(lines: list[bytes], start: bytes) -> int:
    """The first line that begins so."""
    return next(i for i, line in enumerate(lines) if line.startswith(start))


def without_line(lines: list[bytes], number: int) -> list[bytes]:
    """The lines less one."""
    return [*lines[:number], *lines[number + 1 :]]
